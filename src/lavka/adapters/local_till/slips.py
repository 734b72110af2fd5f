"""What the local till writes down of a payment, and what may be done to it: as at a provider."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from lavka.application.ports.payments import Counter, Decision, Refused, Seen, SeenRefund
from lavka.domain.money import ZERO, Money
from lavka.domain.payments import PaymentId, RefundStatus, Status

PATIENCE = timedelta(hours=1)
"""How long a payer may take."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund: it has succeeded at once."""

    id: str
    amount: int
    created_at: str


@dataclass(slots=True)
class Slip:
    """A payment. Amounts are in minor units, times in RFC 3339; `asked` is what it was opened with."""

    id: str
    reference: str
    asked: int
    amount: int
    description: str
    return_url: str
    two_stage: bool
    created_at: str
    status: str = Status.PENDING.value
    reason: str | None = None
    """Why it was cancelled, in the provider's words."""
    captured_at: str | None = None
    refunds: list[GivenBack] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """What has gone back."""
        return sum(each.amount for each in self.refunds)

    @property
    def is_paid(self) -> bool:
        """Whether the payer has paid."""
        return self.status in (Status.WAITING_FOR_CAPTURE, Status.SUCCEEDED)

    def expire(self, now: datetime) -> None:
        """Cancel what was not paid in time."""
        if self.status == Status.PENDING and now > datetime.fromisoformat(self.created_at) + PATIENCE:
            self._cancel("expired_on_confirmation")

    def decide(self, decision: Decision, now: datetime) -> bool:
        """Follow the payer, unless it is over; say whether anything has changed."""
        if self.status != Status.PENDING or decision is Decision.CLOSE:
            return False
        if decision is Decision.DECLINE:
            self._cancel("general_decline")
        elif self.two_stage:
            self.status = Status.WAITING_FOR_CAPTURE.value
        else:
            self._succeed(now)
        return True

    def capture(self, amount: Money, now: datetime) -> bool:
        """Take what was authorised, or a part; say whether that is news. Raise Refused."""
        if (self.status, self.amount) == (Status.SUCCEEDED, amount.minor) and self.two_stage:
            return False
        if self.status != Status.WAITING_FOR_CAPTURE:
            raise Refused("invalid_request: status")
        if not ZERO < amount <= Money(self.amount):
            raise Refused("invalid_request: amount.value")
        self.amount = amount.minor
        self._succeed(now)
        return True

    def cancel(self) -> bool:
        """Let go of what was authorised; say whether that is news. Raise Refused."""
        if self.status == Status.CANCELED:
            return False
        if self.status != Status.WAITING_FOR_CAPTURE:
            raise Refused("invalid_request: status")
        self._cancel("canceled_by_merchant")
        return True

    def refund(self, name: str, amount: Money, now: datetime) -> tuple[GivenBack, bool]:
        """Give a part back, or all, once under this name; say whether that is news. Raise Refused."""
        done = self.given(name)
        if done and done.amount == amount.minor:
            return done, False
        if done:
            raise Refused("invalid_request: idempotence-key")
        if self.status != Status.SUCCEEDED:
            raise Refused("invalid_request: payment_id")
        if not 0 < amount.minor <= self.amount - self.refunded:
            raise Refused("invalid_request: amount.value")
        self.refunds.append(GivenBack(name, amount.minor, now.isoformat()))
        return self.refunds[-1], True

    def given(self, name: str) -> GivenBack | None:
        """Find a refund by its name."""
        return next((each for each in self.refunds if each.id == name), None)

    def _succeed(self, now: datetime) -> None:
        self.status, self.captured_at = Status.SUCCEEDED.value, now.isoformat()

    def _cancel(self, reason: str) -> None:
        self.status, self.reason = Status.CANCELED.value, reason

    def seen(self, origin: str) -> Seen:
        """Show it to the shop."""
        status = Status(self.status)
        return Seen(
            external_id=self.id,
            status=status,
            amount=Money(self.amount),
            reference=PaymentId(UUID(self.reference)),
            confirmation_url=f"{origin}/pay/{self.id}" if status is Status.PENDING else None,
            refunded=Money(self.refunded),
        )

    def counter(self) -> Counter:
        """Show it to its payer."""
        return Counter(self.id, Status(self.status), Money(self.amount), self.description, self.return_url)


def seen_refund(given: GivenBack) -> SeenRefund:
    """Show a refund to the shop."""
    return SeenRefund(given.id, RefundStatus.SUCCEEDED, Money(given.amount))


def written(slip: Slip) -> bytes:
    """Write it for a file."""
    return json.dumps(asdict(slip), ensure_ascii=False, indent=1).encode()


def read(content: bytes) -> Slip:
    """Read what `written` wrote."""
    fields = json.loads(content)
    return Slip(**fields | {"refunds": [GivenBack(**each) for each in fields["refunds"]]})
