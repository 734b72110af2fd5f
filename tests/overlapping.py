"""Two things done at once that overlap as wanted, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from lavka.adapters.tortoise.database import transaction

Step = Callable[[], Awaitable[object]]
Overlap = Callable[[Step, Step], Awaitable[None]]
WAITING = """SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()"""
PATIENCE = 1.0
"""Seconds in which the second of two either has to wait for a lock, or is through."""


@asynccontextmanager
async def overlapping_on(url: str) -> AsyncIterator[Overlap]:
    """Do a second thing while a first is done but not committed; raise what the second raises."""
    outside = await asyncpg.connect(url)

    async def meets(other: asyncio.Task[object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not other.done() and not await outside.fetchval(WAITING):  # noqa: ASYNC110  # in the database
                await asyncio.sleep(0.01)

    async def overlapping(first: Step, second: Step) -> None:
        is_done = asyncio.Event()

        async def follow() -> object:
            await is_done.wait()
            return await second()

        other = asyncio.create_task(follow())  # here, so that it is outside of the transaction
        async with transaction():
            await first()
            is_done.set()
            await meets(other)
        await other

    yield overlapping
    await outside.close()
