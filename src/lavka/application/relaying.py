"""Seeing to it that what must happen after a commit happens."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from lavka.application.ports.outbox import Broke, Claim, Deliver, Failure, Tasks, Work
from lavka.application.ports.system import Clock, Ids
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import MOST_TRIES, Hopeless, Kind, Queue, TaskId, delay

LONGEST = 60.0
"""Seconds after which the work on a task is broken off."""
LEASE = timedelta(seconds=90)
"""How long nobody else begins a task that is being worked on: longer than the work may take."""
AT_ONCE = {Queue.PAYMENTS: 8, Queue.LETTERS: 2}
"""Tasks of a queue that one process works on beside each other: letters leave room to requests."""
BATCH = 20
PAUSE = timedelta(seconds=5)
"""How long tasks wait for which there was no way to who works on them."""
MOST_REASON = 500
"""Characters that are kept of why a task was not done."""
UNKNOWN = "Nothing here knows how to do this: a newer version of the shop put it here."
FATAL = "It was begun again and again and never ended: it may end whatever works on it."
NO_ANSWER = "What it needs did not answer."
TOO_LONG = f"It took longer than {LONGEST:.0f} s."


@dataclass(frozen=True, slots=True)
class Performing:
    """Do claimed tasks, and keep what became of each."""

    tasks: Tasks
    works: Mapping[Kind, Work]
    clock: Clock
    chance: Callable[[], float]
    """From 0 to 1: spreads what failed together."""
    broke: Broke

    async def perform(self, task: TaskId, token: UUID) -> None:
        """Do a task, unless it is done or somebody else has it; raise Unavailable without the database."""
        claim = await self.tasks.begin(task, token, self.clock() + LEASE)
        if claim is None:
            return
        try:
            failure = await self._work(claim)
        except asyncio.CancelledError:
            with suppress(Unavailable):  # then its lease will run out
                await asyncio.shield(self.tasks.release([claim], self.clock()))
            raise
        if failure:
            await self.tasks.fail(claim, failure)
        else:
            await self.tasks.finish(claim)

    async def perform_all(self, claims: Sequence[Claim]) -> None:
        """Do tasks beside each other, a few at a time; raise Unavailable without the database."""
        turns = asyncio.Semaphore(min(AT_ONCE[claim.task.kind.queue] for claim in claims))

        async def perform(claim: Claim) -> None:
            async with turns:
                await self.perform(claim.task.id, claim.token)

        for error in await asyncio.gather(*map(perform, claims), return_exceptions=True):
            if error:
                raise error

    async def _work(self, claim: Claim) -> Failure | None:
        task, work = claim.task, self.works.get(claim.task.kind)
        if work is None or claim.tries >= MOST_TRIES:
            return self._parked(FATAL if work else UNKNOWN)
        try:
            async with asyncio.timeout(LONGEST) as limit:
                await work(task)
        except Hopeless as error:
            return self._parked(str(error))
        except Unavailable as error:
            return self._failure(claim, " ".join(getattr(error, "__notes__", ())) or NO_ANSWER)
        except Exception as error:
            if limit.expired():
                return self._failure(claim, TOO_LONG)
            self.broke(task, error)
            return self._failure(claim, f"{type(error).__name__}: see the log for task {task.id}.")
        return None

    def _failure(self, claim: Claim, reason: str) -> Failure:
        tries = claim.tries + 1
        if tries >= MOST_TRIES:
            return self._parked(reason)
        return Failure(_plain(reason), self.clock() + delay(tries, self.chance()))

    def _parked(self, reason: str) -> Failure:
        return Failure(_plain(reason), self.clock(), is_parked=True)


@dataclass(frozen=True, slots=True)
class Relaying:
    """Bring what is due to who works on it."""

    tasks: Tasks
    deliver: Deliver
    clock: Clock
    ids: Ids
    lease: timedelta = LEASE
    """How long what was delivered is believed to be on its way: after that it is delivered again."""

    async def relay(self, queue: Queue) -> bool:
        """Deliver a batch of a queue; say whether there was one. Raise Unavailable when there is no way."""
        now = self.clock()
        claims = await self.tasks.claim(queue, self.ids(), now, now + self.lease, BATCH)
        if not claims:
            return False
        try:
            await self.deliver(claims)
        except Unavailable:
            await self.tasks.release(claims, self.clock() + PAUSE)
            raise
        except asyncio.CancelledError:
            with suppress(Unavailable):
                await asyncio.shield(self.tasks.release(claims, self.clock()))
            raise
        return True


def _plain(reason: str) -> str:
    """Text that any database and terminal takes, of a bounded length."""
    return "".join(each if each.isprintable() else " " for each in reason[:MOST_REASON])
