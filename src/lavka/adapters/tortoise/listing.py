"""A page gathered out of rows by one statement."""

from collections.abc import Mapping
from typing import Any

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.json_sql import Conditions, JsonSql


async def gather(
    sql: JsonSql, listed: str, about: Mapping[str, str], size: int, conditions: Conditions
) -> dict[str, Any]:
    """Gather a page out of rows numbered `nth`, one more than it shows, which tells of a next page.

    `about` is SQL of whatever else is told in the same statement, by name.
    """
    told = ", ".join(f"{value} AS {name}" for name, value in about.items())
    statement = (
        f"SELECT {told}, count(*) > {size} AS more, "
        f"{sql.text(sql.array('item', f'nth <= {size}'))} AS items, "
        f"{sql.item('sort_key', size)} AS last_key, {sql.item('id', size)} AS last_id "
        f"FROM ({listed}) AS listed"
    )
    return (await fetch(statement, conditions.parameters))[0]
