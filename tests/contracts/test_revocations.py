"""What every memory of ended sessions must do; across processes on PostgreSQL."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from builders import a_session, a_user

from lavka.adapters.tortoise import connecting
from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.revocations import (
    BEATS,
    CONFIRMED,
    LISTEN,
    LISTENERS,
    EndedSessions,
    HeardEndedSessions,
)
from lavka.adapters.tortoise.sessions import CHANNEL, TortoiseSessions
from lavka.application.ports.sessions import Revocations
from lavka.bootstrap import database_config, new_id, utc_now
from lavka.domain.accounts import UserId
from lavka.domain.sessions import Session, SessionId
from lavka.settings import Settings

LIFETIME = timedelta(minutes=15)
QUICK = 1.0
"""A lease, in seconds, that a test can sit out."""
CUT = LISTENERS.replace("pid", "pg_terminate_backend(pid), pid", 1)


class Broken(Exception):
    """Something went wrong after all."""


class Failing(HeardEndedSessions):
    """Cannot read what ended before."""

    failed_twice = asyncio.Event()
    failures = 0

    async def load(self) -> None:
        self.failures += 1
        if self.failures == 2:
            self.failed_twice.set()
        raise Broken


@pytest.fixture(params=[EndedSessions, pytest.param(HeardEndedSessions, marks=pytest.mark.postgres)])
async def revocations(
    request: pytest.FixtureRequest, store: None, settings: Settings
) -> AsyncIterator[Revocations]:
    if request.param is EndedSessions:
        yield EndedSessions(utc_now, LIFETIME)
        return
    heard = HeardEndedSessions(utc_now, LIFETIME, database_config(settings))
    async with heard.listening():
        yield heard


@pytest.fixture
async def processes(store: None, settings: Settings) -> AsyncIterator[list[HeardEndedSessions]]:
    """Two that listen, as two processes would."""
    config = database_config(settings)
    two = [HeardEndedSessions(utc_now, LIFETIME, config, lease=QUICK) for _ in range(2)]
    async with AsyncExitStack() as stack:
        for each in two:
            await stack.enter_async_context(each.listening())
        yield two


async def a_live_session(*, ended_at: datetime | None = None) -> Session:
    user = a_user()
    await TortoiseUsers().add(user)
    session = a_session(user.id, created_at=datetime.now(UTC), ended_at=ended_at)
    await TortoiseSessions().add(session)
    return session


async def end(user: UserId) -> Sequence[SessionId]:
    async with transaction():
        return await TortoiseSessions().end(user, datetime.now(UTC))


async def seconds_to_end_a_session(process: HeardEndedSessions) -> float:
    """How long it takes."""
    session = await a_live_session()
    started = monotonic()
    await process.add(await end(session.user))
    return monotonic() - started


async def is_refused_soon(revocations: Revocations, session: SessionId) -> bool:
    for _ in range(150):
        if await revocations.include(session):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_what_was_added_is_refused_and_nothing_else(revocations: Revocations) -> None:
    one, other = await a_live_session(), await a_live_session()
    await revocations.add(await end(one.user))
    assert await revocations.include(one.id)
    assert not await revocations.include(other.id)


async def test_adding_nothing_or_the_same_again_is_harmless(revocations: Revocations) -> None:
    session = await a_live_session()
    await revocations.add([])
    await revocations.add(await end(session.user))
    await revocations.add([session.id])
    assert await revocations.include(session.id)


async def test_a_live_session_costs_no_query(
    revocations: Revocations, caplog: pytest.LogCaptureFixture
) -> None:
    live = await a_live_session()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        assert not await revocations.include(live.id)
    assert caplog.records == []


async def test_what_ended_before_this_process_started_is_refused(store: None) -> None:
    just_now, long_ago = utc_now() - LIFETIME / 2, utc_now() - LIFETIME * 2
    recent, old = await a_live_session(ended_at=just_now), await a_live_session(ended_at=long_ago)
    live = await a_live_session()
    memory = EndedSessions(utc_now, LIFETIME)
    assert not await memory.include(recent.id)
    await memory.load()
    assert await memory.include(recent.id)
    assert not await memory.include(live.id)
    assert not await memory.include(old.id)  # its tokens have expired by themselves


async def test_what_can_have_no_token_any_more_is_forgotten(store: None) -> None:
    memory = EndedSessions(utc_now, timedelta(milliseconds=5))
    first, second = SessionId(new_id()), SessionId(new_id())
    await memory.add([first])
    await asyncio.sleep(0.02)
    await memory.add([second])
    assert not await memory.include(first)
    assert await memory.include(second)


@pytest.mark.postgres
async def test_what_one_process_ends_every_process_refuses_at_once(
    processes: list[HeardEndedSessions], caplog: pytest.LogCaptureFixture
) -> None:
    here, there = processes
    live = await a_live_session()
    for _ in range(20):
        session = await a_live_session()
        await here.add(await end(session.user))
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            assert await here.include(session.id)
            assert await there.include(session.id)
            assert not await there.include(live.id)
        assert caplog.records == []  # both had heard: neither asked the database


@pytest.mark.postgres
async def test_many_sessions_ended_at_once_by_two_processes_are_refused_by_both(
    processes: list[HeardEndedSessions],
) -> None:
    sessions = [await a_live_session() for _ in range(20)]

    async def sign_out(process: HeardEndedSessions, session: Session) -> list[bool]:
        await process.add(await end(session.user))
        return [await each.include(session.id) for each in processes]

    pairs = zip(processes * 10, sessions, strict=True)
    refused = await asyncio.gather(*(sign_out(*pair) for pair in pairs))
    assert refused == [[True, True]] * 20


@pytest.mark.postgres
async def test_ending_waits_for_a_silent_listener_until_its_lease_has_run_out(
    processes: list[HeardEndedSessions], settings: Settings
) -> None:
    silent = await connecting.connect(database_config(settings))
    await asyncio.sleep(QUICK)  # so that it is not new any more
    await silent.execute(LISTEN)
    assert await seconds_to_end_a_session(processes[0]) >= QUICK
    await silent.close()
    assert await seconds_to_end_a_session(processes[0]) < QUICK


@pytest.mark.postgres
async def test_a_listener_that_beat_a_moment_ago_is_waited_for_though_its_connection_is_gone(
    processes: list[HeardEndedSessions], settings: Settings
) -> None:
    lost = await connecting.connect(database_config(settings))
    await asyncio.sleep(QUICK)
    await lost.execute("SELECT pg_notify($1, '0')", BEATS)
    await lost.close()
    assert await seconds_to_end_a_session(processes[0]) >= QUICK * 0.9
    await asyncio.sleep(0.2)
    assert await seconds_to_end_a_session(processes[0]) < QUICK


@pytest.mark.postgres
async def test_who_has_just_begun_to_listen_waits_for_leases_that_it_may_not_know_of(
    store: None, settings: Settings
) -> None:
    new = HeardEndedSessions(utc_now, LIFETIME, database_config(settings), lease=QUICK)
    session = await a_live_session()
    async with new.listening():
        started = monotonic()
        await new.add(await end(session.user))
        assert monotonic() - started >= QUICK * 0.9


@pytest.mark.postgres
async def test_who_does_not_listen_waits_for_a_whole_lease(store: None, settings: Settings) -> None:
    deaf = HeardEndedSessions(utc_now, LIFETIME, database_config(settings), lease=QUICK)
    session = await a_live_session()
    started = monotonic()
    await deaf.add(await end(session.user))
    assert monotonic() - started >= QUICK


@pytest.mark.postgres
async def test_a_listener_that_fails_whatever_the_reason_opens_and_tries_again(
    store: None, settings: Settings
) -> None:
    failing = Failing(utc_now, LIFETIME, database_config(settings), lease=QUICK)
    session = await a_live_session(ended_at=utc_now())
    async with asyncio.timeout(5), failing.listening():
        assert await failing.include(session.id)  # by asking
        await failing.failed_twice.wait()


@pytest.mark.postgres
async def test_ending_waits_for_a_slow_listener_and_no_longer(store: None, settings: Settings) -> None:
    config = database_config(settings)
    patient = HeardEndedSessions(utc_now, LIFETIME, config, lease=3)
    slow = await connecting.connect(config)
    confirmed: list[object] = []

    def confirm_later(_: object, __: int, ___: str, session: object) -> None:
        asyncio.get_running_loop().call_later(0.2, confirmed.append, session)

    async with patient.listening():
        await asyncio.sleep(3)
        await slow.execute(LISTEN)
        await slow.add_listener(CHANNEL, confirm_later)
        session = await a_live_session()
        ending = asyncio.create_task(patient.add(await end(session.user)))
        while not confirmed:
            assert not ending.done()
            await asyncio.sleep(0.01)
        await slow.execute("SELECT pg_notify($1, $2)", CONFIRMED, confirmed[0])
        async with asyncio.timeout(1):
            await ending
    await slow.close()


@pytest.mark.postgres
async def test_without_a_beat_the_lease_runs_out_and_the_database_is_asked(
    store: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    live = await a_live_session()
    listener = HeardEndedSessions(utc_now, LIFETIME, database_config(settings), lease=0.2)
    async with listener.listening():
        sleep(0.4)  # the whole process stands still, as a paused one does # noqa: ASYNC251
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            assert not await listener.include(live.id)
        assert len(caplog.records) == 1
        await asyncio.sleep(0.1)
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            assert not await listener.include(live.id)
        assert caplog.records == []  # it beats again


@pytest.mark.postgres
async def test_a_process_that_dies_after_its_commit_is_heard(processes: list[HeardEndedSessions]) -> None:
    session = await a_live_session()
    await end(session.user)
    for process in processes:
        assert await is_refused_soon(process, session.id)


@pytest.mark.postgres
async def test_ending_that_is_rolled_back_is_not_heard(processes: list[HeardEndedSessions]) -> None:
    undone, done = await a_live_session(), await a_live_session()

    async def break_off() -> None:
        async with transaction():
            await TortoiseSessions().end(undone.user, utc_now())
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    await end(done.user)
    for process in processes:
        assert await is_refused_soon(process, done.id)  # what came later is here, so nothing is on its way
        assert not await process.include(undone.id)


@pytest.mark.postgres
async def test_listening_begins_with_what_ended_before(store: None, settings: Settings) -> None:
    session = await a_live_session()
    await end(session.user)
    late = HeardEndedSessions(utc_now, LIFETIME, database_config(settings))
    async with late.listening():
        assert await late.include(session.id)


@pytest.mark.postgres
async def test_a_process_that_cannot_hear_asks_the_database(store: None, settings: Settings) -> None:
    session, live = await a_live_session(), await a_live_session()
    await end(session.user)
    deaf = HeardEndedSessions(utc_now, LIFETIME, database_config(settings))
    assert await deaf.include(session.id)
    assert not await deaf.include(live.id)


@pytest.mark.postgres
async def test_a_lost_connection_loses_no_news(
    processes: list[HeardEndedSessions],
) -> None:
    sessions = [await a_live_session() for _ in range(3)]
    for session in sessions:
        cut = await fetch(CUT)
        assert session is not sessions[0] or len(cut) == 2
        await asyncio.sleep(0.05)
        await end(session.user)
        for process in processes:
            assert await process.include(session.id) or await is_refused_soon(process, session.id)


@pytest.mark.postgres
async def test_after_a_lost_connection_it_listens_again(processes: list[HeardEndedSessions]) -> None:
    old = {row["pid"] for row in await fetch(CUT)}
    new: set[int] = set()
    for _ in range(150):
        await asyncio.sleep(0.02)
        new = {row["pid"] for row in await fetch(LISTENERS)} - old
        if len(new) == 2:
            break
    assert len(new) == 2


@pytest.mark.postgres
async def test_a_database_that_is_not_there_yet_is_waited_for(store: None, settings: Settings) -> None:
    config = database_config(settings.model_copy(update={"db_url": f"{settings.db_url}_that_is_not_there"}))
    early = HeardEndedSessions(utc_now, LIFETIME, config)
    session = await a_live_session(ended_at=utc_now())
    async with early.listening():
        assert await early.include(session.id)
        await asyncio.sleep(0.6)  # it has tried again
        assert await early.include(session.id)
