"""Where categories, products, offers and shops are kept and changed."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from lavka.domain.accounts import UserId
from lavka.domain.catalog import Category, CategoryId, Offer, OfferId, Product, ProductId
from lavka.domain.shops import Shop, ShopId


class Categories(Protocol):
    """The tree of categories, which one at a time changes."""

    async def hold(self) -> None:
        """Let nobody else change the tree until the transaction ends."""
        ...

    async def add(self, category: Category) -> None:
        """Keep a new one; raise SlugTaken, Invalid for a parent that is not there."""
        ...

    def change(self, category: CategoryId) -> AbstractAsyncContextManager[Category]:
        """Lock the tree, lend one, save it. Raise NotFound, SlugTaken, Invalid for a parent not there."""
        ...

    async def remove(self, category: CategoryId) -> None:
        """Forget an empty one; raise NotFound, CategoryInUse."""
        ...

    async def line(self, category: CategoryId | None) -> Sequence[CategoryId]:
        """Name it and all above it; nothing for None or for one that is not there."""
        ...

    async def height(self, category: CategoryId) -> int:
        """Count the levels from it down."""
        ...

    async def free_slug(self, slug: str) -> str:
        """Give this slug, or with a number behind it when it is taken."""
        ...


class Goods(Protocol):
    """Products with their offers. What lists show of them is kept up to date with each change."""

    async def add(self, product: Product) -> None:
        """Keep a new product; raise Invalid for a category that is not there."""
        ...

    def change(self, product: ProductId) -> AbstractAsyncContextManager[Product]:
        """Lock one, lend it, save it; raise NotFound, Invalid for a category that is not there."""
        ...

    async def add_offer(self, offer: Offer) -> None:
        """Keep a new offer; raise SkuTaken, NotFound for a product that is not there."""
        ...

    def change_offer(self, offer: OfferId) -> AbstractAsyncContextManager[Offer]:
        """Lock one, lend it, save it; raise NotFound, SkuTaken."""
        ...

    async def offers(self, product: ProductId, shop: ShopId) -> Sequence[OfferId]:
        """Name a shop's active offers of a product; when there are none, those that it has withdrawn."""
        ...


class Shops(Protocol):
    """Every shop; names are unique."""

    async def add(self, shop: Shop) -> None:
        """Keep a new one; raise ShopNameTaken, Invalid for an owner who is not there."""
        ...

    async def get(self, shop: ShopId) -> Shop:
        """Find one; raise NotFound. Within a transaction it stays as it is until the end."""
        ...

    def change(self, shop: ShopId) -> AbstractAsyncContextManager[Shop]:
        """Lock one, lend it, save it, and what lists show of its goods; raise as `get` and `add` do."""
        ...

    async def house(self) -> Shop:
        """Give the house's own shop as `get` does, made if it is not there; raise ShopNameTaken."""
        ...

    async def owned_by(self, user: UserId) -> Sequence[Shop]:
        """Find a user's shops, the oldest first."""
        ...
