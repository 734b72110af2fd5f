"""The database: how it is opened and spoken to."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from lavka.domain.errors import IdempotencyKeyInUse, Unavailable

POSTGRES = "postgres"
Statement = tuple[str, Sequence[Any]]
"""What `execute` takes."""
COLLISIONS: Mapping[str, Callable[[], Exception]] = {
    "idempotency_keys": IdempotencyKeyInUse,  # who held it has just let it go, with an answer
    "orders": Unavailable,  # two got the same number: another try gets another
}
_open: ContextVar["Open | None"] = ContextVar("open", default=None)
_dialects: list[str] = []
"""Of the databases that this process has open, the last opened last."""


@dataclass(frozen=True, slots=True)
class Open:
    """The open transaction, what is written when it ends, and what is called when it is committed."""

    client: BaseDBAsyncClient
    put_off: list[Statement] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)


@asynccontextmanager
async def opened(config: dict[str, Any]) -> AsyncIterator[None]:
    """Hold the database open for every task of this process."""
    await Tortoise.init(config=config, _enable_global_fallback=True)
    _dialects.append(Tortoise.get_connection("default").capabilities.dialect)
    try:
        yield
    finally:
        _dialects.pop()
        await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """A block that happens whole or not at all; raise Unavailable when the database is lost or locked."""
    around = _open.get()
    async with in_transaction("default") as client:
        opened = Open(client)
        token = _open.set(opened)
        try:
            yield
            if opened.put_off:
                await execute_together(opened.put_off)
        finally:
            _open.reset(token)
    if around:  # what is inside of another is committed with it
        around.after.extend(opened.after)
        return
    for call in opened.after:
        call()


@asynccontextmanager
async def joined() -> AsyncIterator[None]:
    """The transaction that is open, whose savepoint would cost two round trips, or one of its own.

    For what is not tried twice: an error in it is the end of the whole.
    """
    if is_in_transaction():
        yield
        return
    async with transaction():
        yield


def database() -> BaseDBAsyncClient:
    """Whatever statements of this task go through: the open transaction, or the pool."""
    is_open = _open.get()
    return is_open.client if is_open else Tortoise.get_connection("default")


def is_in_transaction() -> bool:
    """Whether one is open, also when it was opened past us."""
    return isinstance(database(), TransactionalDBClient)


def dialect() -> str:
    """`postgres` or `sqlite`: asked for many times a request, and the same as long as a database is open."""
    return _dialects[-1]


async def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run one query whose placeholders are `$1`, `$2` …, on either database."""
    through = database()
    return await through.execute_query_dict(*_spoken(through, sql, parameters))


async def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement, placeholders as in `fetch`, and count the rows that it changed."""
    through = database()
    return (await through.execute_query(*_spoken(through, sql, parameters)))[0]


async def execute_together(statements: Sequence[Statement]) -> None:
    """Run statements that write, each as in `execute`, on PostgreSQL in one round trip.

    There none of them sees what the others write; foreign keys are looked at when all are done. Raise as
    `COLLISIONS` says when something that is unique is there already.
    """
    try:
        await _execute_together(statements)
    except IntegrityError as error:
        raise _collision(error) from error


async def _execute_together(statements: Sequence[Statement]) -> None:
    if dialect() != POSTGRES or len(statements) == 1:
        for sql, parameters in statements:
            await execute(sql, parameters)
        return
    written: list[str] = []
    given: list[Any] = []
    for nth, (sql, parameters) in enumerate(statements):
        written.append(f"s{nth} AS ({renumbered(sql, len(given))})")
        given += parameters
    await fetch(f"WITH {', '.join(written)} SELECT 1 AS done", given)


def renumbered(sql: str, by: int) -> str:
    """The same with its placeholders moved on by so many, to stand behind others."""
    return re.sub(r"\$(\d+)", lambda place: f"${int(place[1]) + by}", sql) if by else sql


def _collision(error: IntegrityError) -> Exception:
    """Name what an error means; PostgreSQL tells of which table it is, SQLite writes it into the message."""
    table = getattr(error.__cause__, "table_name", None) or str(error).rpartition(": ")[2].partition(".")[0]
    is_unique = isinstance(error.__cause__, asyncpg.UniqueViolationError) or "UNIQUE" in str(error)
    return COLLISIONS.get(table, lambda: error)() if is_unique else error


async def execute_last(statements: Sequence[Statement]) -> None:
    """Run statements that write together with what else of the transaction is put off, when it ends.

    Nothing in it reads what they write. Outside of a transaction they run at once.
    """
    is_open = _open.get()
    if is_open:
        is_open.put_off.extend(statements)
    else:
        await execute_together(statements)


def after_commit(call: Callable[[], None]) -> None:
    """Call this when the open transaction is committed, at once when there is none."""
    is_open = _open.get()
    if is_open:
        is_open.after.append(call)
    else:
        call()


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
