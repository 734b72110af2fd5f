"""The ledger of the stock: every change of a quantity is a row of it, written in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.application.ports.orders import Reason
from lavka.domain.catalog import OfferId
from lavka.domain.orders import OrderId

ORDERED = "order"
COLUMNS = ["offer_id", "change", "reason", "at"]
"""What is written of a change that no order has made."""
NOW = {"postgres": "CURRENT_TIMESTAMP", "sqlite": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')"}
CHANGE = {"offer_id": "uuid", "change": "int"}

MOVE = f"""WITH changes AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS c (offer_id, change)),
    held AS (SELECT s.offer_id, s.quantity FROM stock s WHERE s.offer_id = ANY($1)
        ORDER BY s.offer_id FOR NO KEY UPDATE),
    short AS (SELECT c.offer_id, COALESCE(h.quantity, 0) AS quantity
        FROM changes c LEFT JOIN held h ON h.offer_id = c.offer_id
        WHERE h.quantity IS NULL OR h.quantity + c.change < 0),
    moved AS (UPDATE stock SET quantity = h.quantity + c.change
        FROM held h JOIN changes c ON c.offer_id = h.offer_id
        WHERE stock.offer_id = h.offer_id AND NOT EXISTS (SELECT 1 FROM short)
        RETURNING h.offer_id, c.change, h.quantity AS before, stock.quantity AS after),
    written AS (INSERT INTO stock_movements (offer_id, change, reason, order_id, at)
        SELECT offer_id, change, $3::text, $4::uuid, $5::timestamptz FROM moved),
    turned AS (INSERT INTO stock_turns (offer_id, at)
        SELECT offer_id, {NOW["postgres"]} FROM moved WHERE before = 0 OR after = 0)
    SELECT offer_id, quantity, TRUE AS is_short FROM short
    UNION ALL SELECT offer_id, after, FALSE FROM moved WHERE before = 0 OR after = 0"""
"""One round trip. What is `held` is what the writer before has left, whatever the statement saw at first; all
of it is locked, in the order of ids, before `short` is known and anything is changed.
"""
SHORT = """SELECT r.offer_id, COALESCE(s.quantity, 0) AS quantity FROM {rows}
    LEFT JOIN stock s ON s.offer_id = r.offer_id WHERE s.quantity IS NULL OR s.quantity + r.change < 0"""
WRITTEN = """INSERT INTO stock_movements (offer_id, change, reason, order_id, at)
    SELECT r.offer_id, r.change, $2, $3, $4 FROM {rows}"""
TURNED = f"""INSERT INTO stock_turns (offer_id, at) SELECT s.offer_id, {NOW["sqlite"]}
    FROM {{rows}} JOIN stock s ON s.offer_id = r.offer_id WHERE s.quantity = 0 OR s.quantity + r.change = 0"""
MOVED = "UPDATE stock SET quantity = quantity + r.change FROM {rows} WHERE stock.offer_id = r.offer_id"


class Cause(StrEnum):
    """Why stock changes that no order takes or gives back."""

    INITIAL = "initial"
    IMPORT = "import"
    CORRECTION = "correction"


async def record(cause: Cause, changes: str, parameters: Sequence[Any]) -> None:
    """Write what has changed: SQL that gives `offer_id` and `change`; what has not is left out."""
    await execute(
        f"INSERT INTO stock_movements ({', '.join(COLUMNS)}) "
        f"SELECT offer_id, change, '{cause}', {NOW[dialect()]} FROM ({changes}) AS told WHERE change <> 0",
        parameters,
    )


async def record_each(cause: Cause, changes: Mapping[OfferId, int]) -> None:
    """Write changes that are known by number."""
    rows = packed({"offer_id": offer, "change": change} for offer, change in changes.items())
    await record(cause, f"SELECT offer_id, change FROM {rowset(CHANGE)}", [rows])


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a change: how many there are of what is short, if nothing could be done."""

    short: Mapping[OfferId, int]
    has_turned: bool = False
    """Whether anything has run out by it, or is there again, which is left for lists to be shown."""


async def move(order: OrderId, changes: Mapping[OfferId, int], reason: str | Reason, now: datetime) -> Moved:
    """Change the stock by all of these or by none."""
    why = [str(reason), order, now]
    if dialect() == POSTGRES:
        told = await fetch(MOVE, [list(changes), list(changes.values()), *why])
        short = {row["offer_id"]: row["quantity"] for row in told if row["is_short"]}
        return Moved(short, has_turned=bool(told) and not short)
    rows = packed({"offer_id": offer, "change": change} for offer, change in changes.items())
    if told := await fetch(SHORT.format(rows=rowset(CHANGE)), [rows]):
        return Moved({OfferId(UUID(row["offer_id"])): row["quantity"] for row in told})
    await execute(WRITTEN.format(rows=rowset(CHANGE)), [rows, *why])
    turned = await fetch(TURNED.format(rows=rowset(CHANGE)) + " RETURNING id", [rows])
    await execute(MOVED.format(rows=rowset(CHANGE)), [rows])
    return Moved({}, has_turned=bool(turned))
