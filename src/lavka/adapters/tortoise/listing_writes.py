"""How price lists are written: products, offers and stock by the batch, and what each was before."""

from collections.abc import Mapping, Sequence
from typing import Any

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, hold
from lavka.adapters.tortoise.kept import (
    FIRST,
    KEPT_STOCK,
    among,
    keep,
    keep_attributes,
    next_version,
    sorted_ids,
)
from lavka.adapters.tortoise.movements import Cause, record
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.adapters.tortoise.search_index import keep_search
from lavka.adapters.tortoise.stored_offers import state_of
from lavka.domain.catalog import CategoryId, ProductId, folded, slugify
from lavka.domain.imports import Import, ImportId
from lavka.domain.listings import Alteration
from lavka.domain.prices import Good

BATCH = 1000
PRODUCT = {
    "id": "uuid",
    "name": "text",
    "name_folded": "text",
    "slug": "text",
    "category_id": "uuid",
    "model": "text",
    "created_at": "timestamptz",
}
STATE = {
    "product_id": "uuid",
    "price": "bigint",
    "recommended_price": "bigint",
    "attributes": "jsonb",
    "is_active": "boolean",
    "listing": "jsonb",
}
OFFER = {"id": "uuid", "shop_id": "uuid", "sku": "text", "quantity": "int", **STATE}
CHANGE = {
    "offer_id": "uuid",
    "product_id": "uuid",
    "product_was": "uuid",
    "before": "jsonb",
    "quantity_before": "int",
    "quantity_after": "int",
}
NEW_STOCK = f"""SELECT offer_id FROM price_list_changes WHERE import_id = $1 AND offer_id > $2
    AND before IS NOT NULL AND quantity_after IS NOT NULL ORDER BY offer_id LIMIT {BATCH}"""
GOODS = f"""SELECT id FROM (SELECT DISTINCT {{column}} AS id FROM price_list_changes
    WHERE import_id = $1 AND {{column}} > $2 {{only}} ORDER BY {{column}} LIMIT {BATCH}) AS part"""
ALL_GOODS, LEFT_GOODS = (
    GOODS.format(column="product_id", only=""),
    GOODS.format(column="product_was", only="AND product_was <> product_id"),
)
NEW_GOODS = f"{ALL_GOODS} UNION {LEFT_GOODS} ORDER BY id LIMIT {BATCH}"


async def make(
    work: Import, products: Sequence[tuple[ProductId, Good]], categories: Mapping[str, CategoryId]
) -> None:
    """Make products, which nobody offers yet; their characteristics are those of their offers."""
    rows = packed(
        {
            "id": product,
            "name": good.name,
            "name_folded": folded(good.name),
            "slug": slugify(good.name),
            "category_id": categories[folded(good.category)],
            "model": good.model and folded(good.model),
            "created_at": work.created_at,
        }
        for product, good in products
    )
    columns, empty = ", ".join(PRODUCT), "'{}'::jsonb" if dialect() == POSTGRES else "'{}'"
    if products:
        await execute(
            f"INSERT INTO products ({columns}, updated_at, description, attributes, is_active, in_stock) "
            f"SELECT {columns}, created_at, '', {empty}, TRUE, FALSE FROM {rowset(PRODUCT)}",
            [rows],
        )


async def alter(work: Import, alterations: Sequence[Alteration]) -> None:
    """Make and change offers, and keep what they were before; stock that changes waits for `settle`."""
    new = [each for each in alterations if each.before is None]
    old = [each for each in alterations if each.before is not None]
    if new:
        columns, rows = ", ".join(name for name in OFFER if name != "quantity"), [_packed(work, new)]
        await execute(f"INSERT INTO offers ({columns}) SELECT {columns} FROM {rowset(OFFER)}", rows)
        stock = f"SELECT id, quantity FROM {rowset(OFFER)}"
        await execute(f"INSERT INTO stock (offer_id, quantity) {stock}", rows)
        await record(Cause.INITIAL, f"SELECT id AS offer_id, quantity AS change FROM {rowset(OFFER)}", rows)
    if old:
        changes = ", ".join(f"{name} = r.{name}" for name in STATE)
        await execute(
            f"UPDATE offers SET {changes} FROM {rowset(OFFER)} WHERE offers.id = r.id", [_packed(work, old)]
        )
    columns = ", ".join(CHANGE)
    into = f"INSERT INTO price_list_changes (import_id, {columns}) SELECT $2, {columns} FROM {rowset(CHANGE)}"
    await execute(into, [packed(map(_change, alterations)), work.id])


def _packed(work: Import, alterations: Sequence[Alteration]) -> str:
    return packed(
        {
            "id": after.offer,
            "shop_id": work.shop,
            "sku": after.sku,
            "quantity": after.quantity,
            **state_of(after),
        }
        for after in (each.after for each in alterations)
    )


def _change(alteration: Alteration) -> dict[str, Any]:
    before, after = alteration.before, alteration.after
    is_same = before is not None and before.quantity == after.quantity
    return {
        "offer_id": after.offer,
        "product_id": after.product,
        "product_was": before and before.product,
        "before": before and state_of(before),
        "quantity_before": before and before.quantity,
        "quantity_after": None if is_same else after.quantity,
    }


async def settle(work: Import) -> None:
    """Set what lists show, then the stock, each in the order of ids: buyers wait for the last of it only."""
    await hold("shops", work.shop, "SHARE")
    after: Any = FIRST
    while found := await fetch(NEW_GOODS, [work.id, after]):
        products = [row["id"] for row in found]
        await keep(products)
        await keep_attributes(products)
        await keep_search(products)
        after = products[-1]
    after = FIRST
    while found := await fetch(NEW_STOCK, [work.id, after]):
        offers = [row["offer_id"] for row in found]
        await _set_stock(work.id, sorted_ids(offers))
        after = offers[-1]
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
    await record(
        Cause.IMPORT,
        "SELECT s.offer_id, c.quantity_after - s.quantity AS change FROM price_list_changes c "
        f"JOIN stock s ON s.offer_id = c.offer_id WHERE c.import_id = $2 AND s.{these}",
        [offers, work],
    )
    await execute(
        "UPDATE stock SET quantity = c.quantity_after FROM price_list_changes c "
        f"WHERE c.import_id = $2 AND c.offer_id = stock.offer_id AND stock.{these}",
        [offers, work],
    )
    await execute(
        f"UPDATE products SET in_stock = {KEPT_STOCK} WHERE in_stock <> {KEPT_STOCK} "
        f"AND id IN (SELECT product_id FROM offers WHERE {among('id', 1)})",
        [offers],
    )


async def hold_stock(offers: Any) -> None:
    """Lock the stock of offers, one parameter as `sorted_ids` makes it, in the order that orders take it."""
    if dialect() == POSTGRES:
        these = among("offer_id", 1)
        await fetch(f"SELECT offer_id FROM stock WHERE {these} ORDER BY offer_id FOR NO KEY UPDATE", [offers])
