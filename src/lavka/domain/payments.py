"""Payments: money that comes from outside, for an order or into a wallet, and goes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.errors import NotFound
from lavka.domain.money import ZERO, Money
from lavka.domain.shipments import OrderId
from lavka.domain.tasks import Hopeless

PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)

KEYS_LIVE = timedelta(hours=23)
"""How long a request may be repeated with its key: providers keep keys for 24 hours."""
FIRST_LOOK = timedelta(seconds=30)
LAST_LOOK = timedelta(minutes=10)


class Status(StrEnum):
    """How far a payment is, in the provider's words; it only goes on, never back."""

    PENDING = "pending"
    WAITING_FOR_CAPTURE = "waiting_for_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.WAITING_FOR_CAPTURE, Status.SUCCEEDED, Status.CANCELED}),
    Status.WAITING_FOR_CAPTURE: frozenset({Status.SUCCEEDED, Status.CANCELED}),
    Status.SUCCEEDED: frozenset(),
    Status.CANCELED: frozenset(),
}
PASSED: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(),
    Status.WAITING_FOR_CAPTURE: frozenset({Status.PENDING}),
    Status.SUCCEEDED: frozenset({Status.PENDING, Status.WAITING_FOR_CAPTURE}),
    Status.CANCELED: frozenset({Status.PENDING, Status.WAITING_FOR_CAPTURE}),
}
"""What a payment may have been before: news of it is stale."""


class RefundStatus(StrEnum):
    """How far a refund is."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Item:
    """A position of a receipt (54-FZ): so many of something at a price."""

    description: str
    quantity: int
    price: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """What a payment is for, as the payer and the tax office read it; frozen before it is first asked for."""

    description: str
    email: str
    items: tuple[Item, ...]
    return_url: str = ""
    """Where the payer comes back to; frozen too, for a provider takes another one for another request."""

    @property
    def total(self) -> Money:
        """The sum of its positions."""
        return total_of(self.items)


def total_of(items: Sequence[Item]) -> Money:
    """What these cost."""
    return sum((item.price * item.quantity for item in items), ZERO)


@dataclass(slots=True)
class Refund:
    """Money of a payment that goes back.

    `key` stands for the request, `created_at` is when it was first made; once cancelled it needs another.
    """

    id: RefundId
    payment: PaymentId
    amount: Money
    created_at: datetime
    items: tuple[Item, ...]
    key: UUID
    status: RefundStatus = RefundStatus.PENDING
    external_id: str | None = None

    def become(self, status: RefundStatus, external_id: str) -> bool:
        """Follow the provider; say whether this is news."""
        is_news = self.status is not status and self.status is not RefundStatus.SUCCEEDED
        if is_news or self.external_id is None:
            self.status, self.external_id = status, external_id
        return is_news

    def must_be_renewed(self, now: datetime) -> bool:
        """Whether its request came to nothing, or was made too long ago to be repeated."""
        is_late = self.external_id is None and now > self.created_at + KEYS_LIVE
        return self.status is RefundStatus.CANCELED or is_late

    def refuse(self, key: UUID) -> None:
        """Note that the request of this key came to nothing."""
        if self.key == key and self.status is RefundStatus.PENDING:
            self.status = RefundStatus.CANCELED

    def renew(self, key: UUID, instead_of: UUID, now: datetime) -> None:
        """Make another request instead of this one, unless there is another already, or it has gone back."""
        if self.key == instead_of and self.status is not RefundStatus.SUCCEEDED:
            self.key, self.status, self.external_id = key, RefundStatus.PENDING, None
            self.created_at = now


def given_back(refunds: Iterable[Refund]) -> Money:
    """What of these has gone back."""
    return sum((each.amount for each in refunds if each.status is RefundStatus.SUCCEEDED), ZERO)


@dataclass(slots=True)
class Payment:
    """Money asked of a user: for an order or, without one, to be put into the wallet.

    Its id is the key under which the provider is asked to open it, once. `refunded` is what goes back or has
    gone back. `look_at` is when to ask the provider what has become of it.
    """

    id: PaymentId
    payer: UserId
    amount: Money
    created_at: datetime
    order: OrderId | None = None
    status: Status = Status.PENDING
    external_id: str | None = None
    confirmation_url: str | None = None
    bill: Bill | None = None
    asked_at: datetime | None = None
    refunded: Money = ZERO
    look_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether money may still come."""
        return bool(NEXT[self.status])

    @property
    def refundable(self) -> Money:
        """What may still go back."""
        return self.amount - self.refunded if self.status is Status.SUCCEEDED else ZERO

    def waits(self, now: datetime) -> bool:
        """Whether it can be paid, or may still be opened to be paid."""
        return self.is_open and (self.external_id is not None or not self._is_forgotten(now))

    def _is_forgotten(self, now: datetime) -> bool:
        """Whether it was asked for so long ago that the provider does not know its key any more."""
        return self.asked_at is not None and now > self.asked_at + KEYS_LIVE

    def ask(self, bill: Bill, now: datetime) -> Bill:
        """Note that the provider is being asked, and give what for: the same as the first time.

        Raise Hopeless when the provider does not know the key any more: it could be paid twice.
        """
        if self._is_forgotten(now):
            raise Hopeless("It was asked for a day ago and never answered: look for it at the provider.")
        if self.bill is None or self.asked_at is None:
            self.bill, self.asked_at = bill, now
        return self.bill

    def opened(self, external_id: str, confirmation_url: str | None, now: datetime) -> None:
        """Note what the provider calls it, and where it is paid; raise Hopeless when it has another name.

        One that was given up before the provider was heard of can be paid after all, and is followed again.
        """
        if self.external_id not in (None, external_id):
            raise Hopeless("The provider has opened two payments under one key.")
        if self.external_id is None and self.status is Status.CANCELED:
            self.status = Status.PENDING
        self.external_id = external_id
        self.confirmation_url = confirmation_url or self.confirmation_url
        if self.is_open and self.look_at is None:
            self.look_at = now + FIRST_LOOK

    def become(self, status: Status) -> bool:
        """Follow the provider; say whether this is news. Raise Hopeless for what cannot follow."""
        if status is self.status or status in PASSED[self.status]:
            return False
        if status not in NEXT[self.status]:
            raise Hopeless(f"The provider says {status.value} of a payment that was {self.status.value}.")
        self.status = status
        if not self.is_open:
            self.look_at = None
        return True

    def look_again(self, now: datetime) -> None:
        """Put the next look off: by as long as it has lasted, from half a minute to ten minutes."""
        if self.is_open:
            self.look_at = now + min(max(now - self.created_at, FIRST_LOOK), LAST_LOOK)

    def look_no_more(self) -> None:
        """Leave it to a person: what the provider says of it makes no sense, now and the next time."""
        self.look_at = None

    def refund(self, refund: RefundId, amount: Money, items: Sequence[Item], now: datetime) -> Refund:
        """Give a part back, or all; raise NotFound when so much was not paid."""
        if not ZERO < amount <= self.refundable:
            raise NotFound
        self.refunded += amount
        return Refund(refund, self.id, amount, now, tuple(items), refund)

    def take(self, items: Sequence[Item]) -> None:
        """Take of what was authorised what these cost; they stand on its receipt, however often one asks."""
        amount = total_of(items)
        if self.bill is None or not ZERO < amount <= self.amount:
            raise NotFound
        self.amount, self.bill = amount, replace(self.bill, items=tuple(items))
