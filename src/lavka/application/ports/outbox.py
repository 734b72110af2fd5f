"""Where that waits which must happen after a commit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from lavka.domain.tasks import Queue, Task, TaskId


class Outbox(Protocol):
    """A promise to do something, written in the very transaction that it follows from."""

    async def put(self, tasks: Sequence[Task]) -> None:
        """Let them wait; once they are committed the relay is woken. One that waits already is not added."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to one task for a while: who has the token may begin it."""

    task: Task
    token: UUID
    tries: int
    """How often it was begun before, and failed or never ended."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task was not done, and when it is due again; never when it is parked."""

    reason: str
    due_at: datetime
    is_parked: bool = False


class Tasks(Protocol):
    """The relay's side of the outbox: each task is claimed by one at a time, for a while."""

    async def claim(
        self, queue: Queue, token: UUID, now: datetime, until: datetime, most: int
    ) -> Sequence[Claim]:
        """Claim what is due and nobody has, the longest due first."""
        ...

    async def begin(self, task: TaskId, token: UUID, until: datetime) -> Claim | None:
        """Count a try, and prolong its claim; None when the task is done or has gone to somebody else."""
        ...

    async def finish(self, claim: Claim) -> None:
        """Forget a task that is done."""
        ...

    async def fail(self, claim: Claim, failure: Failure) -> None:
        """Keep why it was not done, and let go."""
        ...

    async def release(self, claims: Sequence[Claim], due_at: datetime) -> None:
        """Let go of what does not count as tried."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task as administrators see it."""

    task: Task
    created_at: datetime
    tries: int
    """How often it was begun."""
    reason: str | None
    """Why it failed last."""
    is_parked: bool


class Parked(Protocol):
    """The administrators' side of the outbox."""

    async def waiting(self, most: int, *, only_parked: bool) -> Sequence[Waiting]:
        """List what waits, the parked first, then the oldest."""
        ...

    async def retry(self, tasks: Sequence[TaskId] | None, now: datetime) -> int:
        """Make parked tasks (these, or all) due at once, their tries forgotten; count them."""
        ...

    async def discard(self, task: TaskId) -> bool:
        """Forget a parked task; say whether it was there."""
        ...


Work = Callable[[Task], Awaitable[None]]
"""What is done for a task. Safe to repeat. Raise Unavailable to be called again, Hopeless to give up.

Administrators read the message of Hopeless and the notes of Unavailable: no secret, nothing about a person.
"""
Deliver = Callable[[Sequence[Claim]], Awaitable[None]]
"""Bring claimed tasks to who works on them; raise Unavailable when there is no way now."""
Broke = Callable[[Task, Exception], None]
"""Hears of a fault in the work on a task, which is no refusal of anything: somebody has to mend it."""
