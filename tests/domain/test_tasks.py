"""How long what failed waits before it is tried again."""

from datetime import timedelta

import pytest

from lavka.domain.tasks import FIRST_DELAY, LONGEST_DELAY, Kind, Queue, delay


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 2), (1, 4), (2, 8), (10, 2048), (11, 3600), (10**6, 3600)]
)
def test_each_failure_doubles_the_delay_up_to_an_hour(tries: int, seconds: int) -> None:
    assert delay(tries, 0.5) == timedelta(seconds=seconds)


def test_chance_spreads_it_from_half_to_one_and_a_half() -> None:
    assert delay(0, 0.0) == FIRST_DELAY / 2
    assert delay(99, 1.0) == LONGEST_DELAY * 1.5


@pytest.mark.parametrize("kind", Kind)
def test_letters_and_payments_do_not_wait_for_each_other(kind: Kind) -> None:
    assert kind.queue is (Queue.LETTERS if "letter" in kind.value else Queue.PAYMENTS)
