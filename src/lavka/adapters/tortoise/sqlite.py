"""The SQLite engine: Tortoise's own, but a transaction takes the write lock at once.

Tortoise says BEGIN, which SQLite defers: a transaction that reads before it writes then fails with
"database is locked" when another process has written in between, whatever the busy timeout.
"""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections

from lavka.adapters.tortoise.opening import CannotOpen
from lavka.domain.errors import Unavailable

PATIENCE = 5.0
"""Seconds to wait for another process that holds the file."""


class Guarded(ConnectionWrapper[Any]):
    """The connection for one statement."""

    __slots__ = ()

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()  # Tortoise's own keeps it when it cannot connect
            raise
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        if isinstance(error, sqlite3.OperationalError) and is_passing(error):
            raise Unavailable from error


class Immediate(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its start."""

    async def begin(self) -> None:
        """Begin, waiting for other processes as long as `busy_timeout` says."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise Unavailable from error


class Block(SqliteTransactionContext):
    """The block of a transaction; one that cannot begin leaves nothing behind.

    Tortoise's own keeps the connection's only lock for good when BEGIN fails or is cancelled.
    """

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            try:
                if self.connection._connection:  # a BEGIN that still waits in the queue is undone after it
                    await asyncio.shield(self.connection._connection.rollback())
            finally:
                self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client


class Client(SqliteClient):
    """One connection to one file."""

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, which is its owner's alone when it is made here; raise CannotOpen."""
        if not self._connection and self.filename != ":memory:":
            _try_out(Path(self.filename))
        await super().create_connection(with_db)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Take the connection for a statement."""
        return Guarded(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return Block(Immediate(self), self._lock)


def _try_out(file: Path) -> None:
    """Write to the file what changes nothing: what fails later than here leaves a thread behind."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA user_version")
            connection.execute("BEGIN IMMEDIATE")
    except (OSError, sqlite3.Error) as error:
        if is_passing(error):
            raise Unavailable from error
        raise CannotOpen(f"{file}: {getattr(error, 'strerror', None) or error}") from error


def is_passing(error: BaseException) -> bool:
    """Whether an error comes from another process holding the file, so that waiting helps."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


client_class = Client
