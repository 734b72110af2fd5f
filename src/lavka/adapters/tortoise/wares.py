"""What is sold today: offers with what a buyer sees of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import dialect, fetch
from lavka.adapters.tortoise.rowsets import document, id_of
from lavka.domain.cart import Cart, CartItem, Ware
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.money import Money
from lavka.domain.shops import ShopId

Place = tuple[int, int]
"""The quantity of an item of a cart, and where it stands."""

WARES = """SELECT ware.*, w.quantity, w.position, c.id AS cart, c.version FROM ({which}) AS w {each}
    (SELECT o.id, o.product_id, o.shop_id, o.sku, o.price, st.quantity AS stock, o.recommended_price,
        {attributes} AS attributes, o.is_active, p.name, s.name AS shop_name, p.image,
        o.is_active AND s.is_open AND p.is_active AS is_for_sale
        FROM offers o JOIN stock st ON st.offer_id = o.id JOIN products p ON p.id = o.product_id
        JOIN shops s ON s.id = o.shop_id {one}) AS ware {on}
    LEFT JOIN carts c ON {cart} ORDER BY w.position"""
EACH = {
    "postgres": {
        "each": "CROSS JOIN LATERAL",
        "one": "WHERE o.id = w.offer_id LIMIT 1",  # so that PostgreSQL looks each up, however many it expects
        "on": "",
        "attributes": "p.attributes || o.attributes",
    },
    "sqlite": {
        "each": "JOIN",
        "one": "",
        "on": "ON ware.id = w.offer_id",
        "attributes": "json_patch(p.attributes, o.attributes)",
    },
}
"""The words of each dialect. Of characteristics the offer's win over those of its product."""
ONE = "SELECT id AS offer_id, NULL AS quantity, NULL AS position FROM offers WHERE id = $1"


class TortoiseWares:
    """Offers, looked at one by one."""

    async def find(self, offer: OfferId) -> Ware | None:
        """Look at an offer as it stands now; None when there is no such one."""
        return (await read_wares(ONE, [offer])).wares.get(offer)


@dataclass(frozen=True, slots=True)
class Seen:
    """Offers as they stand, and the places of those that are in a cart, in their order."""

    wares: Mapping[OfferId, Ware]
    places: Mapping[OfferId, Place]
    cart: UUID | None
    """The cart itself, None while there is none."""
    version: int

    def full(self) -> Cart[Ware]:
        """The cart with what it holds."""
        return Cart(CartItem(self.wares[offer], quantity) for offer, (quantity, _) in self.places.items())


async def read_wares(which: str, parameters: Sequence[Any], cart: str = "FALSE") -> Seen:
    """Read offers as they stand; `which` of a cart `c` that this condition names."""
    sql = WARES.format(which=which, cart=cart, **EACH[dialect()])
    rows = await fetch(sql, parameters)
    first = rows[0] if rows else {"cart": None}
    return Seen(
        {ware.id: ware for ware in map(_ware, rows)},
        {
            OfferId(id_of(row["id"])): (row["quantity"], row["position"])
            for row in rows
            if row["quantity"] is not None
        },
        None if first["cart"] is None else id_of(first["cart"]),
        0 if first["cart"] is None else int(first["version"] or 0),
    )


def _ware(row: Mapping[str, Any]) -> Ware:
    recommended = row["recommended_price"]
    return Ware(
        id=OfferId(id_of(row["id"])),
        product=ProductId(id_of(row["product_id"])),
        shop=ShopId(id_of(row["shop_id"])),
        sku=row["sku"],
        price=Money(row["price"]),
        quantity=row["stock"],
        recommended_price=None if recommended is None else Money(recommended),
        attributes=document(row["attributes"]),
        is_active=bool(row["is_active"]),
        name=row["name"],
        shop_name=row["shop_name"],
        image=row["image"],
        is_for_sale=bool(row["is_for_sale"]),
    )
