"""Signing in, staying signed in and signing out, by the clock and when something fails midway."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from builders import GOOD, a_user, hashing

from lavka.adapters.crypto import BcryptHashes
from lavka.adapters.tortoise.accounts import TortoiseAttempts, TortoiseUsers
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.application.ports.sessions import Access, Tokens
from lavka.application.shop import Shop
from lavka.domain.accounts import User, UserId, Username
from lavka.domain.errors import Invalid, InvalidCredentials, TooManyAttempts, Unauthorized, Unavailable
from lavka.domain.passwords import Password
from lavka.domain.sessions import Device, Session, SessionId

EMAIL = "maria@example.com"
DEVICE = Device("a program", "127.0.0.1")


class Broken(Exception):
    """Something that a port promised did not happen."""


@dataclass
class WatchedHashes:
    """Says what it is told to, notes what it was asked, and may do something meanwhile."""

    answer: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    meanwhile: Any = None

    async def make(self, password: Password) -> str:
        raise Unavailable

    async def verify(self, secret: str, hashed: str | None) -> bool:
        self.asked.append((secret, hashed))
        if self.meanwhile:
            await self.meanwhile()
        return self.answer and hashed is not None

    async def renew(self, secret: str, hashed: str) -> str:
        return hashed


class SlowHashes(WatchedHashes):
    """Something happens while the new password is hashed."""

    async def make(self, password: Password) -> str:
        await self.meanwhile()
        return "$2b$04$abcdefghijklmnopqrstuuJ8R1Z1aB0r5eS1hG3o9jK7mN5pQ3sT1u"

    async def verify(self, secret: str, hashed: str | None) -> bool:
        return True


class OverloadedHashes(WatchedHashes):
    """Sends everybody away."""

    async def verify(self, secret: str, hashed: str | None) -> bool:
        raise Unavailable


class ForgetfulSessions(TortoiseSessions):
    """Breaks when a token is to be kept."""

    async def add_token(self, digest: str, session: Session) -> None:
        raise Broken


class EndlessSessions(TortoiseSessions):
    """Breaks after ending, before the transaction is over."""

    async def end(
        self, user: UserId, now: datetime, *, only: SessionId | None = None, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        await super().end(user, now, only=only, but=but)
        raise Broken


@pytest.fixture
async def maria(shop: Shop) -> User:
    """A member whose password is the good one."""
    user = a_user(email=EMAIL, password_hash=await shop.joining.passwords.hash(Password(GOOD)))
    await TortoiseUsers().add(user)
    return user


async def sign_in(shop: Shop, password: str = GOOD, login: str = EMAIL) -> Tokens:
    return await shop.signing_in.log_in(login, password, DEVICE)


async def fail(shop: Shop, times: int) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await sign_in(shop, "Wrong-horse!")


async def test_after_ten_failures_the_account_opens_again_in_15_minutes(
    shop: Shop, maria: User, clock: Any
) -> None:
    await fail(shop, 10)
    clock.pass_(minutes=14, seconds=59)
    with pytest.raises(TooManyAttempts) as refusal:
        await sign_in(shop)
    assert refusal.value.retry_after == 1
    clock.pass_(seconds=1)
    assert (await sign_in(shop)).access_token


async def test_a_right_password_forgets_the_failures_before_it(shop: Shop, maria: User) -> None:
    for _ in range(3):
        await fail(shop, 9)
        await sign_in(shop)


async def test_an_unknown_login_is_counted_and_closed_like_a_known_one(shop: Shop) -> None:
    await fail(shop, 10)
    with pytest.raises(TooManyAttempts):
        await sign_in(shop)


async def test_a_closed_account_costs_no_hashing(shop: Shop, maria: User) -> None:
    await fail(shop, 10)
    hashes = WatchedHashes()
    with pytest.raises(TooManyAttempts):
        await hashing(shop.signing_in, hashes).log_in(EMAIL, GOOD, DEVICE)
    assert hashes.asked == []


async def test_a_right_guess_that_ten_wrong_ones_overtake_does_not_get_in(
    shop: Shop, maria: User, clock: Any
) -> None:
    async def ten_wrong_guesses() -> None:
        for _ in range(10):
            await TortoiseAttempts().fail(f"user {maria.id}", clock())

    overtaken = hashing(shop.signing_in, WatchedHashes(meanwhile=ten_wrong_guesses))
    with pytest.raises(TooManyAttempts):
        await overtaken.log_in(EMAIL, GOOD, DEVICE)
    assert await fetch("SELECT id FROM sessions") == []


async def test_failures_are_counted_by_account_whatever_it_is_called(shop: Shop, maria: User) -> None:
    async with TortoiseUsers().change(maria.id) as lent:
        lent.username = Username("maria")
    for login in [EMAIL, maria.phone.number, "maria", f" {EMAIL.upper()} "] * 2 + [EMAIL, "maria"]:
        with pytest.raises(InvalidCredentials):
            await sign_in(shop, "Wrong-horse!", login)
    for login in (EMAIL, maria.phone.number, "maria"):
        with pytest.raises(TooManyAttempts):
            await sign_in(shop, login=login)


async def test_a_password_that_is_replaced_while_it_is_compared_does_not_get_in(
    shop: Shop, maria: User
) -> None:
    async def change() -> None:
        access = await shop.sessions.recognise(here.access_token)
        await shop.membership.change_password(access, GOOD, Password("Another-horse!"))

    here = await sign_in(shop)
    overtaken = hashing(shop.signing_in, WatchedHashes(meanwhile=change))
    with pytest.raises(InvalidCredentials):
        await overtaken.log_in(EMAIL, GOOD, DEVICE)
    assert len(await fetch("SELECT id FROM sessions WHERE ended_at IS NULL")) == 1


async def test_an_account_that_is_blocked_while_its_password_is_compared_does_not_get_in(
    shop: Shop, maria: User
) -> None:
    async def block() -> None:
        async with TortoiseUsers().change(maria.id) as lent:
            lent.is_blocked = True

    overtaken = hashing(shop.signing_in, WatchedHashes(meanwhile=block))
    with pytest.raises(InvalidCredentials):
        await overtaken.log_in(EMAIL, GOOD, DEVICE)


async def test_signing_in_brings_an_old_hash_to_the_cost_of_today(shop: Shop, maria: User) -> None:
    today = BcryptHashes(5)
    await hashing(shop.signing_in, today).log_in(EMAIL, GOOD, DEVICE)
    renewed = (await TortoiseUsers().get(maria.id)).password_hash
    assert renewed.startswith("$2b$05$")
    await hashing(shop.signing_in, today).log_in(EMAIL, GOOD, DEVICE)
    assert (await TortoiseUsers().get(maria.id)).password_hash == renewed
    today.close()


async def test_a_password_is_compared_for_an_unknown_account_too(shop: Shop, maria: User) -> None:
    hashes = WatchedHashes()
    signing_in = hashing(shop.signing_in, hashes)
    await signing_in.log_in(EMAIL, GOOD, DEVICE)
    with pytest.raises(InvalidCredentials):
        await signing_in.log_in("nobody@example.com", GOOD, DEVICE)
    assert hashes.asked == [(GOOD, maria.password_hash), (GOOD, None)]


async def test_a_blocked_account_is_refused_like_a_wrong_password(shop: Shop, maria: User) -> None:
    async with TortoiseUsers().change(maria.id) as lent:
        lent.is_blocked = True
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await sign_in(shop)
    with pytest.raises(TooManyAttempts):
        await sign_in(shop)


async def test_being_sent_away_is_no_failed_guess(shop: Shop, maria: User) -> None:
    overloaded = hashing(shop.signing_in, OverloadedHashes())
    for _ in range(11):
        with pytest.raises(Unavailable):
            await overloaded.log_in(EMAIL, GOOD, DEVICE)
    assert (await sign_in(shop)).access_token


async def test_only_digests_of_refresh_tokens_are_kept(shop: Shop, maria: User) -> None:
    tokens = await sign_in(shop)
    (row,) = await fetch("SELECT * FROM refresh_tokens")
    assert tokens.refresh_token not in str(row)
    assert re.fullmatch(r"[0-9a-f]{64}", row["digest"])


async def test_tokens_never_show_themselves(shop: Shop, maria: User) -> None:
    tokens = await sign_in(shop)
    assert tokens.access_token not in repr(tokens)
    assert tokens.refresh_token not in repr(tokens)
    assert len(tokens.refresh_token) >= 43
    assert tokens.expires_in == 15 * 60


async def test_a_sign_in_that_breaks_midway_leaves_no_session(shop: Shop, maria: User) -> None:
    issuing = replace(shop.signing_in.issuing, sessions=ForgetfulSessions())
    with pytest.raises(Broken):
        await replace(shop.signing_in, issuing=issuing).log_in(EMAIL, GOOD, DEVICE)
    assert await fetch("SELECT id FROM sessions") == []


async def test_a_session_that_is_used_lives_on_and_one_that_is_not_expires(
    shop: Shop, maria: User, clock: Any
) -> None:
    used, unused = await sign_in(shop), await sign_in(shop)
    clock.pass_(days=29)
    used = await shop.sessions.refresh(used.refresh_token)
    clock.pass_(days=1)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(unused.refresh_token)
    clock.pass_(days=28)
    used = await shop.sessions.refresh(used.refresh_token)
    clock.pass_(days=30)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(used.refresh_token)


async def test_using_a_session_is_noted(shop: Shop, maria: User, clock: Any) -> None:
    tokens = await sign_in(shop)
    access = await shop.sessions.recognise(tokens.access_token)
    began = clock()
    clock.pass_(minutes=5)
    await shop.sessions.refresh(tokens.refresh_token)
    (session,) = await shop.sessions.signed_in(access)
    assert (session.created_at, session.last_used_at) == (began, clock())
    assert session.device == DEVICE


async def test_a_refresh_that_breaks_midway_leaves_the_token_good(shop: Shop, maria: User) -> None:
    tokens = await sign_in(shop)
    issuing = replace(shop.sessions.issuing, sessions=ForgetfulSessions())
    with pytest.raises(Broken):
        await replace(shop.sessions, issuing=issuing).refresh(tokens.refresh_token)
    assert (await shop.sessions.refresh(tokens.refresh_token)).refresh_token


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "ёж"])
async def test_an_unknown_refresh_token_is_refused(shop: Shop, token: str) -> None:
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(token)


async def test_ending_that_breaks_midway_revokes_nothing(shop: Shop, maria: User) -> None:
    tokens = await sign_in(shop)
    access = await shop.sessions.recognise(tokens.access_token)
    with pytest.raises(Broken):
        await replace(shop.sessions, sessions=EndlessSessions()).log_out(access)
    assert await shop.sessions.recognise(tokens.access_token) == access
    assert len(await shop.sessions.signed_in(access)) == 1


async def test_a_new_password_and_the_end_of_sessions_happen_together_or_not_at_all(
    shop: Shop, maria: User
) -> None:
    here, there = await sign_in(shop), await sign_in(shop)
    access = await shop.sessions.recognise(here.access_token)
    broken = replace(shop.membership, sessions=EndlessSessions())
    with pytest.raises(Broken):
        await broken.change_password(access, GOOD, Password("Another-horse!"))
    assert (await TortoiseUsers().get(maria.id)).password_hash == maria.password_hash
    assert await shop.sessions.recognise(there.access_token)


async def test_a_right_current_password_that_ten_wrong_ones_overtake_changes_nothing(
    shop: Shop, maria: User, clock: Any
) -> None:
    access = await shop.sessions.recognise((await sign_in(shop)).access_token)

    async def ten_wrong_guesses() -> None:
        for _ in range(10):
            await TortoiseAttempts().fail(f"user {maria.id}", clock())

    overtaken = hashing(shop.membership, WatchedHashes(meanwhile=ten_wrong_guesses))
    with pytest.raises(TooManyAttempts):
        await overtaken.change_password(access, GOOD, Password("Another-horse!"))


async def test_a_change_that_another_one_overtakes_changes_nothing(shop: Shop, maria: User) -> None:
    async def change_first() -> None:
        await shop.membership.change_password(owner, GOOD, Password("First-horse!"))

    owner, thief = [await shop.sessions.recognise((await sign_in(shop)).access_token) for _ in range(2)]
    late = hashing(shop.membership, SlowHashes(meanwhile=change_first))
    with pytest.raises(Unauthorized):
        await late.change_password(thief, GOOD, Password("Thieves-horse!"))
    assert (await sign_in(shop, "First-horse!")).access_token


async def test_a_password_that_was_replaced_while_a_new_one_was_hashed_is_wrong_now(
    shop: Shop, maria: User
) -> None:
    async def change_first() -> None:
        await shop.membership.change_password(access, GOOD, Password("First-horse!"))

    access = await shop.sessions.recognise((await sign_in(shop)).access_token)
    late = hashing(shop.membership, SlowHashes(meanwhile=change_first))
    with pytest.raises(Invalid):
        await late.change_password(access, GOOD, Password("Second-horse!"))
    assert (await sign_in(shop, "First-horse!")).access_token


async def test_guesses_by_both_ways_are_counted_together(shop: Shop, maria: User) -> None:
    access = await shop.sessions.recognise((await sign_in(shop)).access_token)
    await fail(shop, 5)
    for _ in range(5):
        with pytest.raises(Invalid):
            await shop.membership.change_password(access, "Wrong-horse!", Password("Another-horse!"))
    with pytest.raises(TooManyAttempts):
        await sign_in(shop)
    hashes = WatchedHashes()
    with pytest.raises(TooManyAttempts):
        await hashing(shop.membership, hashes).change_password(access, GOOD, Password("Another-horse!"))
    assert hashes.asked == []  # a closed account costs no work


async def test_a_right_current_password_forgets_the_failures_before_it(shop: Shop, maria: User) -> None:
    access = await shop.sessions.recognise((await sign_in(shop)).access_token)
    for new in ("Another-horse!", GOOD):
        await fail(shop, 9)
        old = GOOD if new != GOOD else "Another-horse!"
        await shop.membership.change_password(access, old, Password(new))
    assert (await sign_in(shop)).access_token


async def test_a_password_that_cannot_be_hashed_now_changes_nothing(shop: Shop, maria: User) -> None:
    here, there = await sign_in(shop), await sign_in(shop)
    access = await shop.sessions.recognise(here.access_token)
    with pytest.raises(Unavailable):
        await hashing(shop.membership, WatchedHashes()).change_password(
            access, GOOD, Password("Another-horse!")
        )
    assert await shop.sessions.recognise(there.access_token)
    assert (await sign_in(shop)).access_token


async def test_nobody_ends_or_sees_the_sessions_of_another(shop: Shop, maria: User) -> None:
    mine = await shop.sessions.recognise((await sign_in(shop)).access_token)
    stranger = a_user()
    await TortoiseUsers().add(stranger)
    foreign = Access(stranger.id, mine.session)
    await shop.sessions.log_out(foreign)
    await shop.sessions.log_out_everywhere(foreign)
    assert await shop.sessions.signed_in(foreign) == []
    assert [session.id for session in await shop.sessions.signed_in(mine)] == [mine.session]
