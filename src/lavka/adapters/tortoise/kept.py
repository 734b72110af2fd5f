"""What is kept beside products because lists sort and filter by it, and follows from their offers."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.domain.catalog import ProductId

BUYABLE = """FROM offers o JOIN shops s ON s.id = o.shop_id JOIN stock st ON st.offer_id = o.id
    WHERE o.product_id = products.id AND o.is_active AND s.is_open"""
KEPT_PRICE = f"(SELECT min(o.price) {BUYABLE})"
KEPT_STOCK = f"EXISTS (SELECT 1 {BUYABLE} AND st.quantity > 0)"
OFFERED = "SELECT 1 FROM offers o WHERE o.product_id = products.id"
KEPT_ACTIVE = f"(NOT is_hidden AND (EXISTS ({OFFERED} AND o.is_active) OR NOT EXISTS ({OFFERED})))"


async def keep(products: Collection[ProductId]) -> None:
    """Bring what is kept of these products up to date.

    Their rows are locked first, in the order of their ids, and looked at in a statement of its own: of two
    writers who change offers of one product the second sees what the first has done.
    """
    chosen = among("id", 1)
    ids = [sorted_ids(products)]
    if dialect() == POSTGRES:
        await fetch(f"SELECT id FROM products WHERE {chosen} ORDER BY id FOR NO KEY UPDATE", ids)
    await execute(
        f"UPDATE products SET price = {KEPT_PRICE}, in_stock = {KEPT_STOCK}, is_active = {KEPT_ACTIVE} "
        f"WHERE {chosen}",
        ids,
    )


async def next_version() -> None:
    """Say that lists have changed; who changes them too waits until this transaction ends."""
    await execute("UPDATE catalog_version SET version = version + 1")


def among(column: str, place: int) -> str:
    """The condition that a column is one of many ids, the parameter being what `sorted_ids` makes."""
    if dialect() == POSTGRES:
        return f"{column} = ANY(${place})"
    return f"{column} IN (SELECT value FROM json_each(${place}))"


def sorted_ids(ids: Collection[Any]) -> Any:
    """Many ids as one parameter, each once, in their order."""
    in_order: Sequence[Any] = sorted(set(ids))
    return in_order if dialect() == POSTGRES else orjson.dumps([str(each) for each in in_order]).decode()
