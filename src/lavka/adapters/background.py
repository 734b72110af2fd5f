"""Work that goes on in a server process beside its requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

import structlog

from lavka.domain.errors import Unavailable
from lavka.domain.tasks import Task
from lavka.faults import places

log = structlog.get_logger("lavka.background")

PATIENCE = 5.0
"""Seconds after which one looks for work without having been called: another process may have died at it."""
PAUSE = 1.0
"""Seconds before work that failed is looked for again."""


def log_fault(task: Task, error: Exception) -> None:
    """Tell of a fault in the work on a task, without the values that its message may hold."""
    about, kind = f"task {task.id}", task.kind.value
    log.error("task failed", about=about, kind=kind, error=type(error).__name__, at=places(error))


@asynccontextmanager
async def working(
    take_one: Callable[[], Awaitable[bool]], bell: asyncio.Event, *, grace: float = 0.0
) -> AsyncIterator[None]:
    """Take up one piece of work after the other while the block lasts; the bell calls for the next.

    What is being done when the block ends has so many seconds of grace to come to its end.
    """
    turn = asyncio.Lock()

    async def take_turn() -> bool:
        async with turn:
            return await take_one()

    async with _beside(_work(take_turn, bell)):
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await turn.acquire()  # which is never let go: no other begins


@asynccontextmanager
async def repeating(take_one: Callable[[], Awaitable[bool | None]], pause: float) -> AsyncIterator[None]:
    """Take up pieces of work until none is left, and again after each pause, while the block lasts.

    The pause is in seconds. The first comes soon, but when the start of the rest is over.
    """

    async def repeat() -> None:
        await asyncio.sleep(min(pause, PATIENCE))
        while True:
            while not await _has_emptied(take_one):  # noqa: ASYNC110  # a pause before it is tried again
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(pause)

    async with _beside(repeat()):
        yield


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    worker = asyncio.create_task(work)
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def _work(take_one: Callable[[], Awaitable[bool]], bell: asyncio.Event) -> None:
    while True:
        bell.clear()
        if not await _has_emptied(take_one):
            await asyncio.sleep(PAUSE)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await bell.wait()


async def _has_emptied(take_one: Callable[[], Awaitable[bool | None]]) -> bool:
    """Take up all that waits; say False, and in the log why, when something stood in the way."""
    try:
        while await take_one():
            pass
    except Unavailable:
        return False
    except Exception as error:
        about = getattr(error, "__notes__", [])
        log.error("work failed", error=type(error).__name__, about=about, at=places(error))
        return False
    return True
