"""Payments after they are asked for: the till is asked what has become of them, and only that is believed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from lavka.application.changing import Changing, to_be_refunded
from lavka.application.payments.opening import items_of, to_be_settled
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.payments import Payments, Refused, Seen, Till
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.application.ports.wallet import Wallets
from lavka.domain.errors import NotFound, OnlinePaymentOff, Unavailable, WalletFull
from lavka.domain.money import ZERO
from lavka.domain.orders import Order
from lavka.domain.payments import Payment, PaymentId, RefundId, Status
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId
from lavka.domain.wallet import Kind as TransferKind
from lavka.domain.wallet import Transfer, TransferId


@dataclass(frozen=True, slots=True)
class Settling:
    """Follow payments: what has come pays its order or fills its wallet, and what nobody owed goes back."""

    payments: Payments
    wallets: Wallets
    changing: Changing
    outbox: Outbox
    till: Till | None
    clock: Clock
    ids: Ids
    transaction: Transaction

    async def hear(self, external_id: str) -> None:
        """Take it that something has become of what the till calls so; the till itself is asked later."""
        await self.outbox.put([to_be_settled(self.ids, self.clock(), external_id=external_id)])

    async def poll_one(self) -> bool:
        """Have a payment looked at of which nothing was heard in time; say whether there was one."""
        for payment in await self.payments.due(self.clock()):
            async with self.payments.change(payment) as lent:
                now = self.clock()
                if lent.look_at is not None and lent.look_at <= now:  # no other process has come first
                    lent.look_again(now)
                    await self.outbox.put([_to_be_looked_at(payment, now)])
                    return True
        return False

    async def settle(self, task: Task) -> None:
        """Ask the till about a payment, and follow; what is not ours is left alone. Raise Hopeless."""
        if "payment" in task.about:
            payment = PaymentId(UUID(task.about["payment"]))
        elif (named := await self._named(task.about["external_id"])) is None:
            return
        else:
            payment = named
        known = await self.payments.get(payment)
        if not known.is_open or known.external_id is None:
            return
        try:
            await self.follow(payment, await self._look(known.external_id))
        except Hopeless:
            async with self.payments.change(payment) as lent:
                lent.look_no_more()
            raise
        if known.look_at is None:  # an administrator has had it tried again, and it is well
            async with self.payments.change(payment) as lent:
                lent.look_again(self.clock())

    async def capture(self, task: Task) -> None:
        """Take what was authorised, as far as it is owed; raise as `_end` does."""
        await self._end(task, self._captured)

    async def void(self, task: Task) -> None:
        """Let go of what was authorised and is not owed; raise as `_end` does."""
        await self._end(task, self._let_go)

    async def follow(self, payment: PaymentId, seen: Seen) -> None:
        """Take over what the till says of a payment, once; raise Hopeless for what cannot be."""
        known = await self.payments.get(payment)
        if known.order is None:
            async with self.transaction(), self.payments.change(payment) as lent:
                if self._is_news(lent, seen):
                    await self._follow_top_up(lent)
            return
        async with self.changing.lend(known.order) as order, self.payments.change(payment) as lent:
            if self._is_news(lent, seen):
                await self._follow_order(order, lent)

    async def _end(self, task: Task, ask: Callable[[Payment, str], Awaitable[Seen]]) -> None:
        """End what is authorised, and follow; raise Unavailable when it is not ended yet, Refused."""
        held = await self.payments.get(PaymentId(UUID(task.about["payment"])))
        if held.status is not Status.WAITING_FOR_CAPTURE or held.external_id is None:
            return
        try:
            seen = await ask(held, held.external_id)
        except Refused:  # perhaps it has ended already
            seen = await self._look(held.external_id)
            if seen.status is Status.WAITING_FOR_CAPTURE:
                raise
        if seen.status is Status.WAITING_FOR_CAPTURE:
            raise Unavailable
        await self.follow(held.id, seen)

    async def _captured(self, held: Payment, external_id: str) -> Seen:
        assert held.bill is not None
        return await self._till.capture(external_id, held.amount, held.bill)

    async def _let_go(self, _: Payment, external_id: str) -> Seen:
        return await self._till.cancel(external_id)

    def _is_news(self, payment: Payment, seen: Seen) -> bool:
        _must_be(payment, seen)
        return payment.become(seen.status)

    async def _follow_order(self, order: Order, payment: Payment) -> None:
        now = self.clock()
        if payment.status is Status.SUCCEEDED and order.owes == payment.amount:
            order.pay(now)
        elif payment.status is Status.SUCCEEDED:
            await self._give_back(payment, now)
        elif payment.status is Status.WAITING_FOR_CAPTURE and ZERO < order.owes <= payment.amount:
            payment.take(items_of(order.going_lines))
            await self.outbox.put([self._next(Kind.CAPTURE_PAYMENT, payment, now)])
        elif payment.status is Status.WAITING_FOR_CAPTURE:
            await self.outbox.put([self._next(Kind.VOID_PAYMENT, payment, now)])
        order.payment = payment if order.payment and order.payment.id == payment.id else order.payment

    async def _follow_top_up(self, payment: Payment) -> None:
        now = self.clock()
        if payment.status is Status.WAITING_FOR_CAPTURE:
            await self.outbox.put([self._next(Kind.CAPTURE_PAYMENT, payment, now)])
        elif payment.status is Status.SUCCEEDED:
            made = TransferId(payment.id)
            try:
                await self.wallets.post(
                    Transfer(made, TransferKind.TOP_UP, payment.payer, payment.amount, now)
                )
            except WalletFull:
                await self._give_back(payment, now)

    async def _give_back(self, payment: Payment, now: datetime) -> None:
        """Give all of it back: nobody owes it."""
        assert payment.bill is not None
        refund = payment.refund(RefundId(self.ids()), payment.amount, payment.bill.items, now)
        await self.changing.returning.refunds.add(refund)
        await self.outbox.put([to_be_refunded(refund, self.ids)])

    def _next(self, kind: Kind, payment: Payment, now: datetime) -> Task:
        return Task(TaskId(self.ids()), kind, {"payment": str(payment.id)}, now)

    async def _named(self, external_id: str) -> PaymentId | None:
        """Which payment the till calls so; None for one that is not ours.

        When the answer to the opening was lost the name is new to us: the till says what we call it.
        """
        if (payment := await self.payments.called(external_id)) is not None:
            return payment
        seen = await self._till.look(external_id)
        if seen is None or seen.reference is None:
            return None
        try:
            async with self.payments.change(seen.reference) as lent:
                lent.opened(seen.external_id, seen.confirmation_url, self.clock())
        except NotFound:
            return None
        return seen.reference

    async def _look(self, external_id: str) -> Seen:
        seen = await self._till.look(external_id)
        if seen is None:
            raise Hopeless("The provider knows this payment no more.")
        return seen

    @property
    def _till(self) -> Till:
        if self.till is None:
            raise OnlinePaymentOff
        return self.till


def _to_be_looked_at(payment: PaymentId, now: datetime) -> Task:
    """The task of asking the till about it: one an hour, while those before wait for a till that is gone."""
    made = TaskId(uuid5(payment, now.astimezone(UTC).strftime("%Y-%m-%dT%H")))
    return Task(made, Kind.SETTLE_PAYMENT, {"payment": str(payment)}, now)


def _must_be(payment: Payment, seen: Seen) -> None:
    """Raise Hopeless when the till tells of another payment than ours, or of another amount."""
    if (seen.external_id, seen.reference) != (payment.external_id, payment.id):
        raise Hopeless("The provider tells of another payment than was asked for.")
    is_more = seen.status is Status.WAITING_FOR_CAPTURE and seen.amount > payment.amount
    has_come = seen.status in (Status.WAITING_FOR_CAPTURE, Status.SUCCEEDED)
    if has_come and seen.amount != payment.amount and not is_more:
        raise Hopeless(f"The provider has {seen.amount} where {payment.amount} was asked for.")
