"""Looking around in the catalogue."""

from dataclasses import dataclass

from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import Catalog, Page, PageWish, ProductFilter, Rows, Sort
from lavka.application.ports.sessions import Access
from lavka.domain.catalog import ProductId
from lavka.domain.errors import NotFound

ALL = ProductFilter()
FIRST_PAGE = PageWish()


@dataclass(frozen=True, slots=True)
class Browsing:
    """List and show what is sold, and by whom."""

    catalog: Catalog
    users: Users

    async def products(
        self, which: ProductFilter = ALL, sort: Sort | None = None, wish: PageWish = FIRST_PAGE
    ) -> Page:
        """List active products; raise Invalid for a cursor of another list.

        Without a sort they come as the search finds them best, or the newest first.
        """
        return await self.catalog.products(which, sort, wish)

    async def facets(self, which: ProductFilter = ALL) -> Rows:
        """Count active products by category, shop and attribute value, and give the range of prices."""
        return await self.catalog.facets(which)

    async def product(self, product: ProductId, who: Access | None = None) -> Rows:
        """Show one with its characteristics and offers; raise NotFound.

        What is not shown to others an administrator still sees, to bring it back.
        """
        try:
            return await self.catalog.product(product)
        except NotFound:
            if who is None or not (await self.users.get(who.user)).is_admin:
                raise
        return await self.catalog.product(product, even_hidden=True)

    async def categories(self) -> Rows:
        """Show the tree of categories."""
        return await self.catalog.categories()

    async def shops(self, wish: PageWish = FIRST_PAGE) -> Page:
        """List the shops by name."""
        return await self.catalog.shops(wish)
