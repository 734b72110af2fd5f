"""Which sessions have ended, known in memory so that a signed-in request needs no query.

The truth is `sessions.ended_at`. In one process with SQLite the memory is complete by itself. On PostgreSQL
`sessions.end` sends NOTIFY in its own transaction and each process listens on a connection of its own; while
that connection is lost, the process asks the database for every request instead.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import connect, fetch
from lavka.adapters.tortoise.postgres import LOST
from lavka.adapters.tortoise.sessions import CHANNEL
from lavka.application.ports.system import Clock
from lavka.domain.errors import Unavailable
from lavka.domain.sessions import SessionId

GRACE = 0.1
"""Seconds that other processes get, after this one has heard, to hear too; not yet an acknowledgement."""
ENDED_SINCE = "SELECT id FROM sessions WHERE ended_at > $1"
ENDED = "SELECT 1 AS found FROM sessions WHERE id = $1 AND ended_at IS NOT NULL"


class EndedSessions:
    """The sessions that ended within an access token's lifetime, complete within one process."""

    def __init__(self, clock: Clock, lifetime: timedelta) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._ended: dict[UUID, float] = {}

    async def load(self) -> None:
        """Read what ended before this process looked."""
        rows = await fetch(ENDED_SINCE, [self._clock() - self._lifetime])
        self._remember([UUID(str(row["id"])) for row in rows])

    async def add(self, sessions: Sequence[SessionId]) -> None:
        """After the commit that ended them: refuse them from now on."""
        self._remember(sessions)

    async def include(self, session: SessionId) -> bool:
        """Whether this session has ended."""
        return session in self._ended

    def _remember(self, sessions: Sequence[UUID]) -> None:
        now = monotonic()
        while self._ended and now > next(iter(self._ended.values())):
            del self._ended[next(iter(self._ended))]  # its tokens have expired, and the oldest stand first
        self._ended.update(dict.fromkeys(sessions, now + self._lifetime.total_seconds()))


class HeardEndedSessions(EndedSessions):
    """The same, complete over every process on one PostgreSQL database."""

    def __init__(self, clock: Clock, lifetime: timedelta, config: dict[str, Any]) -> None:
        super().__init__(clock, lifetime)
        self._config = config
        self._listening = False
        self._heard = asyncio.Condition()

    async def add(self, sessions: Sequence[SessionId]) -> None:
        """Refuse them here, and return when PostgreSQL has told its listeners: this process is one."""
        unheard = [session for session in sessions if session not in self._ended]
        if unheard and self._listening:
            with suppress(TimeoutError):
                async with asyncio.timeout(1), self._heard:
                    await self._heard.wait_for(lambda: all(session in self._ended for session in unheard))
            await asyncio.sleep(GRACE)
        self._remember(sessions)

    async def include(self, session: SessionId) -> bool:
        """Whether this session has ended; asks the database while nothing can be heard."""
        if self._listening:
            return session in self._ended
        return session in self._ended or bool(await fetch(ENDED, [session]))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the block ends, starting again whenever the connection is lost."""
        ready = asyncio.Event()
        task = asyncio.create_task(self._listen_for_ever(ready))
        await ready.wait()
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen_for_ever(self, ready: asyncio.Event) -> None:
        while True:
            with suppress(Unavailable, *LOST):
                await self._listen(ready)
            self._listening = False
            ready.set()
            await asyncio.sleep(0.5)

    async def _listen(self, ready: asyncio.Event) -> None:
        connection = await connect(self._config)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._hear)
            await self.load()  # after LISTEN, so that nothing falls between
            self._listening = True
            ready.set()
            while not lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), 5)
                await connection.execute("SELECT 1", timeout=3)  # notices a server that hangs or is cut off
        finally:
            self._listening = False
            with suppress(TimeoutError, *LOST):
                await connection.close(timeout=1)

    async def _hear(self, _: object, __: int, ___: str, payload: object) -> None:
        self._remember([UUID(str(payload))])
        async with self._heard:
            self._heard.notify_all()
