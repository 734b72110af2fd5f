"""The offers of a shop as they stand, read by the batch."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.rowsets import document
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.listings import Listing, Stored

UNSORTED = "Прочее"
"""The category under which a list names what stands in none."""

STORED = f"""SELECT o.id, o.product_id, o.sku, o.price, o.recommended_price, s.quantity, o.attributes,
    o.is_active, o.listing, p.name, p.model, COALESCE(c.name, '{UNSORTED}') AS category,
    NOT EXISTS (SELECT 1 FROM offers x WHERE x.product_id = o.product_id AND x.id <> o.id) AS is_alone
    FROM ({{offers}}) AS o JOIN stock s ON s.offer_id = o.id JOIN products p ON p.id = o.product_id
    LEFT JOIN categories c ON c.id = p.category_id ORDER BY o.sku"""
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
        is_alone=bool(row["is_alone"]),
    )
