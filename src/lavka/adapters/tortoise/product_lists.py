"""Lists of products: filtered, sorted or in the order of a search, a page at a time.

A list's total is counted once and kept for the version that the same statement reads, the catalogue's and, if
the list depends on it, the stock's. So a page costs one statement and no count in the common case, and no
process shows a total older than its page.
"""

from dataclasses import dataclass
from typing import Any

from lavka.adapters.tortoise.by_version import (
    VERSION,
    ByVersion,
    current_version,
    version_of,
    version_of_stock,
)
from lavka.adapters.tortoise.cursors import RELEVANCE, Cursor
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.filtering import SUBTREE, found, restrict, whole
from lavka.adapters.tortoise.fits import FEW as FEW_BY_AGE
from lavka.adapters.tortoise.fits import Fits, Fitting, Tier
from lavka.adapters.tortoise.json_sql import Conditions, JsonSql
from lavka.adapters.tortoise.listing import gather
from lavka.adapters.tortoise.orderings import Ordering, orderings
from lavka.adapters.tortoise.search_terms import tiers
from lavka.application.ports.catalog import Page, PageWish, ProductFilter, Rows, Sort

FAR = 10_000
"""Rows to skip from which on it pays to ask first whether there are so many."""
FEW = dict.fromkeys(Sort, 20_000) | {Sort.NEWEST: FEW_BY_AGE, Sort.OLDEST: FEW_BY_AGE}
"""Finds of a search that are gathered and sorted; more are met soon on the way along the order.

Along prices it pays later: they may all stand at its end, and rows in the order of prices lie far apart.
"""
MANY = 2**63
"""Along names it never pays: what has a word in its name is not spread over their order."""
MOST_TOTALS = 1024
SHOWN = "id, name, slug, category_id, price, in_stock, image, is_active, created_at, updated_at"
"""What an item shows of a product: not what makes its row wide."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: so many rows, one more than are shown, after a cursor or an offset."""

    which: ProductFilter
    searched: tuple[str, ...]
    """What the text of its search means, from the best fit to any."""
    cursor: Cursor | None
    rows: int
    offset: int

    def enough(self, conditions: Conditions) -> str:
        """How many rows there must be for this part, as SQL."""
        return f"{self.rows} + {conditions.place(self.offset)}" if self.offset else str(self.rows)


class ProductLists:
    """Pages of active products, whose `item` is SQL over a product `p` and its category `c`."""

    def __init__(self, sql: JsonSql, item: str) -> None:
        self._sql = sql
        self._item = item
        self._orderings = orderings(' COLLATE "C"' if sql.is_postgres else "")
        self._fence = " OFFSET 0" if sql.is_postgres else ""
        self._totals: ByVersion[ProductFilter, int] = ByVersion(MOST_TOTALS)
        self._fitting = Fitting()

    async def page(self, which: ProductFilter, sort: Sort | None, wish: PageWish) -> Page:
        """List them; without a sort in the order of the search, or the newest first.

        Raise Invalid for a cursor that is not of such a list.
        """
        order = sort or (RELEVANCE if which.search is not None else Sort.NEWEST)
        cursor = Cursor.read(wish.cursor, order) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        searched = await tiers(which.search) if which.search is not None else ()
        if which.search is not None and not searched:
            return Page(Rows("[]"), 0, number, wish.size, None)
        offset = 0 if cursor else (wish.page - 1) * wish.size
        if offset >= FAR and offset >= (
            total := await self.total(which, searched, await current_version(which))
        ):
            return Page(Rows("[]"), total, number, wish.size, None)
        row = await self._row(Part(which, searched, cursor, wish.size + 1, offset), sort)
        total = await self.total(which, searched, row["version"] + row["stock_version"])
        after = Cursor(order, row["last_key"], row["last_id"], number + 1).text() if row["more"] else None
        return Page(Rows(row["items"]), total, number, wish.size, after)

    async def _row(self, part: Part, sort: Sort | None) -> dict[str, Any]:
        """Gather a page; once more when the counts that it was planned by are of an older version."""
        fits = await self._fitting.of(part.searched, 0)
        row = await self._gather(part, *self._listed(part, sort, fits))
        if part.searched and row["version"] > fits.version:
            fits = await self._fitting.of(part.searched, row["version"])
            row = await self._gather(part, *self._listed(part, sort, fits))
        return row

    def _listed(self, part: Part, sort: Sort | None, fits: Fits) -> tuple[str, Conditions]:
        if sort is None and part.searched:
            return self._by_relevance(part, fits)
        return self._sorted(part, sort or Sort.NEWEST, fits)

    async def total(self, which: ProductFilter, searched: tuple[str, ...], version: int) -> int:
        """How many there are at this version, or at a later one."""

        async def count() -> tuple[int, int]:
            conditions = whole(which, self._orderings[Sort.PRICE], searched)
            sql = f"SELECT {version_of(which)} AS version, count(*) AS total FROM products WHERE {conditions}"
            row = (await fetch(sql, conditions.parameters))[0]
            return row["version"], row["total"]

        if searched and which == ProductFilter(search=which.search):
            return (await self._fitting.of(searched, version)).total
        return await self._totals.of(which, count, version)

    def _sorted(self, part: Part, sort: Sort, fits: Fits) -> tuple[str, Conditions]:
        ordering, conditions = self._orderings[sort], Conditions(["is_active"])
        restrict(conditions, part.which, ordering)
        few = MANY if part.which.category is None and sort in (Sort.NAME, Sort.NAME_DOWN) else FEW[sort]
        is_sparse = bool(part.searched) and fits.total <= few
        if part.searched:
            conditions.add(found(on_the_way=not is_sparse), part.searched[-1])
        if part.cursor:
            conditions.add(ordering.after(), part.cursor.key, part.cursor.id)
        scan = self._scan(part, conditions, ordering, is_sparse=is_sparse)
        if part.offset:
            last = f"LIMIT {part.rows} OFFSET {conditions.place(part.offset)}"
            scan = f"SELECT * FROM ({scan}) AS far ORDER BY {ordering.clause('sort_key')} {last}"
        return self._numbered(scan, "p.sort_key", ordering.clause("p.sort_key", "p.id")), conditions

    def _by_relevance(self, part: Part, fits: Fits) -> tuple[str, Conditions]:
        """List what fits best before what fits less, either by age: a tier begins where a better one ends.

        A tier is not read when those before it fill the page, nor when nothing is in it.
        """
        newest, conditions = self._orderings[Sort.NEWEST], Conditions(["is_active"])
        restrict(conditions, part.which, newest)
        begun = part.cursor.key[0] if part.cursor else 0
        tiers = [tier for tier in fits.tiers if tier.number >= begun] or list(fits.tiers[-1:])
        read: list[str] = []
        for tier in tiers:
            fitting = _within(conditions, tier, fits)
            if part.cursor and tier.number == begun:
                fitting.add(newest.after(), part.cursor.key[1], part.cursor.id)
            scan = self._scan(part, fitting, newest, is_sparse=tier.is_sparse)
            before = "".join(f" - (SELECT count(*) FROM tier{each.number})" for each in tiers[: len(read)])
            read.append(
                f"tier{tier.number} AS (SELECT near.*, {tier.number} AS tier FROM ({scan}) AS near "
                f"ORDER BY {newest.clause()} LIMIT {part.enough(conditions)}{before})"
            )
        union = " UNION ALL ".join(f"SELECT * FROM tier{tier.number}" for tier in tiers)
        skip = f" OFFSET {conditions.place(part.offset)}" if part.offset else ""
        scan = f"WITH {', '.join(read)} {union} ORDER BY tier, {newest.clause()} LIMIT {part.rows}{skip}"
        order = f"p.tier, {newest.clause('p.created_at', 'p.id')}"
        return self._numbered(scan, "p.tier || ' ' || p.created_at", order), conditions

    def _numbered(self, scan: str, key: str, order: str) -> str:
        return (
            f"SELECT {self._item} AS item, {key} AS sort_key, p.id, "
            f"row_number() OVER (ORDER BY {order}) AS nth "
            f"FROM ({scan}) AS p LEFT JOIN categories c ON c.id = p.category_id"
        )

    def _scan(self, part: Part, conditions: Conditions, ordering: Ordering, *, is_sparse: bool) -> str:
        """Find the first rows by an index in their order; in a category, of each part of its subtree.

        What is sparse is gathered first and then sorted: walking along the order would take too long, and the
        planner does not know how rare a word is.
        """
        rows = f"SELECT {SHOWN}, {ordering.key} AS sort_key FROM products WHERE {conditions}"
        last = f"ORDER BY {ordering.clause('sort_key')} LIMIT {part.enough(conditions)}"
        if part.which.category is None:
            return f"SELECT * FROM ({rows}{self._fence}) AS near {last}" if is_sparse else f"{rows} {last}"
        subtree = SUBTREE.format(conditions.place(part.which.category))
        if is_sparse or not self._sql.is_postgres:
            return f"SELECT * FROM ({rows} AND category_id IN ({subtree}){self._fence}) AS near {last}"
        first = f"ORDER BY {ordering.clause()} LIMIT {part.enough(conditions)}"
        return (
            f"SELECT near.* FROM ({subtree}) AS part CROSS JOIN LATERAL "
            f"({rows} AND category_id = part.id {first}) AS near {last}"
        )

    async def _gather(self, part: Part, listed: str, conditions: Conditions) -> dict[str, Any]:
        about = {"version": VERSION, "stock_version": version_of_stock(part.which)}
        return await gather(self._sql, listed, about, part.rows - 1, conditions)


def _within(shared: Conditions, tier: Tier, fits: Fits) -> Conditions:
    """What is found in this tier and in no better one."""
    conditions = shared.beside()
    conditions.add(found(on_the_way=not tier.is_sparse), tier.condition)
    better = fits.tiers[: fits.tiers.index(tier)]
    if better:
        conditions.add(f"NOT {found()}", better[-1].condition)
    return conditions
