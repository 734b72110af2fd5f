"""Much in one round trip: rows by the thousand as one JSON parameter, several writes as one statement."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch


def rowset(columns: Mapping[str, str], place: int = 1) -> str:
    """A FROM item `r` of these columns and PostgreSQL types; the parameter is what `packed` makes."""
    if dialect() == POSTGRES:
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(${place}::json) AS r({typed})"
    taken = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {taken} FROM json_each(${place})) AS r"


def packed(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as the parameter; times and ids as either database reads them."""
    return orjson.dumps(list(rows), option=orjson.OPT_PASSTHROUGH_DATETIME, default=str).decode()


def id_of(value: UUID | str) -> UUID:
    """Read an id of a row, which SQLite keeps as text."""
    return value if isinstance(value, UUID) else UUID(value)


def document(value: Any) -> Any:
    """Read a JSON column of a row."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


async def execute_together(statements: Sequence[tuple[str, Sequence[Any]]]) -> None:
    """Run statements that write, each as in `execute`, on PostgreSQL in one round trip.

    There none of them sees what the others write; foreign keys are looked at when all are done.
    """
    if dialect() != POSTGRES:
        for sql, parameters in statements:
            await execute(sql, parameters)
        return
    written: list[str] = []
    given: list[Any] = []
    for nth, (sql, parameters) in enumerate(statements):
        written.append(f"s{nth} AS ({_renumbered(sql, len(given))})")
        given += parameters
    await fetch(f"WITH {', '.join(written)} SELECT 1 AS done", given)


def _renumbered(sql: str, by: int) -> str:
    return re.sub(r"\$(\d+)", lambda place: f"${int(place[1]) + by}", sql) if by else sql
