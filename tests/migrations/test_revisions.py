"""The revisions: up, down and up again on this process's database, and nothing left to write by hand."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aerich import Command
from aerich.utils import import_py_file
from tortoise.context import TortoiseContext

from lavka.adapters.tortoise import database
from lavka.bootstrap import database_config, new_id
from lavka.settings import Settings

FILES = sorted((database.migrations() / "models").glob("[0-9]*_*.py"))
POSTGRES_SCHEMA = """
    SELECT 'column', table_name, column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0"""


async def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Ask the database itself, past Tortoise."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection:
            return connection.execute(sql).fetchall()
    server = await asyncpg.connect(url)
    found = await server.fetch(sql)
    await server.close()
    return [tuple(row) for row in found]


async def schema(url: str) -> set[tuple[Any, ...]]:
    """Everything that a revision makes."""
    if url.startswith("sqlite"):
        return set(await rows(url, "SELECT type, tbl_name, name, sql FROM sqlite_master"))
    return set(await rows(url, POSTGRES_SCHEMA))


async def tables(url: str) -> set[str]:
    return {row[1] for row in await schema(url)} - {"sqlite_sequence"}


@asynccontextmanager
async def aerich(config: dict[str, Any]) -> AsyncIterator[Command]:
    """aerich itself; it takes a context that was closed for an open one, so each time gets its own."""
    with TortoiseContext():
        async with Command(config, "models", str(database.migrations())) as command:
            yield command


@pytest.fixture
def config(bare_url: str) -> dict[str, Any]:
    return database_config(Settings(_env_file=None, db_url=bare_url))  # type: ignore[call-arg]


async def test_up_down_and_up_again_gives_the_same_database(bare_url: str, config: dict[str, Any]) -> None:
    names = [file.name for file in FILES]
    async with aerich(config) as command:
        assert await command.upgrade() == names
    first = await schema(bare_url)
    assert {"users", "sessions", "products", "offers", "stock", "catalog_version"} <= await tables(bare_url)
    assert await rows(bare_url, "SELECT id, version FROM catalog_version") == [(1, 1)]
    async with aerich(config) as command:
        assert await command.upgrade() == []
        for _ in FILES:
            await command.downgrade(-1, delete=False)
    assert await tables(bare_url) == {"aerich"}
    async with aerich(config) as command:
        assert await command.heads() == names
        assert await command.upgrade() == names
    assert await schema(bare_url) == first
    assert await rows(bare_url, "SELECT id, version FROM catalog_version") == [(1, 1)]


async def test_migrating_twice_does_it_once_and_says_what_it_did(bare_url: str) -> None:
    names = [file.name for file in FILES]
    assert await database.migrate(bare_url) == names
    assert await database.migrate(bare_url) == []


async def test_a_migration_takes_no_data_away(bare_url: str) -> None:
    await database.migrate(bare_url)
    insert = f"INSERT INTO categories (id, name, slug) VALUES ('{new_id()}', 'Чайники', 'chayniki')"
    if bare_url.startswith("sqlite"):
        with closing(sqlite3.connect(bare_url.removeprefix("sqlite://"))) as connection:
            connection.execute(insert)
            connection.commit()
    else:
        await rows(bare_url, insert)
    await database.migrate(bare_url)
    assert await rows(bare_url, "SELECT name, slug FROM categories") == [("Чайники", "chayniki")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_revision_speaks_both_dialects_and_leaves_nothing_to_do(file: Path) -> None:
    revision = import_py_file(file)
    for texts in (revision.UPGRADE, revision.DOWNGRADE):
        assert texts.keys() == {"postgres", "sqlite"}
        assert all(text.strip() for text in texts.values())
        assert texts["sqlite"].strip().startswith("BEGIN;")
        assert texts["sqlite"].strip().endswith("COMMIT;")
    assert "TODO" not in file.read_text()


def test_there_are_revisions_and_their_numbers_follow_each_other() -> None:
    assert [int(file.name.split("_")[0]) for file in FILES] == list(range(len(FILES)))
    assert FILES


@pytest.mark.postgres
async def test_a_migration_may_take_its_time_and_a_request_may_not(bare_url: str) -> None:
    told = []
    for limits in (database.UNHURRIED, database.Limits()):
        async with database.opened(database.tortoise_config(bare_url, limits)):
            told += [row["statement_timeout"] for row in await database.fetch("SHOW statement_timeout")]
    assert told == ["0", "3s"]
