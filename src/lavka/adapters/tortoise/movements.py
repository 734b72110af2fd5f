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
from lavka.domain.orders import Line, OrderId

ORDERED = "order"
COLUMNS = ["offer_id", "change", "reason", "at"]
"""What is written of a change that no order has made."""
NOW = {"postgres": "CURRENT_TIMESTAMP", "sqlite": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')"}
CHANGE = {"offer_id": "uuid", "change": "int"}

MOVING = f"""changes AS (SELECT * FROM unnest(
        ARRAY(SELECT (each->>'offer_id')::uuid FROM json_array_elements($1::json) AS each),
        ARRAY(SELECT (each->>'change')::int FROM json_array_elements($1::json) AS each)
        ) AS c (offer_id, change)),
    held AS (SELECT s.offer_id, s.quantity FROM changes c JOIN stock s ON s.offer_id = c.offer_id{{after}}
        ORDER BY s.offer_id FOR NO KEY UPDATE OF s),
    short AS (SELECT c.offer_id, COALESCE(h.quantity, 0) AS quantity
        FROM changes c LEFT JOIN held h ON h.offer_id = c.offer_id
        WHERE h.quantity IS NULL OR h.quantity + c.change < 0),
    moved AS (UPDATE stock SET quantity = h.quantity + c.change
        FROM held h JOIN changes c ON c.offer_id = h.offer_id
        WHERE stock.offer_id = h.offer_id AND NOT EXISTS (SELECT 1 FROM short)
        RETURNING h.offer_id, c.change, h.quantity AS before, stock.quantity AS after),
    written AS (INSERT INTO stock_movements (offer_id, change, reason, order_id, at)
        SELECT offer_id, change, $2::text, $3::uuid, $4::timestamptz FROM moved),
    turned AS (INSERT INTO stock_turns (offer_id, at)
        SELECT offer_id, {NOW["postgres"]} FROM moved WHERE before = 0 OR after = 0)"""
"""What is `held` is what the writer before has left, whatever the statement saw at first; all of it is
locked, in the order of ids and after what `after` names, before `short` is known and anything is changed.

PostgreSQL expects few rows of arrays that are made on the way, whatever is in them: so it looks each offer
up, and keeps its plan.
"""
MOVE = f"""WITH {MOVING.format(after="")}
    SELECT offer_id, quantity, TRUE AS is_short FROM short
    UNION ALL SELECT offer_id, after, FALSE FROM moved WHERE before = 0 OR after = 0"""
"""One round trip."""
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
    rows = moving(changes)
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
    rows = moving(changes)
    if dialect() == POSTGRES:
        told = await fetch(MOVE, [rows, *why])
        short = {row["offer_id"]: row["quantity"] for row in told if row["is_short"]}
        return Moved(short, has_turned=bool(told) and not short)
    if told := await fetch(SHORT.format(rows=rowset(CHANGE)), [rows]):
        return Moved({OfferId(UUID(row["offer_id"])): row["quantity"] for row in told})
    await execute(WRITTEN.format(rows=rowset(CHANGE)), [rows, *why])
    turned = await fetch(TURNED.format(rows=rowset(CHANGE)) + " RETURNING id", [rows])
    await execute(MOVED.format(rows=rowset(CHANGE)), [rows])
    return Moved({}, has_turned=bool(turned))


def moving(changes: Mapping[OfferId, int]) -> str:
    """Changes as the parameter of a statement."""
    return packed({"offer_id": offer, "change": change} for offer, change in changes.items())


def wanted(lines: Sequence[Line]) -> Mapping[OfferId, int]:
    """The changes by which lines are taken."""
    return {offer: -quantity for offer, quantity in returned(lines).items()}


def returned(lines: Sequence[Line]) -> Mapping[OfferId, int]:
    """The changes by which lines are given back; lines of one offer are summed."""
    changes: dict[OfferId, int] = {}
    for line in lines:
        changes[line.offer] = changes.get(line.offer, 0) + line.quantity
    return changes
