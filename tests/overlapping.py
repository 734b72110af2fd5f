"""Two things done at once on PostgreSQL, overlapping as wanted."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from lavka.adapters.tortoise.database import transaction

Step = Callable[[], Awaitable[object]]
WAITING = """SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()"""
PATIENCE = 1.0
"""Seconds in which the second of two either has to wait for a lock, or is through."""


@dataclass(frozen=True)
class Overlap:
    """Does a second thing while a first is done but not committed; raises what the second raises."""

    outside: asyncpg.Connection
    """A connection that sees who waits."""

    async def __call__(self, first: Step, second: Step) -> None:
        may_begin = asyncio.Event()
        other = self.later(may_begin, second)
        async with transaction():
            await first()
            await self.meet(may_begin, other)
        await other

    def later(self, may_begin: asyncio.Event, step: Step) -> asyncio.Task[object]:
        """Do something when it may begin, outside of a transaction that is opened meanwhile."""

        async def follow() -> object:
            await may_begin.wait()
            return await step()

        return asyncio.create_task(follow())

    async def meet(self, may_begin: asyncio.Event, other: asyncio.Task[object]) -> None:
        """Let the other begin, and go on when it waits for a lock or is through."""
        may_begin.set()
        async with asyncio.timeout(PATIENCE):
            while not other.done() and not await self.outside.fetchval(WAITING):  # noqa: ASYNC110  # in the database
                await asyncio.sleep(0.01)
