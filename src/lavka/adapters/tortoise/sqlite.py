"""The SQLite engine: Tortoise's own, but a transaction takes the write lock at once.

Tortoise says BEGIN, which SQLite defers: a transaction that reads before it writes then fails with
"database is locked" when another process has written in between, whatever the busy timeout.
"""

import sqlite3
from types import TracebackType
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper

from lavka.domain.errors import Unavailable


class Guarded(ConnectionWrapper[Any]):
    """The connection for one statement."""

    __slots__ = ()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        if isinstance(error, sqlite3.OperationalError) and is_passing(error):
            raise Unavailable from error


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its start."""

    async def begin(self) -> None:
        """Begin, waiting for other processes as long as `busy_timeout` says."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise Unavailable from error


class Client(SqliteClient):
    """One connection to one file."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Take the connection for a statement."""
        return Guarded(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


def is_passing(error: BaseException) -> bool:
    """Whether an error comes from another process holding the file, so that waiting helps."""
    return "locked" in str(error) or "busy" in str(error)


client_class = Client
