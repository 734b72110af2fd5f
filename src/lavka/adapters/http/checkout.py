"""Where a cart becomes an order."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field, StringConstraints

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Identity, Minor, Text, ruled, told
from lavka.adapters.http.idempotency import PERHAPS_REPLAYED, IdempotencyKey, answered, once
from lavka.adapters.http.order_bodies import OrderBody
from lavka.adapters.http.pages import JSON
from lavka.application.checkout import CheckoutWish
from lavka.domain.contacts import ContactId
from lavka.domain.money import Money
from lavka.domain.orders import LONGEST_COMMENT, Order, PaymentMethod
from lavka.domain.phones import Phone

router = APIRouter(tags=["Buying"], route_class=Door)


class OrderForm(Form):
    """How the cart is to be ordered. A delivery names a contact; who picks it up leaves a phone.

    `expected_total`, in minor units, is what the buyer was shown: another total today is refused.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "payment_method": "on_delivery",
                "requires_delivery": False,
                "phone": "+79123456789",
                "comment": "Позвоните за час.",
            }
        }
    )

    payment_method: Annotated[PaymentMethod, Field(strict=False)]
    requires_delivery: bool
    contact_id: Identity | None = None
    phone: (
        Annotated[Text, StringConstraints(max_length=32), ruled(Phone), told(pattern=r"^\+7[0-9]{10}$")]
        | None
    ) = None
    comment: Annotated[Text, StringConstraints(max_length=LONGEST_COMMENT)] | None = None
    expected_total: Minor | None = None

    def wish(self) -> CheckoutWish:
        """Put it into the words of the shop."""
        return CheckoutWish(
            self.payment_method,
            self.requires_delivery,
            None if self.contact_id is None else ContactId(self.contact_id),
            None if self.phone is None else Phone(self.phone),
            self.comment or None,
            None if self.expected_total is None else Money(self.expected_total),
        )


@router.post(
    "/orders",
    status_code=201,
    response_model=OrderBody,
    responses={**PERHAPS_REPLAYED, **documented(401, 404, 409, 413, 415, 422, 503)},
)
async def place_an_order(
    form: OrderForm, who: Caller, shop: TheShop, request: Request, key: IdempotencyKey = None
) -> Response:
    """Order what is in the cart; with an Idempotency-Key once, however often it is sent."""
    if key is None:
        order = await shop.ordering.place(who, form.wish())
        return Response(_written(order), 201, media_type=JSON)
    return answered(await shop.ordering.place_once(who, form.wish(), once(key, request, form, _written)))


def _written(order: Order) -> str:
    return OrderBody.of(order).model_dump_json()
