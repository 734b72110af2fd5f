"""Rows handed to a statement by the thousand, as one JSON parameter, in the words of either dialect."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from lavka.adapters.tortoise.database import POSTGRES, dialect


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
