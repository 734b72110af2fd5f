"""A shop that is open in a thread of its own: the processes of Celery's pool have no event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Household(Generic[T]):
    """Opens the shop when the first task comes, and keeps it open; a failed opening is tried by the next."""

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._opening = opening
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="shop", daemon=True)
        self._closing = asyncio.Event()
        self._opened: asyncio.Future[T] | None = None
        self._holding: asyncio.Task[None] | None = None
        self._thread.start()

    def do(self, work: Callable[[T], Awaitable[R]], seconds: float) -> R:
        """Do something in the shop; raise TimeoutError after so many seconds, and what the work raises."""
        doing = asyncio.run_coroutine_threadsafe(self._do(work), self._loop)
        try:
            return doing.result(seconds)
        except BaseException:
            doing.cancel()
            raise

    def close(self, seconds: float) -> None:
        """Close the shop and end the thread."""
        try:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(seconds)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(seconds)
            if not self._thread.is_alive():
                self._loop.close()

    async def _do(self, work: Callable[[T], Awaitable[R]]) -> R:
        if self._opened is None or (self._holding and self._holding.done()):
            self._opened = self._loop.create_future()
            self._holding = asyncio.create_task(self._hold(self._opened))
        return await work(await asyncio.shield(self._opened))

    async def _hold(self, opened: asyncio.Future[T]) -> None:
        """Open and close it in one task, as some of what is opened wants it."""
        try:
            async with self._opening() as shop:
                opened.set_result(shop)
                await self._closing.wait()
        except Exception as error:
            if opened.done():
                raise
            opened.set_exception(error)

    async def _close(self) -> None:
        self._closing.set()
        if self._holding:
            await asyncio.wait([self._holding])
