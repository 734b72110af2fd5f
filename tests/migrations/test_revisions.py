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

from lavka.adapters.tortoise import connecting, database, migrating
from lavka.application.ports.catalog import ProductFilter
from lavka.bootstrap import database_config, open_shop
from lavka.settings import Settings

FILES = sorted((migrating.migrations() / "models").glob("[0-9]*_*.py"))
ONE_LITRE = (("Объём", frozenset({"1 л"})),)
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
        async with Command(config, "models", str(migrating.migrations())) as command:
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
    assert await migrating.migrate(bare_url) == names
    assert await migrating.migrate(bare_url) == []


FIRST_RELEASE = """
    INSERT INTO categories (id, name, slug) VALUES ('{0}1', 'Чайники', 'chayniki');
    INSERT INTO shops (id, name, name_folded, is_open) VALUES ('{0}2', 'Очаг', 'очаг', TRUE);
    INSERT INTO products (id, name, name_folded, slug, description, category_id, attributes, is_active, price,
        in_stock, created_at, updated_at)
    VALUES ('{0}3', 'Чайник «Ёж»', 'чайник «еж»', 'chaynik', '', '{0}1', '{{"Цвет": "белый"}}', TRUE, 500,
            TRUE, '{1}', '{1}'),
        ('{0}4', 'Скрыт', 'скрыт', 'skryt', '', NULL, '{{}}', FALSE, NULL, FALSE, '{1}', '{1}'),
        ('{0}5', 'Снят', 'снят', 'snyat', '', NULL, '{{}}', TRUE, NULL, FALSE, '{1}', '{1}');
    INSERT INTO offers (id, product_id, shop_id, sku, price, attributes, is_active)
    VALUES ('{0}6', '{0}3', '{0}2', '1', 500, '{{"Объём": "1 л"}}', TRUE),
        ('{0}7', '{0}5', '{0}2', '2', 700, '{{}}', FALSE);
    INSERT INTO stock (offer_id, quantity) VALUES ('{0}6', 3), ('{0}7', 3);
""".format("0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d0", "2026-11-24 12:00:00+00:00")
"""Rows as the first revision kept them: on sale, hidden by an administrator, and with a withdrawn offer."""


async def script(url: str, sql: str) -> None:
    """Change the database itself, past Tortoise."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection:
            connection.executescript(sql)
        return
    server = await asyncpg.connect(url)
    await server.execute(sql)
    await server.close()


async def test_a_database_of_the_first_release_comes_up_to_date_with_all_it_holds(
    bare_url: str, config: dict[str, Any]
) -> None:
    async with aerich(config) as command:
        await command.upgrade()
        for _ in FILES[1:]:
            await command.downgrade(-1, delete=False)
    await script(bare_url, FIRST_RELEASE)
    async with open_shop(Settings(_env_file=None, db_url=bare_url, secret_key="k" * 48)) as shop:  # type: ignore[call-arg, arg-type]
        assert {name: found async for name, found in shop.checks.broken() if found} == {}
        shown = await shop.browsing.products(ProductFilter(search="ежи", attributes=ONE_LITRE))
        assert [item["name"] for item in shown.items.values] == ["Чайник «Ёж»"]
        assert (await shop.browsing.products()).total == 1
    kept = "SELECT name, is_active, is_hidden FROM products ORDER BY id"
    assert [(name, bool(active), bool(hidden)) for name, active, hidden in await rows(bare_url, kept)] == [
        ("Чайник «Ёж»", True, False),
        ("Скрыт", False, True),
        ("Снят", False, False),
    ]
    assert await rows(bare_url, "SELECT count(*) FROM offers JOIN stock ON offer_id = id") == [(2,)]
    began = await rows(bare_url, "SELECT offer_id, change, reason, order_id FROM stock_movements ORDER BY 1")
    assert [(str(offer)[-1], *rest) for offer, *rest in began] == [
        ("6", 3, "initial", None),
        ("7", 3, "initial", None),
    ]


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
    for limits in (migrating.UNHURRIED, connecting.Limits()):
        async with database.opened(connecting.tortoise_config(bare_url, limits)):
            told += [row["statement_timeout"] for row in await database.fetch("SHOW statement_timeout")]
    assert told == ["0", "3s"]
