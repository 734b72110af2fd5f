"""What whoever remembers which letters have gone must do."""

import asyncio
from datetime import timedelta

import pytest
from builders import NOON

from lavka.adapters.tortoise.letters import TortoiseSentLetters
from lavka.application.ports.letters import SentLetters
from lavka.bootstrap import new_id
from lavka.domain.tasks import TaskId

MONTH = timedelta(days=30)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(params=[TortoiseSentLetters])
def sent_letters(request: pytest.FixtureRequest, store: None) -> SentLetters:
    return request.param()  # type: ignore[no-any-return]


def a_letter() -> TaskId:
    return TaskId(new_id())


async def test_a_new_letter_has_not_gone_before(sent_letters: SentLetters) -> None:
    assert await sent_letters.begin(a_letter(), NOON) is False
    assert await sent_letters.begin(a_letter(), NOON) is False


async def test_one_that_was_begun_may_have_gone(sent_letters: SentLetters) -> None:
    letter = a_letter()
    await sent_letters.begin(letter, NOON)
    for _ in range(2):
        assert await sent_letters.begin(letter, NOON) is True


async def test_one_that_was_sent_goes_no_more(sent_letters: SentLetters) -> None:
    letter = a_letter()
    await sent_letters.begin(letter, NOON)
    await sent_letters.sent(letter, NOON)
    for _ in range(2):
        assert await sent_letters.begin(letter, NOON) is None


async def test_of_many_who_begin_at_once_one_is_the_first(sent_letters: SentLetters) -> None:
    letter = a_letter()
    begun = await asyncio.gather(*(sent_letters.begin(letter, NOON) for _ in range(10)))
    assert sorted(map(bool, begun)) == [False] + [True] * 9
    assert None not in begun


async def test_what_is_a_month_old_is_forgotten_by_the_hundred(sent_letters: SentLetters) -> None:
    letters = [a_letter() for _ in range(102)]
    for letter in letters[:101]:
        await sent_letters.begin(letter, NOON)
    await sent_letters.begin(letters[101], NOON + MOMENT)
    assert [await sent_letters.forget_old(NOON + MONTH) for _ in range(3)] == [100, 1, 0]
    assert await sent_letters.begin(letters[101], NOON) is True
