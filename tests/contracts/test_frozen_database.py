"""A PostgreSQL that takes what it is sent and answers nothing: every wait ends, and ends once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import pytest
from conftest import settings_for

from lavka.adapters.tortoise.database import execute, fetch, transaction
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop
from lavka.domain.errors import Unavailable

pytestmark = pytest.mark.postgres

STATEMENT, ACQUIRE = 1.2, 0.8
LONGEST = STATEMENT + 0.3 + ACQUIRE + 0.3
"""Seconds: a statement, what a client waits beyond it, a connection to begin with, a slow machine."""


@dataclass
class Line:
    """What lies between a shop and its database, and may stop carrying."""

    host: str
    port: int
    carries: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
        for pair in ((reader, far_writer), (far_reader, writer)):
            self.tasks.add(asyncio.create_task(self._carry(*pair)))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while sent := await reader.read(65536):
                await self.carries.wait()
                writer.write(sent)
        writer.close()


@pytest.fixture
async def line(db_url: str) -> AsyncIterator[Line]:
    """A line that carries, at first."""
    parts = urlsplit(db_url)
    line = Line(parts.hostname or "", parts.port or 5432)
    line.carries.set()
    yield line
    for task in line.tasks:
        task.cancel()


@pytest.fixture
async def shop(db_url: str, line: Line) -> AsyncIterator[Shop]:
    """A shop that reaches its database by that line."""
    server = await asyncio.start_server(line.meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = urlunsplit(urlsplit(db_url)._replace(netloc=f"postgres@127.0.0.1:{port}"))
    async with open_shop(settings_for(url, db_statement_seconds=STATEMENT, db_acquire_seconds=ACQUIRE)) as it:
        yield it
        line.carries.set()
    server.close()


async def one_statement() -> None:
    await fetch("SELECT version FROM catalog_version")


async def a_transaction() -> None:
    async with transaction():
        await one_statement()


async def a_transaction_within_another() -> None:
    async with transaction(), transaction():
        await one_statement()


WORKS = [one_statement, a_transaction, a_transaction_within_another]


@pytest.mark.parametrize("work", WORKS)
async def test_who_asks_a_frozen_database_is_told_once_its_patience_ends(
    shop: Shop, line: Line, work: Callable[[], Awaitable[None]]
) -> None:
    await work()
    line.carries.clear()
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            await work()
        assert time.monotonic() - begun < LONGEST
    line.carries.set()
    await work()


@pytest.mark.parametrize("work", WORKS[:2])
async def test_a_database_that_freezes_inside_a_transaction_does_not_hold_it(
    shop: Shop, line: Line, work: Callable[[], Awaitable[None]]
) -> None:
    async def freezing() -> float:
        try:
            async with transaction():
                await execute("UPDATE catalog_version SET version = version + 1000000")
                line.carries.clear()
                begun = time.monotonic()
                await work()
        except Unavailable:
            return time.monotonic() - begun
        raise AssertionError

    assert await freezing() < LONGEST
    line.carries.set()
    (kept,) = await fetch("SELECT version FROM catalog_version")
    assert kept["version"] < 1_000_000


async def test_many_who_ask_a_frozen_database_are_all_told_in_time_and_leave_the_pool_whole(
    shop: Shop, line: Line
) -> None:
    await asyncio.gather(*(a_transaction() for _ in range(6)))
    line.carries.clear()

    async def timed(work: Callable[[], Awaitable[None]]) -> float:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            await work()
        return time.monotonic() - begun

    waits = await asyncio.gather(*(timed(WORKS[turn % 3]) for turn in range(30)))
    assert max(waits) < LONGEST
    line.carries.set()
    await asyncio.gather(*(a_transaction() for _ in range(6)))
