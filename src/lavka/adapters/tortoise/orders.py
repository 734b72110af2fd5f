"""Orders with their lines, shipments and history."""

from collections.abc import Iterable, Sequence
from typing import Any

from lavka.adapters.tortoise.rowsets import execute_together, packed, rowset
from lavka.domain.orders import Order

Statement = tuple[str, Sequence[Any]]

ORDER = {
    "id": "uuid",
    "number": "text",
    "user_id": "uuid",
    "status": "text",
    "payment_method": "text",
    "is_paid": "boolean",
    "requires_delivery": "boolean",
    "delivery_address": "text",
    "phone": "text",
    "comment": "text",
    "total": "bigint",
    "created_at": "timestamptz",
    "expires_at": "timestamptz",
}
LINE = {
    "order_id": "uuid",
    "offer_id": "uuid",
    "product_id": "uuid",
    "shop_id": "uuid",
    "position": "int",
    "name": "text",
    "sku": "text",
    "attributes": "jsonb",
    "price": "bigint",
    "quantity": "int",
}
SHIPMENT = {"id": "uuid", "order_id": "uuid", "shop_id": "uuid", "shop_name": "text", "status": "text"}
EVENT = {
    "order_id": "uuid",
    "shipment_id": "uuid",
    "status": "text",
    "at": "timestamptz",
    "role": "text",
    "by_id": "uuid",
}


class TortoiseOrders:
    """Every order."""

    async def add(self, order: Order) -> None:
        """Keep a new one."""
        await execute_together(
            [
                _insert("orders", ORDER, [_order(order)]),
                _insert("order_lines", LINE, _lines(order)),
                _insert("shipments", SHIPMENT, _shipments(order)),
                _insert("order_history", EVENT, _history(order)),
            ]
        )


def _insert(table: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> Statement:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rowset(columns)}", [packed(rows)]


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "user_id": order.buyer,
        "status": order.status.value,
        "payment_method": order.payment_method.value,
        "is_paid": order.is_paid,
        "requires_delivery": order.requires_delivery,
        "delivery_address": order.delivery_address,
        "phone": order.phone.number,
        "comment": order.comment,
        "total": order.total.minor,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
    }


def _lines(order: Order) -> Iterable[dict[str, Any]]:
    for position, line in enumerate(order.lines):
        yield {
            "order_id": order.id,
            "offer_id": line.offer,
            "product_id": line.product,
            "shop_id": line.shop,
            "position": position,
            "name": line.name,
            "sku": line.sku,
            "attributes": dict(line.attributes),
            "price": line.price.minor,
            "quantity": line.quantity,
        }


def _shipments(order: Order) -> Iterable[dict[str, Any]]:
    for each in order.shipments:
        yield {
            "id": each.id,
            "order_id": order.id,
            "shop_id": each.shop,
            "shop_name": each.shop_name,
            "status": each.status.value,
        }


def _history(order: Order, after: int = 0) -> Iterable[dict[str, Any]]:
    """The events that are not stored yet."""
    for event in order.history[after:]:
        yield {
            "order_id": order.id,
            "shipment_id": event.shipment,
            "status": event.status.value,
            "at": event.at,
            "role": event.by.role.value,
            "by_id": event.by.user,
        }
