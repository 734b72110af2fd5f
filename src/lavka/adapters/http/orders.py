"""Orders as their buyers see them, and as administrators take them further."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form
from lavka.adapters.http.order_bodies import OrderBody, OrderConditions, OrdersPage, paged
from lavka.domain.cart import MOST
from lavka.domain.catalog import OfferId
from lavka.domain.orders import OrderId
from lavka.domain.shipments import Status

router = APIRouter(prefix="/orders", tags=["Buying"], route_class=Door)


class StatusForm(Form):
    """The next status: new → confirmed → assembled → sent → delivered; canceled until it is sent."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "confirmed"}})

    status: Annotated[Status, Field(strict=False)]


class QuantityForm(Form):
    """How many are ordered from now on."""

    model_config = ConfigDict(json_schema_extra={"example": {"quantity": 2}})

    quantity: Annotated[int, Field(ge=1, le=MOST)]


@router.get("", responses=documented(401, 422, 503), openapi_extra=OrderConditions.parameters())
async def orders(request: Request, who: Caller, shop: TheShop) -> OrdersPage:
    """List my orders, the newest first."""
    asked = OrderConditions.of(request)
    page = await shop.following.own(who, asked.status, asked.wish())
    return OrdersPage.model_validate(paged(page, [OrderBody.of(order) for order in page.items]))


@router.get("/{order_id}", responses=documented(401, 404, 422, 503))
async def show_order(order_id: UUID, who: Caller, shop: TheShop) -> OrderBody:
    """Show one of my orders; to administrators any."""
    return OrderBody.of(await shop.following.show(who, OrderId(order_id)))


@router.post("/{order_id}/cancel", responses=documented(401, 404, 409, 413, 415, 422, 503))
async def cancel_order(order_id: UUID, who: Caller, shop: TheShop) -> OrderBody:
    """Cancel one of my orders, as long as nothing of it is sent; administrators any."""
    return OrderBody.of(await shop.fulfilling.cancel(who, OrderId(order_id)))


@router.patch("/{order_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def advance_order(order_id: UUID, form: StatusForm, who: Caller, shop: TheShop) -> OrderBody:
    """Take an order a step on, with all of its shipments that are not there yet; for administrators."""
    return OrderBody.of(await shop.fulfilling.advance(who, OrderId(order_id), form.status))


@router.patch("/{order_id}/items/{offer_id}", responses=documented(401, 404, 409, 413, 415, 422, 503))
async def change_order_item(
    order_id: UUID, offer_id: UUID, form: QuantityForm, who: Caller, shop: TheShop
) -> OrderBody:
    """Order so many of it instead, while the order is new and not paid."""
    changed = await shop.amending.change(who, OrderId(order_id), OfferId(offer_id), form.quantity)
    return OrderBody.of(changed)


@router.delete("/{order_id}/items/{offer_id}", responses=documented(401, 404, 409, 422, 503))
async def remove_order_item(order_id: UUID, offer_id: UUID, who: Caller, shop: TheShop) -> OrderBody:
    """Order it no more, while the order is new and not paid; with the last one the order is cancelled."""
    return OrderBody.of(await shop.amending.remove(who, OrderId(order_id), OfferId(offer_id)))
