"""The cart: a list of offers with quantities."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import overload

from lavka.domain.catalog import Offer, OfferId
from lavka.domain.errors import Detail, Invalid, NotFound
from lavka.domain.money import ZERO, Money

MOST = 10_000
"""The largest quantity of one offer in a cart."""


@dataclass(frozen=True, slots=True)
class CartItem:
    """So many of one offer."""

    offer: Offer
    quantity: int = 1

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or not 1 <= self.quantity <= MOST:
            raise Invalid([Detail("quantity", f"A quantity is a whole number from 1 to {MOST}.")])

    @property
    def sum(self) -> Money:
        """The price of all of them."""
        return self.offer.price * self.quantity


class Cart:
    """What a buyer means to order, in the order in which it was put in; one item an offer."""

    def __init__(self, items: Iterable[CartItem] = ()) -> None:
        self._items: dict[OfferId, CartItem] = {}
        self.add(items)

    @overload
    def add(self, goods: Offer, quantity: int = 1) -> None: ...
    @overload
    def add(self, goods: Iterable[CartItem]) -> None: ...
    def add(self, goods: Offer | Iterable[CartItem], quantity: int = 1) -> None:
        """Put in one offer, or many: all or none; what is there already is added to.

        Raise Invalid when a quantity would leave 1 to `MOST`.
        """
        items = [CartItem(goods, quantity)] if isinstance(goods, Offer) else list(goods)
        after = dict(self._items)
        for item in items:
            held = after.get(item.offer.id)
            after[item.offer.id] = CartItem(item.offer, item.quantity + (held.quantity if held else 0))
        self._items = after

    def remove(self, offer: OfferId) -> None:
        """Take an offer out whole; raise NotFound when it is not there."""
        if self._items.pop(offer, None) is None:
            raise NotFound

    def clear(self) -> None:
        """Take everything out."""
        self._items.clear()

    @property
    def total_price(self) -> Money:
        """The price of everything in the cart."""
        return sum((item.sum for item in self), ZERO)

    def __iter__(self) -> Iterator[CartItem]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)
