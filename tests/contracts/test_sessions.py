"""What every store of sign-ins must do."""

import asyncio
from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta

import pytest
from builders import NOON, a_session, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.sessions import LOOKED_AT, TortoiseSessions
from lavka.application.ports.sessions import Redeemed, Sessions
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.sessions import Device, Session, SessionId

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
DIGEST = "d" * 64


class Broken(Exception):
    """Something went wrong after all."""


@pytest.fixture(params=[TortoiseSessions])
def sessions(request: pytest.FixtureRequest, store: None) -> Sessions:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def member(store: None) -> UserId:
    return await a_member()


async def a_member() -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


async def signed_in(sessions: Sessions, *those: Session) -> list[SessionId]:
    for session in those:
        await sessions.add(session)
    return [session.id for session in those]


def ids(those: Iterable[Session]) -> list[SessionId]:
    return [session.id for session in those]


async def kept(sessions: Sessions, session: Session) -> Session:
    """Read one back, ended ones too: by a token of its own."""
    digest = f"{session.id.hex}{session.id.hex}"
    await sessions.add_token(digest, session)
    redeemed = await sessions.redeem(digest, session.created_at)
    assert redeemed
    return redeemed.session


@pytest.mark.parametrize(
    "device",
    [Device(), Device("Браузер «Ёж» " + "x" * 242, "2001:db8:85a3:1:1:8a2e:370:7334"), Device("a", "b")],
)
async def test_every_field_comes_back_as_it_was_kept(
    sessions: Sessions, member: UserId, device: Device
) -> None:
    created = NOON + timedelta(microseconds=123456)
    session = a_session(
        member,
        created_at=created,
        last_used_at=created + 2 * DAY,
        lifetime=9 * DAY,
        ended_at=None,
        device=device,
    )
    ended = a_session(member, created_at=NOON, ended_at=NOON + DAY + MOMENT, device=device)
    await signed_in(sessions, session, ended)
    assert await kept(sessions, session) == session
    assert await kept(sessions, ended) == ended
    assert {field.name for field in fields(Session)} == {
        *("id", "user", "device", "created_at", "last_used_at", "expires_at", "ended_at")
    }


async def test_saving_keeps_what_has_changed(sessions: Sessions, member: UserId) -> None:
    session, other = a_session(member), a_session(member)
    await signed_in(sessions, session, other)
    session.prolong(NOON + DAY, 5 * DAY)
    await sessions.save(session)
    assert await kept(sessions, session) == session
    session.ended_at = NOON + 2 * DAY
    await sessions.save(session)
    assert await sessions.of(member, NOON) == [other]


async def test_a_members_live_sessions_are_listed_the_last_used_first(
    sessions: Sessions, member: UserId
) -> None:
    old = a_session(member, last_used_at=NOON + timedelta(seconds=0.5))
    new = a_session(member, last_used_at=NOON + timedelta(seconds=1))
    first, second = a_session(member), a_session(member)
    await signed_in(sessions, first, new, old, second)
    assert await sessions.of(member, NOON) == [new, old, second, first]


async def test_the_list_has_no_ended_expired_or_foreign_ones(sessions: Sessions, member: UserId) -> None:
    live = a_session(member, lifetime=DAY + MOMENT)
    await signed_in(
        sessions,
        live,
        a_session(member, ended_at=NOON),
        a_session(member, lifetime=DAY),
        a_session(await a_member()),
    )
    assert await sessions.of(member, NOON + DAY) == [live]
    assert await sessions.of(UserId(new_id()), NOON) == []


async def test_ending_all_names_exactly_the_live_ones_of_that_member(
    sessions: Sessions, member: UserId
) -> None:
    stranger = await a_member()
    live = await signed_in(sessions, a_session(member), a_session(member))
    gone = [a_session(member, ended_at=NOON), a_session(member, lifetime=DAY)]
    foreign = a_session(stranger)
    await signed_in(sessions, *gone, foreign)
    assert sorted(await sessions.end(member, NOON + DAY)) == sorted(live)
    assert await sessions.of(member, NOON) == [gone[1]]
    assert await sessions.of(stranger, NOON) == [foreign]


async def test_ending_only_one_names_and_ends_only_it(sessions: Sessions, member: UserId) -> None:
    one, other = await signed_in(sessions, a_session(member), a_session(member))
    assert await sessions.end(member, NOON, only=one) == [one]
    assert ids(await sessions.of(member, NOON)) == [other]


async def test_ending_all_but_one_spares_it(sessions: Sessions, member: UserId) -> None:
    one, *others = await signed_in(sessions, a_session(member), a_session(member), a_session(member))
    assert sorted(await sessions.end(member, NOON, but=one)) == sorted(others)
    assert ids(await sessions.of(member, NOON)) == [one]


async def test_ending_notes_the_time_and_ending_twice_keeps_the_first(
    sessions: Sessions, member: UserId
) -> None:
    session = a_session(member)
    await sessions.add(session)
    await sessions.end(member, NOON + DAY)
    assert await sessions.end(member, NOON + 2 * DAY) == []
    assert (await kept(sessions, session)).ended_at == NOON + DAY


async def test_nobody_ends_the_session_of_another(sessions: Sessions, member: UserId) -> None:
    (foreign,) = await signed_in(sessions, a_session(await a_member()))
    assert await sessions.end(member, NOON, only=foreign) == []
    assert await sessions.end(member, NOON, only=SessionId(new_id())) == []
    assert (await sessions.end(member, NOON)) == []


async def test_a_refresh_token_is_good_once(sessions: Sessions, member: UserId) -> None:
    session, other = a_session(member), a_session(member)
    await signed_in(sessions, session, other)
    await sessions.add_token(DIGEST, session)
    await sessions.add_token("e" * 64, other)
    assert await sessions.redeem(DIGEST, NOON) == Redeemed(session, first_use=True)
    assert await sessions.redeem(DIGEST, NOON + DAY) == Redeemed(session, first_use=False)
    assert await sessions.redeem("e" * 64, NOON) == Redeemed(other, first_use=True)


async def test_an_unknown_refresh_token_is_nothing(sessions: Sessions, member: UserId) -> None:
    session = a_session(member)
    await sessions.add(session)
    await sessions.add_token(DIGEST, session)
    for digest in ("f" * 64, "", DIGEST[:-1], DIGEST.upper()):
        assert await sessions.redeem(digest, NOON) is None


async def test_a_refresh_token_expires_with_its_session(sessions: Sessions, member: UserId) -> None:
    session = a_session(member, lifetime=DAY)
    await sessions.add(session)
    await sessions.add_token(DIGEST, session)
    assert await sessions.redeem(DIGEST, NOON + DAY) is None
    assert await sessions.redeem(DIGEST, NOON + DAY - MOMENT) == Redeemed(session, first_use=True)


async def test_a_used_refresh_token_is_recognised_after_it_expired(
    sessions: Sessions, member: UserId
) -> None:
    session = a_session(member, lifetime=DAY)
    await sessions.add(session)
    await sessions.add_token(DIGEST, session)
    await sessions.redeem(DIGEST, NOON)
    assert await sessions.redeem(DIGEST, NOON + 2 * DAY) == Redeemed(session, first_use=False)


async def test_of_many_callers_at_once_one_is_the_first(sessions: Sessions, member: UserId) -> None:
    session = a_session(member)
    await sessions.add(session)
    await sessions.add_token(DIGEST, session)

    async def redeem() -> bool:
        async with transaction():
            redeemed = await sessions.redeem(DIGEST, NOON)
        assert redeemed
        return redeemed.first_use

    assert sorted(await asyncio.gather(*(redeem() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_redemption_that_is_rolled_back_did_not_happen(sessions: Sessions, member: UserId) -> None:
    session = a_session(member)
    await sessions.add(session)
    await sessions.add_token(DIGEST, session)

    async def break_off() -> None:
        async with transaction():
            assert await sessions.redeem(DIGEST, NOON)
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    assert await sessions.redeem(DIGEST, NOON) == Redeemed(session, first_use=True)


async def test_what_ended_or_expired_a_month_ago_is_forgotten_with_its_tokens(
    sessions: Sessions, member: UserId
) -> None:
    month = 30 * DAY
    live = a_session(member, lifetime=90 * DAY)
    ended = a_session(member, lifetime=90 * DAY, ended_at=NOON)
    ended_later = a_session(member, lifetime=90 * DAY, ended_at=NOON + MOMENT)
    expired = a_session(member, created_at=NOON - DAY, lifetime=DAY)
    expired_later = a_session(member, created_at=NOON - DAY + MOMENT, lifetime=DAY)
    everything = (live, ended, ended_later, expired, expired_later)
    for session in everything:
        await sessions.add(session)
        await sessions.add_token(session.id.hex * 2, session)
    assert await sessions.forget_expired(NOON + month) == 2
    assert await sessions.forget_expired(NOON + month) == 0
    for session in everything:
        is_kept = await sessions.redeem(session.id.hex * 2, NOON - DAY) is not None
        assert is_kept is (session not in (ended, expired))
    rows = await fetch("SELECT digest FROM refresh_tokens")
    assert len(rows) == 3


async def test_in_the_end_every_session_has_been_looked_at(sessions: Sessions, member: UserId) -> None:
    for number in range(2 * LOOKED_AT + 10):
        is_past = number % 100 == 99
        await sessions.add(a_session(member, ended_at=NOON - 30 * DAY if is_past else None))
    assert sum([await sessions.forget_expired(NOON) for _ in range(3)]) == (2 * LOOKED_AT + 10) // 100
    await sessions.add(a_session(member, ended_at=NOON - 30 * DAY))
    assert sum([await sessions.forget_expired(NOON) for _ in range(3)]) == 1
