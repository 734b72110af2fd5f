"""What every change of an order has in common: what it sets free goes back, and its buyer is written to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from lavka.application.payments.opening import asked_of, items_of, to_be_opened, told_to_shops
from lavka.application.ports.orders import Orders, Reason, Stock
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.payments import Payments, Refunds
from lavka.application.ports.system import Clock, Ids
from lavka.application.ports.wallet import Wallets
from lavka.domain.errors import Conflict, Unavailable
from lavka.domain.letters import Subject, to_be_sent
from lavka.domain.lines import Release
from lavka.domain.money import ZERO
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.payments import Payment, PaymentId, Refund, RefundId
from lavka.domain.shipments import Status
from lavka.domain.tasks import Kind, Task, TaskId
from lavka.domain.wallet import Kind as TransferKind
from lavka.domain.wallet import Transfer, TransferId


def to_be_refunded(refund: Refund, ids: Ids) -> Task:
    """The task of asking the till to give it back."""
    return Task(TaskId(ids()), Kind.REFUND_PAYMENT, {"refund": str(refund.id)}, refund.created_at)


@dataclass(frozen=True, slots=True)
class Returning:
    """Money goes back to where it came from: to the wallet at once, to a payment by the till."""

    wallets: Wallets
    payments: Payments
    refunds: Refunds
    outbox: Outbox
    ids: Ids

    async def give_back(self, order: Order, release: Release, now: datetime) -> None:
        """Give back what was paid for it, within the transaction that sets it free."""
        if release.money == ZERO:
            return
        if order.payment_method is PaymentMethod.WALLET:
            await self._into_wallet(order, release, now)
        elif order.payment_method is PaymentMethod.ONLINE:
            await self.refund(await self._paid(order, release), release, now)

    async def refund(self, payment: PaymentId, release: Release, now: datetime) -> None:
        """Give a part of a payment back, or all of it; raise NotFound when so much was not paid."""
        async with self.payments.change(payment) as lent:
            refund = lent.refund(RefundId(self.ids()), release.money, items_of(release.lines), now)
            await self.refunds.add(refund)
        await self.outbox.put([to_be_refunded(refund, self.ids)])

    async def _paid(self, order: Order, release: Release) -> PaymentId:
        """The payment that an order is paid by."""
        for payment in await self.payments.of_order(order.id):
            if payment.refundable >= release.money:
                return payment.id
        raise Conflict  # the order says that it is paid, and no payment does: `lavka check` shows it

    async def _into_wallet(self, order: Order, release: Release, now: datetime) -> None:
        made = TransferId(self.ids())
        await self.wallets.post(
            Transfer(made, TransferKind.REFUND, order.buyer, release.money, now, order=order.id)
        )
        told = {"order": order.id, "amount": release.money.minor, "method": order.payment_method.value}
        await self.outbox.put([to_be_sent(self.ids(), Subject.REFUND, now, **told)])


@dataclass(frozen=True, slots=True)
class Changing:
    """Lend an order to be changed, and see to what follows from it."""

    orders: Orders
    stock: Stock
    returning: Returning
    outbox: Outbox
    clock: Clock
    ids: Ids

    @asynccontextmanager
    async def lend(self, order: OrderId) -> AsyncIterator[Order]:
        """Lock one, lend it, save it; raise NotFound.

        When it has come to another status its buyer gets a letter, when another sum is owed another payment;
        what waited for a payment and is confirmed, by it or without it, is told to its shops.
        """
        async with self.orders.change(order) as lent:
            before, new = lent.status, lent.new_shipments
            yield lent
            if lent.payment_method is PaymentMethod.ONLINE:
                ready = [each for each in new if each.status is Status.CONFIRMED]
                await self.outbox.put(told_to_shops(lent, ready, self.ids, self.clock()))
            if lent.status is not before:
                told = {"order": lent.id, "status": lent.status.value}
                letter = to_be_sent(self.ids(), Subject.ORDER_STATUS, self.clock(), **told)
                await self.outbox.put([letter])
            if lent.payment and lent.owes not in (ZERO, lent.payment.amount):
                await self.ask(lent)

    async def ask(self, order: Order) -> Payment:
        """Ask for what is owed, within the transaction that changes the order; the outbox has it opened."""
        now = self.clock()
        payment = asked_of(order.buyer, order.owes, PaymentId(self.ids()), now, order.id)
        await self.returning.payments.add(payment)
        await self.outbox.put([to_be_opened(payment, self.ids, now)])
        order.payment = payment
        return payment

    async def give_back(self, order: Order, release: Release, reason: Reason, now: datetime) -> None:
        """Give back what it sets free, within the transaction that changes it."""
        if release.lines:
            await self.stock.give_back(order.id, release.lines, reason, now)
        await self.returning.give_back(order, release, now)

    async def show(self) -> None:
        """Let lists show what has come back, or has run out."""
        with suppress(Unavailable):  # the order is changed already; what lists show follows in the background
            await self.stock.show()
