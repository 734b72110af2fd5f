"""Price lists in YAML, as the shop uses them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from lavka.adapters.yaml_feed.spool import price_list, report_of
from lavka.adapters.yaml_feed.writer import write
from lavka.application.ports.prices import PriceList
from lavka.domain.prices import Fault, Good, ListedCategory

log = structlog.get_logger("lavka.prices")

SLOW = "Reading this list took too long: split it into several and send them again."
BROKEN_OFF = "This list could not be read to its end: split it into several, or send it again later."
LAST_WORDS = 2_000
"""Bytes of what a process said before it failed that are logged."""


@dataclass(frozen=True, slots=True)
class YamlFeed:
    """The format of `docs/price-lists.md`. A list is read by a process that may fail, stall or be ended."""

    seconds: float = 120
    """How long a reading may take."""
    program: Sequence[str] = (sys.executable, "-P", "-m", "lavka.adapters.yaml_feed")

    async def read(self, file: Path, spool: Path, progress: Callable[[int], object]) -> PriceList:
        """Read a list, whatever stands in it: bad content gives faults, never an error."""
        try:
            async with asyncio.timeout(self.seconds):
                done = await self._run(file, spool, progress)
            return await asyncio.to_thread(price_list, spool) if done else _unread(BROKEN_OFF)
        except TimeoutError:
            return _unread(SLOW)
        finally:
            report_of(spool).unlink(missing_ok=True)

    def write(
        self,
        shop: str,
        url: str | None,
        categories: Sequence[ListedCategory],
        goods: AsyncIterator[Sequence[Good]],
    ) -> AsyncIterator[str]:
        """Write a list in pieces of text; the category of every good is among `categories`."""
        return write(shop, url, categories, goods)

    async def _run(self, file: Path, spool: Path, progress: Callable[[int], object]) -> bool:
        """Whether a process has read the file to its end; when this is given up, so is the process."""
        process = await asyncio.create_subprocess_exec(
            *self.program,
            str(file),
            str(spool),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # and none of the shop's secrets
        )
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                progress(int(line))
            assert process.stderr is not None
            said = (await process.stderr.read())[-LAST_WORDS:].decode(errors="replace")
            if await process.wait() != 0:
                log.error("a price list was not read", exit=process.returncode, said=said)
            return process.returncode == 0
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):  # it has ended since
                    process.kill()
                await process.wait()


def _unread(message: str) -> PriceList:
    return PriceList("", None, (), 0, (Fault(None, "document", message),), frozenset(), lambda: iter(()))
