"""Letters: what the shop says to a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from lavka.domain.accounts import Email, Language
from lavka.domain.tasks import Kind, Task, TaskId

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
    letter also tells its `status`, a refund's the `amount` in minor units and the payment `method`.
    """
    told = {name: str(value) for name, value in about.items()}
    return Task(TaskId(letter), Kind.SEND_LETTER, {"subject": subject.value, **told}, now)
