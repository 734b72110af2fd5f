"""Searching by words: what a word is, and which ones differ by a typing error alone."""

import re
from collections.abc import Iterable

from lavka.domain.catalog import fold

MOST_WORDS = 10
"""Words of a query that are looked at."""
LONGEST_WORD = 255
SHORTEST_CORRECTED = 4
"""Letters: a shorter word with an error is too often another word."""

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """Split text into words of letters and digits, folded, each once, in their order."""
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(fold(text))))


def asked(query: str) -> tuple[str, ...]:
    """The words of a query that are looked at; none when it has no letter or digit."""
    return words(query)[:MOST_WORDS]


def is_correctable(word: str) -> bool:
    """Whether a typing error in it may be put right: it is of letters, and long enough."""
    return len(word) >= SHORTEST_CORRECTED and word.isalpha()


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter more, less, another, or two that changed places make one word of the other.

    It is so for equal words too (Damerau-Levenshtein distance of at most 1).
    """
    if abs(len(typed) - len(meant)) > 1:
        return False
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    left, right = typed[same:], meant[same:]
    if len(left) != len(right):
        return left[1:] == right or left == right[1:]
    swapped = left[1::-1] + left[2:]
    return left[1:] == right[1:] or swapped == right


def unbroken_ends(word: str) -> tuple[str, str]:
    """Its beginning and its end, of which every word that is one slip away keeps at least one."""
    middle = len(word) // 2
    return word[: max(middle - 1, 1)], word[middle + 1 :]


def corrected(word: str, stem: str, known: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Choose, of known words and their stems, those that the word or its stem is one slip away from."""
    return tuple(
        (meant, root)
        for meant, root in sorted(known)
        if is_one_slip(word, meant) or (is_correctable(stem) and is_one_slip(stem, root))
    )
