"""Ordering what is in the cart."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from lavka.application.once import AFTER, Answer, Once, Repeating
from lavka.application.payments.opening import Opening, asked_of, brought_about
from lavka.application.ports.cart import Carts
from lavka.application.ports.contacts import Contacts
from lavka.application.ports.orders import KeptAnswer, Orders, Stock, Stroke
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Numbers
from lavka.application.ports.wallet import Wallets
from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, Ware
from lavka.domain.checkout import Placing, Wish, place
from lavka.domain.contacts import ContactId
from lavka.domain.errors import CartEmpty, Detail, Invalid, ShopError, Unavailable
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.payments import PaymentId
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
class Making:
    """What a new order needs of the machine."""

    clock: Clock
    ids: Ids
    numbers: Numbers
    payment_time: timedelta
    """How long an order that is to be paid online waits for it."""

    def order(self, cart: Cart[Ware], wish: Wish, buyer: UserId, placing: Placing) -> Order:
        """Make it as `place` does, with the payment that is to be asked for it."""
        order = place(cart, wish, buyer, placing)
        if order.owes > ZERO:
            order.payment = asked_of(buyer, order.owes, PaymentId(self.ids()), placing.now, order.id)
        return order

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
    repeating: Repeating
    stroke: Stroke
    outbox: Outbox
    making: Making
    opening: Opening

    async def place(self, who: Access, wish: CheckoutWish) -> Order:
        """Order it, all or nothing.

        Raise CartEmpty, OutOfStock, PriceChanged when another total was expected, InsufficientFunds; Invalid
        for a delivery without an address, NotFound for a contact of somebody else; OnlinePaymentOff. What is
        paid online has its payment opened, if the till answers soon.
        """
        self._must_take(wish)
        placed, _ = await self._at_a_stroke(who.user, wish, None)
        if placed is None:
            async with self.repeating.transaction():
                placed = await self._place(who.user, wish)
        await self._show(placed)
        return await self._opened(placed[0])

    async def place_once(self, who: Access, wish: CheckoutWish, once: Once[Order]) -> Answer:
        """Order it as `place` does; the same request again gets the first answer and orders nothing.

        Raise IdempotencyKeyInUse while the first is being answered, IdempotencyKeyReused for another request.
        """
        self._must_take(wish)
        placed, text = await self._at_a_stroke(who.user, wish, once)
        if placed is None:
            async with self.repeating.transaction():
                now = self.making.clock()
                if first := await self._first_answer(who.user, once, now):
                    return first
                try:
                    placed = await self._place(who.user, wish)
                except CartEmpty:  # perhaps by the first itself, which ended while its answer was looked for
                    if first := await self._first_answer(who.user, once, now):
                        return first
                    raise
                answer = _kept(placed[0], once)
                text = answer.text
                await self.repeating.keys.keep(who.user, answer, now)
        await self._show(placed)
        if placed[0].payment is None:
            return Answer(text, is_replayed=False)
        return await self.repeating.amend(who.user, once, await self._opened(placed[0]))

    def _must_take(self, wish: CheckoutWish) -> None:
        if wish.payment_method is PaymentMethod.ONLINE:
            self.opening.must_be_there()

    async def _opened(self, order: Order) -> Order:
        if order.payment is not None:
            order.payment = await self.opening.soon(order.payment)
        return order

    async def _at_a_stroke(
        self, buyer: UserId, wish: CheckoutWish, once: Once[Order] | None
    ) -> tuple[Placed | None, str]:
        """Try the short way, and write the answer; None when it has to be the long one."""
        placing = self.making.placing()
        try:
            seen = await self.carts.look(buyer, placing.now)
            order = self.making.order(seen.cart, await self.reaching.of(buyer, wish), buyer, placing)
        except Unavailable:
            raise
        except ShopError:  # unless the same has been answered before, the long way says so again
            return None, ""
        answer = _kept(order, once) if once else None
        has_run_out = await self.stroke.keep(order, seen, answer, brought_about(order, self.making.ids))
        return None if has_run_out is None else (order, has_run_out), answer.text if answer else ""

    async def _first_answer(self, buyer: UserId, once: Once[Order], now: datetime) -> Answer | None:
        """Claim the key, and give what is kept of the first time that it came."""
        kept = await self.repeating.keys.claim(buyer, once.key, once.digest, now)
        return None if kept is None else Answer(kept, is_replayed=True)

    async def _place(self, buyer: UserId, wish: CheckoutWish) -> Placed:
        placing, reached = self.making.placing(), await self.reaching.of(buyer, wish)
        async with self.carts.change(buyer, placing.now) as lent:
            order = self.making.order(lent.cart, reached, buyer, placing)
            has_run_out = await self.stock.take(order.id, order.lines, placing.now)
            if order.payment_method is PaymentMethod.WALLET:
                await self._pay(order)
            await self.orders.add(order)
            await self.outbox.put(brought_about(order, self.making.ids))
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


def _kept(order: Order, once: Once[Order]) -> KeptAnswer:
    """What the request is answered; while a payment is being opened that is not the last word."""
    pending_until = order.created_at + AFTER if order.payment else None
    return KeptAnswer(once.key, once.digest, once.answer(order), pending_until)
