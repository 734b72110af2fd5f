"""Servers on one database, which are killed and started again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import servers
from benchmarks.promises import check

SETTINGS = {"SECRET_KEY": "k" * 48}


class Fleet:
    """So many servers; each is one process."""

    def __init__(self, url: str, folder: Path, program: Path, settings: dict[str, str]) -> None:
        self.url = url
        self._folder, self._program, self._settings = folder, program, SETTINGS | settings
        self._running: dict[int, tuple[ExitStack, servers.Server]] = {}

    async def start(self, number: int) -> None:
        """Start one, and wait until it serves."""
        await asyncio.to_thread(self._start, number)

    def _start(self, number: int) -> None:
        stack = ExitStack()
        shop = servers.shop(self.url, self._folder, self._program, **self._settings)
        self._running[number] = stack, stack.enter_context(shop)

    async def kill(self, number: int) -> None:
        """End one as a power cut does, and start it again."""
        stack, server = self._running[number]
        server.process.kill()
        await asyncio.to_thread(server.process.wait)
        stack.close()
        await self.start(number)

    def address(self, number: int) -> str:
        """Where one of them serves at the moment; any number will do."""
        return self._running[number % len(self._running)][1].address

    async def stop(self) -> None:
        """Stop all of them."""
        for stack, _ in self._running.values():
            await asyncio.to_thread(stack.close)

    async def check(self) -> None:
        """Run `lavka check`; raise Broken with what it says."""
        await asyncio.to_thread(check, self.url, self._folder, **self._settings)


@asynccontextmanager
async def serving(
    url: str, count: int = 2, program: Path = servers.MAIN, **settings: str
) -> AsyncIterator[Fleet]:
    """Serve in a folder of one's own."""
    with TemporaryDirectory() as folder:
        fleet = Fleet(url, Path(folder), program, settings)
        try:
            for number in range(count):
                await fleet.start(number)
            yield fleet
        finally:
            await fleet.stop()
