"""Offers as price lists bring them: read by the batch, planned elsewhere, withdrawn, undone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.listing_writes import (
    hold_stock,
    insert_offers,
    insert_products,
    note,
    offer_row,
    product_row,
    products_before,
    settle,
    state_of,
    update_offers,
    update_products,
)
from lavka.adapters.tortoise.rows import folded
from lavka.adapters.tortoise.rowsets import document, packed, rowset
from lavka.adapters.tortoise.shop_categories import places_of
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, OfferId, ProductId, fold
from lavka.domain.imports import Change, Import
from lavka.domain.listings import Candidate, Listing, Plan, Stored
from lavka.domain.prices import Good
from lavka.domain.shops import ShopId

UNSORTED = "Прочее"
"""The category under which a list names what stands in none."""
BATCH = 1000

STORED = f"""SELECT o.id, o.product_id, o.sku, o.price, o.recommended_price, s.quantity, o.attributes,
    o.is_active, o.listing, p.name, p.model, COALESCE(c.name, '{UNSORTED}') AS category,
    NOT EXISTS (SELECT 1 FROM offers x WHERE x.product_id = o.product_id AND x.id <> o.id) AS is_alone
    FROM ({{offers}}) AS o JOIN stock s ON s.offer_id = o.id JOIN products p ON p.id = o.product_id
    LEFT JOIN categories c ON c.id = p.category_id ORDER BY o.sku"""
NAMED = "SELECT * FROM offers WHERE shop_id = $1 AND {these}"
ACTIVE = "SELECT * FROM offers WHERE shop_id = $1 AND is_active AND sku > $2 ORDER BY sku LIMIT {size}"
"""A page is cut out before anything is joined to it, however little the planner knows of new rows."""
WANTED = {"category_id": "uuid", "name": "text", "model": "text"}
CANDIDATES = """SELECT p.id, p.category_id, p.name_folded, p.model,
    EXISTS (SELECT 1 FROM offers o WHERE o.product_id = p.id AND o.shop_id = $2) AS is_ours
    FROM {wanted} JOIN products p ON p.category_id = r.category_id AND p.{same}"""
TOUCHED = f"""SELECT DISTINCT c.offer_id FROM price_list_changes c JOIN price_lists i ON i.id = c.import_id
    WHERE i.shop_id = $1 AND i.status = 'done' AND i.finished_at >= $2 AND c.offer_id > $3
    ORDER BY c.offer_id LIMIT {BATCH}"""
PAST = """SELECT c.offer_id, c.before, c.product_before, c.quantity_before, c.quantity_after
    FROM price_list_changes c JOIN price_lists i ON i.id = c.import_id
    WHERE i.shop_id = $1 AND i.status = 'done' AND i.finished_at >= $2 AND {these}
    ORDER BY c.offer_id, i.finished_at, i.id"""
FIRST = UUID(int=0)


class TortoiseListings:
    """The offers of shops as their price lists bring them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    async def categories(
        self, shop: ShopId, names: Collection[str], *, make: bool
    ) -> Mapping[str, CategoryId]:
        """Say where a shop's categories stand in the common tree, by folded name."""
        return await places_of(shop, names, self._ids, make=make)

    async def stored(self, shop: ShopId, skus: Collection[str]) -> Mapping[str, Stored]:
        """Find the shop's offers with these SKUs."""
        rows = await fetch(
            STORED.format(offers=NAMED.format(these=among("sku", 2))), [shop, sorted_ids(skus)]
        )
        return {row["sku"]: _stored(row) for row in rows}

    async def candidates(
        self, shop: ShopId, goods: Collection[Good], categories: Mapping[str, CategoryId]
    ) -> Sequence[Candidate]:
        """Find the products that these rows may mean: those of their name, and those of their model."""
        wanted = [
            {
                "category_id": categories[fold(good.category)],
                "name": folded(good.name),
                "model": good.model and folded(good.model),
            }
            for good in goods
        ]
        if not wanted:
            return []
        named, modelled = (
            CANDIDATES.format(wanted=rowset(WANTED), same=same)
            for same in ("name_folded = r.name", "model = r.model")
        )
        rows = await fetch(f"{named} UNION {modelled}", [packed(wanted), shop])
        return [
            Candidate(
                ProductId(UUID(str(row["id"]))),
                CategoryId(UUID(str(row["category_id"]))),
                row["name_folded"],
                row["model"],
                bool(row["is_ours"]),
            )
            for row in rows
        ]

    async def apply(
        self, work: Import, plan: Plan, categories: Mapping[str, CategoryId], now: datetime
    ) -> None:
        """Write a batch, and what it was before."""
        places = {good.row: categories[fold(good.category)] for _, good in (*plan.products, *plan.revised)}
        before = await products_before([*(product for product, _ in plan.revised), *plan.emptied])
        await insert_products(
            [product_row(product, good, places[good.row], now) for product, good in plan.products]
        )
        await update_products(
            [
                *(product_row(product, good, places[good.row], now) for product, good in plan.revised),
                *(before[product] | {"is_hidden": True, "updated_at": now} for product in plan.emptied),
            ]
        )
        new = [each for each in plan.offers if each[3] is None]
        await insert_offers([offer_row(offer, product, work.shop, good) for offer, product, good, _ in new])
        await update_offers(
            [
                offer_row(offer, product, work.shop, good)
                for offer, product, good, stored in plan.offers
                if stored
            ]
        )
        await note(work.id, [_change(*each, before) for each in plan.offers])

    async def active(self, shop: ShopId, after: str, size: int) -> Sequence[Stored]:
        """Give so many of the shop's active offers whose SKU comes after this one, in their order."""
        page = STORED.format(offers=ACTIVE.format(size=size))
        return [_stored(row) for row in await fetch(page, [shop, after])]

    async def withdraw(self, work: Import, offers: Sequence[Stored]) -> None:
        """Make offers inactive, and keep that they were not."""
        states = [state_of(stored) | {"id": stored.offer} for stored in offers]
        await update_offers([state | {"is_active": False} for state in states])
        await note(work.id, [_unmade(stored) for stored in offers])

    async def undo(self, work: Import, back_to: Import) -> None:
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

    async def settle(self, work: Import) -> None:
        """Set the stock and what lists show of all that an import has touched."""
        await settle(work)


async def _undo(work: Import, past: Mapping[Any, Sequence[Mapping[str, Any]]]) -> None:
    ids = sorted_ids(past.keys())
    await hold_stock(ids)
    rows = await fetch(STORED.format(offers=NAMED.format(these=among("id", 2))), [work.shop, ids])
    stored = {row["id"]: _stored(row) for row in rows}
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


def _change(
    offer: OfferId,
    product: ProductId,
    good: Good,
    stored: Stored | None,
    products: Mapping[Any, Mapping[str, Any]],
) -> dict[str, Any]:
    """What an import has done to an offer, with the state before it."""
    is_new_quantity = stored is None or stored.quantity != good.quantity
    return {
        "offer_id": offer,
        "product_id": product,
        "product_was": stored and stored.product,
        "before": stored and state_of(stored),
        "product_before": stored and products.get(str(stored.product)),
        "quantity_before": stored and stored.quantity,
        "quantity_after": good.quantity if is_new_quantity else None,
    }


def _unmade(stored: Stored) -> dict[str, Any]:
    same = {"product_id": stored.product, "product_was": stored.product, "product_before": None}
    quantities = {"quantity_before": stored.quantity, "quantity_after": None}
    return {"offer_id": stored.offer, "before": state_of(stored), **same, **quantities}


def _stored(row: Mapping[str, Any]) -> Stored:
    listing = document(row["listing"])
    known = listing or {"name": row["name"], "model": row["model"], "category": row["category"]}
    return Stored(
        offer=OfferId(UUID(str(row["id"]))),
        product=ProductId(UUID(str(row["product_id"]))),
        sku=row["sku"],
        price=row["price"],
        recommended_price=row["recommended_price"],
        quantity=row["quantity"],
        attributes=document(row["attributes"]),
        is_active=bool(row["is_active"]),
        listing=Listing(**known),
        is_by_hand=listing is None,
        is_alone=bool(row["is_alone"]),
    )
