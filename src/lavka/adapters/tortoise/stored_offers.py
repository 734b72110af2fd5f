"""The offers of a shop as they stand, read by the batch, and as they stood, kept as documents."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.rowsets import document
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.listings import Listing, Stored

UNSORTED = "Прочее"
"""The category under which a list names what stands in none."""
STORED = f"""SELECT o.id, o.product_id, o.sku, o.price, o.recommended_price, s.quantity, o.attributes,
    o.is_active, o.listing, p.name, p.model, COALESCE(c.name, '{UNSORTED}') AS category
    FROM ({{offers}}) AS o JOIN stock s ON s.offer_id = o.id JOIN products p ON p.id = o.product_id
    LEFT JOIN categories c ON c.id = p.category_id ORDER BY o.{{order}}"""
NAMED = "SELECT * FROM offers WHERE shop_id = $1 AND {these}"
ACTIVE = "SELECT * FROM offers WHERE shop_id = $1 AND is_active AND sku > $2 ORDER BY sku LIMIT {size}"
"""A page is cut out before anything is joined to it, however little the planner knows of new rows."""


def offer_as_stored(row: Mapping[str, Any]) -> Stored:
    """Read a row of `STORED`."""
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
    )


def state_of(stored: Stored) -> dict[str, Any]:
    """What an import may change of an offer, but for its stock, as columns."""
    listing = stored.listing
    known = {"name": listing.name, "model": listing.model, "category": listing.category}
    return {
        "product_id": stored.product,
        "price": stored.price,
        "recommended_price": stored.recommended_price,
        "attributes": stored.attributes,
        "is_active": stored.is_active,
        "listing": None if stored.is_by_hand else known,
    }


def as_it_was(now: Stored, state: Mapping[str, Any] | None) -> Stored | None:
    """The offer with a state that was kept of it; None when it was not there."""
    if state is None:
        return None
    listing = state["listing"]
    return replace(
        now,
        product=ProductId(UUID(state["product_id"])),
        price=state["price"],
        recommended_price=state["recommended_price"],
        attributes=state["attributes"],
        is_active=state["is_active"],
        listing=Listing(**listing) if listing else now.listing,
        is_by_hand=listing is None,
    )
