"""What of a stored order has changed, as statements that write no more than that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.order_rows import EVENT, Statement, event_rows, insert, order_row
from lavka.adapters.tortoise.rows import changed
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.domain.orders import Order


@dataclass(frozen=True, slots=True)
class Part:
    """What an order is made of: its table, the key within an order, the one column that can change."""

    table: str
    key: str
    column: str
    kind: str


LINES = Part("order_lines", "offer_id", "quantity", "int")
SHIPMENTS = Part("shipments", "id", "status", "text")


@dataclass(frozen=True, slots=True)
class Stored:
    """An order as it was before it was lent; of lines and shipments, what can change."""

    row: Mapping[str, Any]
    quantities: Mapping[UUID, int]
    statuses: Mapping[UUID, str]
    events: int

    @classmethod
    def of(cls, order: Order) -> Self:
        """Remember how it is now."""
        return cls(order_row(order), _quantities(order), _statuses(order), len(order.history))

    def changes(self, order: Order) -> Sequence[Statement]:
        """Write what is different now."""
        return [
            *_row(order, changed(dict(self.row), order_row(order))),
            *_parts(LINES, order, self.quantities, _quantities(order)),
            *_parts(SHIPMENTS, order, self.statuses, _statuses(order)),
            *([insert("order_history", EVENT, new)] if (new := list(event_rows(order, self.events))) else []),
        ]


def _quantities(order: Order) -> dict[UUID, int]:
    return {line.offer: line.quantity for line in order.lines}


def _statuses(order: Order) -> dict[UUID, str]:
    return {each.id: each.status.value for each in order.shipments}


def _row(order: Order, columns: Mapping[str, Any]) -> Sequence[Statement]:
    if not columns:
        return []
    assigned = ", ".join(f"{name} = ${nth}" for nth, name in enumerate(columns, 2))
    return [(f"UPDATE orders SET {assigned} WHERE id = $1", [order.id, *columns.values()])]


def _parts(
    part: Part, order: Order, before: Mapping[UUID, Any], after: Mapping[UUID, Any]
) -> Sequence[Statement]:
    """Forget the parts that are gone, and write the others' column where it is another."""
    statements: list[Statement] = []
    table, key, column = part.table, part.key, part.column
    if gone := before.keys() - after.keys():
        sql = f"DELETE FROM {table} WHERE order_id = $1 AND {among(key, 2)}"
        statements.append((sql, [order.id, sorted_ids(gone)]))
    if other := [{key: each, column: now} for each, now in after.items() if before[each] != now]:
        sql = f"UPDATE {table} SET {column} = r.{column} FROM {rowset({key: 'uuid', column: part.kind}, 2)} "
        sql += f"WHERE {table}.order_id = $1 AND {table}.{key} = r.{key}"
        statements.append((sql, [order.id, packed(other)]))
    return statements
