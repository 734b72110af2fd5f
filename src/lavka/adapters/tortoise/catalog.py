"""The catalogue as visitors read it: one statement a call, which returns the JSON to be sent.

A list's total is counted once and kept for the version of the catalogue that the same statement reads, so a
page costs one statement and no count in the common case, and no process shows a total older than its page.
"""

from typing import Any

import orjson

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import dialect, fetch
from lavka.adapters.tortoise.json_sql import JSON_SQL, Conditions, JsonSql
from lavka.adapters.tortoise.orderings import Ordering, orderings
from lavka.adapters.tortoise.pictures import images
from lavka.adapters.tortoise.totals import VERSION, Totals
from lavka.application.ports.catalog import Page, PageWish, ProductFilter, Rows, Sort
from lavka.domain.catalog import ProductId, fold
from lavka.domain.errors import NotFound
from lavka.domain.money import CURRENCY

FAR = 10_000
"""Rows to skip from which on it pays to ask first whether there are so many."""
SHOPS = "shops"
SUBTREE = """WITH RECURSIVE subtree (id) AS (
    SELECT id FROM categories WHERE slug = {} UNION
    SELECT below.id FROM categories below JOIN subtree ON below.parent_id = subtree.id)
    SELECT id FROM subtree"""
SOLD_BY = (
    "EXISTS (SELECT 1 FROM offers o WHERE o.product_id = products.id AND o.shop_id = {} AND o.is_active)"
)


class TortoiseCatalog:
    """What a visitor may see."""

    def __init__(self) -> None:
        self._sql: JsonSql = JSON_SQL[dialect()]
        self._collate = ' COLLATE "C"' if self._sql.is_postgres else ""
        self._orderings = orderings(self._collate)
        self._totals = Totals()
        self._item = self._sql.object(self._summary())
        self._card = self._card_statement()

    async def products(self, which: ProductFilter, sort: Sort, wish: PageWish) -> Page:
        """List active products; raise Invalid for a cursor that is not of such a list."""
        cursor = Cursor.read(wish.cursor, sort) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        ordering, conditions = self._orderings[sort], Conditions(["is_active"])
        _restrict(conditions, which, ordering)
        if cursor:
            conditions.add(ordering.after(), cursor.key, cursor.id)
        offset = 0 if cursor else (wish.page - 1) * wish.size
        if offset >= FAR and offset >= (total := await self._total(which, await self._version())):
            return Page(Rows("[]"), total, number, wish.size, None)
        scan = self._scan(conditions, which.category, ordering, wish.size + 1, offset)
        page = (
            f"SELECT {self._item} AS item, p.sort_key, p.id, "
            f"row_number() OVER (ORDER BY {ordering.clause('p.sort_key', 'p.id')}) AS nth "
            f"FROM ({scan}) AS p LEFT JOIN categories c ON c.id = p.category_id"
        )
        row = await self._page(page, VERSION, wish.size, conditions)
        total = await self._total(which, row["about"])
        after = Cursor(sort, row["last_key"], row["last_id"], number + 1).text() if row["more"] else None
        return Page(Rows(row["items"]), total, number, wish.size, after)

    def _scan(
        self, conditions: Conditions, category: str | None, ordering: Ordering, size: int, offset: int
    ) -> str:
        """Find the rows of a page by an index in their order; in a category, of each part of its subtree."""
        skip = f" OFFSET {conditions.place(offset)}" if offset else ""
        rows = f"SELECT *, {ordering.key} AS sort_key FROM products WHERE {conditions}"
        order = f"ORDER BY {ordering.clause()} LIMIT {size}"
        if category is None:
            return f"{rows} {order}{skip}"
        subtree = SUBTREE.format(conditions.place(category))
        if not self._sql.is_postgres:
            return f"{rows} AND category_id IN ({subtree}) {order}{skip}"
        enough = f"{order} + {conditions.place(offset)}" if offset else order
        return (
            f"SELECT near.* FROM ({subtree}) AS part CROSS JOIN LATERAL "
            f"({rows} AND category_id = part.id {enough}) AS near "
            f"ORDER BY {ordering.clause('sort_key')} LIMIT {size}{skip}"
        )

    async def _version(self) -> int:
        return int((await fetch(f"SELECT {VERSION} AS version"))[0]["version"])

    async def _page(self, listed: str, about: str, size: int, conditions: Conditions) -> dict[str, Any]:
        """Gather a page out of rows numbered `nth`, one more than it shows, which tells of a next page."""
        sql = (
            f"SELECT {about} AS about, count(*) > {size} AS more, "
            f"{self._sql.text(self._sql.array('item', f'nth <= {size}'))} AS items, "
            f"{self._sql.item('sort_key', size)} AS last_key, {self._sql.item('id', size)} AS last_id "
            f"FROM ({listed}) AS listed"
        )
        return (await fetch(sql, conditions.parameters))[0]

    async def product(self, product: ProductId, *, even_hidden: bool = False) -> Rows:
        """Show one with its offers, the cheapest first; raise NotFound, also when it is not shown."""
        rows = await fetch(self._card, [product, even_hidden])
        if not rows:
            raise NotFound
        return Rows(rows[0]["card"])

    async def categories(self) -> Rows:
        """Show the tree, each level by name."""
        rows = await fetch("SELECT id, parent_id, name, slug FROM categories")
        return Rows(_tree(rows))

    async def shops(self, wish: PageWish) -> Page:
        """List shops by name."""
        cursor = Cursor.read(wish.cursor, SHOPS) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        ordering, conditions = Ordering(f"name_folded{self._collate}", descending=False), Conditions()
        if cursor:
            conditions.add(ordering.after(), cursor.key, cursor.id)
        skip = "" if cursor else f" OFFSET {conditions.place((wish.page - 1) * wish.size)}"
        names = {name: f"p.{name}" for name in ("id", "name", "url", "owner_id")}
        item = self._sql.object({**names, "is_open": self._sql.boolean("p.is_open")})
        listed = (
            f"SELECT {item} AS item, p.sort_key, p.id, "
            f"row_number() OVER (ORDER BY {ordering.clause('p.sort_key', 'p.id')}) AS nth "
            f"FROM (SELECT *, {ordering.key} AS sort_key FROM shops WHERE {conditions} "
            f"ORDER BY {ordering.clause()} LIMIT {wish.size + 1}{skip}) AS p"
        )
        row = await self._page(listed, "(SELECT count(*) FROM shops)", wish.size, conditions)
        after = Cursor(SHOPS, row["last_key"], row["last_id"], number + 1).text() if row["more"] else None
        return Page(Rows(row["items"]), row["about"], number, wish.size, after)

    async def _total(self, which: ProductFilter, version: int) -> int:
        def conditions() -> Conditions:
            counted = Conditions(["is_active"])
            _restrict(counted, which, self._orderings[Sort.PRICE])
            if which.category is not None:
                counted.add(f"category_id IN ({SUBTREE})", which.category)
            return counted

        return await self._totals.of(which, conditions, version)

    def _summary(self) -> dict[str, str]:
        category = self._sql.object({"id": "c.id", "name": "c.name", "slug": "c.slug"})
        return {
            "id": "p.id",
            "name": "p.name",
            "slug": "p.slug",
            "category": f"CASE WHEN c.id IS NOT NULL THEN {category} END",
            "price": "p.price",
            "currency": f"'{CURRENCY}'",
            "in_stock": self._sql.boolean("p.in_stock"),
            "image": "p.image",
            "is_active": self._sql.boolean("p.is_active"),
            "created_at": self._sql.time("p.created_at"),
            "updated_at": self._sql.time("p.updated_at"),
        }

    def _card_statement(self) -> str:
        offer = {
            "id": "o.id",
            "sku": "o.sku",
            "shop": self._sql.object({"id": "s.id", "name": "s.name"}),
            "price": "o.price",
            "recommended_price": "o.recommended_price",
            "quantity": "st.quantity",
            "attributes": self._sql.document("o.attributes"),
        }
        offers = (
            f"(SELECT {self._sql.array('offer')} FROM ("
            f"SELECT {self._sql.object(offer)} AS offer FROM offers o JOIN shops s ON s.id = o.shop_id "
            "JOIN stock st ON st.offer_id = o.id WHERE o.product_id = p.id AND o.is_active AND s.is_open "
            "ORDER BY o.price, o.id) AS listed)"
        )
        card = self._sql.object(
            {
                **self._summary(),
                "description": "p.description",
                "attributes": self._sql.document("p.attributes"),
                "images": images(self._sql),
                "offers": offers,
            }
        )
        return (
            f"SELECT {self._sql.text(card)} AS card FROM products p "
            "LEFT JOIN categories c ON c.id = p.category_id WHERE p.id = $1 AND (p.is_active OR $2)"
        )


def _restrict(conditions: Conditions, which: ProductFilter, ordering: Ordering) -> None:
    """Add what a filter asks for, but for the category; prices in the words of an index."""
    if (which.min_price, which.max_price) != (None, None):
        conditions.add("price IS NOT NULL")
    if which.shop is not None:
        conditions.add(SOLD_BY, which.shop)
    if which.min_price is not None:
        conditions.add(f"{ordering.price} >= {{}}", which.min_price)
    if which.max_price is not None:
        conditions.add(f"{ordering.price} <= {{}}", which.max_price)
    if which.in_stock is not None:
        conditions.add("in_stock" if which.in_stock else "NOT in_stock")
    if which.search is not None:
        conditions.add("name_folded LIKE {} ESCAPE '!'", f"%{_plain(fold(which.search))}%")


def _plain(text: str) -> str:
    """Take their meaning from the wildcards of LIKE."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _tree(rows: list[dict[str, Any]]) -> str:
    """Hang every category under its parent, each level by name."""
    nodes: dict[Any, dict[str, Any]] = {
        row["id"]: {"id": str(row["id"]), "name": row["name"], "slug": row["slug"], "children": []}
        for row in sorted(rows, key=lambda row: (fold(row["name"]), str(row["id"])))
    }
    roots: list[dict[str, Any]] = []
    parents = {row["id"]: row["parent_id"] for row in rows}
    for key, node in nodes.items():
        siblings = nodes[parents[key]]["children"] if parents[key] else roots
        siblings.append(node)
    return orjson.dumps(roots).decode()
