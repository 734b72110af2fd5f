"""Orders with their lines, shipments and history."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute_last, execute_together, fetch, joined
from lavka.adapters.tortoise.json_sql import Conditions
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.order_changes import Stored
from lavka.adapters.tortoise.order_rows import (
    Row,
    inserts,
    order_of,
)
from lavka.adapters.tortoise.payment_rows import payment_of
from lavka.adapters.tortoise.rowsets import id_of
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.orders import OrderFilter, OrderPage
from lavka.domain.errors import NotFound
from lavka.domain.money import ZERO
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.shipments import ShipmentId

LIST = "orders"
"""The name of the list that cursors belong to."""
BATCH = 100
OVERDUE = f"SELECT id FROM orders WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT {BATCH}"
PARTS = {"order_lines": "position", "shipments": "id", "order_history": "id"}
"""The tables of what an order is made of, and the columns that they are in order by."""


class TortoiseOrders:
    """Every order."""

    async def add(self, order: Order) -> None:
        """Keep a new one, with the payment that is asked for it."""
        await execute_last([*inserts(order).values()])

    async def get(self, order: OrderId) -> Order:
        """Find one; raise NotFound."""
        return await _found(order)

    @asynccontextmanager
    async def change(self, order: OrderId) -> AsyncIterator[Order]:
        """Lock one, lend it, save what has changed."""
        async with joined():
            lent = await _found(order, " FOR NO KEY UPDATE" if dialect() == POSTGRES else "")
            stored = Stored.of(lent)
            yield lent
            if changes := stored.changes(lent):
                await execute_together(changes)

    async def of_shipment(self, shipment: ShipmentId) -> OrderId:
        """Name the order that a shipment belongs to; raise NotFound."""
        found = await fetch("SELECT order_id FROM shipments WHERE id = $1", [shipment])
        if not found:
            raise NotFound
        return OrderId(id_of(found[0]["order_id"]))

    async def page(self, which: OrderFilter, wish: PageWish) -> OrderPage:
        """List some, by a fixed number of queries; raise Invalid for a cursor of another list."""
        cursor = None if wish.cursor is None else Cursor.read(wish.cursor, LIST)
        rows = await _listed(which, wish, cursor)
        shown, number = rows[: wish.size], cursor.page if cursor else wish.page
        has_more = len(rows) > wish.size
        return OrderPage(
            items=await _whole(shown),
            total=await _count(which),
            page=number,
            size=wish.size,
            next=Cursor(LIST, "", str(shown[-1]["id"]), number + 1).text() if has_more else None,
        )

    async def overdue(self, now: datetime) -> Sequence[OrderId]:
        """Name some orders that were to be paid by now and are not, the longest overdue first."""
        return [OrderId(id_of(row["id"])) for row in await fetch(OVERDUE, [now])]


async def _found(order: OrderId, lock: str = "") -> Order:
    rows = await fetch(f"SELECT * FROM orders WHERE id = $1{lock}", [order])
    if not rows:
        raise NotFound
    return (await _whole(rows))[0]


async def _whole(rows: Sequence[Row]) -> Sequence[Order]:
    """Put orders together out of their rows and those of their parts, read by one query a table."""
    ids = sorted_ids([row["id"] for row in rows])
    parts = [await _parts(table, column, ids) for table, column in PARTS.items()]
    online = sorted_ids([row["id"] for row in rows if row["payment_method"] == PaymentMethod.ONLINE])
    asked = await _parts("payments", "id", online) if online else {}
    return [_of(row, parts, asked.get(row["id"], [])) for row in rows]


def _of(row: Row, parts: Sequence[dict[Any, list[Row]]], payments: Sequence[Row]) -> Order:
    order = order_of(row, *(part[row["id"]] for part in parts))
    asked = [payment_of(each) for each in payments]
    paying = [each for each in asked if each.refundable > ZERO]
    order.payment = next(iter(paying or asked[-1:]), None)
    return order


async def _parts(table: str, column: str, orders: Any) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    order = f"ORDER BY order_id, {column}"
    for row in await fetch(f"SELECT * FROM {table} WHERE {among('order_id', 1)} {order}", [orders]):
        found[row["order_id"]].append(row)
    return found


async def _listed(which: OrderFilter, wish: PageWish, cursor: Cursor | None) -> list[dict[str, Any]]:
    """The rows of a page and one more, if there is one."""
    source, conditions = _restricted(which)
    key = "s.order_id" if which.shop else "o.id"  # each the key of an index behind what it is filtered by
    skip = ""
    if cursor:
        conditions.add(f"{key} < {{}}", UUID(cursor.id))
    elif wish.page > 1:
        skip = f" OFFSET {conditions.place((wish.page - 1) * wish.size)}"
    last = f"ORDER BY {key} DESC LIMIT {wish.size + 1}{skip}"
    return await fetch(f"SELECT o.* FROM {source} WHERE {conditions} {last}", conditions.parameters)


async def _count(which: OrderFilter) -> int:
    source, conditions = _restricted(which)
    found = await fetch(f"SELECT count(*) AS total FROM {source} WHERE {conditions}", conditions.parameters)
    total: int = found[0]["total"]
    return total


def _restricted(which: OrderFilter) -> tuple[str, Conditions]:
    """Where to look, and for what; a shop has one shipment of an order at most."""
    conditions = Conditions()
    if which.user:
        conditions.add("o.user_id = {}", which.user)
    if which.shop:
        conditions.add("s.shop_id = {}", which.shop)
    if which.status:
        conditions.add(f"{'s' if which.shop else 'o'}.status = {{}}", which.status.value)
    joined = " JOIN shipments s ON s.order_id = o.id" if which.shop else ""
    return f"orders o{joined}", conditions
