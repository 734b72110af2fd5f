"""Letters: what the shop says to a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from lavka.domain.accounts import Email, Language, UserId
from lavka.domain.errors import Invalid
from lavka.domain.money import Money
from lavka.domain.orders import OrderId, PaymentMethod
from lavka.domain.shipments import Status
from lavka.domain.shops import ShopId
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId

LINK_LIVES = timedelta(hours=2)
"""How long the link in a letter works (requirements, 1.8)."""


class Purpose(StrEnum):
    """What a link in a letter is good for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # what a letter is about


class Subject(StrEnum):
    """What a letter is about; each has its templates."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # what a letter is about
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # what a letter is about
    ORDER_PLACED = "order_placed"
    ORDER_STATUS = "order_status"
    REFUND = "refund"
    NEW_ORDER = "new_order"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is written out: to whom, about what, in which language; links are in the facts."""

    id: TaskId
    subject: Subject
    to: Email
    language: Language
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as it is sent; the same id again is the same letter."""

    id: TaskId
    to: Email
    language: Language
    title: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    is_repeated: bool = False
    """Whether an attempt before may have reached its reader already."""


def to_be_sent(letter: UUID, subject: Subject, now: datetime, **about: object) -> Task:
    """The task of writing a letter and sending it; what it is about is looked up then.

    `user` or `email` names the reader: a buyer by the `order`, a seller by `shop` and `order`. An order's
    letter also tells its `status`; a refund's the `amount` in minor units, the payment `method` and, unless
    it was a top-up, the `order`; that of a changed password when it was (`at`), as ISO 8601 writes it.
    """
    told = {name: str(value) for name, value in about.items()}
    return Task(TaskId(letter), Kind.SEND_LETTER, {"subject": subject.value, **told}, now)


@dataclass(frozen=True, slots=True)
class About:
    """What the task of a letter says."""

    subject: Subject
    user: UserId | None = None
    email: Email | None = None
    order: OrderId | None = None
    shop: ShopId | None = None
    status: Status | None = None
    amount: Money | None = None
    method: PaymentMethod | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, task: Task) -> "About":
        """Read it; raise Hopeless when it does not say what its letter needs."""
        try:
            read = {name: READERS[name](text) for name, text in task.about.items()}
            about = cls(**read)
        except (KeyError, ValueError, TypeError, Invalid):
            raise Hopeless("The task cannot be read.") from None
        missing = [name for name in NEEDED[about.subject] if getattr(about, name) is None]
        if missing or not (about.user or about.email or about.order):
            raise Hopeless(f"The task does not say enough: {', '.join(missing) or 'for whom'}.")
        return about


READERS: Mapping[str, Callable[[str], Any]] = {
    "subject": Subject,
    "user": lambda text: UserId(UUID(text)),
    "email": Email,
    "order": lambda text: OrderId(UUID(text)),
    "shop": lambda text: ShopId(UUID(text)),
    "status": Status,
    "amount": lambda text: Money(int(text)),
    "method": PaymentMethod,
    "at": datetime.fromisoformat,
}
NEEDED: Mapping[Subject, Sequence[str]] = {
    Subject.CONFIRM_EMAIL: (),
    Subject.RESET_PASSWORD: (),
    Subject.PASSWORD_CHANGED: ("at",),
    Subject.ORDER_PLACED: ("order",),
    Subject.ORDER_STATUS: ("order", "status"),
    Subject.REFUND: ("amount", "method"),
    Subject.NEW_ORDER: ("order", "shop"),
}
"""What each letter tells, beside its reader."""
