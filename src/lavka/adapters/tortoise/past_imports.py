"""What past imports did, as it was kept next to their writing."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch
from lavka.adapters.tortoise.kept import FIRST, among, sorted_ids
from lavka.adapters.tortoise.listing_writes import hold_stock
from lavka.adapters.tortoise.rowsets import document
from lavka.adapters.tortoise.stored_offers import NAMED, STORED, as_it_was, offer_as_stored
from lavka.domain.catalog import OfferId
from lavka.domain.imports import Import
from lavka.domain.listings import Deed, Stored

SINCE = """FROM price_list_changes c JOIN price_lists i ON i.id = c.import_id
    WHERE i.shop_id = $1 AND i.status = 'done' AND i.finished_at >= $2"""
TOUCHED = f"SELECT DISTINCT c.offer_id {SINCE} AND c.offer_id > $3 ORDER BY c.offer_id LIMIT {{size}}"
DEEDS = f"""SELECT c.offer_id, c.before,
    COALESCE(c.quantity_after - COALESCE(c.quantity_before, 0), 0) AS brought
    {SINCE} AND {{these}} ORDER BY c.offer_id, i.finished_at, i.id"""


async def deeds(back_to: Import, after: OfferId | None, size: int) -> Sequence[tuple[Stored, Sequence[Deed]]]:
    """Tell what an import and all that followed it did to so many offers, in the order of their ids.

    Their stock stays as it is until the transaction ends.
    """
    since = [back_to.shop, back_to.finished_at]
    found = await fetch(TOUCHED.format(size=size), [*since, after or FIRST])
    if not found:
        return []
    ids = sorted_ids([row["offer_id"] for row in found])
    if dialect() == POSTGRES:  # the offers, then their stock, as everybody does
        these = among("id", 1)
        await fetch(f"SELECT id FROM offers WHERE {these} ORDER BY id FOR NO KEY UPDATE", [ids])
    await hold_stock(ids)
    offers = NAMED.format(these=among("id", 2))
    stored = await fetch(STORED.format(offers=offers, order="id"), [back_to.shop, ids])
    done = await fetch(DEEDS.format(these=among("c.offer_id", 3)), [*since, ids])
    by_offer = {offer: list(rows) for offer, rows in groupby(done, itemgetter("offer_id"))}
    return [_told(offer_as_stored(row), by_offer[row["id"]]) for row in stored]


def _told(now: Stored, rows: Sequence[dict[str, Any]]) -> tuple[Stored, Sequence[Deed]]:
    return now, [Deed(as_it_was(now, document(row["before"])), row["brought"]) for row in rows]
