"""The catalogue as visitors read it: one statement a call, which returns the JSON to be sent."""

from typing import Any

import orjson

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import dialect, fetch
from lavka.adapters.tortoise.facets import Facets
from lavka.adapters.tortoise.json_sql import JSON_SQL, Conditions, JsonSql
from lavka.adapters.tortoise.listing import gather
from lavka.adapters.tortoise.orderings import Ordering
from lavka.adapters.tortoise.pictures import images
from lavka.adapters.tortoise.product_lists import ProductLists
from lavka.application.ports.catalog import Page, PageWish, ProductFilter, Rows, Sort
from lavka.domain.catalog import ProductId, fold
from lavka.domain.errors import NotFound
from lavka.domain.money import CURRENCY

SHOPS = "shops"


SOLD = """FROM offers o JOIN shops s ON s.id = o.shop_id JOIN stock st ON st.offer_id = o.id
    WHERE o.product_id = p.id AND o.is_active AND s.is_open ORDER BY o.price, o.id"""
"""The offers of a product that can be bought, the cheapest first."""
CHARACTERISTICS = f"""CASE WHEN p.attributes = '{{}}'
    THEN COALESCE((SELECT o.attributes {SOLD} LIMIT 1), p.attributes) ELSE p.attributes END"""
"""A product's own or, if it has none, those of its cheapest offer: what a price list brings has no other."""


class TortoiseCatalog:
    """What a visitor may see."""

    def __init__(self) -> None:
        self._sql: JsonSql = JSON_SQL[dialect()]
        self._collate = ' COLLATE "C"' if self._sql.is_postgres else ""
        self._lists = ProductLists(self._sql, self._sql.object(self._summary()))
        self._facets = Facets(self._lists)
        self._card = self._card_statement()

    async def products(self, which: ProductFilter, sort: Sort | None, wish: PageWish) -> Page:
        """List active products; raise Invalid for a cursor that is not of such a list."""
        return await self._lists.page(which, sort, wish)

    async def facets(self, which: ProductFilter) -> Rows:
        """Count active products by category, shop and attribute, and give their prices."""
        return await self._facets.of(which)

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
        row = await gather(
            self._sql, listed, {"total": "(SELECT count(*) FROM shops)"}, wish.size, conditions
        )
        after = Cursor(SHOPS, row["last_key"], row["last_id"], number + 1).text() if row["more"] else None
        return Page(Rows(row["items"]), row["total"], number, wish.size, after)

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
            f"SELECT {self._sql.object(offer)} AS offer {SOLD}) AS listed)"
        )
        card = self._sql.object(
            {
                **self._summary(),
                "description": "p.description",
                "attributes": self._sql.document(CHARACTERISTICS),
                "images": images(self._sql),
                "offers": offers,
            }
        )
        return (
            f"SELECT {self._sql.text(card)} AS card FROM products p "
            "LEFT JOIN categories c ON c.id = p.category_id WHERE p.id = $1 AND (p.is_active OR $2)"
        )


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
