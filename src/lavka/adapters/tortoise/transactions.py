"""Blocks that are part of a transaction which is open, or are one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from tortoise.backends.base.client import TransactionalDBClient

from lavka.adapters.tortoise.database import database, transaction


@asynccontextmanager
async def joined() -> AsyncIterator[None]:
    """The transaction that is open, whose savepoint would cost two round trips, or one of its own.

    For a block that leaves nothing of its own behind when it breaks off before its end.
    """
    async with nullcontext() if isinstance(database(), TransactionalDBClient) else transaction():
        yield
