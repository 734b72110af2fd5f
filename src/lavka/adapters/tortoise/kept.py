"""What is kept beside products because lists sort and filter by it, and follows from their offers."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.domain.catalog import LONGEST_ATTRIBUTE, LONGEST_VALUE, ProductId

BUYABLE = """FROM offers o JOIN shops s ON s.id = o.shop_id JOIN stock st ON st.offer_id = o.id
    WHERE o.product_id = products.id AND o.is_active AND s.is_open"""
KEPT_PRICE = f"(SELECT min(o.price) {BUYABLE})"
KEPT_STOCK = f"EXISTS (SELECT 1 {BUYABLE} AND st.quantity > 0)"
OFFERED = "SELECT 1 FROM offers o WHERE o.product_id = products.id"
KEPT_OFFERED = f"(was_offered OR EXISTS ({OFFERED}))"
KEPT_ACTIVE = f"(NOT is_hidden AND (EXISTS ({OFFERED} AND o.is_active) OR NOT {KEPT_OFFERED}))"

OWN = "SELECT p.id AS product_id, a.key AS name, a.value FROM products p, {each}(p.attributes) AS a"
OFFERS = """SELECT o.product_id, a.key AS name, a.value FROM offers o, {each}(o.attributes) AS a
    WHERE o.is_active"""
FITS = f"length(name) BETWEEN 1 AND {LONGEST_ATTRIBUTE} AND length(value) BETWEEN 1 AND {LONGEST_VALUE}"
FIRST = UUID(int=0)
"""What comes before every id: where a walk in the order of ids begins."""


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
        f"UPDATE products SET price = {KEPT_PRICE}, in_stock = {KEPT_STOCK}, is_active = {KEPT_ACTIVE}, "
        f"was_offered = {KEPT_OFFERED} WHERE {chosen}",
        ids,
    )


def told_attributes(mine: str = "", theirs: str = "") -> str:
    """The attributes that products have, by themselves or by their active offers, each once, as SQL.

    `mine` and `theirs` restrict the products of either. What is longer than can be asked for is left out.
    """
    each = "jsonb_each_text" if dialect() == POSTGRES else "json_each"
    own, offers = OWN.format(each=each) + mine, OFFERS.format(each=each) + theirs
    return f"SELECT product_id, name, value FROM ({own} UNION {offers}) AS told WHERE {FITS}"


async def keep_attributes(products: Collection[ProductId]) -> None:
    """Bring the attributes that filters read of these products up to date; those that stay are not written.

    Call it after `keep`, which makes other writers of these products wait.
    """
    ids = [sorted_ids(products)]
    told = told_attributes(f" WHERE {among('p.id', 1)}", f" AND {among('o.product_id', 1)}")
    gone = "t.product_id = product_attributes.product_id AND t.name = product_attributes.name"
    await execute(
        f"WITH told AS ({told}) DELETE FROM product_attributes WHERE {among('product_id', 1)} "
        f"AND NOT EXISTS (SELECT 1 FROM told t WHERE {gone} AND t.value = product_attributes.value)",
        ids,
    )
    await execute(
        f"INSERT INTO product_attributes (product_id, name, value) {told} ON CONFLICT DO NOTHING", ids
    )


async def next_version() -> None:
    """Say that lists have changed; who changes them too waits until this transaction ends.

    The last thing that is locked, after products: in one order for all, so that nobody waits in a ring.
    """
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
