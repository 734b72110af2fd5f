"""Bringing the database up to date, whichever process comes first."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from pathlib import Path
from typing import Any

from aerich import Command
from tortoise.exceptions import OperationalError

import lavka
from lavka.adapters.tortoise.connecting import Limits, connect, tortoise_config
from lavka.adapters.tortoise.opening import CannotOpen
from lavka.adapters.tortoise.postgres import LOST

MIGRATION_LOCK = (
    0x6C61766B61  # "lavka" in ASCII: the key of the advisory lock that one migrating process holds
)
UNHURRIED = Limits(pool_max=1, acquire=10, statement=None, lock=10)
"""For migrations: an index over a large table takes minutes, but nothing waits for it longer than a lock."""


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
