"""Money that goes back by the till."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from lavka.application.ports.outbox import Outbox
from lavka.application.ports.payments import GiveBack, Payments, Refunds, Refused, SeenRefund, Till
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.errors import OnlinePaymentOff
from lavka.domain.letters import Subject, to_be_sent
from lavka.domain.payments import Payment, Refund, RefundId, RefundStatus, given_back
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId

LOOK_AGAIN = timedelta(minutes=10)
"""How long a refund is left alone that the till has not carried out yet."""


@dataclass(frozen=True, slots=True)
class Refunding:
    """Have the till give money back, each refund once."""

    payments: Payments
    refunds: Refunds
    outbox: Outbox
    till: Till | None
    clock: Clock
    ids: Ids
    transaction: Transaction

    async def hear(self, external_id: str) -> None:
        """Take it that something has become of a refund that the till calls so; another's is left alone."""
        refund = await self.refunds.called(external_id)
        if refund is not None:
            await self.outbox.put([self._task(refund)])

    async def refund(self, task: Task) -> None:
        """Ask for it, or what has become of it. Raise Unavailable; Hopeless when the till refuses.

        After a refusal an administrator's next try is another request to the till, if meanwhile nothing was
        given back past the shop.
        """
        refund = await self.refunds.get(RefundId(UUID(task.about["refund"])))
        if refund.status is RefundStatus.SUCCEEDED:
            return
        payment = await self.payments.get(refund.payment)
        if self.till is None:
            raise OnlinePaymentOff
        if refund.must_be_renewed(self.clock()):
            await self._must_not_be_given(self.till, payment)
            refund = await self._renewed(refund)
        try:
            await self._follow(payment, refund.id, await self._seen(self.till, payment, refund))
        except Refused:
            async with self.refunds.change(refund.id) as lent:
                lent.refuse(refund.key)
            raise

    async def _seen(self, till: Till, payment: Payment, refund: Refund) -> SeenRefund:
        assert payment.external_id is not None
        assert payment.bill is not None
        if refund.external_id is not None:
            seen = await till.look_at_refund(refund.external_id)
            if seen is None:
                raise Hopeless("The provider knows this refund no more.")
            return seen
        wanted = GiveBack(refund.key, payment.external_id, refund.amount, refund.items, payment.bill.email)
        return await till.refund(wanted)

    async def _must_not_be_given(self, till: Till, payment: Payment) -> None:
        """Raise Hopeless if the till has given back another sum than is noted: perhaps this very refund."""
        assert payment.external_id is not None
        seen = await till.look(payment.external_id)
        noted = given_back(await self.refunds.of(payment.id))
        if seen is None or seen.refunded != noted:
            raise Hopeless(
                "The provider has given back another sum than is noted: look for the refund there."
            )

    async def _renewed(self, refund: Refund) -> Refund:
        async with self.refunds.change(refund.id) as lent:
            lent.renew(self.ids(), refund.key, self.clock())
        return lent

    async def _follow(self, payment: Payment, refund: RefundId, seen: SeenRefund) -> None:
        async with self.transaction(), self.refunds.change(refund) as lent:
            if seen.amount != lent.amount:
                raise Hopeless(f"The provider gives back {seen.amount} where {lent.amount} was asked for.")
            now = self.clock()
            if lent.become(seen.status, seen.external_id) and lent.status is RefundStatus.SUCCEEDED:
                told = {"amount": lent.amount.minor, "method": "online", "user": payment.payer}
                about = told | ({"order": payment.order} if payment.order else {})
                await self.outbox.put([to_be_sent(self.ids(), Subject.REFUND, now, **about)])
            if lent.status is RefundStatus.PENDING:
                await self.outbox.put([self._task(refund, LOOK_AGAIN)])
        if seen.status is RefundStatus.CANCELED:
            raise Hopeless("The provider has cancelled the refund: see why there, then retry.")

    def _task(self, refund: RefundId, later: timedelta = timedelta()) -> Task:
        about = {"refund": str(refund)}
        return Task(TaskId(self.ids()), Kind.REFUND_PAYMENT, about, self.clock() + later)
