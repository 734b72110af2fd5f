"""Everybody's orders, for administrators."""

from uuid import UUID

from fastapi import APIRouter, Request

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.order_bodies import (
    AnybodysOrderBody,
    AnybodysOrdersPage,
    Buyer,
    OrderConditions,
    paged,
)
from lavka.application.ports.orders import OrderFilter
from lavka.domain.accounts import UserId
from lavka.domain.shops import ShopId

router = APIRouter(prefix="/admin/orders", tags=["Administration"], route_class=Door)


class AnybodysConditions(OrderConditions):
    """Which orders of whom; with `shop`, `status` is that of its shipment."""

    user: UUID | None = None
    shop: UUID | None = None

    def filter(self) -> OrderFilter:
        """The conditions."""
        buyer = UserId(self.user) if self.user else None
        return OrderFilter(buyer, ShopId(self.shop) if self.shop else None, self.status)


@router.get("", responses=documented(401, 403, 422, 503), openapi_extra=AnybodysConditions.parameters())
async def everybodys_orders(request: Request, who: Caller, shop: TheShop) -> AnybodysOrdersPage:
    """List everybody's orders, the newest first; for administrators."""
    asked = AnybodysConditions.of(request)
    page, buyers = await shop.following.all(who, asked.filter(), asked.wish())
    items = [AnybodysOrderBody.of(order, user=Buyer.of(buyers[order.buyer])) for order in page.items]
    return AnybodysOrdersPage.model_validate(paged(page, items))
