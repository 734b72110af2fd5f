"""A till of paper: in memory, with faults to be switched on; the tests' side of a payment provider."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from builders import new_id

from lavka.application.ports.payments import Ask, GiveBack, Refused, Seen, SeenRefund
from lavka.domain.errors import Unavailable
from lavka.domain.money import ZERO, Money
from lavka.domain.payments import Bill, PaymentId, RefundStatus, Status


@dataclass
class PaperTill:
    """Opens one payment a key, takes and gives back money when the test says so."""

    is_two_stage: bool = False
    fault: str | None = None
    """`hang`, `lost` (nothing is done), `acted` (done, and the answer is lost), `refuse`."""
    refunds_are: RefundStatus = RefundStatus.SUCCEEDED
    kept: dict[str, Seen] = field(default_factory=dict)
    asked: dict[UUID, Ask] = field(default_factory=dict)
    given: dict[UUID, SeenRefund] = field(default_factory=dict)
    wanted: list[GiveBack] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    captured: list[Bill] = field(default_factory=list)
    """What captures were asked with, also those that failed."""
    is_slow: bool = False
    """Whether a capture says that it goes on."""
    fails_at: str | None = None
    """The one call at which nothing is done."""

    async def open(self, ask: Ask) -> Seen:
        await self._before("open")
        if ask.payment not in self.asked:
            self.asked[ask.payment] = ask
            name = f"paper-{new_id()}"
            url = f"http://pay.test/{name}"
            self.kept[name] = Seen(name, Status.PENDING, ask.amount, ask.payment, url)
        self._after()
        return self.of(ask.payment)

    async def look(self, payment: str) -> Seen | None:
        await self._before("look")
        return self.kept.get(payment)

    async def capture(self, payment: str, amount: Money, bill: Bill) -> Seen:
        self.captured.append(bill)
        await self._before("capture")
        assert bill.total == amount
        self._must_wait(payment)
        if self.is_slow:
            return self.kept[payment]
        seen = self._set(payment, status=Status.SUCCEEDED, amount=amount)
        self._after()
        return seen

    async def cancel(self, payment: str) -> Seen:
        await self._before("cancel")
        self._must_wait(payment)
        return self._set(payment, status=Status.CANCELED)

    async def refund(self, wanted: GiveBack) -> SeenRefund:
        await self._before("refund")
        if wanted.key not in self.given:
            seen = self.kept[wanted.payment]
            if seen.status is not Status.SUCCEEDED or seen.refunded + wanted.amount > seen.amount:
                raise Refused("invalid_request: amount")
            assert sum((item.price * item.quantity for item in wanted.items), ZERO) == wanted.amount
            self.wanted.append(wanted)
            self.given[wanted.key] = SeenRefund(f"back-{new_id()}", self.refunds_are, wanted.amount)
            if self.refunds_are is not RefundStatus.CANCELED:
                self._set(wanted.payment, refunded=seen.refunded + wanted.amount)
        self._after()
        return self.given[wanted.key]

    async def look_at_refund(self, refund: str) -> SeenRefund | None:
        await self._before("look_at_refund")
        found = [each for each in self.given.values() if each.external_id == refund]
        return replace(found[0], status=self.refunds_are) if found else None

    async def opened(self, since: datetime, until: datetime) -> AsyncIterator[Seen]:
        await self._before("opened")
        for seen in list(self.kept.values()):
            yield seen

    def of(self, payment: PaymentId) -> Seen:
        """What became of a payment of ours."""
        (seen,) = [each for each in self.kept.values() if each.reference == payment]
        return seen

    def pay(self, payment: PaymentId, **changes: object) -> str:
        """Let the buyer pay, and give the till's name of it."""
        status = Status.WAITING_FOR_CAPTURE if self.is_two_stage else Status.SUCCEEDED
        return self._set(self.of(payment).external_id, **({"status": status} | changes)).external_id

    def decline(self, payment: PaymentId) -> str:
        """Let the buyer decline."""
        return self._set(self.of(payment).external_id, status=Status.CANCELED).external_id

    def _set(self, payment: str, **changes: object) -> Seen:
        self.kept[payment] = replace(self.kept[payment], **changes)  # type: ignore[arg-type]
        return self.kept[payment]

    def _must_wait(self, payment: str) -> None:
        if self.kept[payment].status is not Status.WAITING_FOR_CAPTURE:
            raise Refused("invalid_request: status")

    async def _before(self, call: str) -> None:
        self.calls.append(call)
        if self.fault == "hang":
            await asyncio.sleep(3600)
        if self.fault == "lost" or self.fails_at == call:
            raise Unavailable
        if self.fault == "refuse":
            raise Refused("invalid_request: receipt")

    def _after(self) -> None:
        if self.fault == "acted":
            raise Unavailable
