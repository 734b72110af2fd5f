"""The cart: a list of offers with quantities."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from lavka.domain.catalog import Offer, OfferId
from lavka.domain.errors import CartFull, Detail, Invalid, NotFound, OutOfStock
from lavka.domain.money import ZERO, Money

MOST = 10_000
"""The largest quantity of one offer in a cart."""
MOST_ITEMS = 200
"""Different offers that one may put into a cart; carts that are merged at a sign-in lose nothing to it."""

O_co = TypeVar("O_co", bound=Offer, covariant=True)
O = TypeVar("O", bound=Offer)  # noqa: E741


@dataclass(slots=True)
class Ware(Offer):
    """An offer as a buyer meets it: with the name of its product and of its shop, for sale or not."""

    name: str = ""
    shop_name: str = ""
    image: str | None = None
    is_for_sale: bool = True
    """Whether the offer is active, its shop open and its product shown."""

    def __post_init__(self) -> None:
        """Take it as it is: with its product's characteristics it may have more than one thing may have."""


@dataclass(frozen=True, slots=True)
class CartItem(Generic[O_co]):
    """So many of one offer."""

    offer: O_co
    quantity: int = 1

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or not 1 <= self.quantity <= MOST:
            raise Invalid([Detail("quantity", f"A quantity is a whole number from 1 to {MOST}.")])

    @property
    def sum(self) -> Money:
        """The price of all of them."""
        return self.offer.price * self.quantity


class Cart(Generic[O]):
    """What a buyer means to order, in the order in which it was put in; one item an offer."""

    def __init__(self, items: Iterable[CartItem[O]] = ()) -> None:
        self._items: dict[OfferId, CartItem[O]] = {}
        self.add(items)

    @overload
    def add(self, goods: O, quantity: int = 1) -> None: ...
    @overload
    def add(self, goods: Iterable[CartItem[O]]) -> None: ...
    def add(self, goods: O | Iterable[CartItem[O]], quantity: int = 1) -> None:
        """Put in one offer, or many: all or none; what is there already is added to.

        Raise Invalid when a quantity would leave 1 to `MOST`.
        """
        items = [CartItem(goods, quantity)] if isinstance(goods, Offer) else list(goods)
        after = dict(self._items)
        for item in items:
            held = after.get(item.offer.id)
            after[item.offer.id] = CartItem(item.offer, item.quantity + (held.quantity if held else 0))
        self._items = after

    def merge(self, other: "Cart[O]") -> None:
        """Take over what another cart holds; what both hold is added up, to `MOST` at most.

        Of many carts it makes no difference which is merged first.
        """
        for item in other:
            held = self._items.get(item.offer.id)
            quantity = min(MOST, item.quantity + (held.quantity if held else 0))
            self._items[item.offer.id] = CartItem(item.offer, quantity)

    def change(self, offer: OfferId, quantity: int) -> None:
        """Make it so many; raise NotFound when it is not there, Invalid as `add` does."""
        if offer not in self._items:
            raise NotFound
        self._items[offer] = CartItem(self._items[offer].offer, quantity)

    def remove(self, offer: OfferId) -> None:
        """Take an offer out whole; raise NotFound when it is not there."""
        if self._items.pop(offer, None) is None:
            raise NotFound

    def clear(self) -> None:
        """Take everything out."""
        self._items.clear()

    def must_fit(self) -> None:
        """Raise CartFull when it holds more than `MOST_ITEMS` different offers."""
        if len(self) > MOST_ITEMS:
            raise CartFull

    @property
    def total_price(self) -> Money:
        """The price of everything in the cart."""
        return sum((item.sum for item in self), ZERO)

    def __iter__(self) -> Iterator[CartItem[O]]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)


def is_available(item: CartItem[Ware]) -> bool:
    """Whether all of it can be bought now."""
    return item.offer.is_for_sale and item.quantity <= item.offer.quantity


def must_be_available(items: Iterable[CartItem[Ware]]) -> None:
    """Raise OutOfStock, naming each offer of which not so many can be bought now."""
    if short := [shortage(item.offer) for item in items if not is_available(item)]:
        raise OutOfStock(short)


def shortage(ware: Ware) -> Detail:
    """Say why not so much of it can be bought."""
    if not ware.is_for_sale:
        return Detail(str(ware.id), "This is not for sale now.")
    return too_few(ware.id, ware.quantity)


def too_few(offer: OfferId, left: int) -> Detail:
    """Say how many there are of an offer."""
    return Detail(str(offer), f"There are {left} of this left.")


def chosen(cart: Cart[Ware], offers: Collection[OfferId]) -> Iterator[CartItem[Ware]]:
    """The items of these offers."""
    return (item for item in cart if item.offer.id in offers)
