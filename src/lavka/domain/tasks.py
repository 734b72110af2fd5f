"""What must happen after a commit, and how often it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

TaskId = NewType("TaskId", UUID)

MOST_TRIES = 12
"""Failures after which a task is parked, until an administrator looks at it: some two hours."""
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)


class Queue(StrEnum):
    """Tasks that wait for each other: what waits for one outside system keeps no other waiting."""

    PAYMENTS = "payments"
    LETTERS = "letters"


class Kind(StrEnum):
    """What is to be done."""

    OPEN_PAYMENT = "open_payment"
    SETTLE_PAYMENT = "settle_payment"
    CAPTURE_PAYMENT = "capture_payment"
    VOID_PAYMENT = "void_payment"
    REFUND_PAYMENT = "refund_payment"
    RECONCILE = "reconcile"
    SEND_LETTER = "send_letter"

    @property
    def queue(self) -> Queue:
        """Where it waits."""
        return Queue.LETTERS if self is Kind.SEND_LETTER else Queue.PAYMENTS


class Hopeless(Exception):
    """Trying again changes nothing: an administrator has to look; the message says at what."""


@dataclass(frozen=True, slots=True)
class Task:
    """A promise made in a transaction and kept after it, at least once, not before `due_at` (UTC)."""

    id: TaskId
    kind: Kind
    about: Mapping[str, str]
    due_at: datetime


def delay(tries: int, chance: float) -> timedelta:
    """How long to wait after so many failures: twice as long each time, spread by a chance from 0 to 1.

    Between half and one and a half times the even delay (jitter, so that what failed together does not come
    back together).
    """
    even: timedelta = min(FIRST_DELAY * 2.0 ** min(tries, 32), LONGEST_DELAY)
    return even * (0.5 + chance)
