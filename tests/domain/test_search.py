"""Words, and which of them are one typing error apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.search import (
    LONGEST_WORD,
    MOST_WORDS,
    asked,
    corrected,
    is_correctable,
    is_one_slip,
    unbroken_ends,
    words,
)

FEW_LETTERS = st.text("абв", max_size=6)


def distance(one: str, other: str) -> int:
    """The Damerau-Levenshtein distance in which no part is edited twice, as it is defined, slowly."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        distance(one[:-1], other) + 1,
        distance(one, other[:-1]) + 1,
        distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1:
        ways.append(distance(one[:-2], other[:-2]) + 1)
    return min(ways)


@given(FEW_LETTERS, FEW_LETTERS)
def test_one_slip_is_a_distance_of_one_at_most(one: str, other: str) -> None:
    assert is_one_slip(one, other) == (distance(one, other) <= 1)


@pytest.mark.parametrize(
    ("typed", "meant", "is_one"),
    [
        ("шуба", "шуба", True),
        ("шуба", "шубка", True),
        ("шубка", "шуба", True),
        ("шуюа", "шуба", True),
        ("лапма", "лампа", True),
        ("алмпа", "лампа", True),
        ("лампаа", "лампа", True),
        ("лапам", "лампа", False),
        ("чайник", "чайничек", False),
        ("", "а", True),
        ("", "аб", False),
        ("аб", "ба", True),
        ("абв", "ваб", False),
    ],
)
def test_a_slip_is_a_letter_more_less_or_another_or_two_that_changed_places(
    typed: str, meant: str, is_one: bool
) -> None:
    assert is_one_slip(typed, meant) is is_one


@given(st.text("абв", min_size=4, max_size=7), st.text("абв", min_size=3, max_size=8))
def test_whatever_is_one_slip_away_keeps_an_end(typed: str, meant: str) -> None:
    head, tail = unbroken_ends(typed)
    assert head
    assert tail
    if is_one_slip(typed, meant):
        assert meant.startswith(head) or meant.endswith(tail)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Чайник «Заря» 1,7 л", ("чайник", "заря", "1", "7", "л")),
        ("ЁЛКА", ("елка",)),
        ("a_b-c'd", ("a", "b", "c", "d")),
        ("№ 5", ("no", "5")),
        ("STRASSE straße", ("strasse",)),
        ("один один", ("один",)),
        ("%%% _ !", ()),
        ("", ()),
    ],
)
def test_words_are_of_letters_and_digits_folded_and_each_once(text: str, split: tuple[str, ...]) -> None:
    assert words(text) == split


def test_of_a_query_the_first_words_are_looked_at() -> None:
    numbers = [f"слово{number}" for number in range(MOST_WORDS + 5)]
    assert asked(" ".join(numbers)) == tuple(numbers[:MOST_WORDS])
    assert [len(word) for word in asked("ы" * 5000)] == [LONGEST_WORD]


@pytest.mark.parametrize(
    ("word", "may"), [("шуба", True), ("чай", False), ("1234", False), ("mp3x", False), ("лампа", True)]
)
def test_short_words_and_numbers_are_not_put_right(word: str, may: bool) -> None:
    assert is_correctable(word) is may


def test_a_word_is_put_right_by_itself_or_by_its_stem() -> None:
    known = [("чайник", "чайник"), ("лампа", "ламп"), ("шуба", "шуб"), ("кофта", "кофт")]
    assert corrected("чайнеки", "чайнек", known) == (("чайник", "чайник"),)
    assert corrected("лапма", "лапм", known) == (("лампа", "ламп"),)
    assert corrected("шуюа", "шую", known) == (("шуба", "шуб"),)
    assert corrected("стол", "стол", known) == ()
