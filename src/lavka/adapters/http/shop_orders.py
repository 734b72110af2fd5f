"""Orders as a shop sees them: its own part, and nothing of the other shops'."""

from uuid import UUID

from fastapi import APIRouter, Request

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.order_bodies import OrderBody, OrderConditions, OrdersPage, paged
from lavka.adapters.http.orders import StatusForm
from lavka.domain.shipments import ShipmentId
from lavka.domain.shops import ShopId

router = APIRouter(prefix="/shops/{shop_id}", tags=["Buying"], route_class=Door)


@router.get(
    "/orders", responses=documented(401, 403, 404, 422, 503), openapi_extra=OrderConditions.parameters()
)
async def shop_orders(shop_id: UUID, request: Request, who: Caller, shop: TheShop) -> OrdersPage:
    """List a shop's part of orders, the newest first; for its owner and administrators."""
    asked = OrderConditions.of(request)
    page = await shop.following.of_shop(who, ShopId(shop_id), asked.status, asked.wish())
    return OrdersPage.model_validate(paged(page, [OrderBody.of(order) for order in page.items]))


@router.patch("/shipments/{shipment_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def step_shipment(
    shop_id: UUID, shipment_id: UUID, form: StatusForm, who: Caller, shop: TheShop
) -> OrderBody:
    """Take a shop's shipment a step on; for the shop's owner and administrators."""
    part = await shop.fulfilling.step(who, ShopId(shop_id), ShipmentId(shipment_id), form.status)
    return OrderBody.of(part)
