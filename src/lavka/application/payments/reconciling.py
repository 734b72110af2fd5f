"""Our payments beside the provider's, so that none is lost on either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from lavka.application.payments.opening import to_be_settled
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.payments import Payments, Refunds, Seen, Till
from lavka.application.ports.system import Clock, Ids
from lavka.domain.errors import NotFound, OnlinePaymentOff
from lavka.domain.payments import Payment, PaymentId, Status, given_back
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId

NIGHTS = UUID("6c61766b-6100-7000-8000-000000000005")
"""The namespace of the tasks of each night."""
NIGHT = time(3)
"""When the day before is compared, UTC."""
BACK = timedelta(days=3)
"""How far one looks back every night: providers keep a payment open for hours, and notices may be late."""
SETTLED = timedelta(hours=1)
"""Younger payments may still be on their way."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that one side has otherwise than the other."""

    payment: str
    """What the provider calls it, or we if the provider does not know it."""
    message: str
    is_mended: bool
    """Whether the till is asked again, and followed."""


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Compare with the till; have looked at again what is behind."""

    payments: Payments
    refunds: Refunds
    outbox: Outbox
    till: Till | None
    clock: Clock
    ids: Ids

    async def plan(self) -> None:
        """See to it that the next night has its task, once."""
        if self.till is None:
            return
        now = self.clock()
        tonight = datetime.combine(now.date(), NIGHT, now.tzinfo)
        due = tonight if now < tonight else tonight + timedelta(days=1)
        made = TaskId(uuid5(NIGHTS, due.date().isoformat()))
        await self.outbox.put([Task(made, Kind.RECONCILE, {}, due)])

    async def work(self, _: Task) -> None:
        """Compare the last days; raise Hopeless when something is left for a person."""
        now = self.clock()
        left = [each for each in await self.compare(now - BACK, now) if not each.is_mended]
        if left:
            raise Hopeless(f"{len(left)} payments differ from the provider's: run `lavka reconcile`.")

    async def compare(self, since: datetime, until: datetime) -> Sequence[Difference]:
        """Compare all that was opened in this time; raise OnlinePaymentOff, Unavailable."""
        if self.till is None:
            raise OnlinePaymentOff
        found: list[Difference] = []
        known: set[PaymentId] = set()
        async for seen in self.till.opened(since - SETTLED, until):
            ours = await self._ours(seen)
            if ours is not None:
                known.add(ours.id)
            found += await self._differences(seen, ours)
        for payment in await self.payments.opened(since, until - SETTLED):
            if payment.id not in known:
                found += await self._missing(payment)
        return found

    async def _ours(self, seen: Seen) -> Payment | None:
        if seen.reference is None:
            return None
        try:
            return await self.payments.get(seen.reference)
        except NotFound:
            return None

    async def _differences(self, seen: Seen, ours: Payment | None) -> list[Difference]:
        if ours is None:
            is_money = seen.status is Status.SUCCEEDED
            text = f"{seen.amount} were paid by a payment that this shop did not ask for."
            return [Difference(seen.external_id, text, is_mended=False)] if is_money else []
        if ours.external_id is None or ours.status is not seen.status:
            if not ours.is_open and ours.external_id is not None:
                text = f"It is {seen.status.value} there, and {ours.status.value} here."
                return [Difference(seen.external_id, text, is_mended=False)]
            told = to_be_settled(self.ids, self.clock(), external_id=seen.external_id)
            await self.outbox.put([told])
            text = f"It is {seen.status.value} there and {ours.status.value} here, and is looked at again."
            return [Difference(seen.external_id, text, is_mended=True)]
        return await self._refunds_differ(seen, ours)

    async def _refunds_differ(self, seen: Seen, ours: Payment) -> list[Difference]:
        noted = given_back(await self.refunds.of(ours.id))
        if seen.refunded in (noted, ours.refunded):  # what goes back has been asked for, or has gone
            return []
        text = f"{seen.refunded} were given back there, {noted} here."
        return [Difference(seen.external_id, text, is_mended=False)]

    async def _missing(self, payment: Payment) -> list[Difference]:
        """What the provider does not know: perhaps it never came there."""
        if payment.external_id is not None:
            return [Difference(payment.external_id, "The provider does not list it.", is_mended=False)]
        async with self.payments.change(payment.id) as lent:
            if not lent.is_open or lent.external_id is not None:
                return []
            lent.become(Status.CANCELED)
        text = "It never came to the provider, and is cancelled."
        return [Difference(str(payment.id), text, is_mended=True)]
