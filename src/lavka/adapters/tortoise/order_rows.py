"""What is stored of an order, and the order that its rows tell of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lavka.adapters.tortoise.payment_rows import PAYMENT, payment_row
from lavka.adapters.tortoise.rowsets import document, id_of, packed, rowset
from lavka.domain.accounts import UserId
from lavka.domain.catalog import OfferId, ProductId
from lavka.domain.money import Money
from lavka.domain.orders import Line, Order, OrderId, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.shipments import Actor, Event, Role, Shipment, ShipmentId, Status
from lavka.domain.shops import ShopId

Row = Mapping[str, Any]
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

TABLES = {
    "orders": ORDER,
    "order_lines": LINE,
    "shipments": SHIPMENT,
    "order_history": EVENT,
    "payments": PAYMENT,
}


def insert(table: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> Statement:
    """Keep new rows."""
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rowset(columns)}", [packed(rows)]


def inserts(order: Order) -> Mapping[str, Statement]:
    """Keep a new order with all that it is made of, and the payment that is asked for it; by their tables."""
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "orders": [order_row(order)],
        "order_lines": line_rows(order),
        "shipments": shipment_rows(order),
        "order_history": event_rows(order),
    }
    if order.payment:
        rows["payments"] = [payment_row(order.payment)]
    return {table: insert(table, TABLES[table], each) for table, each in rows.items()}


def order_row(order: Order) -> dict[str, Any]:
    """What is stored of an order itself."""
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


def line_rows(order: Order) -> Iterable[dict[str, Any]]:
    """What is stored of its lines."""
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


def shipment_rows(order: Order) -> Iterable[dict[str, Any]]:
    """What is stored of its shipments."""
    for each in order.shipments:
        yield {
            "id": each.id,
            "order_id": order.id,
            "shop_id": each.shop,
            "shop_name": each.shop_name,
            "status": each.status.value,
        }


def event_rows(order: Order, after: int = 0) -> Iterable[dict[str, Any]]:
    """What is stored of its events, but for so many that are stored already."""
    for event in order.history[after:]:
        yield {
            "order_id": order.id,
            "shipment_id": event.shipment,
            "status": event.status.value,
            "at": event.at,
            "role": event.by.role.value,
            "by_id": event.by.user,
        }


def order_of(row: Row, lines: Iterable[Row], shipments: Iterable[Row], events: Iterable[Row]) -> Order:
    """The order of these rows."""
    return Order(
        id=OrderId(id_of(row["id"])),
        number=row["number"],
        buyer=UserId(id_of(row["user_id"])),
        payment_method=PaymentMethod(row["payment_method"]),
        phone=Phone(row["phone"]),
        created_at=_time(row["created_at"]),
        lines=[_line(each) for each in lines],
        shipments=[_shipment(each) for each in shipments],
        delivery_address=row["delivery_address"],
        comment=row["comment"],
        is_paid=bool(row["is_paid"]),
        expires_at=None if row["expires_at"] is None else _time(row["expires_at"]),
        history=[_event(each) for each in events],
    )


def _line(row: Row) -> Line:
    return Line(
        offer=OfferId(id_of(row["offer_id"])),
        product=ProductId(id_of(row["product_id"])),
        shop=ShopId(id_of(row["shop_id"])),
        name=row["name"],
        sku=row["sku"],
        price=Money(row["price"]),
        quantity=row["quantity"],
        attributes=document(row["attributes"]),
    )


def _shipment(row: Row) -> Shipment:
    return Shipment(
        ShipmentId(id_of(row["id"])), ShopId(id_of(row["shop_id"])), row["shop_name"], Status(row["status"])
    )


def _event(row: Row) -> Event:
    by = Actor(Role(row["role"]), None if row["by_id"] is None else UserId(id_of(row["by_id"])))
    shipment = None if row["shipment_id"] is None else ShipmentId(id_of(row["shipment_id"]))
    return Event(Status(row["status"]), _time(row["at"]), by, shipment)


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
