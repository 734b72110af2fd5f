"""Idempotency keys: whose they are, what they answer, how long they live."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from builders import NOON, a_user
from overlapping import Overlap

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch, transaction
from lavka.adapters.tortoise.keys import LIFE, TortoiseKeys
from lavka.application.ports.orders import KeptAnswer, Keys
from lavka.domain.accounts import UserId
from lavka.domain.errors import IdempotencyKeyInUse, IdempotencyKeyReused

ONE, OTHER = "1" * 64, "2" * 64
"""Digests of two requests."""


class Broken(Exception):
    """What ends a request halfway."""


@pytest.fixture(params=[TortoiseKeys])
def keys(request: pytest.FixtureRequest, store: None) -> Keys:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def maria(store: None) -> UserId:
    return await somebody()


async def somebody() -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


async def answered(
    keys: Keys, user: UserId, key: str = "k", answer: str = "first", digest: str = ONE
) -> None:
    """Let a request come and be answered."""
    async with transaction():
        assert await keys.claim(user, key, digest, NOON) is None
        await keys.keep(user, KeptAnswer(key, digest, answer), NOON)


async def test_the_same_request_again_gets_the_first_answer(keys: Keys, maria: UserId) -> None:
    await answered(keys, maria)
    async with transaction():
        assert await keys.claim(maria, "k", ONE, NOON) == "first"


async def test_a_request_that_may_still_be_running_has_no_answer_yet(keys: Keys, maria: UserId) -> None:
    soon = NOON + timedelta(seconds=7)
    async with transaction():
        await keys.claim(maria, "k", ONE, NOON)
        await keys.keep(maria, KeptAnswer("k", ONE, "first", soon), NOON)
    async with transaction():
        with pytest.raises(IdempotencyKeyInUse):
            await keys.claim(maria, "k", ONE, soon - timedelta(milliseconds=1))
    async with transaction():
        with pytest.raises(IdempotencyKeyReused):
            await keys.claim(maria, "k", OTHER, NOON)
    async with transaction():  # whoever was at it was killed
        assert await keys.claim(maria, "k", ONE, soon) == "first"


async def test_what_a_request_is_answered_in_the_end_is_kept(keys: Keys, maria: UserId) -> None:
    async with transaction():
        await keys.claim(maria, "k", ONE, NOON)
        await keys.keep(maria, KeptAnswer("k", ONE, "first", NOON + timedelta(seconds=7)), NOON)
    await keys.amend(maria, "k", "last")
    async with transaction():
        assert await keys.claim(maria, "k", ONE, NOON) == "last"


async def test_another_request_with_the_same_key_is_refused(keys: Keys, maria: UserId) -> None:
    await answered(keys, maria)
    async with transaction():
        with pytest.raises(IdempotencyKeyReused):
            await keys.claim(maria, "k", OTHER, NOON)


async def test_keys_are_each_users_own(keys: Keys, maria: UserId) -> None:
    await answered(keys, maria)
    await answered(keys, await somebody(), answer="another's", digest=OTHER)
    await answered(keys, maria, key="K", digest=OTHER)


async def test_a_request_that_failed_leaves_its_key_free(keys: Keys, maria: UserId) -> None:
    async def breaks_off() -> None:
        async with transaction():
            await keys.claim(maria, "k", ONE, NOON)
            await keys.keep(maria, KeptAnswer("k", ONE, "lost"), NOON)
            raise Broken

    with pytest.raises(Broken):
        await breaks_off()
    await answered(keys, maria, digest=OTHER)


@pytest.mark.parametrize(("age", "is_kept"), [(LIFE - timedelta(seconds=1), True), (LIFE, False)])
async def test_a_key_lives_for_a_day_and_may_then_be_used_anew(
    keys: Keys, maria: UserId, age: timedelta, is_kept: bool
) -> None:
    await answered(keys, maria)
    async with transaction():
        assert await keys.claim(maria, "k", ONE, NOON + age) == ("first" if is_kept else None)
        if not is_kept:
            await keys.keep(maria, KeptAnswer("k", OTHER, "second"), NOON + age)
    async with transaction():
        now = ("first", ONE) if is_kept else ("second", OTHER)
        assert (await keys.claim(maria, "k", now[1], NOON + age), now[1]) == now


async def test_an_answer_is_never_written_over(keys: Keys, maria: UserId) -> None:
    await answered(keys, maria)
    with pytest.raises(IdempotencyKeyInUse):
        async with transaction():
            await keys.keep(maria, KeptAnswer("k", ONE, "second"), NOON)
    async with transaction():
        assert await keys.claim(maria, "k", ONE, NOON) == "first"


async def test_old_keys_are_forgotten_and_young_ones_are_not(keys: Keys, maria: UserId) -> None:
    await answered(keys, maria, key="old")
    later = NOON + timedelta(hours=1)
    async with transaction():
        await keys.keep(maria, KeptAnswer("young", ONE, "first"), later)
    assert await keys.forget_old(NOON + LIFE) == 1
    assert await keys.forget_old(NOON + LIFE) == 0
    assert [row["key"] for row in await fetch("SELECT key FROM idempotency_keys")] == ["young"]


async def test_of_twins_in_flight_one_is_answered_by_the_other_or_told_to_wait(
    keys: Keys, maria: UserId
) -> None:
    """PostgreSQL refuses the second at once; on SQLite, whose transactions wait, it gets the answer."""
    is_claimed, orders = asyncio.Event(), 0

    async def ask() -> str | None:
        nonlocal orders
        async with transaction():
            kept = await keys.claim(maria, "k", ONE, NOON)
            if kept is None:
                orders += 1
                is_claimed.set()
                await asyncio.sleep(0.2)
                await keys.keep(maria, KeptAnswer("k", ONE, "first"), NOON)
            return kept

    first = asyncio.create_task(ask())
    await is_claimed.wait()
    if dialect() == POSTGRES:
        with pytest.raises(IdempotencyKeyInUse):
            await ask()
    else:
        assert await ask() == "first"
    assert await first is None
    assert orders == 1


@pytest.fixture
async def many(keys: Keys, maria: UserId) -> AsyncIterator[list[str]]:
    """So many keys that forgetting them takes several rounds."""
    names = [f"{number}" for number in range(1200)]
    async with transaction():
        for name in names:
            await keys.keep(maria, KeptAnswer(name, ONE, "first"), NOON)
    return names


async def test_forgetting_goes_by_the_batch(keys: Keys, many: list[str]) -> None:
    counts = [await keys.forget_old(NOON + LIFE) for _ in range(3)]
    assert counts == [1000, len(many) - 1000, 0]


@pytest.mark.postgres
async def test_a_key_that_is_used_anew_while_old_ones_are_forgotten_is_kept(
    keys: Keys, maria: UserId, overlap: Overlap
) -> None:
    await answered(keys, maria)
    day_after = NOON + LIFE

    async def use_anew() -> None:
        await keys.claim(maria, "k", ONE, day_after)
        await keys.keep(maria, KeptAnswer("k", ONE, "second"), day_after)

    await overlap(use_anew, lambda: keys.forget_old(day_after))
    async with transaction():
        assert await keys.claim(maria, "k", ONE, day_after) == "second"
