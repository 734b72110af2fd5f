"""The limit: a bare ASGI application with one hand-written statement per request.

It checks nobody and validates nothing, so it shows what PostgreSQL and Python allow. It answers what Lavka
answers; `/page` and `/filtered` leave out what needs a count: `total`, `pages` and `next`.
"""

import base64
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
import orjson

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

POOL = 10
"""Connections: as many as Lavka keeps by default."""
SIZE = 20
PRICE = "COALESCE(price, 9223372036854775807)"
"""The expression that the index by category and price is over."""

SUMMARY = """'id', p.id, 'name', p.name, 'slug', p.slug,
    'category', CASE WHEN c.id IS NOT NULL THEN
        json_build_object('id', c.id, 'name', c.name, 'slug', c.slug) END,
    'price', p.price, 'currency', 'RUB', 'in_stock', p.in_stock, 'image', p.image, 'is_active', p.is_active,
    'created_at', p.created_at, 'updated_at', p.updated_at"""

NEWEST = f"""FROM (
    SELECT json_build_object({SUMMARY}) AS item, p.created_at, p.id
    FROM products p LEFT JOIN categories c ON c.id = p.category_id
    WHERE p.is_active ORDER BY p.created_at DESC, p.id DESC LIMIT {SIZE}) AS listed"""

PAGE = f"SELECT json_agg(item)::text {NEWEST}"

PAGE_COUNTED = f"""SELECT json_agg(item)::text AS items,
    (SELECT count(*) FROM products WHERE is_active) AS total,
    min(created_at)::text AS last_key, (array_agg(id))[count(*)]::text AS last_id {NEWEST}"""

FILTERED = f"""WITH RECURSIVE subtree (id) AS (
    SELECT id FROM categories WHERE slug = $1 UNION ALL
    SELECT below.id FROM categories below JOIN subtree ON below.parent_id = subtree.id)
SELECT json_agg(item)::text FROM (
    SELECT json_build_object({SUMMARY}) AS item
    FROM (SELECT near.* FROM subtree CROSS JOIN LATERAL (
            SELECT *, {PRICE} AS sort_key FROM products
            WHERE is_active AND category_id = subtree.id AND {PRICE} BETWEEN $2 AND $3
            ORDER BY {PRICE}, id LIMIT {SIZE}) AS near ORDER BY sort_key, id LIMIT {SIZE}) AS p
    LEFT JOIN categories c ON c.id = p.category_id ORDER BY p.sort_key, p.id) AS listed"""

CARD = f"""SELECT json_build_object({SUMMARY}, 'description', p.description, 'attributes', p.attributes,
    'images', '[]'::json, 'offers', COALESCE((SELECT json_agg(offer) FROM (
        SELECT json_build_object('id', o.id, 'sku', o.sku,
            'shop', json_build_object('id', s.id, 'name', s.name), 'price', o.price,
            'recommended_price', o.recommended_price, 'quantity', st.quantity,
            'attributes', o.attributes) AS offer
        FROM offers o JOIN shops s ON s.id = o.shop_id JOIN stock st ON st.offer_id = o.id
        WHERE o.product_id = p.id AND o.is_active AND s.is_open
        ORDER BY o.price, o.id) AS listed), '[]'))::text
FROM products p LEFT JOIN categories c ON c.id = p.category_id WHERE p.id = $1 AND p.is_active"""


class Connection(asyncpg.Connection):
    """A pooled connection without the reset query, as Lavka's: nothing here changes a session."""

    def get_reset_query(self) -> str:
        """Nothing to reset."""
        return ""


class Limit:
    """The application; opens its pool when the server starts and closes it when it stops."""

    _pool: asyncpg.Pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = await self._answer(scope["path"], scope["query_string"])
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        status = 200 if body else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str, query: bytes) -> bytes:
        if path == "/page":
            return _page(await self._pool.fetchval(PAGE))
        if path == "/page-counted":
            return _counted(await self._pool.fetchrow(PAGE_COUNTED))
        if path == "/filtered":
            asked = dict(parse_qsl(query.decode()))
            prices = int(asked["min_price"]), int(asked["max_price"])
            return _page(await self._pool.fetchval(FILTERED, asked["category"], *prices))
        if path.startswith("/card/"):
            card: str = await self._pool.fetchval(CARD, UUID(path[6:]))
            return card.encode()
        return b""

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(
            os.environ["DB_URL"],
            min_size=1,
            max_size=POOL,
            connection_class=Connection,
            server_settings={"timezone": "UTC", "jit": "off", "application_name": "limit"},
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _page(items: str) -> bytes:
    return b'{"items":' + items.encode() + b',"page":1,"size":%d}' % SIZE


def _counted(row: asyncpg.Record | None) -> bytes:
    assert row is not None  # an aggregate always gives one
    total: int = row["total"]
    after = None
    if total > SIZE:
        packed = orjson.dumps(["-created_at", row["last_key"], row["last_id"], 2])
        after = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    rest = {"total": total, "page": 1, "size": SIZE, "pages": -(-total // SIZE), "next": after}
    items: str = row["items"]
    return b'{"items":' + items.encode() + b"," + orjson.dumps(rest)[1:]


app = Limit()
