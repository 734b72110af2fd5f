"""Money: whole minor units, exact whatever one writes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.money import MOST, ZERO, Money

HALF = MOST // 2
amounts = st.integers(-HALF, HALF).map(Money)
small = st.integers(-(10**6), 10**6)


@given(st.integers(-MOST, MOST))
def test_roubles_and_kopecks_are_read_back_as_written(minor: int) -> None:
    assert Money.from_major(str(Money(minor))) == Money(minor)


@given(st.integers(-(10**15), 10**15))
def test_whole_roubles_are_a_hundred_kopecks_each(roubles: int) -> None:
    assert Money.from_major(roubles).minor == roubles * 100


@given(st.decimals("-1e15", "1e15", places=2))
def test_a_decimal_with_two_places_is_exact(amount: Decimal) -> None:
    assert Decimal(Money.from_major(amount).minor) == amount.scaleb(2)


@given(st.integers(-(10**12), 10**12), st.integers(1, 9), st.integers(3, 40))
def test_anything_finer_than_a_kopeck_is_refused_however_fine(roubles: int, digit: int, places: int) -> None:
    with pytest.raises(ValueError, match="two decimals"):
        Money.from_major(f"{roubles}.{'0' * (places - 1)}{digit}")


@pytest.mark.parametrize("zeros", ["1990", "1990.0", "1990.00", "1990.000000"])
def test_trailing_zeros_change_nothing(zeros: str) -> None:
    assert Money.from_major(zeros) == Money(199_000)


@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1e999999999999", "about ten", ""]
)
def test_what_is_no_amount_is_a_value_error(amount: str) -> None:
    with pytest.raises(ValueError, match=r"^An amount|^This amount"):
        Money.from_major(amount)


@pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.08", 10**30])
def test_more_than_a_column_holds_is_refused(amount: str | int) -> None:
    with pytest.raises(ValueError, match="larger"):
        Money.from_major(amount)


def test_the_largest_amount_is_what_a_bigint_holds() -> None:
    assert Money.from_major("92233720368547758.07") == Money(2**63 - 1)
    with pytest.raises(ValueError, match="larger"):
        Money(MOST) + Money(1)


@pytest.mark.parametrize("minor", [1.0, True, False, Decimal(1), "1", None])
def test_only_a_whole_number_makes_money(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", [1.5, 0.1, 2.0, True])
def test_roubles_are_never_a_float_or_a_truth_value(amount: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Money.from_major(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("times", [1.5, 2.0, Decimal(2), "2"])
def test_money_is_multiplied_by_whole_numbers_only(times: object) -> None:
    with pytest.raises(TypeError):
        Money(100) * times  # type: ignore[operator]


@given(amounts, amounts)
def test_adding_is_the_same_both_ways_and_subtracting_undoes_it(one: Money, other: Money) -> None:
    assert one + other == other + one == Money(one.minor + other.minor)
    assert one + other - other == one
    assert one - one == ZERO
    assert one + ZERO == one


@given(small.map(Money), st.integers(0, 30))
def test_multiplying_is_adding_so_many_times(one: Money, times: int) -> None:
    assert one * times == sum([one] * times, ZERO)


@given(small.map(Money), small.map(Money), st.integers(-1000, 1000))
def test_multiplying_spreads_over_adding(one: Money, other: Money, times: int) -> None:
    assert (one + other) * times == one * times + other * times


@given(small, small)
def test_amounts_are_ordered_as_their_minor_units(one: int, other: int) -> None:
    assert (Money(one) < Money(other)) == (one < other)
    assert (Money(one) <= Money(other)) == (one <= other)


@pytest.mark.parametrize(
    ("minor", "written"),
    [(199_000, "1990.00"), (5, "0.05"), (-5, "-0.05"), (-199_050, "-1990.50"), (0, "0.00"), (100, "1.00")],
)
def test_it_is_written_in_roubles_with_two_decimals(minor: int, written: str) -> None:
    assert str(Money(minor)) == written
