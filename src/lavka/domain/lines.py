"""The lines of orders: what was bought, frozen; and what a change of an order sets free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lavka.domain.cart import MOST, CartItem, Ware
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.errors import Detail, Invalid
from lavka.domain.money import ZERO, Money
from lavka.domain.shops import ShopId


@dataclass(frozen=True, slots=True)
class Line:
    """So many of an offer at the price of the day; a snapshot, whatever becomes of the catalogue."""

    offer: OfferId
    product: ProductId
    shop: ShopId
    name: str
    sku: str
    price: Money
    quantity: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or not 1 <= self.quantity <= MOST:
            raise Invalid([Detail("quantity", f"A quantity is a whole number from 1 to {MOST}.")])

    @classmethod
    def of(cls, item: CartItem[Ware]) -> "Line":
        """Freeze an item of a cart."""
        ware = item.offer
        return cls(
            ware.id, ware.product, ware.shop, ware.name, ware.sku, ware.price, item.quantity, ware.attributes
        )

    @property
    def sum(self) -> Money:
        """The price of all of them."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Release:
    """What a change sets free: lines whose stock goes back, and money that goes back to who paid."""

    lines: Sequence[Line] = ()
    money: Money = ZERO


NOTHING = Release()


def sum_of(lines: Iterable[Line]) -> Money:
    """The price of all of these."""
    return sum((line.sum for line in lines), ZERO)
