"""Payments before the money comes: made with what they are for, and opened at the till."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lavka.application.ports.accounts import Users
from lavka.application.ports.orders import Orders
from lavka.application.ports.payments import Ask, Payments, Refused, Till
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.accounts import UserId
from lavka.domain.errors import OnlinePaymentOff, Unavailable
from lavka.domain.letters import Subject, to_be_sent
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import Line, Order, OrderId
from lavka.domain.payments import Bill, Item, Payment, PaymentId, Status
from lavka.domain.shipments import Shipment
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId

PATIENCE = 5.0
"""Seconds that a buyer waits for the till; what takes longer is opened later."""
HEAD_START = timedelta(seconds=10)
"""How long the outbox leaves a new payment to the request that has asked for it."""


def asked_of(payer: UserId, amount: Money, made: PaymentId, now: datetime, order: OrderId | None) -> Payment:
    """Ask a user for money."""
    return Payment(made, payer, amount, now, order)


def to_be_opened(payment: Payment, ids: Ids, now: datetime) -> Task:
    """The task of opening it, should the request not come to it."""
    about = {"payment": str(payment.id)}
    return Task(TaskId(ids()), Kind.OPEN_PAYMENT, about, now + HEAD_START)


def to_be_settled(ids: Ids, now: datetime, **about: object) -> Task:
    """The task of asking the till about a `payment` of ours, or about what it calls `external_id`."""
    told = {name: str(value) for name, value in about.items()}
    return Task(TaskId(ids()), Kind.SETTLE_PAYMENT, told, now)


def items_of(lines: Sequence[Line]) -> tuple[Item, ...]:
    """The positions of a receipt for these."""
    return tuple(Item(line.name, line.quantity, line.price) for line in lines if line.price > ZERO)


def brought_about(order: Order, ids: Ids) -> list[Task]:
    """What a new order brings about: a letter to its buyer, and the payment, or letters to its shops."""
    now = order.created_at
    if order.payment is None:
        letter = to_be_sent(ids(), Subject.ORDER_PLACED, now, order=order.id)
        return [letter, *told_to_shops(order, order.shipments, ids, now)]
    # by then it is known where it is paid, which the letter tells
    letter = to_be_sent(ids(), Subject.ORDER_PLACED, now + HEAD_START, order=order.id)
    return [letter, to_be_opened(order.payment, ids, now)]


def told_to_shops(order: Order, ready: Iterable[Shipment], ids: Ids, now: datetime) -> list[Task]:
    """Letters to shops that they may begin with their parts of an order."""
    return [to_be_sent(ids(), Subject.NEW_ORDER, now, order=order.id, shop=each.shop) for each in ready]


@dataclass(frozen=True, slots=True)
class Opening:
    """Open payments at the till: by the request that asks for one, or after it."""

    payments: Payments
    orders: Orders
    users: Users
    till: Till | None
    return_url: str
    """Where payers come back to; `{order}` stands for the order's id, or is left out."""
    clock: Clock
    transaction: Transaction

    def must_be_there(self) -> None:
        """Raise OnlinePaymentOff where nobody takes money from outside."""
        if self.till is None:
            raise OnlinePaymentOff

    async def soon(self, payment: Payment) -> Payment:
        """Open it while its payer waits, some seconds at most; otherwise it is opened later."""
        if payment.confirmation_url is not None or not payment.is_open:
            return payment
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.open(payment.id)
        except (Unavailable, Hopeless, TimeoutError):  # the outbox tries again, and says why it cannot
            return payment

    async def work(self, task: Task) -> None:
        """Open a payment for a task; what the till refuses is over, and its task is looked at."""
        payment = PaymentId(UUID(task.about["payment"]))
        try:
            await self.open(payment)
        except Refused:
            async with self.payments.change(payment) as lent:
                lent.become(Status.CANCELED)
            raise

    async def open(self, payment: PaymentId) -> Payment:
        """Open it, unless it is open or nobody wants it any more; the same again opens nothing new.

        Nothing is held while the till is asked. Raise Unavailable, Refused.
        """
        known = await self.payments.get(payment)
        if known.external_id is not None or not known.is_open:
            return known
        ask = await self._ask(known)
        if ask is None:
            return await self.payments.get(payment)
        self.must_be_there()
        assert self.till is not None
        seen = await self.till.open(ask)
        async with self.payments.change(payment) as lent:
            lent.opened(seen.external_id, seen.confirmation_url, self.clock())
        return lent

    async def _ask(self, payment: Payment) -> Ask | None:
        """Note that the till is being asked, and what for; None for what nobody wants any more."""
        order = None if payment.order is None else await self.orders.get(payment.order)
        bill = await self._bill(payment, order)
        async with self.payments.change(payment.id) as lent:
            is_stale = order is not None and order.owes != lent.amount
            if is_stale and lent.asked_at is None:
                lent.become(Status.CANCELED)
                return None
            frozen = lent.ask(bill, self.clock())
        return Ask(payment.id, payment.amount, frozen)

    async def _bill(self, payment: Payment, order: Order | None) -> Bill:
        email = (await self.users.get(payment.payer)).email.address
        if order is None:
            name = "Пополнение кошелька"
            return Bill(name, email, (Item(name, 1, payment.amount),), self.return_url.format(order=""))
        back = self.return_url.format(order=order.id)
        return Bill(f"Заказ {order.number}", email, items_of(order.going_lines), back)
