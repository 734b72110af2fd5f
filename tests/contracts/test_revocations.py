"""What every memory of ended sessions must do; across processes on PostgreSQL."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from builders import a_session, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.revocations import EndedSessions, HeardEndedSessions
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.application.ports.sessions import Revocations
from lavka.bootstrap import database_config, new_id, utc_now
from lavka.domain.accounts import UserId
from lavka.domain.sessions import Session, SessionId
from lavka.settings import Settings

LIFETIME = timedelta(minutes=15)
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
CUT = LISTENERS.replace("pid", "pg_terminate_backend(pid), pid", 1)


class Broken(Exception):
    """Something went wrong after all."""


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
    two = [HeardEndedSessions(utc_now, LIFETIME, config) for _ in range(2)]
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


async def is_refused_soon(revocations: Revocations, session: SessionId) -> bool:
    for _ in range(150):
        if await revocations.include(session):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_what_was_added_is_refused_and_nothing_else(revocations: Revocations) -> None:
    one, other = SessionId(new_id()), SessionId(new_id())
    await revocations.add([one])
    assert await revocations.include(one)
    assert not await revocations.include(other)


async def test_adding_nothing_or_the_same_again_is_harmless(revocations: Revocations) -> None:
    session = SessionId(new_id())
    await revocations.add([])
    await revocations.add([session])
    await revocations.add([session])
    assert await revocations.include(session)


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
async def test_what_one_process_ends_every_process_refuses(processes: list[HeardEndedSessions]) -> None:
    here, there = processes
    session, live = await a_live_session(), await a_live_session()
    await here.add(await end(session.user))
    assert await here.include(session.id)
    assert await is_refused_soon(there, session.id)
    assert not await there.include(live.id)


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
