"""How price lists are written: products, offers and stock by the batch, and what each was before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, hold
from lavka.adapters.tortoise.kept import among, keep, keep_attributes, next_version, sorted_ids
from lavka.adapters.tortoise.rows import folded
from lavka.adapters.tortoise.rowsets import document, packed, rowset
from lavka.adapters.tortoise.search_index import keep_search
from lavka.domain.catalog import CategoryId, OfferId, ProductId, slugify
from lavka.domain.imports import Import, ImportId
from lavka.domain.listings import Listing, Stored
from lavka.domain.prices import Good
from lavka.domain.shops import ShopId

BATCH = 1000
FIRST = UUID(int=0)
PRODUCT = {
    "id": "uuid",
    "name": "text",
    "name_folded": "text",
    "slug": "text",
    "category_id": "uuid",
    "model": "text",
    "attributes": "jsonb",
    "is_hidden": "boolean",
    "updated_at": "timestamptz",
}
OFFER = {
    "id": "uuid",
    "product_id": "uuid",
    "shop_id": "uuid",
    "sku": "text",
    "price": "bigint",
    "recommended_price": "bigint",
    "attributes": "jsonb",
    "is_active": "boolean",
    "listing": "jsonb",
    "quantity": "int",
}
CHANGE = {
    "offer_id": "uuid",
    "product_id": "uuid",
    "product_was": "uuid",
    "before": "jsonb",
    "product_before": "jsonb",
    "quantity_before": "int",
    "quantity_after": "int",
}
NEW_STOCK = f"""SELECT offer_id FROM price_list_changes WHERE import_id = $1 AND offer_id > $2
    AND before IS NOT NULL AND quantity_after IS NOT NULL ORDER BY offer_id LIMIT {BATCH}"""
GOODS = """SELECT id FROM (SELECT DISTINCT {column} AS id FROM price_list_changes
    WHERE import_id = $1 AND {column} > $2 {only} ORDER BY {column} LIMIT 1000) AS part"""
ALL_GOODS, LEFT_GOODS = (
    GOODS.format(column="product_id", only=""),
    GOODS.format(column="product_was", only="AND product_was <> product_id"),
)
NEW_GOODS = f"{ALL_GOODS} UNION {LEFT_GOODS} ORDER BY id LIMIT {BATCH}"


def product_row(product: ProductId, good: Good, category: CategoryId, now: datetime) -> dict[str, Any]:
    """A product as a list describes it."""
    return {
        "id": product,
        "name": good.name,
        "name_folded": folded(good.name),
        "slug": slugify(good.name),
        "category_id": category,
        "model": good.model and folded(good.model),
        "attributes": good.attributes,
        "is_hidden": False,
        "updated_at": now,
    }


def offer_row(offer: OfferId, product: ProductId, shop: ShopId, good: Good) -> dict[str, Any]:
    """An offer as a list brings it."""
    listing = Listing.of(good)
    return {
        "id": offer,
        "product_id": product,
        "shop_id": shop,
        "sku": good.sku,
        "price": good.price.minor,
        "recommended_price": good.recommended_price.minor if good.recommended_price else None,
        "attributes": good.attributes,
        "is_active": True,
        "listing": {"name": listing.name, "model": listing.model, "category": listing.category},
        "quantity": good.quantity,
    }


def state_of(stored: Stored) -> dict[str, Any]:
    """What of an offer an import may change, but for its stock."""
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


async def products_before(products: Collection[Any]) -> dict[Any, dict[str, Any]]:
    """What of these products an import may change, by the text of their ids; they are locked."""
    if not products:
        return {}
    lock = " ORDER BY id FOR NO KEY UPDATE" if dialect() == POSTGRES else ""
    columns = ", ".join(PRODUCT)
    ids = sorted_ids([UUID(str(each)) for each in products])
    rows = await fetch(f"SELECT {columns} FROM products WHERE {among('id', 1)}{lock}", [ids])
    states = [
        dict(row) | {"attributes": document(row["attributes"]), "is_hidden": bool(row["is_hidden"])}
        for row in rows
    ]
    return {str(state["id"]): state for state in states}


async def insert_products(rows: Sequence[Mapping[str, Any]]) -> None:
    """Make products, which nobody offers yet."""
    if rows:
        columns = ", ".join(PRODUCT)
        await execute(
            f"INSERT INTO products ({columns}, description, is_active, in_stock, created_at) "
            f"SELECT {columns}, '', TRUE, FALSE, updated_at FROM {rowset(PRODUCT)}",
            [packed(rows)],
        )


async def update_products(rows: Sequence[Mapping[str, Any]]) -> None:
    """Change products; a category that has gone meanwhile leaves them in none."""
    if rows:
        same = [name for name in PRODUCT if name not in ("id", "category_id")]
        place = "(SELECT c.id FROM categories c WHERE c.id = r.category_id)"
        changes = ", ".join(f"{name} = r.{name}" for name in same)
        sql = f"UPDATE products SET category_id = {place}, {changes} FROM {rowset(PRODUCT)}"
        await execute(f"{sql} WHERE products.id = r.id", [packed(rows)])


async def insert_offers(rows: Sequence[Mapping[str, Any]]) -> None:
    """Make offers with their stock."""
    if rows:
        columns, given = ", ".join(name for name in OFFER if name != "quantity"), [packed(rows)]
        await execute(f"INSERT INTO offers ({columns}) SELECT {columns} FROM {rowset(OFFER)}", given)
        await execute(
            f"INSERT INTO stock (offer_id, quantity) SELECT id, quantity FROM {rowset(OFFER)}", given
        )


async def update_offers(rows: Sequence[Mapping[str, Any]]) -> None:
    """Change offers; their stock is left to `settle`."""
    if rows:
        names = ("product_id", "price", "recommended_price", "attributes", "is_active", "listing")
        changes = ", ".join(f"{name} = r.{name}" for name in names)
        await execute(
            f"UPDATE offers SET {changes} FROM {rowset(OFFER)} WHERE offers.id = r.id", [packed(rows)]
        )


async def note(work: ImportId, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what has been changed, and what it was before."""
    if rows:
        columns = ", ".join(CHANGE)
        into = f"INSERT INTO price_list_changes (import_id, {columns})"
        await execute(f"{into} SELECT $2, {columns} FROM {rowset(CHANGE)}", [packed(rows), work])


async def settle(work: Import) -> None:
    """Set the stock, then what lists show, each in the order of ids, so that buyers wait for it least."""
    await hold("shops", work.shop, "SHARE")
    after: Any = FIRST
    while found := await fetch(NEW_STOCK, [work.id, after]):
        offers = [row["offer_id"] for row in found]
        await _set_stock(work.id, sorted_ids(offers))
        after = offers[-1]
    after = FIRST
    while found := await fetch(NEW_GOODS, [work.id, after]):
        products = [row["id"] for row in found]
        await keep(products)
        await keep_attributes(products)
        await keep_search(products)
        after = products[-1]
    if work.created + work.updated + work.deactivated:
        await next_version()


async def _set_stock(work: ImportId, offers: Any) -> None:
    """Set the stock of offers, and note what it was at that very moment: buyers have gone on meanwhile."""
    these = among("offer_id", 1)
    await hold_stock(offers)
    await execute(
        "UPDATE price_list_changes SET quantity_before = s.quantity FROM stock s "
        f"WHERE import_id = $2 AND s.offer_id = price_list_changes.offer_id AND price_list_changes.{these}",
        [offers, work],
    )
    await execute(
        "UPDATE stock SET quantity = c.quantity_after FROM price_list_changes c "
        f"WHERE c.import_id = $2 AND c.offer_id = stock.offer_id AND stock.{these}",
        [offers, work],
    )


async def hold_stock(offers: Any) -> None:
    """Lock the stock of offers, one parameter as `sorted_ids` makes it, in the order that orders take it."""
    if dialect() == POSTGRES:
        these = among("offer_id", 1)
        await fetch(f"SELECT offer_id FROM stock WHERE {these} ORDER BY offer_id FOR NO KEY UPDATE", [offers])
