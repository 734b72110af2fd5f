"""Offers as price lists bring them: read by the batch, planned elsewhere, withdrawn, undone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.listing_writes import (
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
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.adapters.tortoise.shop_categories import places_of
from lavka.adapters.tortoise.stored_offers import ACTIVE, NAMED, STORED, offer_as_stored
from lavka.adapters.tortoise.undoing import undo
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, OfferId, ProductId, fold
from lavka.domain.imports import Import
from lavka.domain.listings import Candidate, Plan, Stored
from lavka.domain.prices import Good
from lavka.domain.shops import ShopId

WANTED = {"category_id": "uuid", "name": "text", "model": "text"}
CANDIDATES = """SELECT p.id, p.category_id, p.name_folded, p.model,
    EXISTS (SELECT 1 FROM offers o WHERE o.product_id = p.id AND o.shop_id = $2) AS is_ours
    FROM {wanted} JOIN products p ON p.category_id = r.category_id AND p.{same}"""


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
        return {row["sku"]: offer_as_stored(row) for row in rows}

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
        return [offer_as_stored(row) for row in await fetch(page, [shop, after])]

    async def withdraw(self, work: Import, offers: Sequence[Stored]) -> None:
        """Make offers inactive, and keep that they were not."""
        states = [state_of(stored) | {"id": stored.offer} for stored in offers]
        await update_offers([state | {"is_active": False} for state in states])
        await note(work.id, [_unmade(stored) for stored in offers])

    async def undo(self, work: Import, back_to: Import) -> None:
        """Bring the shop's offers back to what they were before an import and all that followed it."""
        await undo(work, back_to)

    async def settle(self, work: Import) -> None:
        """Set the stock and what lists show of all that an import has touched."""
        await settle(work)


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
