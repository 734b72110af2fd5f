"""A search as the database understands it: the words of a query, their stems, and what was meant by them."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch
from lavka.adapters.tortoise.search_index import STEM
from lavka.adapters.tortoise.stems import stem
from lavka.domain.search import asked, corrected, is_correctable, unbroken_ends

NEAREST = 50
"""Known words, by their trigrams the nearest to one that is not known, of which the domain chooses."""
LAST = chr(0x10FFFF)
KNOWN = (
    f"EXISTS (SELECT 1 FROM search_words s WHERE s.word >= q.word AND s.word < q.word || '{LAST}') "
    "OR EXISTS (SELECT 1 FROM search_words s WHERE s.stem = q.stem)"
)
"""Whether some name has a word that begins like this, or another form of it."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a database writes that a field has a word; words are of letters and digits, so quotes hold them."""

    in_name: str
    stem_in_name: str
    starts_in_name: str
    anywhere: str
    starts_anywhere: str
    conjunction: str
    either: str


SPELLING = {
    "postgres": Spelling("'{}':A", "'{}':B", "'{}':*A", "'{}'", "'{}':*", " & ", " | "),
    "sqlite": Spelling(
        'name : "{}"', 'name_stems : "{}"', 'name : "{}" *', '"{}"', '"{}" *', " AND ", " OR "
    ),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query, its stem if it has one, and the known words, with theirs, that may be meant."""

    word: str
    stem: str | None = None
    meant: tuple[tuple[str, str], ...] = ()

    def written(self, how: Spelling) -> tuple[str, str, str, str, str]:
        """The conditions that a row has this word, from the best way of having it to any."""
        stems = [self.stem] if self.stem else []
        exact = [how.in_name.format(self.word)]
        forms = [*exact, *map(how.stem_in_name.format, stems)]
        starts = [*forms, how.starts_in_name.format(self.word)]
        slips = [
            spelt
            for word, root in self.meant
            for spelt in (how.in_name.format(word), how.stem_in_name.format(root))
        ]
        others = map(how.anywhere.format, [*stems, *(each for pair in self.meant for each in pair)])
        anything = [how.starts_anywhere.format(self.word), *others]
        joined = [how.either.join(ways) for ways in (exact, forms, starts, [*starts, *slips], anything)]
        return joined[0], joined[1], joined[2], joined[3], joined[4]


async def tiers(query: str) -> tuple[str, ...]:
    """Write a query as conditions in the database's own language, each of which includes the one before it.

    All words are in the name as they stand; in some form; as beginnings; put right; or anywhere, also in the
    description. None when the query has no words, since it finds nothing then.
    """
    terms = await _terms(asked(query))
    how = SPELLING[dialect()]
    written = [term.written(how) for term in terms]
    joined = [how.conjunction.join(f"({each})" for each in tier) for tier in zip(*written, strict=True)]
    return tuple(dict.fromkeys(joined))


async def _terms(words: Sequence[str]) -> list[Term]:
    if not words:
        return []
    looked_up = await _look_up(words)
    unknown = {word: root for word, root, known in looked_up if not known and is_correctable(word)}
    near = await _near(unknown) if unknown else {}
    return [Term(word, root, corrected(word, root or "", near.get(word, []))) for word, root, _ in looked_up]


async def _look_up(words: Sequence[str]) -> list[tuple[str, str | None, bool]]:
    """Give each word with its stem, and whether it is a known one, a beginning or a form of one."""
    if dialect() == POSTGRES:
        source = f"(SELECT word, {STEM} AS stem FROM unnest($1::text[]) AS asked (word))"
        rows = await fetch(f"SELECT q.word, q.stem, {KNOWN} AS known FROM {source} AS q", [list(words)])
    else:
        source = (
            "(SELECT json_extract(value, '$[0]') AS word, json_extract(value, '$[1]') AS stem "
            "FROM json_each($1))"
        )
        pairs = orjson.dumps([(word, stem(word)) for word in words]).decode()
        rows = await fetch(f"SELECT q.word, q.stem, {KNOWN} AS known FROM {source} AS q", [pairs])
    return [(row["word"], row["stem"], bool(row["known"])) for row in rows]


async def _near(unknown: dict[str, str | None]) -> dict[str, list[tuple[str, str]]]:
    """Find known words that look like these, with their stems."""
    if dialect() == POSTGRES:
        rows = await fetch(
            "SELECT q.word AS typed, near.word, near.stem FROM unnest($1::text[]) AS q (word) "
            "CROSS JOIN LATERAL (SELECT word, stem FROM search_words s "
            f"ORDER BY s.word <-> q.word LIMIT {NEAREST}) AS near",
            [list(unknown)],
        )
    else:
        ends = orjson.dumps([(word, *unbroken_ends(word)) for word in unknown]).decode()
        rows = await fetch(
            "SELECT q.word AS typed, s.word, s.stem FROM (SELECT json_extract(value, '$[0]') AS word, "
            "json_extract(value, '$[1]') AS head, json_extract(value, '$[2]') AS tail FROM json_each($1)) "
            "AS q JOIN search_words s ON abs(length(s.word) - length(q.word)) <= 2 "
            "AND (substr(s.word, 1, length(q.head)) = q.head OR substr(s.word, -length(q.tail)) = q.tail)",
            [ends],
        )
    near: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        near.setdefault(row["typed"], []).append((row["word"], row["stem"]))
    return near
