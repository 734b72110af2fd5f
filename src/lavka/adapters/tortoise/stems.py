"""Stems of words, for databases that make none: PostgreSQL makes its own by the same algorithms."""

import re
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

_CYRILLIC = re.compile("[а-я]")
_RUSSIAN, _ENGLISH = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word: in Russian when it has a Cyrillic letter, in English otherwise."""
    return str((_RUSSIAN if _CYRILLIC.search(word) else _ENGLISH).stemWord(word))
