"""Filling an empty shop with a catalogue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lavka.application.ports.catalog import Stockroom
from lavka.application.ports.system import Transaction
from lavka.domain.accounts import User
from lavka.domain.catalog import Category, Offer, Product
from lavka.domain.errors import NotEmpty
from lavka.domain.shops import Shop

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assortment:
    """Everything a shop opens with; parents stand before their children."""

    users: Sequence[User] = field(default=(), repr=False)
    categories: Sequence[Category] = ()
    shops: Sequence[Shop] = ()
    products: Sequence[Product] = ()
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, slots=True)
class Stocking:
    """Bring a whole catalogue into a shop that has none."""

    stockroom: Stockroom
    transaction: Transaction

    async def is_empty(self) -> bool:
        """Whether nothing has ever been here."""
        return await self.stockroom.is_empty()

    async def fill(
        self, goods: Assortment, size: int = 50, progress: Callable[[int], object] = lambda _: None
    ) -> None:
        """Bring everything in or nothing, so many products at a time; raise NotEmpty when something is here.

        `progress` hears how many products have been brought since it last heard.
        """
        async with self.transaction():
            if not await self.stockroom.is_empty():
                raise NotEmpty
            await self.stockroom.bring_users(goods.users)
            await self.stockroom.bring(categories=goods.categories, shops=goods.shops)
            for products in _batches(goods.products, size):
                ids = {product.id for product in products}
                offers = [offer for offer in goods.offers if offer.product in ids]
                await self.stockroom.bring(products=products, offers=offers)
                progress(len(products))


def _batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
