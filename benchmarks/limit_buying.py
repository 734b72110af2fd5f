"""The limit of buying: one hand-written transaction a purchase, on tables of its own shaped like ours.

It checks nobody, validates nothing and keeps no history, ledger or key. `/buy` is a purchase in one request;
`/put` and `/order` are the same in two, as a shop with a cart has them.
"""

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uuid6

from benchmarks.limit import Limit, Receive, Scope, Send

TABLES = {
    "limit_stock": "stock",
    "limit_orders": "orders",
    "limit_lines": "order_lines",
    "limit_cart": "cart_items",
}
MADE = [f"CREATE TABLE {ours} (LIKE {theirs} INCLUDING ALL)" for ours, theirs in TABLES.items()]
FILLED = "INSERT INTO limit_stock SELECT * FROM stock"
ANALYZED = "VACUUM ANALYZE offers, stock, products, shops, users, limit_stock"
"""What is filled, and nothing else: plans that are made for a table seen to be empty stay as it grows."""
LEFT = "SELECT min(quantity) FROM limit_stock"

PUT = """INSERT INTO limit_cart (cart_id, offer_id, quantity, position) VALUES ($1, $2, 1, 0)
    ON CONFLICT (cart_id, offer_id) DO UPDATE SET quantity = limit_cart.quantity + 1"""
TAKEN_OUT = "DELETE FROM limit_cart WHERE cart_id = $1 RETURNING offer_id"
TAKE = """UPDATE limit_stock s SET quantity = s.quantity - 1
    FROM offers o JOIN products p ON p.id = o.product_id
    WHERE s.offer_id = $1 AND o.id = s.offer_id AND s.quantity >= 1
    RETURNING o.price, o.product_id, o.shop_id, o.sku, p.name"""
ORDER = """INSERT INTO limit_orders (id, number, user_id, status, payment_method, is_paid, requires_delivery,
        phone, total, created_at)
    VALUES ($1, $2, $3, 'new', 'on_delivery', FALSE, FALSE, '+79123456789', $4, $5)"""
LINE = """INSERT INTO limit_lines (order_id, offer_id, product_id, shop_id, position, name, sku, attributes,
        price, quantity)
    VALUES ($1, $2, $3, $4, 0, $5, $6, '{}', $7, 1)"""


class BuyingLimit(Limit):
    """The application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        asked = orjson.loads((await receive())["body"])
        status, said = await self._sold(scope["path"], asked)
        body = orjson.dumps(said)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _sold(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        buyer = UUID(asked["buyer"])
        async with self._pool.acquire() as connection:
            if path == "/put":
                await connection.execute(PUT, buyer, UUID(asked["offer_id"]))
                return 200, {"count": 1}
            try:
                async with connection.transaction():
                    if path == "/order":
                        (row,) = await connection.fetch(TAKEN_OUT, buyer)
                        return await _purchase(connection, buyer, row["offer_id"])
                    return await _purchase(connection, buyer, UUID(asked["offer_id"]))
            except LookupError:
                return 409, {"type": "out_of_stock"}


async def _purchase(connection: Any, buyer: UUID, offer: UUID) -> tuple[int, dict[str, Any]]:
    """Take one and write the order down; raise LookupError when there is none."""
    taken = await connection.fetchrow(TAKE, offer)
    if taken is None:
        raise LookupError
    order, number, now = UUID(int=uuid6.uuid7().int), secrets.token_hex(5), datetime.now(UTC)
    await connection.execute(ORDER, order, number, buyer, taken["price"], now)
    line = (order, offer, taken["product_id"], taken["shop_id"], taken["name"], taken["sku"], taken["price"])
    await connection.execute(LINE, *line)
    return 201, {"id": order, "number": number, "total_price": taken["price"]}


def prepare(url: str) -> None:
    """Make its tables, and fill its stock with what there is of ours."""
    asyncio.run(_prepare(url))


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in [*MADE, FILLED, ANALYZED]:
        await connection.execute(statement)
    await connection.close()


app = BuyingLimit()
