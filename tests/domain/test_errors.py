"""The tree of refusals."""

import re
from collections.abc import Iterator

import pytest

from lavka.domain.errors import (
    Detail,
    Invalid,
    OutOfStock,
    PriceChanged,
    ShopError,
    TooManyAttempts,
    Unauthorized,
    Unavailable,
)


def kinds(root: type[ShopError] = ShopError) -> Iterator[type[ShopError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


ALL = [kind for kind in kinds() if kind.__module__.startswith("lavka.domain.errors")]
LEAVES = [kind for kind in ALL if not kind.__subclasses__()]
EXACT = {Unauthorized: "Unauthorized"}
"""Requirement 1.5 says this answer letter by letter."""


def test_the_tree_has_its_branches() -> None:
    assert {"invalid", "conflict", "emailtaken", "unavailable"} <= {kind.__name__.lower() for kind in ALL}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_slug_and_a_sentence_of_its_own(kind: type[ShopError]) -> None:
    assert {"type", "message"} <= vars(kind).keys()
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.type)
    assert kind.message == EXACT.get(kind) or re.fullmatch(r"[A-Z][^\n]*\.", kind.message)


def test_no_two_refusals_share_a_slug_or_a_message() -> None:
    assert len({kind.type for kind in ALL}) == len({kind.message for kind in ALL}) == len(ALL)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_a_refusal_shows_its_message(kind: type[ShopError]) -> None:
    parameters = {Invalid: [()], OutOfStock: [()], PriceChanged: [()], TooManyAttempts: [30]}.get(kind, [])
    assert str(kind(*parameters)) == kind.message


def test_an_invalid_request_lists_everything_that_is_wrong() -> None:
    details = [Detail("email", "Write one."), Detail("phone", "Write one.")]
    assert Invalid(details).details == tuple(details)


def test_what_passes_says_how_long_to_wait() -> None:
    assert TooManyAttempts(30).retry_after == 30
    assert Unavailable().retry_after == 2
    assert Unavailable(5).retry_after == 5
