"""Every test gets a database of its own: a copied SQLite file, or emptied tables on `LAVKA_TEST_DB_URL`."""

import asyncio
import gc
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from builders import GOOD, a_form
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from yookassa_server import YooKassaServer

from lavka.adapters.tortoise import migrating
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop, web
from lavka.settings import Settings

SERVER = os.environ.get("LAVKA_TEST_DB_URL", "")
"""A PostgreSQL database next to which each test process makes one of its own; SQLite when it is not set."""

REDIS = re.sub(
    r"(\d+)$",
    lambda number: str(
        int(number[0]) + int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    ),
    os.environ.get("LAVKA_TEST_REDIS_URL", ""),
)
"""A Redis database of this test process, which empties it: the one that is named, or so many after it.

Tests that break Redis start one themselves.
"""

TABLES = ["stock_turns", "stock_movements", "idempotency_keys", "cart_items", "carts", "contacts"]
TABLES += ["outbox", "letters", "email_tokens", "refunds", "payments"]
TABLES += ["order_history", "order_lines", "shipments", "orders"]
TABLES += ["wallet_entries", "wallet_transfers", "wallet_accounts WHERE user_id IS NOT NULL"]
TABLES += ["product_attributes", "search_words", "price_list_changes", "price_lists", "shop_categories"]
TABLES += ["pictures", "stock", "offers", "products", "shops", "categories"]
TABLES += ["refresh_tokens", "sessions", "login_failures", "users"]
LIFT = "SET session_replication_role = replica"
"""Lets the session of a superuser empty tables that only grow."""
EMPTY = "; ".join(f"DELETE FROM {table}" for table in TABLES)
"""Emptying by DELETE costs a tenth of TRUNCATE, which makes new files."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgres" in item.keywords and not SERVER:
            item.add_marker(pytest.mark.skip(reason="needs LAVKA_TEST_DB_URL"))
        if "redis" in item.keywords and not (SERVER and REDIS):
            item.add_marker(pytest.mark.skip(reason="needs LAVKA_TEST_REDIS_URL and LAVKA_TEST_DB_URL"))


_ended = count(1)


def pytest_runtest_teardown() -> None:
    """Set aside what stays, every hundred tests.

    FastAPI's routers hold every application that has included them. To look through thousands of these for
    garbage again and again stalled tests for seconds, in which requests ran out of time.
    """
    if next(_ended) % 100 == 0:
        gc.collect()
        gc.freeze()


def settings_for(url: str, **changes: object) -> Settings:
    """Settings that read no environment; passwords are cheap to hash.

    A test process that tidies up its own memory may stand still for longer than buyers wait for a connection.
    """
    values: dict[str, object] = {"db_url": url, "secret_key": "k" * 48, "password_cost": 4}
    values |= {"db_acquire_seconds": 15}
    return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database that holds nothing yet."""
    if not SERVER:
        url = f"sqlite://{tmp_path_factory.mktemp('template') / 'lavka.db'}"
        asyncio.run(migrating.migrate(url))
        yield url
        return
    parts = urlsplit(SERVER)
    name = f"lavka_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = urlunsplit(parts._replace(path=f"/{name}"))
    asyncio.run(_recreate(name))
    asyncio.run(migrating.migrate(url))
    yield url
    asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _recreate(name: str) -> None:
    await _on_server(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}"',
        f'ALTER DATABASE "{name}" SET synchronous_commit = off',  # no test is about a power cut at the server
    )


async def _on_server(*statements: str) -> None:
    connection = await asyncpg.connect(SERVER)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture
async def db_url(empty_database: str, tmp_path: Path) -> str:
    """A database for one test."""
    if SERVER:
        connection = await asyncpg.connect(empty_database)
        await connection.execute(f"{LIFT}; {EMPTY}")
        await connection.close()
        return empty_database
    file = tmp_path / "lavka.db"
    shutil.copy(empty_database.removeprefix("sqlite://"), file)
    return f"sqlite://{file}"


@pytest.fixture
def settings(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the shop under test, whose files stand in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return settings_for(db_url)


@pytest.fixture
async def shop(settings: Settings) -> AsyncIterator[Shop]:
    """An open shop, used as a library."""
    async with open_shop(settings) as opened:
        yield opened


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The HTTP application with its shop open (`app.state.shop`)."""
    application = web(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A visitor."""
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://shop.test/api/v1") as visitor:
        yield visitor


@pytest.fixture
async def tokens(client: AsyncClient) -> dict[str, str]:
    """The tokens of a registered buyer."""
    form = a_form()
    await client.post("/auth/register", json=form)
    answer = await client.post("/auth/login", json={"login": form["email"], "password": GOOD})
    return answer.json()  # type: ignore[no-any-return]


@pytest.fixture
def signed_in(tokens: dict[str, str]) -> dict[str, str]:
    """The headers of that buyer."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@pytest.fixture
def bare_url(tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet, not even tables."""
    if not SERVER:
        yield f"sqlite://{tmp_path / 'bare.db'}"
        return
    name = f"lavka_bare_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    asyncio.run(_recreate(name))
    yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def _running_yookassa() -> Iterator[YooKassaServer]:
    with YooKassaServer() as server:
        yield server


@pytest.fixture
def yookassa(_running_yookassa: YooKassaServer) -> Iterator[YooKassaServer]:
    """A YooKassa that knows of nothing yet."""
    _running_yookassa.reset()
    yield _running_yookassa
    _running_yookassa.reset()
