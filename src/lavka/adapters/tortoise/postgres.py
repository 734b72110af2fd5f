"""The PostgreSQL engine: Tortoise's own over asyncpg, every wait bounded, lost connections named."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
from asyncpg.pool import PoolAcquireContext, PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from lavka.adapters.tortoise.opening import CannotOpen
from lavka.domain.errors import Unavailable

LOST = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.exceptions.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.QueryCanceledError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
)
"""What passes by itself: the same request may succeed a moment later."""
MOMENT = 0.1
"""Seconds in which a server that is well has cancelled a statement."""


async def dial(*place: Any, **options: Any) -> asyncpg.Connection:
    """Open a connection; raise CannotOpen with what the server, or the network, said."""
    try:
        return await asyncpg.connect(*place, **options)
    except (asyncpg.PostgresError, *LOST) as error:
        raise CannotOpen(str(error) or type(error).__name__) from error


class Connection(asyncpg.Connection):
    """A pooled connection without the reset query, which costs a round trip a statement.

    Safe because nothing here changes a session: no SET, no session advisory lock, no LISTEN on a pooled
    connection. An open transaction is still rolled back on release.
    """

    def get_reset_query(self) -> str:
        """Nothing to reset."""
        return ""


class Pool(asyncpg.Pool):
    """A pool in which a caller waits for a connection for a bounded time."""

    patience: float

    def acquire(self, *, timeout: float | None = None) -> PoolAcquireContext:
        """Take a connection, waiting `patience` seconds at most; nobody waits for an idle one."""
        if timeout is None and not self.get_idle_size():
            timeout = self.patience
        return super().acquire(timeout=timeout)

    async def release(
        self,
        connection: PoolConnectionProxy,
        *,
        timeout: float | None = None,  # noqa: ASYNC109  # asyncpg's own signature
    ) -> None:
        """Take a connection back; one whose server is silent is given up, not waited for."""
        await _give_up_when_silent(connection)
        await super().release(connection, timeout=timeout)


async def _give_up_when_silent(connection: Any) -> None:  # asyncpg's stubs leave out what is private
    """Close a connection on which a statement is still being cancelled a moment later.

    A server that is well cancels at once. One that is not would keep us waiting as long for the end of the
    cancelling as it has for the statement.
    """
    if connection._con is None or connection.is_closed() or not connection._protocol._is_cancelling():
        return
    try:
        await connection._protocol._wait_for_cancellation(MOMENT)
    except LOST:
        connection.terminate()


class Translating:
    """Names what passes by itself: raises Unavailable for it."""

    async def _translate_exceptions(
        self, func: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)  # type: ignore[misc]
        except LOST as error:
            raise Unavailable from error


class Transaction(Translating, TransactionWrapper):
    """Statements within a transaction, one after the other: nothing of ours runs two of them at once."""

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Run a query, without the lock and the layers that Tortoise puts around each."""
        self.log.debug("%s: %s", query, values)
        try:
            return [dict(row) for row in await self._connection.fetch(query, *(values or ()))]
        except LOST as error:
            raise Unavailable from error
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(error) from error
        except (asyncpg.SyntaxOrAccessError, asyncpg.DataError) as error:
            raise OperationalError(error) from error

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))

    async def rollback(self) -> None:
        """Undo it; a server that is silent undoes it by itself when it finds the connection closed."""
        await _give_up_when_silent(self._connection)
        await super().rollback()


class Block(TransactionContextPooled):
    """The block of a transaction; one that cannot begin leaves nothing behind.

    With Tortoise's own the task that it failed in goes on to use the connection that is lost.
    """

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        try:
            self.client._connection = await pool.acquire()
        except LOST as error:
            raise Unavailable from error
        try:
            await self.client.begin()
        except BaseException:
            with suppress(*LOST):
                await asyncio.shield(pool.release(self.client._connection))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, *failure: Any) -> None:
        try:
            await super().__aexit__(*failure)
        except LOST as error:
            raise Unavailable from error


class Client(Translating, AsyncpgDBClient):
    """A pool of connections to one database."""

    async def create_pool(self, **options: Any) -> Pool:
        """Open the pool."""
        patience = options.pop("acquire_seconds")
        pool = Pool(
            connection_class=options.pop("connection_class"),
            record_class=asyncpg.Record,
            connect=dial,
            max_queries=50_000,
            max_inactive_connection_lifetime=300.0,
            setup=None,
            init=None,
            **options,
        )
        pool.patience = patience
        await pool
        return pool

    def _in_transaction(self) -> TransactionContext:
        return Block(Transaction(self), self._pool_init_lock)


client_class = Client
