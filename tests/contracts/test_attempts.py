"""What every counter of failed guesses must do."""

import asyncio
from datetime import datetime, timedelta

import pytest
from builders import NOON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavka.adapters.tortoise.accounts import LONGEST_WINDOW, TortoiseAttempts
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


async def test_a_failure_counts_for_15_minutes_whatever_else_happened(attempts: Attempts) -> None:
    await attempts.fail("masha", NOON)
    late = NOON + timedelta(minutes=14)
    for _ in range(9):
        await attempts.fail("masha", late)
    with pytest.raises(TooManyAttempts):
        await attempts.check("masha", NOON + WINDOW - MOMENT)
    await attempts.check("masha", NOON + WINDOW)  # the first is out, and nine are left
    await attempts.fail("masha", NOON + WINDOW)
    with pytest.raises(TooManyAttempts) as refusal:
        await attempts.check("masha", NOON + WINDOW)
    assert refusal.value.retry_after == 14 * 60


@given(st.lists(st.integers(0, 40 * 60), max_size=30).map(sorted))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_15_minutes_ever_see_more_than_ten_guesses(attempts: Attempts, seconds: list[int]) -> None:
    await attempts.forget("masha")
    guesses: list[datetime] = []
    for moment in (NOON + timedelta(seconds=second) for second in seconds):
        seen = sum(moment - WINDOW < guess for guess in guesses)
        try:
            await attempts.check("masha", moment)
        except TooManyAttempts:
            assert seen == 10
        else:
            assert seen < 10
            await attempts.fail("masha", moment)
            guesses.append(moment)


async def test_what_no_window_holds_is_deleted(attempts: Attempts) -> None:
    for number in range(5):
        await attempts.fail(f"stranger {number}", NOON)
    await attempts.fail("masha", NOON + LONGEST_WINDOW - MOMENT)
    assert len(await fetch("SELECT id FROM login_failures")) == 6
    await attempts.fail("masha", NOON + LONGEST_WINDOW)
    assert len(await fetch("SELECT id FROM login_failures")) == 2


async def test_counters_with_other_windows_leave_each_others_alone(attempts: Attempts) -> None:
    hourly = type(attempts)(most=2, window=timedelta(hours=1))  # type: ignore[call-arg]
    for _ in range(2):
        await hourly.fail("letters", NOON)
    await attempts.fail("masha", NOON + WINDOW)
    with pytest.raises(TooManyAttempts):
        await hourly.check("letters", NOON + timedelta(minutes=59))


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
    rows = await fetch("SELECT * FROM login_failures")
    assert "мария" not in str(rows)
    assert {len(row["key"]) for row in rows} == {64}
