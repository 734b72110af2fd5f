"""Looking around in the catalogue."""

from dataclasses import dataclass

from lavka.application.ports.catalog import Catalog, Page, PageWish, ProductFilter, Rows, Sort
from lavka.domain.catalog import ProductId

ALL = ProductFilter()
FIRST_PAGE = PageWish()


@dataclass(frozen=True, slots=True)
class Browsing:
    """List and show what is sold, and by whom."""

    catalog: Catalog

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

    async def product(self, product: ProductId) -> Rows:
        """Show one with its characteristics and offers; raise NotFound."""
        return await self.catalog.product(product)

    async def categories(self) -> Rows:
        """Show the tree of categories."""
        return await self.catalog.categories()

    async def shops(self, wish: PageWish = FIRST_PAGE) -> Page:
        """List the shops by name."""
        return await self.catalog.shops(wish)
