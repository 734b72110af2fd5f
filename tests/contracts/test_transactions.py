"""What every transaction must do: happen whole or not at all, and leave nothing behind if it cannot begin."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from threading import Thread

import asyncpg
import pytest

from lavka.adapters.tortoise import sqlite
from lavka.adapters.tortoise.database import database, dialect, execute, fetch, transaction
from lavka.domain.errors import Unavailable
from lavka.settings import Settings

COUNT = "SELECT version FROM catalog_version"
RAISE = "UPDATE catalog_version SET version = version + 1"
KILL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'lavka'"""


class Broken(Exception):
    """Something went wrong after all."""


async def version() -> int:
    return int((await fetch(COUNT))[0]["version"])


async def raise_in_a_transaction() -> None:
    async with transaction():
        await execute(RAISE)


async def break_off(*, inner: bool = False) -> None:
    async with transaction():
        await execute(RAISE)
        if inner:
            await raise_in_a_transaction()
        raise Broken


@pytest.mark.parametrize("inner", [False, True])
async def test_what_breaks_midway_leaves_no_trace(store: None, inner: bool) -> None:
    before = await version()
    with pytest.raises(Broken):
        await break_off(inner=inner)
    assert await version() == before


async def test_an_inner_one_that_breaks_takes_back_only_its_own(store: None) -> None:
    before = await version()
    async with transaction():
        await execute(RAISE)
        with pytest.raises(Broken):
            await break_off()
        await execute(RAISE)
    assert await version() == before + 2


async def test_many_at_once_all_happen(store: None) -> None:
    before = await version()
    await asyncio.gather(*(raise_in_a_transaction() for _ in range(20)))
    assert await version() == before + 20


class TestHeldFile:
    """An embedded database that another process holds."""

    @pytest.fixture
    async def other(self, store: None, settings: Settings) -> AsyncIterator[sqlite3.Connection]:
        """Another process's connection; this one waits for it for a tenth of a second."""
        if dialect() != "sqlite":
            pytest.skip("the file of an embedded shop")
        await database().execute_script("PRAGMA busy_timeout = 100")
        path = settings.db_url.removeprefix("sqlite://")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    async def test_is_kept_in_a_way_that_lets_readers_and_a_writer_be(
        self, store: None, settings: Settings
    ) -> None:
        if dialect() != "sqlite":
            pytest.skip("the file of an embedded shop")
        pragmas = {"journal_mode": "wal", "busy_timeout": 5000, "synchronous": 1, "foreign_keys": 1}
        for name, value in pragmas.items():
            assert list((await fetch(f"PRAGMA {name}"))[0].values()) == [value], name

    async def test_is_unavailable_for_a_while_and_then_goes_on(self, other: sqlite3.Connection) -> None:
        before = await version()
        for _ in range(2):
            with pytest.raises(Unavailable):
                await raise_in_a_transaction()
            with pytest.raises(Unavailable):
                await execute(RAISE)
            assert await version() == before  # readers do not wait
        other.execute("COMMIT")
        await raise_in_a_transaction()
        assert await version() == before + 1

    async def test_does_not_keep_who_opens_it_meanwhile_waiting_for_ever(
        self, other: sqlite3.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite, "PATIENCE", 0.1)
        await database().close()
        with pytest.raises(Unavailable):
            await version()
        other.execute("COMMIT")
        async with asyncio.timeout(5):
            assert await version() == 1

    async def test_is_not_waited_for_by_who_has_gone(self, other: sqlite3.Connection) -> None:
        before = await version()
        waiting = asyncio.create_task(raise_in_a_transaction())
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        other.execute("COMMIT")
        await raise_in_a_transaction()
        assert await version() == before + 1


@pytest.mark.postgres
async def test_one_whose_connection_is_lost_before_it_begins_does_not_spoil_the_next(
    store: None, settings: Settings
) -> None:
    async def kill() -> None:
        connection = await asyncpg.connect(settings.db_url)
        await connection.execute(KILL)
        await connection.close()

    before = await version()
    killer = Thread(target=lambda: asyncio.run(kill()))
    killer.start()
    killer.join()  # without a turn of this loop, so that the pool has not heard of it
    with pytest.raises(Unavailable):
        await raise_in_a_transaction()
    assert await version() == before
    await raise_in_a_transaction()
    assert await version() == before + 1


@pytest.mark.postgres
async def test_a_server_that_ends_it_midway_makes_it_unavailable(store: None, settings: Settings) -> None:
    before = await version()

    async def cut_off() -> None:
        async with transaction():
            await execute(RAISE)
            connection = await asyncpg.connect(settings.db_url)
            await connection.execute(KILL)
            await connection.close()
            await execute(RAISE)

    with pytest.raises(Unavailable):
        await cut_off()
    assert await version() == before


@pytest.mark.postgres
async def test_who_stops_while_reading_an_answer_is_cut_off_by_the_network(store: None) -> None:
    """No other limit of the server ends a statement whose client has stopped in the middle of its rows."""
    assert [row["tcp_user_timeout"] for row in await fetch("SHOW tcp_user_timeout")] == ["6000"]
