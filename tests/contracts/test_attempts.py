"""What every counter of failed guesses must do."""

import asyncio
from datetime import timedelta

import pytest
from builders import NOON

from lavka.adapters.tortoise.accounts import TortoiseAttempts
from lavka.adapters.tortoise.database import fetch
from lavka.application.ports.accounts import Attempts
from lavka.domain.errors import TooManyAttempts

WINDOW = timedelta(minutes=15)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(params=[TortoiseAttempts])
def attempts(request: pytest.FixtureRequest, store: None) -> Attempts:
    return request.param()  # type: ignore[no-any-return]


async def fail(attempts: Attempts, times: int, key: str = "masha") -> None:
    for _ in range(times):
        await attempts.fail(key, NOON)


async def test_who_never_failed_may_try(attempts: Attempts) -> None:
    await attempts.check("masha", NOON)


async def test_nine_failures_leave_a_try_and_ten_do_not(attempts: Attempts) -> None:
    await fail(attempts, 9)
    await attempts.check("masha", NOON)
    await fail(attempts, 1)
    with pytest.raises(TooManyAttempts):
        await attempts.check("masha", NOON)


async def test_the_eleventh_failure_is_one_too_many(attempts: Attempts) -> None:
    await fail(attempts, 10)
    with pytest.raises(TooManyAttempts):
        await attempts.fail("masha", NOON)


async def test_it_says_how_many_seconds_are_left(attempts: Attempts) -> None:
    await fail(attempts, 10)
    for later, left in [(timedelta(), 900), (timedelta(seconds=60.5), 840), (WINDOW - MOMENT, 1)]:
        with pytest.raises(TooManyAttempts) as refusal:
            await attempts.check("masha", NOON + later)
        assert refusal.value.retry_after == left


async def test_the_window_ends_15_minutes_after_the_first_failure(attempts: Attempts) -> None:
    await attempts.fail("masha", NOON)
    for _ in range(9):
        await attempts.fail("masha", NOON + timedelta(minutes=14, seconds=59.5))
    with pytest.raises(TooManyAttempts):
        await attempts.check("masha", NOON + WINDOW - MOMENT)
    await attempts.check("masha", NOON + WINDOW)


async def test_a_new_window_counts_from_one(attempts: Attempts) -> None:
    await fail(attempts, 10)
    later = NOON + WINDOW
    for _ in range(9):
        await attempts.fail("masha", later)
        await attempts.check("masha", later)
    await attempts.fail("masha", later)
    with pytest.raises(TooManyAttempts) as refusal:
        await attempts.check("masha", later)
    assert refusal.value.retry_after == 900


async def test_failures_while_it_is_closed_do_not_prolong_it(attempts: Attempts) -> None:
    await fail(attempts, 10)
    with pytest.raises(TooManyAttempts):
        await attempts.fail("masha", NOON + WINDOW / 2)
    await attempts.check("masha", NOON + WINDOW)


async def test_a_right_guess_starts_anew(attempts: Attempts) -> None:
    await fail(attempts, 9)
    await attempts.forget("masha")
    await fail(attempts, 9)
    await attempts.check("masha", NOON)


async def test_each_account_is_counted_by_itself(attempts: Attempts) -> None:
    await fail(attempts, 10)
    await fail(attempts, 3, "petya")
    await attempts.check("petya", NOON)
    await attempts.forget("petya")
    with pytest.raises(TooManyAttempts):
        await attempts.check("masha", NOON)


async def test_failures_at_the_same_time_are_all_counted(attempts: Attempts) -> None:
    await asyncio.gather(*(attempts.fail("masha", NOON) for _ in range(10)))
    with pytest.raises(TooManyAttempts):
        await attempts.check("masha", NOON)


async def test_another_process_counts_on(attempts: Attempts) -> None:
    await fail(attempts, 10)
    with pytest.raises(TooManyAttempts):
        await type(attempts)().check("masha", NOON)


async def test_a_key_of_any_length_and_letters_is_counted_and_kept_as_a_hash_only(attempts: Attempts) -> None:
    key = "login мария@пример.рф " + "x" * 10_000
    await fail(attempts, 10, key)
    with pytest.raises(TooManyAttempts):
        await attempts.check(key, NOON)
    (row,) = await fetch("SELECT * FROM login_attempts")
    assert "мария" not in str(row)
    assert len(row["key"]) == 64
