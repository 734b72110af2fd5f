"""Confirming an address, and coming back without the password."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import GOOD, a_user, hashing
from mailing import letters_to, text_of, token_of
from promised import all_is_done

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch
from lavka.application.accounts import Registration
from lavka.application.shop import Shop
from lavka.domain.accounts import Email, Language, User
from lavka.domain.errors import Conflict, InvalidCredentials, InvalidToken, TooManyAttempts, Unavailable
from lavka.domain.letters import LINK_LIVES
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.domain.sessions import Device

EMAIL = Email("maria@example.com")
FORM = Registration("Иванова Мария", EMAIL, Phone("+79110000000"), Password(GOOD), language=Language.ENGLISH)
NEW = Password("Battery-staple%")
DEVICE = Device("a program", "127.0.0.1")
NO_LINK = "q5JPVWmKX1rSE0fIh5pEZ3vXJm0xV0y8n7b8r2S1k3A"


class Broken(Exception):
    """Something went wrong after all."""


class BrokenOutbox:
    """Takes nothing."""

    async def put(self, tasks: object) -> None:
        raise Broken


class NoHashes:
    """Must not be asked."""

    async def make(self, password: Password) -> str:
        raise AssertionError


@pytest.fixture
async def maria(shop: Shop) -> User:
    """Somebody who has joined, and got the letter of that."""
    user = await shop.joining.register(FORM)
    await all_is_done(shop)
    return user


async def now_as(user: User) -> User:
    return await TortoiseUsers().get(user.id)


async def the_links(shop: Shop, number: int = 1) -> list[str]:
    """Ask for links to a new password, and take them out of the letters."""
    for _ in range(number):
        await shop.recovering.forgot(EMAIL)
    await all_is_done(shop)
    letters = await letters_to(EMAIL, 1 + number)
    return [token_of(letter) for letter in letters if "/reset-password" in text_of(letter)]


async def test_who_joins_gets_a_link_in_the_language_of_the_form(shop: Shop, maria: User) -> None:
    (letter,) = await letters_to(EMAIL)
    assert letter["Subject"] == "Confirm your e-mail address"
    assert letter["Content-Language"] == "en"
    assert maria.language is Language.ENGLISH
    assert not (await now_as(maria)).email_verified
    await shop.confirming.confirm(token_of(letter))
    assert (await now_as(maria)).email_verified


async def test_nobody_joins_without_the_letter_and_no_letter_goes_without_who_joins(
    shop: Shop, maria: User
) -> None:
    telling = replace(shop.joining.telling, outbox=BrokenOutbox())
    petya = replace(FORM, email=Email("petya@example.com"), phone=Phone("+79110000001"))
    with pytest.raises(Broken):
        await replace(shop.joining, telling=telling).register(petya)
    assert await TortoiseUsers().find("petya@example.com") is None
    with pytest.raises(Conflict):
        await shop.joining.register(FORM)
    assert await fetch("SELECT id FROM outbox") == []


async def test_a_link_confirms_once_and_in_time(shop: Shop, maria: User, clock: Any) -> None:
    (letter,) = await letters_to(EMAIL)
    clock.now += LINK_LIVES
    with pytest.raises(InvalidToken):
        await shop.confirming.confirm(token_of(letter))
    clock.now -= timedelta(microseconds=1)
    await shop.confirming.confirm(token_of(letter))
    for again in (shop.confirming.confirm, shop.confirming.check, shop.recovering.check):
        with pytest.raises(InvalidToken):
            await again(token_of(letter))


@pytest.mark.parametrize("token", ["", "a", NO_LINK, NO_LINK + "a", "ы" * 43, " " * 43, NO_LINK[:-1] + "\n"])
async def test_what_is_no_link_does_nothing_and_costs_no_hash(shop: Shop, maria: User, token: str) -> None:
    recovering = hashing(shop.recovering, NoHashes())  # type: ignore[arg-type]
    for refused in (
        shop.confirming.check(token),
        shop.confirming.confirm(token),
        recovering.check(token),
        recovering.reset(token, NEW),
    ):
        with pytest.raises(InvalidToken):
            await refused
    assert await now_as(maria) == maria


async def test_a_link_is_good_for_its_own_purpose(shop: Shop, maria: User) -> None:
    (confirm,) = await letters_to(EMAIL)
    with pytest.raises(InvalidToken):
        await shop.recovering.reset(token_of(confirm), NEW)
    (reset,) = await the_links(shop)
    with pytest.raises(InvalidToken):
        await shop.confirming.confirm(reset)
    assert await now_as(maria) == maria


async def test_a_new_password_ends_every_session_and_confirms_the_address(shop: Shop, maria: User) -> None:
    first, second = [await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE) for _ in range(2)]
    who = await shop.sessions.recognise(first.access_token)
    (token,) = await the_links(shop)
    await shop.recovering.reset(token, NEW)
    for tokens in (first, second):
        with pytest.raises(Exception, match="Unauthorized"):
            await shop.sessions.recognise(tokens.access_token)
        with pytest.raises(Exception, match="Unauthorized"):
            await shop.sessions.refresh(tokens.refresh_token)
    assert await shop.sessions.signed_in(who) == []
    assert (await now_as(maria)).email_verified
    with pytest.raises(InvalidCredentials):
        await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)
    assert await shop.signing_in.log_in("maria@example.com", NEW.secret, DEVICE)


async def test_a_new_password_is_told_by_a_letter(shop: Shop, maria: User) -> None:
    (token,) = await the_links(shop)
    await shop.recovering.reset(token, NEW)
    await all_is_done(shop)
    *_, letter = await letters_to(EMAIL, 3)
    assert letter["Subject"] == "Your password was changed"


async def test_a_changed_password_is_told_by_a_letter(shop: Shop, maria: User) -> None:
    tokens = await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)
    await shop.membership.change_password(await shop.sessions.recognise(tokens.access_token), GOOD, NEW)
    await all_is_done(shop)
    *_, letter = await letters_to(EMAIL, 2)
    assert letter["Subject"] == "Your password was changed"


async def test_failures_before_it_are_forgotten(shop: Shop, maria: User) -> None:
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await shop.signing_in.log_in("maria@example.com", "Wrong-horse!", DEVICE)
    with pytest.raises(TooManyAttempts):
        await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)
    (token,) = await the_links(shop)
    await shop.recovering.reset(token, NEW)
    assert await shop.signing_in.log_in("maria@example.com", NEW.secret, DEVICE)


async def test_one_link_uses_up_all_that_were_asked_for(shop: Shop, maria: User) -> None:
    first, second = await the_links(shop, 2)
    await shop.recovering.reset(first, NEW)
    for used in (first, second):
        with pytest.raises(InvalidToken):
            await shop.recovering.reset(used, Password(GOOD))
    assert await shop.signing_in.log_in("maria@example.com", NEW.secret, DEVICE)


async def test_of_many_at_once_one_sets_the_password(shop: Shop, maria: User) -> None:
    links = await the_links(shop, 2)
    tries = [shop.recovering.reset(links[nth % 2], Password(f"Battery-staple%{nth}")) for nth in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in outcomes if each] == [InvalidToken] * 7
    winner = outcomes.index(None)
    assert await shop.signing_in.log_in("maria@example.com", f"Battery-staple%{winner}", DEVICE)
    await all_is_done(shop)
    assert len(await letters_to(EMAIL, 4)) == 4


async def test_the_blocked_get_no_new_password(shop: Shop, maria: User) -> None:
    (token,) = await the_links(shop)
    async with TortoiseUsers().change(maria.id) as user:
        user.is_blocked = True
    before = await now_as(maria)
    with pytest.raises(InvalidToken):
        await shop.recovering.reset(token, NEW)
    assert await now_as(maria) == before


async def test_a_link_to_a_former_address_is_good_for_nothing(shop: Shop, maria: User) -> None:
    (confirm,) = await letters_to(EMAIL)
    (reset,) = await the_links(shop)
    async with TortoiseUsers().change(maria.id) as user:
        user.email = Email("another@example.com")
    before = await now_as(maria)
    with pytest.raises(InvalidToken):
        await shop.confirming.confirm(token_of(confirm))
    with pytest.raises(InvalidToken):
        await shop.recovering.reset(reset, NEW)
    assert await now_as(maria) == before


async def test_a_reset_that_breaks_off_leaves_no_trace(shop: Shop, maria: User) -> None:
    (token,) = await the_links(shop)
    asking = shop.recovering.asking
    breaking = replace(asking, telling=replace(asking.telling, outbox=BrokenOutbox()))
    tokens = await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)
    with pytest.raises(Broken):
        await replace(shop.recovering, asking=breaking).reset(token, NEW)
    assert await now_as(maria) == maria
    assert await shop.sessions.recognise(tokens.access_token)
    await shop.recovering.reset(token, NEW)


async def test_when_no_password_can_be_hashed_the_link_stays_good(shop: Shop, maria: User) -> None:
    class Overloaded(NoHashes):
        async def make(self, password: Password) -> str:
            raise Unavailable

    (token,) = await the_links(shop)
    with pytest.raises(Unavailable):
        await hashing(shop.recovering, Overloaded()).reset(token, NEW)  # type: ignore[arg-type]
    await shop.recovering.reset(token, NEW)


async def test_an_address_gets_so_many_letters_an_hour(shop: Shop, maria: User, clock: Any) -> None:
    for _ in range(4):
        await shop.recovering.forgot(EMAIL)
        await shop.confirming.resend(EMAIL)
    await shop.recovering.forgot(Email("other@example.com"))
    assert len(await fetch("SELECT id FROM outbox")) == 6
    clock.pass_(minutes=59)
    await shop.recovering.forgot(EMAIL)
    assert len(await fetch("SELECT id FROM outbox")) == 6
    clock.pass_(minutes=1)
    await shop.recovering.forgot(EMAIL)
    assert len(await fetch("SELECT id FROM outbox")) == 7


async def test_asking_at_once_gets_no_more(shop: Shop, maria: User) -> None:
    await asyncio.gather(*(shop.recovering.forgot(EMAIL) for _ in range(20)))
    assert len(await fetch("SELECT id FROM outbox")) <= 5


async def test_asking_does_not_shut_the_door_to_a_right_password(shop: Shop, maria: User) -> None:
    for _ in range(12):
        await shop.recovering.forgot(EMAIL)
    assert await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)


async def test_an_unknown_address_costs_the_same_statements(
    shop: Shop, maria: User, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = a_user(email="blocked@example.com", is_blocked=True)
    await TortoiseUsers().add(blocked)
    asked = []
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        for address in (EMAIL, Email("nobody@example.com"), blocked.email):
            for ask in (shop.recovering.forgot, shop.confirming.resend):
                caplog.clear()
                await ask(address)
                asked.append([record.getMessage().partition(":")[0] for record in caplog.records])
    assert all(asked)
    assert len({len(each) for each in asked}) == 1
    await all_is_done(shop)
    await letters_to("nobody@example.com", 0)
    await letters_to(EMAIL, 3)


async def test_a_confirmed_address_gets_no_other_link(shop: Shop, maria: User) -> None:
    (letter,) = await letters_to(EMAIL)
    await shop.confirming.confirm(token_of(letter))
    await shop.confirming.resend(EMAIL)
    await all_is_done(shop)
    await letters_to(EMAIL, 1)


async def test_what_has_had_its_time_is_cleared_up(shop: Shop, maria: User, clock: Any) -> None:
    tokens = await shop.signing_in.log_in("maria@example.com", GOOD, DEVICE)
    await shop.sessions.log_out(await shop.sessions.recognise(tokens.access_token))
    clock.pass_(days=29)
    while await shop.tidying.take_one():
        pass
    assert await fetch("SELECT * FROM email_tokens") == []
    assert len(await fetch("SELECT * FROM letters")) == 1
    assert len(await fetch("SELECT * FROM sessions")) == 1
    clock.pass_(days=1)
    assert await shop.tidying.take_one()
    for table in ("letters", "sessions", "refresh_tokens"):
        assert await fetch(f"SELECT * FROM {table}") == [], table
    assert not await shop.tidying.take_one()
