"""What is sold today."""

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.order_rows import id_of
from lavka.adapters.tortoise.rowsets import document
from lavka.domain.cart import Ware
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.money import Money
from lavka.domain.shops import ShopId

WARE = """SELECT o.product_id, o.shop_id, o.sku, o.price, o.attributes, o.is_active, s.quantity,
    p.name, p.image, h.name AS shop_name, (o.is_active AND h.is_open AND p.is_active) AS is_for_sale
    FROM offers o JOIN stock s ON s.offer_id = o.id JOIN products p ON p.id = o.product_id
    JOIN shops h ON h.id = o.shop_id WHERE o.id = $1"""


class TortoiseWares:
    """Offers with what a buyer sees of them."""

    async def find(self, offer: OfferId) -> Ware | None:
        """Look at an offer as it stands now; None when there is no such one."""
        found = await fetch(WARE, [offer])
        if not found:
            return None
        (row,) = found
        return Ware(
            id=offer,
            product=ProductId(id_of(row["product_id"])),
            shop=ShopId(id_of(row["shop_id"])),
            sku=row["sku"],
            price=Money(row["price"]),
            quantity=row["quantity"],
            attributes=document(row["attributes"]),
            is_active=bool(row["is_active"]),
            name=row["name"],
            shop_name=row["shop_name"],
            image=row["image"],
            is_for_sale=bool(row["is_for_sale"]),
        )
