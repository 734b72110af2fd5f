"""Ordering what is in the cart."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from lavka.application.ports.cart import Carts
from lavka.application.ports.contacts import Contacts
from lavka.application.ports.orders import KeptAnswer, Keys, Orders, Stock, Stroke
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Numbers, Transaction
from lavka.application.ports.wallet import Wallets
from lavka.domain.accounts import UserId
from lavka.domain.checkout import Placing, Wish, place
from lavka.domain.contacts import ContactId
from lavka.domain.errors import CartEmpty, Detail, Invalid, ShopError, Unavailable
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.shipments import ShipmentId
from lavka.domain.wallet import Kind, Transfer, TransferId


@dataclass(frozen=True, slots=True)
class CheckoutWish:
    """How a buyer wants the cart to be ordered: brought to a contact, or picked up by who has the phone."""

    payment_method: PaymentMethod
    requires_delivery: bool
    contact: ContactId | None = None
    phone: Phone | None = None
    comment: str | None = None
    expected_total: Money | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is carried out once, however often it comes, and how its answer is written."""

    key: str
    digest: str
    """Tells this request from any other."""
    answer: Callable[[Order], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, now or the first time that it came."""

    text: str
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class Making:
    """What a new order needs of the machine."""

    clock: Clock
    ids: Ids
    numbers: Numbers
    payment_time: timedelta
    """How long an order that is to be paid online waits for it."""

    def placing(self) -> Placing:
        """Give it its identity and the time."""
        now, shipments = self.clock(), (ShipmentId(make()) for make in repeat(self.ids))
        return Placing(OrderId(self.ids()), self.numbers(), shipments, now, now + self.payment_time)


Placed = tuple[Order, bool]
"""An order, and whether anything has run out by it."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """Find out where a buyer is reached."""

    contacts: Contacts

    async def of(self, buyer: UserId, wish: CheckoutWish) -> Wish:
        """Put contact, phone and address in; raise Invalid when one is missing, NotFound for no contact."""
        contact = None if wish.contact is None else await self.contacts.get(buyer, wish.contact)
        address = contact.address if contact and wish.requires_delivery else None
        if wish.requires_delivery and address is None:
            rule = "A delivery needs a contact with an address: name one of GET /me/contacts."
            raise Invalid([Detail("contact_id", rule)])
        phone = wish.phone or (contact.phone if contact else None)
        if phone is None:
            raise Invalid([Detail("phone", "Write the phone of who picks it up, or name a contact.")])
        return Wish(wish.payment_method, phone, address, wish.comment, wish.expected_total)


@dataclass(frozen=True, slots=True)
class Ordering:
    """Order what is in the cart, which is empty then.

    At one stroke where the store can, if nothing is in the way; otherwise step by step, which tells what is.
    """

    reaching: Reaching
    carts: Carts
    stock: Stock
    orders: Orders
    wallets: Wallets
    keys: Keys
    stroke: Stroke
    making: Making
    transaction: Transaction

    async def place(self, who: Access, wish: CheckoutWish) -> Order:
        """Order it, all or nothing.

        Raise CartEmpty, OutOfStock, PriceChanged when another total was expected, InsufficientFunds; Invalid
        for a delivery without an address, NotFound for a contact of somebody else.
        """
        placed, _ = await self._at_a_stroke(who.user, wish, None)
        if placed is None:
            async with self.transaction():
                placed = await self._place(who.user, wish)
        await self._show(placed)
        return placed[0]

    async def place_once(self, who: Access, wish: CheckoutWish, once: Once) -> Answer:
        """Order it as `place` does; the same request again gets the first answer and orders nothing.

        Raise IdempotencyKeyInUse while the first is being answered, IdempotencyKeyReused for another request.
        """
        placed, text = await self._at_a_stroke(who.user, wish, once)
        if placed is None:
            async with self.transaction():
                now = self.making.clock()
                if first := await self._first_answer(who.user, once, now):
                    return first
                try:
                    placed = await self._place(who.user, wish)
                except CartEmpty:  # perhaps by the first itself, which ended while its answer was looked for
                    if first := await self._first_answer(who.user, once, now):
                        return first
                    raise
                text = once.answer(placed[0])
                await self.keys.keep(who.user, once.key, once.digest, text, now)
        await self._show(placed)
        return Answer(text, is_replayed=False)

    async def _at_a_stroke(
        self, buyer: UserId, wish: CheckoutWish, once: Once | None
    ) -> tuple[Placed | None, str]:
        """Try the short way, and write the answer; None when it has to be the long one."""
        placing = self.making.placing()
        try:
            seen = await self.carts.look(buyer, placing.now)
            order = place(seen.cart, await self.reaching.of(buyer, wish), buyer, placing)
        except Unavailable:
            raise
        except ShopError:  # unless the same has been answered before, the long way says so again
            return None, ""
        text = once.answer(order) if once else ""
        answer = KeptAnswer(once.key, once.digest, text) if once else None
        has_run_out = await self.stroke.keep(order, seen, answer)
        return None if has_run_out is None else (order, has_run_out), text

    async def _first_answer(self, buyer: UserId, once: Once, now: datetime) -> Answer | None:
        """Claim the key, and give what is kept of the first time that it came."""
        kept = await self.keys.claim(buyer, once.key, once.digest, now)
        return None if kept is None else Answer(kept, is_replayed=True)

    async def _place(self, buyer: UserId, wish: CheckoutWish) -> Placed:
        placing, reached = self.making.placing(), await self.reaching.of(buyer, wish)
        async with self.carts.change(buyer, placing.now) as lent:
            order = place(lent.cart, reached, buyer, placing)
            has_run_out = await self.stock.take(order.id, order.lines, placing.now)
            if order.payment_method is PaymentMethod.WALLET:
                await self._pay(order)
            await self.orders.add(order)
            lent.cart.clear()
        return order, has_run_out

    async def _show(self, placed: Placed) -> None:
        if placed[1]:
            with suppress(
                Unavailable
            ):  # the order is made already; what lists show follows in the background
                await self.stock.show()

    async def _pay(self, order: Order) -> None:
        """Pay it from the buyer's wallet."""
        transfer = Transfer(
            TransferId(self.making.ids()),
            Kind.PAYMENT,
            order.buyer,
            ZERO - order.total,
            order.created_at,
            order=order.id,
        )
        await self.wallets.post(transfer)
        order.pay(order.created_at)
