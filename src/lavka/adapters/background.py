"""Work that goes on in a server process beside its requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from lavka.domain.errors import Unavailable
from lavka.faults import places

log = structlog.get_logger("lavka.background")

PATIENCE = 5.0
"""Seconds after which one looks for work without having been called: another process may have died at it."""
PAUSE = 1.0
"""Seconds before work that failed is looked for again."""


@asynccontextmanager
async def working(
    take_one: Callable[[], Awaitable[bool]], bell: asyncio.Event, *, at_once: bool = True
) -> AsyncIterator[None]:
    """Take up one piece of work after the other while the block lasts; the bell calls for the next.

    What is not urgent begins after the first pause, when the start of the rest is over.
    """
    worker = asyncio.create_task(_work(take_one, bell, at_once=at_once))
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def _work(take_one: Callable[[], Awaitable[bool]], bell: asyncio.Event, *, at_once: bool) -> None:
    if not at_once:
        await asyncio.sleep(PATIENCE)
    while True:
        bell.clear()
        try:
            while await take_one():
                pass
        except Unavailable:
            await asyncio.sleep(PAUSE)
            continue
        except Exception as error:
            about = getattr(error, "__notes__", [])
            log.error("work failed", error=type(error).__name__, about=about, at=places(error))
            await asyncio.sleep(PAUSE)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await bell.wait()
