"""Filling an empty shop with a catalogue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lavka.application.ports.catalog import Stockroom
from lavka.application.ports.system import Transaction
from lavka.domain.accounts import User
from lavka.domain.catalog import Category, Offer, Product, ProductId
from lavka.domain.errors import Detail, Invalid, NotEmpty
from lavka.domain.shops import Shop

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assortment:
    """Everything a shop opens with; parents stand before their children."""

    users: Sequence[User] = ()
    categories: Sequence[Category] = ()
    shops: Sequence[Shop] = ()
    products: Sequence[Product] = ()
    offers: Sequence[Offer] = ()

    def offers_by_product(self) -> dict[ProductId, list[Offer]]:
        """Sort the offers; raise Invalid for one whose product is not among these."""
        sorted_: dict[ProductId, list[Offer]] = {product.id: [] for product in self.products}
        for offer in self.offers:
            if offer.product not in sorted_:
                raise Invalid([Detail("offers", "Each offer is of a product that comes with it.")])
            sorted_[offer.product].append(offer)
        return sorted_


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
        """Bring everything in or nothing, so many products at a time.

        `progress` hears how many products have been brought since it last heard. Raise NotEmpty when
        something is here, Invalid for an offer of no product.
        """
        offers = goods.offers_by_product()
        async with self.transaction():
            await self.stockroom.bring()  # of two that fill at once the other waits here, and finds it full
            if not await self.stockroom.is_empty():
                raise NotEmpty
            await self.stockroom.bring_users(goods.users)
            await self.stockroom.bring(categories=goods.categories, shops=goods.shops)
            for products in _batches(goods.products, size):
                theirs = [offer for product in products for offer in offers.get(product.id, ())]
                await self.stockroom.bring(products=products, offers=theirs)
                progress(len(products))


def _batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
