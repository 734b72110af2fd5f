"""How orders are shown, to buyers and to shops alike."""

from collections.abc import Iterable, Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lavka.adapters.http.catalog_bodies import ShopRef
from lavka.adapters.http.pages import PageBody, Time
from lavka.adapters.http.payment_bodies import PaymentBody
from lavka.adapters.http.queries import Paging
from lavka.application.ports.orders import OrderPage
from lavka.domain.accounts import User
from lavka.domain.money import CURRENCY
from lavka.domain.orders import Line, Order, PaymentMethod
from lavka.domain.shipments import Role, Shipment, Status

KETTLES: dict[str, Any] = {
    "offer_id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d60",
    "product_id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d61",
    "name": "Чайник «Заря» 1,7 л",
    "price": 199000,
    "quantity": 2,
    "sum": 398000,
}
EXAMPLE: dict[str, Any] = {
    "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d62",
    "number": "4F7K-29QX-1",
    "status": "new",
    "is_paid": False,
    "payment_method": "on_delivery",
    "requires_delivery": True,
    "delivery_address": "190000, Санкт-Петербург, Садовая улица, д. 12, кв. 7",
    "phone": "+79123456789",
    "comment": "Позвоните за час.",
    "items": [KETTLES],
    "shipments": [
        {
            "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d63",
            "shop": {"id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d64", "name": "Домашний очаг"},
            "status": "new",
            "items": [KETTLES],
        }
    ],
    "total_price": 398000,
    "currency": CURRENCY,
    "created_at": "2026-11-24T12:00:00+00:00",
    "history": [{"status": "new", "at": "2026-11-24T12:00:00+00:00", "by": "buyer"}],
    "payment": None,
}
MARIA: dict[str, Any] = {
    "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d5e",
    "full_name": "Иванова Мария Петровна",
    "email": "maria@example.com",
    "phone": "+79123456789",
}


class OrderItem(BaseModel):
    """So many of an offer, at the price at which it was ordered; in minor units."""

    offer_id: UUID
    product_id: UUID
    name: str
    price: int
    quantity: int
    sum: int

    @classmethod
    def of(cls, line: Line) -> "OrderItem":
        """Write a line out."""
        return cls(
            offer_id=line.offer,
            product_id=line.product,
            name=line.name,
            price=line.price.minor,
            quantity=line.quantity,
            sum=line.sum.minor,
        )


class ShipmentBody(BaseModel):
    """What one shop sends."""

    id: UUID
    shop: ShopRef
    status: Status
    items: list[OrderItem]

    @classmethod
    def of(cls, shipment: Shipment, lines: Iterable[Line]) -> "ShipmentBody":
        """Write one out with its lines."""
        shop = ShopRef(id=shipment.shop, name=shipment.shop_name)
        items = [OrderItem.of(line) for line in lines]
        return cls(id=shipment.id, shop=shop, status=shipment.status, items=items)


class StepBody(BaseModel):
    """A status that the order came to, when, and as whom somebody took it there."""

    status: Status
    at: Time
    by: Role


class OrderBody(BaseModel):
    """An order; prices in minor units. `payment` is the newest that was asked for an order paid online."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: UUID
    number: str
    status: Status
    is_paid: bool
    payment_method: PaymentMethod
    requires_delivery: bool
    delivery_address: str | None
    phone: str
    comment: str | None
    items: list[OrderItem]
    shipments: list[ShipmentBody]
    total_price: int
    currency: str = CURRENCY
    created_at: Time
    history: list[StepBody]
    payment: PaymentBody | None

    @classmethod
    def of(cls, order: Order, **more: Any) -> Self:
        """Write one out, with whatever else there is to say of it."""
        own = [event for event in order.history if event.shipment is None]
        return cls(
            id=order.id,
            number=order.number,
            status=order.status,
            is_paid=order.is_paid,
            payment_method=order.payment_method,
            requires_delivery=order.requires_delivery,
            delivery_address=order.delivery_address,
            phone=order.phone.number,
            comment=order.comment,
            items=[OrderItem.of(line) for line in order.lines],
            shipments=[ShipmentBody.of(each, order.of_shop(each)) for each in order.shipments],
            total_price=order.total.minor,
            created_at=order.created_at,
            payment=None if order.payment is None else PaymentBody.of(order.payment),
            history=[StepBody(status=event.status, at=event.at, by=event.by.role) for event in own],
            **more,
        )


class Buyer(BaseModel):
    """Who has ordered."""

    id: UUID
    full_name: str
    email: str
    phone: str

    @classmethod
    def of(cls, user: User) -> "Buyer":
        """Write one out."""
        return cls(id=user.id, full_name=user.full_name, email=user.email.address, phone=user.phone.number)


class AnybodysOrderBody(OrderBody):
    """An order as administrators see it: with its buyer."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE | {"user": MARIA}})

    user: Buyer


class OrdersPage(PageBody):
    """A page of orders."""

    items: list[OrderBody]


class AnybodysOrdersPage(PageBody):
    """A page of orders with their buyers."""

    items: list[AnybodysOrderBody]


class OrderConditions(Paging):
    """Which orders, and which page of them."""

    status: Status | None = None


def paged(page: OrderPage, items: Sequence[BaseModel]) -> dict[str, Any]:
    """A page of these bodies."""
    pages = -(-page.total // page.size)
    rest = {"total": page.total, "page": page.page, "size": page.size, "pages": pages, "next": page.next}
    return {"items": items, **rest}
