"""What every store of what links in letters carry must do."""

import asyncio
from datetime import timedelta

import pytest
from builders import NOON, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.letters import TortoiseEmailTokens
from lavka.application.ports.letters import EmailTokens, Holder
from lavka.domain.accounts import Email
from lavka.domain.letters import Purpose

LATER = NOON + timedelta(hours=2)
MOMENT = timedelta(microseconds=1)
MINE, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64
CONFIRM, RESET = Purpose.CONFIRM_EMAIL, Purpose.RESET_PASSWORD


class Broken(Exception):
    """Something went wrong after all."""


@pytest.fixture(params=[TortoiseEmailTokens])
def tokens(request: pytest.FixtureRequest, store: None) -> EmailTokens:
    return request.param()  # type: ignore[no-any-return]


async def a_holder(email: str = "мария+o'neil@пример.рф") -> Holder:
    user = a_user()
    await TortoiseUsers().add(user)
    return Holder(user.id, Email(email))


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_token_is_good_once_and_tells_whose_it_is(tokens: EmailTokens, purpose: Purpose) -> None:
    holder = await a_holder()
    await tokens.add(MINE, purpose, holder, LATER)
    assert await tokens.redeem(MINE, purpose, NOON) == holder
    assert await tokens.redeem(MINE, purpose, NOON) is None


async def test_looking_does_not_use_it_up(tokens: EmailTokens) -> None:
    holder = await a_holder()
    await tokens.add(MINE, RESET, holder, LATER)
    for _ in range(2):
        assert await tokens.find(MINE, RESET, NOON) == holder
    assert await tokens.redeem(MINE, RESET, NOON) == holder
    assert await tokens.find(MINE, RESET, NOON) is None


async def test_it_is_good_until_its_time_and_not_after(tokens: EmailTokens) -> None:
    holder = await a_holder()
    await tokens.add(MINE, RESET, holder, LATER)
    assert await tokens.find(MINE, RESET, LATER) is None
    assert await tokens.redeem(MINE, RESET, LATER) is None
    assert await tokens.redeem(MINE, RESET, LATER - MOMENT) == holder


async def test_it_is_good_for_its_purpose_alone(tokens: EmailTokens) -> None:
    holder = await a_holder()
    await tokens.add(MINE, CONFIRM, holder, LATER)
    assert await tokens.find(MINE, RESET, NOON) is None
    assert await tokens.redeem(MINE, RESET, NOON) is None
    assert await tokens.redeem(MINE, CONFIRM, NOON) == holder


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, OTHER, "' OR 1=1 --"])
async def test_any_other_is_nobodys(tokens: EmailTokens, digest: str) -> None:
    await tokens.add(MINE, RESET, await a_holder(), LATER)
    assert await tokens.find(digest, RESET, NOON) is None
    assert await tokens.redeem(digest, RESET, NOON) is None


async def test_one_uses_up_all_others_of_the_same_user_and_purpose(tokens: EmailTokens) -> None:
    holder, somebody = await a_holder(), await a_holder()
    await tokens.add(MINE, RESET, holder, LATER)
    await tokens.add(OTHER, RESET, holder, LATER)
    await tokens.add(THIRD, CONFIRM, holder, LATER)
    await tokens.add("d" * 64, RESET, somebody, LATER)
    assert await tokens.redeem(OTHER, RESET, NOON) == holder
    assert await tokens.redeem(MINE, RESET, NOON) is None
    assert await tokens.redeem(THIRD, CONFIRM, NOON) == holder
    assert await tokens.redeem("d" * 64, RESET, NOON) == somebody


async def test_of_ten_callers_at_once_one_wins(tokens: EmailTokens) -> None:
    holder = await a_holder()
    await tokens.add(MINE, RESET, holder, LATER)
    redeemed = await asyncio.gather(*(tokens.redeem(MINE, RESET, NOON) for _ in range(10)))
    assert [each for each in redeemed if each] == [holder]


async def test_of_two_links_followed_at_once_one_wins_and_neither_is_stuck(tokens: EmailTokens) -> None:
    for _ in range(10):
        holder = await a_holder()
        await tokens.add(MINE, RESET, holder, LATER)
        await tokens.add(OTHER, RESET, holder, LATER)

        async def follow(digest: str) -> Holder | None:
            async with transaction():
                redeemed = await tokens.redeem(digest, RESET, NOON)
                await asyncio.sleep(0.002)
            return redeemed

        followed = await asyncio.gather(follow(MINE), follow(OTHER), follow(OTHER), follow(MINE))
        assert [each for each in followed if each] == [holder]


async def test_what_is_rolled_back_did_not_happen(tokens: EmailTokens) -> None:
    holder = await a_holder()
    await tokens.add(MINE, RESET, holder, LATER)

    async def break_off() -> None:
        async with transaction():
            assert await tokens.redeem(MINE, RESET, NOON)
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    assert await tokens.redeem(MINE, RESET, NOON) == holder


async def test_what_is_too_late_is_forgotten_by_the_hundred(tokens: EmailTokens) -> None:
    holder = await a_holder()
    for number in range(101):
        await tokens.add(f"{number:064}", CONFIRM, holder, NOON)
    await tokens.add(MINE, CONFIRM, holder, NOON + MOMENT)
    assert [await tokens.forget_expired(NOON) for _ in range(3)] == [100, 1, 0]
    assert await tokens.redeem(MINE, CONFIRM, NOON) == holder


async def test_nothing_of_it_is_left_with_its_user(tokens: EmailTokens) -> None:
    await tokens.add(MINE, CONFIRM, await a_holder(), LATER)
    await fetch("DELETE FROM users")
    assert await tokens.redeem(MINE, CONFIRM, NOON) is None


@pytest.mark.postgres
async def test_who_looks_before_deleting_lets_more_than_one_in(tokens: EmailTokens) -> None:
    """The canary: it shows that callers at once are at once here."""
    await tokens.add(MINE, RESET, await a_holder(), LATER)

    async def naive() -> Holder | None:
        holder = await tokens.find(MINE, RESET, NOON)
        await asyncio.sleep(0.01)
        await fetch("DELETE FROM email_tokens WHERE digest = $1", [MINE])
        return holder

    assert len([each for each in await asyncio.gather(*(naive() for _ in range(10))) if each]) > 1
