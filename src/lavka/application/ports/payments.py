"""Where payments are kept, and the till that takes the money."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from lavka.domain.money import ZERO, Money
from lavka.domain.orders import OrderId
from lavka.domain.payments import Bill, Item, Payment, PaymentId, Refund, RefundId, RefundStatus, Status
from lavka.domain.tasks import Hopeless


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as the till has it."""

    external_id: str
    status: Status
    amount: Money
    reference: PaymentId | None
    """What we call it; None for what somebody else has opened."""
    confirmation_url: str | None = None
    """Where the buyer pays, as long as it is pending."""
    refunded: Money = ZERO


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """A refund as the till has it."""

    external_id: str
    status: RefundStatus
    amount: Money


class Refused(Hopeless):
    """The till understood and says no; the message gives its code and the parameter that it dislikes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the till is asked to take: an amount, for a bill."""

    payment: PaymentId
    """The key, and our name for it: the same again opens nothing new."""
    amount: Money
    bill: Bill


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What the till is asked to give back of a payment."""

    key: UUID
    """The same again gives nothing back twice."""
    payment: str
    """What the till calls the payment."""
    amount: Money
    items: Sequence[Item]
    email: str


class Till(Protocol):
    """Takes money from outside and gives it back; every call may be repeated.

    Each raises Unavailable when the outcome is unknown (no answer, a fault, an answer that makes no sense):
    repeat it alike. Each raises Refused when the till says no for good.
    """

    async def open(self, ask: Ask) -> Seen:
        """Ask for money; the same payment again gives what was opened first."""
        ...

    async def look(self, payment: str) -> Seen | None:
        """Tell what has become of a payment; None when the till knows none of this name."""
        ...

    async def capture(self, payment: str, amount: Money, bill: Bill) -> Seen:
        """Take what was authorised, or a part of it; the rest goes back by itself."""
        ...

    async def cancel(self, payment: str) -> Seen:
        """Let go of what was authorised and not captured."""
        ...

    async def refund(self, wanted: GiveBack) -> SeenRefund:
        """Give back what was paid, or a part."""
        ...

    async def look_at_refund(self, refund: str) -> SeenRefund | None:
        """Tell what has become of a refund; None when the till knows none of this name."""
        ...

    def opened(self, since: datetime, until: datetime) -> AsyncIterator[Seen]:
        """List what was opened in this time, by whomever."""
        ...


class Decision(StrEnum):
    """What a payer does at the pay page of the local till."""

    PAY = "pay"
    DECLINE = "decline"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Counter:
    """What the pay page of the local till shows."""

    payment: str
    status: Status
    amount: Money
    description: str
    return_url: str


class PayPage(Protocol):
    """The local till as its payer sees it; there is none where a provider takes the money."""

    async def show(self, payment: str) -> Counter:
        """Show what is to be paid; raise NotFound."""
        ...

    async def decide(self, payment: str, decision: Decision) -> Counter:
        """Pay, decline or close, unless it is over; tell the shop as a provider does. Raise NotFound."""
        ...


class Payments(Protocol):
    """Every payment with its refunds. Lock the order before its payment."""

    async def add(self, payment: Payment) -> None:
        """Keep a new one."""
        ...

    async def get(self, payment: PaymentId) -> Payment:
        """Find one; raise NotFound."""
        ...

    async def called(self, external_id: str) -> PaymentId | None:
        """Name the payment that the till calls so."""
        ...

    def change(self, payment: PaymentId) -> AbstractAsyncContextManager[Payment]:
        """Lock one, lend it, save it; an exception leaves no trace. Raise NotFound."""
        ...

    async def of_order(self, order: OrderId) -> Sequence[Payment]:
        """List an order's, the newest first."""
        ...

    async def due(self, now: datetime) -> Sequence[PaymentId]:
        """Name some that are to be looked at by now."""
        ...

    async def opened(self, since: datetime, until: datetime) -> Sequence[Payment]:
        """List what was asked for in this time."""
        ...


class Refunds(Protocol):
    """Every refund."""

    async def add(self, refund: Refund) -> None:
        """Keep a new one."""
        ...

    async def get(self, refund: RefundId) -> Refund:
        """Find one; raise NotFound."""
        ...

    async def of(self, payment: PaymentId) -> Sequence[Refund]:
        """List a payment's, the oldest first."""
        ...

    async def called(self, external_id: str) -> RefundId | None:
        """Name the refund that the till calls so."""
        ...

    def change(self, refund: RefundId) -> AbstractAsyncContextManager[Refund]:
        """Lock one, lend it, save it; an exception leaves no trace. Raise NotFound."""
        ...
