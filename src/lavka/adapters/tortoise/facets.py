"""How a list divides: by category, shop and attribute, with the range of its prices.

Found once for each filter and version of the catalogue (with stock in the filter, of the stock too), and
kept, so that asking again costs one statement.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from lavka.adapters.tortoise.by_version import ByVersion, current_version
from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch
from lavka.adapters.tortoise.filtering import whole
from lavka.adapters.tortoise.json_sql import Conditions
from lavka.adapters.tortoise.orderings import orderings
from lavka.adapters.tortoise.product_lists import ProductLists
from lavka.adapters.tortoise.search_terms import tiers
from lavka.application.ports.catalog import ProductFilter, Rows, Sort
from lavka.domain.money import CURRENCY

EXACT_UP_TO = 100_000
"""Products that are counted one by one; of more a sample is counted, and its counts scaled up."""
SAMPLE = 20_000
SCATTER = 2**20
SCATTERED = f"((products.rowid * 2654435761 >> 12) % {SCATTER})"
"""A number below SCATTER that a row of SQLite always has, without a pattern (Knuth's multiplicative hash)."""
SEEN = 5
"""How often a value must be in the sample to be told: of what is rarer the sample says nothing."""
MOST_KEPT = 256
MOST_ROWS, MOST_NAMES, MOST_VALUES = 100, 50, 50

BY_CATEGORY = f"""SELECT c.id, c.name, c.slug, count(*) AS count
    FROM chosen JOIN categories c ON c.id = chosen.category_id
    GROUP BY c.id, c.name, c.slug ORDER BY count DESC, c.id LIMIT {MOST_ROWS}"""
BY_SHOP = f"""SELECT s.id, s.name, sold.count FROM (
        SELECT o.shop_id, count(DISTINCT chosen.id) AS count
        FROM chosen JOIN offers o ON o.product_id = chosen.id WHERE o.is_active GROUP BY o.shop_id) AS sold
    JOIN shops s ON s.id = sold.shop_id ORDER BY count DESC, s.id LIMIT {MOST_ROWS}"""
BY_ATTRIBUTE = f"""SELECT name, value, count FROM (
        SELECT name, value, count, sum(count) OVER (PARTITION BY name) AS size,
            row_number() OVER (PARTITION BY name ORDER BY count DESC, value) AS place
        FROM (SELECT a.name, a.value, count(*) AS count
            FROM chosen JOIN product_attributes a ON a.product_id = chosen.id
            GROUP BY a.name, a.value HAVING count(*) >= {{seen}}) AS counted) AS placed
    WHERE place <= {MOST_VALUES} ORDER BY size DESC, name, place LIMIT {MOST_NAMES * MOST_VALUES}"""

NOTHING: dict[str, Any] = {
    "total": 0,
    "categories": [],
    "shops": [],
    "attributes": [],
    "price": None,
    "currency": CURRENCY,
    "is_estimated": False,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The products that are counted, and how many stand behind each of them."""

    source: str
    conditions: Conditions
    scale: float
    total: int

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        """Count them by a statement that reads `chosen`."""
        chosen = f"SELECT id, category_id FROM {self.source} WHERE {self.conditions}"
        rows = await fetch(f"WITH chosen AS ({chosen}) {sql}", self.conditions.parameters)
        return [{**row, "count": self.scaled(row["count"])} for row in rows]

    def scaled(self, count: int) -> int:
        """As many as a count in the sample stands for, and no more than there are."""
        return min(round(count * self.scale), self.total)


class Facets:
    """Counts for filters, of the products that `lists` would list."""

    def __init__(self, lists: ProductLists) -> None:
        self._lists = lists
        self._ordering = orderings("")[Sort.PRICE]
        self._kept: ByVersion[ProductFilter, Rows] = ByVersion(MOST_KEPT)

    async def of(self, which: ProductFilter) -> Rows:
        """Give them; from so many products on as an estimate, which says so."""
        searched = await tiers(which.search) if which.search is not None else ()
        version = await current_version(which)

        async def find() -> tuple[int, Rows]:
            # what is read after the version may be newer than it, and is then found anew when asked next
            return version, await self._found(which, searched, version)

        if which.search is not None and not searched:
            return _written()
        return await self._kept.of(which, find, version)

    async def _found(self, which: ProductFilter, searched: tuple[str, ...], version: int) -> Rows:
        total = await self._lists.total(which, searched, version)
        chosen = await self._chosen(which, searched, total)
        is_estimated = total > EXACT_UP_TO
        seen = SEEN if is_estimated else 1
        return _written(
            total=total,
            categories=await chosen.rows(BY_CATEGORY),
            shops=await chosen.rows(BY_SHOP),
            attributes=_by_name(await chosen.rows(BY_ATTRIBUTE.format(seen=seen))),
            price=await self._prices(which, searched, total),
            is_estimated=is_estimated,
        )

    async def _chosen(self, which: ProductFilter, searched: tuple[str, ...], total: int) -> Chosen:
        """Choose all, or of very many a sample: some pages of the table, always the same ones."""
        conditions = whole(which, self._ordering, searched)
        if total <= EXACT_UP_TO:
            return Chosen("products", conditions, 1, total)
        source = "products"
        if dialect() == POSTGRES:
            source = f"products TABLESAMPLE SYSTEM ({100 * SAMPLE / total}) REPEATABLE (0)"
        else:
            conditions.add(f"{SCATTERED} < {{}}", SCATTER * SAMPLE // total)
        sql = f"SELECT count(*) AS seen FROM {source} WHERE {conditions}"
        seen = (await fetch(sql, conditions.parameters))[0]["seen"]
        return Chosen(source, conditions, total / max(seen, 1), total)

    async def _prices(
        self, which: ProductFilter, searched: tuple[str, ...], total: int
    ) -> dict[str, int | None] | None:
        """The lowest price and the highest; of very many products each from the end of an index."""
        if total > EXACT_UP_TO:
            lowest = await self._end(which, searched, Sort.PRICE)
            ends = {"min": lowest, "max": await self._end(which, searched, Sort.PRICE_DOWN)}
        else:
            conditions = whole(which, self._ordering, searched)
            sql = f"SELECT min(price) AS min, max(price) AS max FROM products WHERE {conditions}"
            ends = (await fetch(sql, conditions.parameters))[0]
        return None if ends["min"] is None else ends

    async def _end(self, which: ProductFilter, searched: tuple[str, ...], sort: Sort) -> int | None:
        ordering = orderings("")[sort]
        conditions = whole(which, ordering, searched)
        sql = f"SELECT price FROM products WHERE {conditions} ORDER BY {ordering.clause()} LIMIT 1"
        rows = await fetch(sql, conditions.parameters)
        return rows[0]["price"] if rows else None


def _written(**found: Any) -> Rows:
    return Rows(orjson.dumps({**NOTHING, **found}, default=str).decode())


def _by_name(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather the values of each attribute, as they come."""
    named = [
        {"name": name, "values": [{"value": row["value"], "count": row["count"]} for row in rows]}
        for name, rows in groupby(values, lambda row: row["name"])
    ]
    return named[:MOST_NAMES]
