"""Which sessions have ended, known in memory so that a signed-in request needs no query.

The truth is `sessions.ended_at`. In one process with SQLite the memory is complete by itself. On PostgreSQL
every process listens, on a connection of its own, to what the others end, and believes its memory only while
it holds a lease. Notifications arrive in the order of their commits, so whoever hears its own beat has heard
all that was committed before it: that renews the lease. Whoever ends a session waits until every listener has
confirmed it, or until the lease of one that is silent has run out. Without a lease a process asks the
database for every request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from lavka.adapters.tortoise.connecting import connect
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.postgres import LOST
from lavka.adapters.tortoise.sessions import CHANNEL
from lavka.application.ports.system import Clock
from lavka.domain.sessions import SessionId

log = structlog.get_logger("lavka.sessions")

AGAIN = 0.5
"""Seconds until a lost connection is opened anew."""
LEASE = 1.0
"""Seconds for which a process believes its memory after a beat, and so the longest wait of a sign-out."""
CONFIRMED = "lavka_sessions_confirmed"
BEATS = "lavka_beats"
LISTENING = 0x6C697374
"""The advisory lock that every listener shares ("list" in ASCII); it falls with the listener's connection.

It tells of listeners that have just come; their beats tell of those that PostgreSQL has lost unawares.
"""
MOST_CONFIRMED = 1000
"""Ended sessions whose confirmations are remembered; one forgotten too early costs its sign-out a lease."""

ENDED_SINCE = "SELECT id FROM sessions WHERE ended_at > $1"
ENDED = "SELECT 1 AS found FROM sessions WHERE id = $1 AND ended_at IS NOT NULL"
LISTEN = f"SET synchronous_commit = off; SELECT pg_advisory_lock_shared({LISTENING})"
LISTENERS = f"""SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND locktype = 'advisory'
    AND (classid, objid, objsubid) = (0, {LISTENING}, 1)"""
TELL = "SELECT pg_notify(channel, word) FROM unnest($1::text[], $2::text[]) AS said (channel, word)"


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

    def __init__(
        self, clock: Clock, lifetime: timedelta, config: dict[str, Any], lease: float = LEASE
    ) -> None:
        super().__init__(clock, lifetime)
        self._config = config
        self._lease = lease
        self._leased_until = 0.0
        self._listening_since = inf
        self._pid = 0
        self._complaint = ""
        self._beats: dict[int, float] = {}
        self._unconfirmed: list[str] = []
        self._confirmed: OrderedDict[UUID, set[int]] = OrderedDict()
        self._to_tell, self._told = asyncio.Event(), asyncio.Event()

    async def add(self, sessions: Sequence[SessionId]) -> None:
        """Refuse them here, and return when every other process does; at the latest after a lease."""
        await super().add(sessions)
        if not sessions:
            return
        now = monotonic()
        since = self._listening_since if now < self._leased_until else now
        unheard_of = since + self._lease  # until then leases may hold whose beats were not heard here
        with suppress(TimeoutError):
            async with asyncio.timeout(self._lease):
                listeners = {row["pid"] for row in await fetch(LISTENERS)} | self._leased(now)
                while not all(listeners <= self._confirmed.get(session, set()) for session in sessions):
                    self._told.clear()
                    await self._told.wait()
        await asyncio.sleep(max(0, unheard_of - monotonic()))

    async def include(self, session: SessionId) -> bool:
        """Whether this session has ended; asks the database while there is no lease."""
        if session in self._ended:
            return True
        return monotonic() >= self._leased_until and bool(await fetch(ENDED, [session]))

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
            try:
                await self._listen(ready)
            except Exception as error:  # whatever it is, it passes or somebody has to see it
                self._complain(type(error).__name__)
            finally:
                ready.set()  # a shop whose database is away opens all the same
            await asyncio.sleep(AGAIN)

    def _complain(self, error: str) -> None:
        """Log what is wrong once, not at every try."""
        if error != self._complaint:
            log.warning("not_listening", error=error, again_in_seconds=AGAIN)
        self._complaint = error

    async def _listen(self, ready: asyncio.Event) -> None:
        connection = await connect(self._config, command_timeout=self._lease)
        self._pid = connection.get_server_pid()
        connection.add_termination_listener(self._lose)
        try:
            await connection.execute(LISTEN)
            await connection.add_listener(CHANNEL, self._hear)
            await connection.add_listener(CONFIRMED, self._hear_confirmed)
            await connection.add_listener(BEATS, self._hear_beat)
            await self.load()  # after LISTEN, so that nothing falls between, and before the first lease
            while True:
                await self._tell(connection)
                self._complaint = ""
                ready.set()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._lease / 4):
                        await self._to_tell.wait()
        finally:
            self._lose(connection)
            with suppress(TimeoutError, *LOST):
                await connection.close(timeout=1)

    async def _tell(self, connection: asyncpg.Connection) -> None:
        """Confirm what was heard, and send a beat that renews the lease from now when it comes back."""
        self._to_tell.clear()
        heard, self._unconfirmed = self._unconfirmed, []
        channels, words = [CONFIRMED] * len(heard) + [BEATS], [*heard, str(monotonic())]
        await connection.execute(TELL, channels, words)

    def _hear(self, _: object, __: int, ___: str, session: object) -> None:
        self._remember([UUID(str(session))])
        self._unconfirmed.append(str(session))
        self._to_tell.set()

    def _hear_confirmed(self, _: object, listener: int, __: str, session: object) -> None:
        self._confirmed.setdefault(UUID(str(session)), set()).add(listener)
        if len(self._confirmed) > MOST_CONFIRMED:
            self._confirmed.popitem(last=False)
        self._told.set()

    def _hear_beat(self, _: object, listener: int, __: str, sent: object) -> None:
        now = monotonic()
        self._beats[listener] = now
        if listener == self._pid:
            self._leased_until = float(str(sent)) + self._lease
            self._listening_since = min(self._listening_since, now)

    def _leased(self, now: float) -> set[int]:
        """Who may hold a lease even if PostgreSQL has lost its connection, and with it the lock."""
        self._beats = {who: heard for who, heard in self._beats.items() if heard + self._lease > now}
        return set(self._beats)

    def _lose(self, _: object) -> None:
        self._leased_until, self._listening_since = 0.0, inf
        self._beats.pop(self._pid, None)
        self._to_tell.set()
