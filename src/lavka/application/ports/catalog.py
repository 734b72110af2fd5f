"""How the catalogue is read and filled."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from json import loads
from typing import Any, Protocol

from lavka.domain.accounts import User
from lavka.domain.catalog import Category, Offer, Product, ProductId
from lavka.domain.shops import Shop, ShopId


class Sort(StrEnum):
    """The orders of a product list; products without a price come last by either price."""

    PRICE = "price"
    PRICE_DOWN = "-price"
    NAME = "name"
    NAME_DOWN = "-name"
    OLDEST = "created_at"
    NEWEST = "-created_at"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products: every condition that is given holds. Prices in minor units, bounds included."""

    category: str | None = None
    """A slug; its subtree counts."""
    shop: ShopId | None = None
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None
    search: str | None = None
    """Words of the name or the description: in any form, as beginnings, with one typing error each."""
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    """Names with the values of which a product, or an active offer of it, has one; all names must fit."""


@dataclass(frozen=True, slots=True)
class PageWish:
    """Which page: by number, or by the cursor that an earlier page gave as `next`, which wins."""

    page: int = 1
    size: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Rows:
    """Rows as the store wrote them: JSON text to send as it is, or Python values when asked for."""

    json: str

    @cached_property
    def values(self) -> Any:
        """The same as lists and dicts."""
        return loads(self.json)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a long list. `next` is the cursor of the page after it, None on the last."""

    items: Rows
    total: int
    page: int
    size: int
    next: str | None

    @property
    def pages(self) -> int:
        """How many there are."""
        return -(-self.total // self.size)


class Catalog(Protocol):
    """What a visitor may see: active products, their active offers, the tree and the shops."""

    async def products(self, which: ProductFilter, sort: Sort | None, wish: PageWish) -> Page:
        """List active products, without a sort as the search finds them best, or the newest first.

        Raise Invalid for a cursor that is not of such a list.
        """
        ...

    async def facets(self, which: ProductFilter) -> Rows:
        """Count active products by category, shop and attribute value, and give the range of prices.

        The most frequent come first. Counts of very many products may be estimates, which `is_estimated`
        says; the total and the prices never are.
        """
        ...

    async def product(self, product: ProductId, *, even_hidden: bool = False) -> Rows:
        """Show one with its offers, the cheapest first; raise NotFound, also when it is not shown."""
        ...

    async def categories(self) -> Rows:
        """Show the tree, each level by name."""
        ...

    async def shops(self, wish: PageWish) -> Page:
        """List shops by name."""
        ...


class Stockroom(Protocol):
    """Where a catalogue is brought in, by the batch."""

    async def is_empty(self) -> bool:
        """Whether no account, shop or product has ever been here."""
        ...

    async def bring_users(self, users: Iterable[User]) -> None:
        """Keep accounts; raise as Users.add does."""
        ...

    async def bring(
        self,
        categories: Sequence[Category] = (),
        shops: Sequence[Shop] = (),
        products: Sequence[Product] = (),
        offers: Sequence[Offer] = (),
    ) -> None:
        """Keep goods, parents before children, and bring kept prices and totals up to date."""
        ...


class Checks(Protocol):
    """The promises that the stored state must keep, each a query that finds no rows."""

    def broken(self) -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
        """Run every check; give its name and the rows that break it (the first 20), none when it holds."""
        ...
