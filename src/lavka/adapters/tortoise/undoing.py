"""How imports are undone: from the state before each change, but for what was sold since."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.listing_writes import (
    hold_stock,
    note,
    products_before,
    state_of,
    update_offers,
    update_products,
)
from lavka.adapters.tortoise.rowsets import document
from lavka.adapters.tortoise.stored_offers import NAMED, STORED, offer_as_stored
from lavka.domain.imports import Change, Import
from lavka.domain.listings import Stored

BATCH = 1000
TOUCHED = f"""SELECT DISTINCT c.offer_id FROM price_list_changes c JOIN price_lists i ON i.id = c.import_id
    WHERE i.shop_id = $1 AND i.status = 'done' AND i.finished_at >= $2 AND c.offer_id > $3
    ORDER BY c.offer_id LIMIT {BATCH}"""
PAST = """SELECT c.offer_id, c.before, c.product_before, c.quantity_before, c.quantity_after
    FROM price_list_changes c JOIN price_lists i ON i.id = c.import_id
    WHERE i.shop_id = $1 AND i.status = 'done' AND i.finished_at >= $2 AND {these}
    ORDER BY c.offer_id, i.finished_at, i.id"""
FIRST = UUID(int=0)


async def undo(work: Import, back_to: Import) -> None:
    """Bring the shop's offers back to what they were before an import and all that followed it."""
    after: Any = FIRST
    since = back_to.finished_at
    while found := await fetch(TOUCHED, [work.shop, since, after]):
        offers = [row["offer_id"] for row in found]
        past = PAST.format(these=among("c.offer_id", 3))
        rows = await fetch(past, [work.shop, since, sorted_ids(offers)])
        await _undo(work, {offer: list(each) for offer, each in groupby(rows, itemgetter("offer_id"))})
        after = offers[-1]
        work.processed += len(offers)
    work.rows = work.processed


async def _undo(work: Import, past: Mapping[Any, Sequence[Mapping[str, Any]]]) -> None:
    ids = sorted_ids(past.keys())
    await hold_stock(ids)
    rows = await fetch(STORED.format(offers=NAMED.format(these=among("id", 2))), [work.shop, ids])
    stored = {row["id"]: offer_as_stored(row) for row in rows}
    returned = [
        document(each["product_before"])
        for rows_ in past.values()
        for each in rows_
        if each["product_before"]
    ]
    earliest = {state["id"]: state for state in reversed(returned)}
    now = await products_before(list(earliest))
    await update_products([*earliest.values()])
    states, changes = [], []
    for offer, rows_ in past.items():
        state, change = _earlier(stored[offer], rows_, now)
        states.append(state)
        changes.append(change)
        action = "deactivated" if stored[offer].is_active and not state["is_active"] else "updated"
        listing = stored[offer].listing
        work.count([Change(stored[offer].sku, listing.name, action, stored[offer].price, state["price"])])
    await update_offers(states)
    await note(work.id, changes)


def _earlier(
    stored: Stored, rows: Sequence[Mapping[str, Any]], products: Mapping[Any, Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An offer as it was before these changes, and the change that brings it back."""
    current = state_of(stored)
    first = rows[0]["before"]
    state = (document(first) if first else current | {"is_active": False}) | {"id": stored.offer}
    brought = sum(
        row["quantity_after"] - (row["quantity_before"] or 0)
        for row in rows
        if row["quantity_after"] is not None
    )
    left = max(0, stored.quantity - brought)
    product = next((document(row["product_before"])["id"] for row in rows if row["product_before"]), None)
    return state, {
        "offer_id": stored.offer,
        "product_id": state["product_id"],
        "product_was": stored.product,
        "before": current,
        "product_before": products.get(product),
        "quantity_before": stored.quantity,
        "quantity_after": None if left == stored.quantity else left,
    }
