"""The database: where it is, how it is opened, brought up to date and spoken to."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import asyncpg
from aerich import Command
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

import lavka
from lavka.adapters.tortoise.opening import CannotOpen
from lavka.adapters.tortoise.postgres import LOST, Connection, dial
from lavka.adapters.tortoise.sqlite import PATIENCE

MIGRATION_LOCK = (
    0x6C61766B61  # "lavka" in ASCII: the key of the advisory lock that one migrating process holds
)
POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of the pool and the longest waits, in seconds, None for no limit; for PostgreSQL only."""

    pool_min: int = 1
    pool_max: int = 10
    acquire: float = 1.5
    statement: float | None = 3
    lock: float = 3


UNHURRIED = Limits(pool_max=1, acquire=10, statement=None, lock=10)
"""For migrations: an index over a large table takes minutes, but nothing waits for it longer than a lock."""


def tortoise_config(url: str, limits: Limits | None = None) -> dict[str, Any]:
    """Make Tortoise's configuration for `sqlite://path` or `postgres://user:password@host:port/name`."""
    connection = _sqlite(url) if url.startswith("sqlite") else _postgres(url, limits or Limits())
    return {
        "connections": {"default": connection},
        "apps": {
            "models": {
                "models": ["lavka.adapters.tortoise.models", "aerich.models"],
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(url: str) -> dict[str, Any]:
    path = url.removeprefix("sqlite://")
    pragmas = {
        "journal_mode": "WAL",
        "busy_timeout": int(PATIENCE * 1000),
        "synchronous": "NORMAL",
        "foreign_keys": "ON",
    }
    return {"engine": "lavka.adapters.tortoise.sqlite", "credentials": {"file_path": path, **pragmas}}


def _postgres(url: str, limits: Limits) -> dict[str, Any]:
    parts = urlsplit(url)
    milliseconds = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.statement and limits.statement * 2,
        "tcp_user_timeout": limits.statement
        and limits.statement * 2,  # of a client that stopped while reading
    }
    server = {name: str(int((seconds or 0) * 1000)) for name, seconds in milliseconds.items()}
    return {
        "engine": "lavka.adapters.tortoise.postgres",
        "credentials": {
            "host": unquote(parts.hostname or ""),
            "port": parts.port or 5432,
            "user": unquote(parts.username or "") or None,
            "password": unquote(parts.password or "") or None,
            "database": unquote(parts.path.lstrip("/")),
            "ssl": dict(parse_qsl(parts.query)).get("sslmode"),
            "minsize": limits.pool_min,
            "maxsize": limits.pool_max,
            "timeout": limits.acquire,
            "command_timeout": limits.statement and limits.statement + 0.3,
            "acquire_seconds": limits.acquire,
            "statement_cache_size": 1024,
            "connection_class": Connection,
            "server_settings": {"timezone": "UTC", "jit": "off", "application_name": "lavka", **server},
        },
    }


async def connect(config: dict[str, Any], command_timeout: float | None = None) -> asyncpg.Connection:
    """Open one PostgreSQL connection of its own, outside the pool and without the limits of a request."""
    names = ("host", "port", "user", "password", "database", "ssl", "timeout")
    credentials = config["connections"]["default"]["credentials"]
    place = {name: credentials[name] for name in names}
    return await dial(**place, command_timeout=command_timeout, server_settings={"timezone": "UTC"})


def migrations() -> Path:
    """Find the revisions: inside an installed package, or beside `src/` in a checkout."""
    package = Path(lavka.__file__).parent
    inside = package / "migrations"
    return inside if inside.exists() else package.parent.parent / "migrations"


async def migrate(url: str) -> list[str]:
    """Apply every revision that is not applied and name them; on PostgreSQL one process at a time does it.

    Raise CannotOpen with what the database refused.
    """
    config = tortoise_config(url, UNHURRIED)

    async def work() -> list[str]:
        async with _alone(config), Command(config, "models", str(migrations())) as command:
            return await command.upgrade()

    try:
        return await _apart(work())
    except OperationalError as error:
        raise CannotOpen(str(error)) from error


async def _apart(work: Coroutine[Any, Any, list[str]]) -> list[str]:
    """Run aerich where it sees nothing of a shop that this task had open: it would take that for its own."""
    return await asyncio.create_task(work, context=Context())


@asynccontextmanager
async def _alone(config: dict[str, Any]) -> AsyncIterator[None]:
    if "file_path" in config["connections"]["default"]["credentials"]:
        yield
        return
    connection = await connect(config)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        with suppress(*LOST):
            await connection.close(timeout=5)


@asynccontextmanager
async def opened(config: dict[str, Any]) -> AsyncIterator[None]:
    """Hold the database open for every task of this process."""
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """A block that happens whole or not at all; raise Unavailable when the database is lost or locked."""
    async with in_transaction("default"):
        yield


@asynccontextmanager
async def joined() -> AsyncIterator[None]:
    """The transaction that is open, whose savepoint would cost two round trips, or one of its own.

    For what is not tried twice: an error in it is the end of the whole.
    """
    if isinstance(database(), TransactionalDBClient):
        yield
        return
    async with transaction():
        yield


def database() -> BaseDBAsyncClient:
    """Whatever statements of this task go through: the open transaction, or the pool."""
    return Tortoise.get_connection("default")


def dialect() -> str:
    """`postgres` or `sqlite`."""
    return database().capabilities.dialect


async def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run one query whose placeholders are `$1`, `$2` …, on either database."""
    through = database()
    return await through.execute_query_dict(*_spoken(through, sql, parameters))


async def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement, placeholders as in `fetch`, and count the rows that it changed."""
    through = database()
    return (await through.execute_query(*_spoken(through, sql, parameters)))[0]


async def hold(table: str, row: UUID, strength: str) -> bool:
    """Lock a row until the transaction ends, as `FOR KEY SHARE` and the like do; say whether it is there.

    SQLite has one writer at a time, which the transaction is already.
    """
    lock = f" FOR {strength}" if dialect() == POSTGRES else ""
    return bool(await fetch(f"SELECT id FROM {table} WHERE id = $1{lock}", [row]))


def _spoken(through: BaseDBAsyncClient, sql: str, parameters: Sequence[Any]) -> tuple[str, list[Any]]:
    """Put a statement into the dialect's own words."""
    if through.capabilities.dialect == POSTGRES:
        return sql, list(parameters)
    return re.sub(r"\$(\d+)", r"?\1", sql), [_for_sqlite(value) for value in parameters]


def _for_sqlite(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


async def probe() -> None:
    """Ask for a sign of life; raise Unavailable."""
    await fetch("SELECT version FROM catalog_version")
