"""Imports of price lists: what is asked for, where each stands, what it has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.prices import Fault
from lavka.domain.shops import ShopId

ImportId = NewType("ImportId", UUID)

MOST_CHANGES = 1_000
"""Changes that the report of a dry run lists."""
MOST_ATTEMPTS = 5
"""How often an import is taken up whose process died, or which had to wait too long for another's locks."""
MOST_WAITING = 20
"""Imports of one shop that wait."""


class Status(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Mode(StrEnum):
    """What becomes of a list with bad rows: nothing of it is applied, or all but those rows."""

    WHOLE = "whole"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a list is to be applied; a dry run only says what would change."""

    mode: Mode = Mode.WHOLE
    dry_run: bool = False


class Action(StrEnum):
    """What an import does to an offer."""

    CREATED = "created"
    UPDATED = "updated"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one offer; prices in minor units."""

    sku: str
    name: str
    action: Action
    old_price: int | None = None
    price: int | None = None


@dataclass(slots=True)
class Import:
    """One import of a list, or the undoing of one: `rolls_back` names it."""

    id: ImportId
    shop: ShopId
    created_at: datetime
    created_by: UserId | None = None
    terms: Terms = Terms()
    url: str | None = None
    rolls_back: ImportId | None = None
    status: Status = Status.QUEUED
    finished_at: datetime | None = None
    sha256: str | None = None
    rows: int = 0
    processed: int = 0
    created: int = 0
    updated: int = 0
    deactivated: int = 0
    errors: Sequence[Fault] = ()
    changes: list[Change] = field(default_factory=list)
    attempts: int = 0

    @property
    def can_be_rolled_back(self) -> bool:
        """Whether it has changed anything that could be undone."""
        return self.status is Status.DONE and not self.terms.dry_run

    def count(self, changes: Iterable[Change]) -> None:
        """Count what it does to offers; a dry run also keeps the first of it for its report."""
        for change in changes:
            self.created += change.action is Action.CREATED
            self.updated += change.action is Action.UPDATED
            self.deactivated += change.action is Action.DEACTIVATED
            if self.terms.dry_run and len(self.changes) < MOST_CHANGES:
                self.changes.append(change)

    def begin(self) -> None:
        """Start counting anew: an earlier attempt has left nothing."""
        self.rows = self.processed = self.created = self.updated = self.deactivated = 0
        self.errors, self.changes = (), []

    def succeed(self, now: datetime) -> None:
        """Say that all of it is done."""
        self.processed = self.rows
        self.status, self.finished_at = Status.DONE, now

    def fail(self, faults: Sequence[Fault], now: datetime) -> None:
        """Say why nothing of it is done; how many rows there were is still told."""
        rows = self.rows
        self.begin()
        self.rows, self.errors = rows, faults
        self.status, self.finished_at = Status.FAILED, now
