"""What is stored of a payment and of a refund, and those that their rows tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from lavka.adapters.tortoise.rowsets import id_of
from lavka.domain.accounts import UserId
from lavka.domain.money import Money
from lavka.domain.orders import OrderId
from lavka.domain.payments import (
    Bill,
    Item,
    Payment,
    PaymentId,
    Refund,
    RefundId,
    RefundStatus,
    Status,
)

Row = Mapping[str, Any]
PAYMENT = {
    "id": "uuid",
    "user_id": "uuid",
    "order_id": "uuid",
    "amount": "bigint",
    "refunded": "bigint",
    "status": "text",
    "external_id": "text",
    "confirmation_url": "text",
    "bill": "text",
    "created_at": "timestamptz",
    "asked_at": "timestamptz",
    "look_at": "timestamptz",
}
REFUND = {
    "id": "uuid",
    "payment_id": "uuid",
    "amount": "bigint",
    "status": "text",
    "key": "uuid",
    "external_id": "text",
    "items": "text",
    "created_at": "timestamptz",
}


def payment_row(payment: Payment) -> dict[str, Any]:
    """What is stored of a payment."""
    return {
        "id": payment.id,
        "user_id": payment.payer,
        "order_id": payment.order,
        "amount": payment.amount.minor,
        "refunded": payment.refunded.minor,
        "status": payment.status.value,
        "external_id": payment.external_id,
        "confirmation_url": payment.confirmation_url,
        "bill": None if payment.bill is None else _written(payment.bill),
        "created_at": payment.created_at,
        "asked_at": payment.asked_at,
        "look_at": payment.look_at,
    }


def payment_of(row: Row) -> Payment:
    """The payment of a row."""
    return Payment(
        id=PaymentId(id_of(row["id"])),
        payer=UserId(id_of(row["user_id"])),
        amount=Money(row["amount"]),
        created_at=_time(row["created_at"]),
        order=None if row["order_id"] is None else OrderId(id_of(row["order_id"])),
        status=Status(row["status"]),
        external_id=row["external_id"],
        confirmation_url=row["confirmation_url"],
        bill=None if row["bill"] is None else _bill(orjson.loads(row["bill"])),
        asked_at=None if row["asked_at"] is None else _time(row["asked_at"]),
        refunded=Money(row["refunded"]),
        look_at=None if row["look_at"] is None else _time(row["look_at"]),
    )


def refund_row(refund: Refund) -> dict[str, Any]:
    """What is stored of a refund."""
    return {
        "id": refund.id,
        "payment_id": refund.payment,
        "amount": refund.amount.minor,
        "status": refund.status.value,
        "key": refund.key,
        "external_id": refund.external_id,
        "items": orjson.dumps(_positions(refund.items)).decode(),
        "created_at": refund.created_at,
    }


def refund_of(row: Row) -> Refund:
    """The refund of a row."""
    return Refund(
        id=RefundId(id_of(row["id"])),
        payment=PaymentId(id_of(row["payment_id"])),
        amount=Money(row["amount"]),
        created_at=_time(row["created_at"]),
        items=_items(orjson.loads(row["items"])),
        key=id_of(row["key"]),
        status=RefundStatus(row["status"]),
        external_id=row["external_id"],
    )


def _written(bill: Bill) -> str:
    told = {"description": bill.description, "email": bill.email, "return_url": bill.return_url}
    return orjson.dumps(told | {"items": _positions(bill.items)}).decode()


def _bill(told: Mapping[str, Any]) -> Bill:
    return Bill(told["description"], told["email"], _items(told["items"]), told["return_url"])


def _positions(items: Sequence[Item]) -> list[list[Any]]:
    return [[item.description, item.quantity, item.price.minor] for item in items]


def _items(told: Sequence[Sequence[Any]]) -> tuple[Item, ...]:
    return tuple(Item(description, quantity, Money(price)) for description, quantity, price in told)


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
