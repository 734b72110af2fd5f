"""What searching reads, kept beside products: the words of their names, and on SQLite a full-text index.

On PostgreSQL the index is a generated column, so there only the words are kept.
"""

from collections.abc import Collection, Iterable
from typing import Any

from lavka.adapters.tortoise.database import POSTGRES, database, dialect, execute, fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.stems import stem
from lavka.domain.catalog import ProductId
from lavka.domain.search import is_correctable, words

LONGEST_KNOWN = 64
"""Letters of a word that is kept for typing errors."""
BATCH = 1000
STEM = """(ts_lexize((CASE WHEN word ~ '[а-я]' THEN 'russian_stem' ELSE 'english_stem' END)::regdictionary,
    word))[1]"""
"""The stem of `word` as PostgreSQL's own dictionaries have it; null of a stop word."""


async def keep_search(products: Collection[ProductId]) -> None:
    """Bring what searching reads of these products up to date, after their names or descriptions changed.

    Words are added in their order. Who calls it several times in a transaction must be alone in that, as
    imports are: of two that add the same new words in other batches each would wait for the other.
    """
    if dialect() == POSTGRES:
        await execute(
            f"INSERT INTO search_words (word, stem) SELECT word, COALESCE({STEM}, word) FROM ("
            "SELECT DISTINCT unnest(regexp_split_to_array(name_folded, '[^[:alnum:]]+')) AS word "
            f"FROM products WHERE {among('id', 1)}) AS named "
            f"WHERE word ~ '^[[:alpha:]]{{4,{LONGEST_KNOWN}}}$' "
            "AND NOT EXISTS (SELECT 1 FROM search_words s WHERE s.word = named.word) "
            "ORDER BY word ON CONFLICT DO NOTHING",
            [sorted_ids(products)],
        )
        return
    rows = await _numbered(sorted_ids(products))
    await database().execute_many(
        "INSERT OR REPLACE INTO product_search (rowid, name, name_stems, description, description_stems) "
        "VALUES (?, ?, ?, ?, ?)",
        [[row["number"], *_told(row["name"]), *_told(row["description"])] for row in rows],
    )
    known = {word for row in rows for word in words(row["name"]) if is_correctable(word)}
    await database().execute_many(
        "INSERT OR IGNORE INTO search_words (word, stem) VALUES (?, ?)",
        [[word, stem(word)] for word in sorted(known) if len(word) <= LONGEST_KNOWN],
    )


async def index_what_is_not() -> None:
    """On SQLite, index the products of a database that had no index yet."""
    if dialect() == POSTGRES:
        return
    missing = "SELECT id FROM products WHERE id NOT IN (SELECT product_id FROM search_rows)"
    while found := await fetch(f"{missing} LIMIT {BATCH}"):
        await keep_search([row["id"] for row in found])


async def _numbered(ids: str) -> list[dict[str, Any]]:
    """Give each product its row of the index, and read what is indexed."""
    await execute(
        f"INSERT INTO search_rows (product_id) SELECT id FROM products WHERE {among('id', 1)} "
        "ON CONFLICT DO NOTHING",
        [ids],
    )
    return await fetch(
        "SELECT r.id AS number, p.name_folded AS name, p.description FROM search_rows r "
        f"JOIN products p ON p.id = r.product_id WHERE {among('r.product_id', 1)}",
        [ids],
    )


def _told(text: str) -> Iterable[str]:
    """The words of a text, and their stems."""
    told = words(text)
    return " ".join(told), " ".join(map(stem, told))
