"""A shop that is open in a thread of its own, for processes without an event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from lavka.adapters.celery.household import Household
from lavka.domain.errors import Unavailable

PATIENCE = 5.0


class Opening:
    """Opens a shop that is called by a number, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.opened, self.closed = failures, 0, 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[int]:
        if self.failures:
            self.failures -= 1
            raise Unavailable
        self.opened += 1
        yield self.opened
        self.closed += 1


@pytest.fixture
def households() -> Iterator[list[Household[int]]]:
    """What is closed after the test."""
    made: list[Household[int]] = []
    yield made
    for household in made:
        household.close(PATIENCE)


async def tell(shop: int) -> tuple[int, str]:
    return shop, threading.current_thread().name


def test_all_is_done_in_one_shop_and_one_thread_until_it_is_closed() -> None:
    opening = Opening()
    household = Household(opening)
    assert opening.opened == 0
    assert [household.do(tell, PATIENCE) for _ in range(3)] == [(1, "shop")] * 3
    household.close(PATIENCE)
    assert (opening.opened, opening.closed) == (1, 1)


def test_one_that_could_not_be_opened_is_opened_by_the_next(households: list[Household[int]]) -> None:
    households.append(Household(Opening(failures=2)))
    for _ in range(2):
        with pytest.raises(Unavailable):
            households[0].do(tell, PATIENCE)
    assert households[0].do(tell, PATIENCE) == (1, "shop")


def test_what_takes_too_long_is_broken_off(households: list[Household[int]]) -> None:
    households.append(Household(Opening()))
    ended = threading.Event()

    async def dawdle(_: int) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        ended.set()

    with pytest.raises(TimeoutError):
        households[0].do(dawdle, 0.01)
    assert ended.wait(PATIENCE)
    assert households[0].do(tell, PATIENCE) == (1, "shop")
