"""Paying: what buyers ask for, and what the provider says."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lavka.adapters.http.callers import Caller, TheShop, from_the_provider
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Text
from lavka.adapters.http.idempotency import PERHAPS_REPLAYED, IdempotencyKey, answered, once
from lavka.adapters.http.pages import JSON
from lavka.adapters.http.payment_bodies import PaymentBody
from lavka.domain.orders import OrderId
from lavka.domain.payments import Payment, PaymentId

NOTIFICATIONS = "/payments/yookassa/notifications"
router = APIRouter(tags=["Buying"], route_class=Door)


def written(payment: Payment) -> str:
    """Write one out."""
    return PaymentBody.of(payment).model_dump_json()


@router.post(
    "/orders/{order_id}/pay",
    status_code=201,
    response_model=PaymentBody,
    responses={**PERHAPS_REPLAYED, **documented(401, 404, 409, 413, 415, 422, 503)},
)
async def pay_order(
    order_id: UUID, who: Caller, shop: TheShop, request: Request, key: IdempotencyKey = None
) -> Response:
    """Give the payment by which one of my orders is paid online: the one that waits, or a new one."""
    if key is None:
        payment = await shop.paying.pay(who, OrderId(order_id))
        return Response(written(payment), 201, media_type=JSON)
    asked = once(key, request, None, written)
    return answered(await shop.paying.pay_once(who, OrderId(order_id), asked))


@router.get("/payments/{payment_id}", responses=documented(401, 404, 422, 503))
async def show_payment(payment_id: UUID, who: Caller, shop: TheShop) -> PaymentBody:
    """Show one of my payments."""
    return PaymentBody.of(await shop.paying.show(who, PaymentId(payment_id)))


ExternalId = Annotated[Text, StringConstraints(pattern="^[A-Za-z0-9_-]{1,64}$")]


class NotificationObject(BaseModel):
    """What something has become of; only its names are read."""

    id: ExternalId
    payment_id: ExternalId | None = None


class Notification(BaseModel):
    """What YooKassa sends: its word that something has happened, which is not believed."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={
            "example": {
                "type": "notification",
                "event": "payment.succeeded",
                "object": {"id": "3086206f-000f-5000-8000-1e653030dc24", "status": "succeeded"},
            }
        },
    )

    event: Annotated[Text, StringConstraints(pattern=r"^[a-z_.]{1,64}$")]
    object_: Annotated[NotificationObject, Field(alias="object")]


_EMPTY: dict[int | str, dict[str, Any]] = {200: {"description": "It is stored"}}


@router.post(
    NOTIFICATIONS,
    response_class=Response,
    responses={**_EMPTY, **documented(403, 413, 415, 422, 503)},
    dependencies=[Depends(from_the_provider)],
)
async def hear_notification(notification: Notification, shop: TheShop) -> Response:
    """Take a notification of YooKassa's; the payment is read from there later, and only that believed."""
    told = notification.object_
    if notification.event.startswith("payment."):
        await shop.settling.hear(told.id)
    elif notification.event.startswith("refund."):
        await shop.refunding.hear(told.id)
    return Response(status_code=200)
