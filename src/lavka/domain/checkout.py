"""How a cart becomes an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, Ware, must_be_available
from lavka.domain.errors import CartEmpty, CartFull, Detail, PriceChanged
from lavka.domain.money import Money
from lavka.domain.orders import Line, Order, OrderId, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.shipments import Actor, Event, Role, Shipment, ShipmentId, Status

MOST_LINES = 900
"""Lines of an order: so many of the dearest goods, as many of each as one may order, fit into a BIGINT."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a buyer wants a cart to be ordered; `expected_total` is what the buyer was shown."""

    payment_method: PaymentMethod
    phone: Phone
    delivery_address: str | None = None
    comment: str | None = None
    expected_total: Money | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """What an order gets from outside when it is placed: identities, a number, the time."""

    id: OrderId
    number: str
    shipments: Iterator[ShipmentId]
    """As many as there are shops, or more."""
    now: datetime
    expires_at: datetime
    """When an order to be paid online is cancelled if it is not paid."""


def place(cart: Cart[Ware], wish: Wish, buyer: UserId, given: Placing) -> Order:
    """Order what is in a cart, at today's prices.

    Raise CartEmpty, CartFull, OutOfStock for what cannot be bought, PriceChanged when another total was
    expected.
    """
    if not len(cart):
        raise CartEmpty
    if len(cart) > MOST_LINES:
        raise CartFull
    must_be_available(cart)
    _must_cost(cart.total_price, wish.expected_total)
    shops = {item.offer.shop: item.offer.shop_name for item in cart}
    is_online = wish.payment_method is PaymentMethod.ONLINE
    order = Order(
        id=given.id,
        number=given.number,
        buyer=buyer,
        payment_method=wish.payment_method,
        phone=wish.phone,
        created_at=given.now,
        lines=[Line.of(item) for item in cart],
        shipments=[Shipment(next(given.shipments), *shop) for shop in shops.items()],
        delivery_address=wish.delivery_address,
        comment=wish.comment,
        expires_at=given.expires_at if is_online else None,
    )
    by = Actor(Role.BUYER, buyer)
    order.history += [Event(Status.NEW, given.now, by, each.id) for each in order.shipments]
    order.history.append(Event(Status.NEW, given.now, by))
    return order


def _must_cost(total: Money, expected: Money | None) -> None:
    if expected is not None and expected != total:
        told = {"expected_total": expected, "total_price": total}
        raise PriceChanged([Detail(name, str(amount.minor)) for name, amount in told.items()])
