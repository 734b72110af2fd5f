"""The cart, of a user or of whoever holds its token."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from lavka.adapters.http.callers import CART_TOKEN, CartHolder, TheShop
from lavka.adapters.http.catalog_bodies import ShopRef
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Identity, broken
from lavka.domain.cart import MOST, Cart, CartItem, Ware, is_available
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Detail
from lavka.domain.money import CURRENCY

router = APIRouter(prefix="/cart", tags=["Buying"], route_class=Door)

OFFER = "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d60"
MOST_AT_ONCE = 100
"""Offers that one call puts in."""
ONE_OR_MANY = Detail("items", "Name one offer by offer_id or several in items, not both.")
GIVEN_A_TOKEN: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            CART_TOKEN: {
                "description": "Of an anonymous cart that is new: send it with the next calls.",
                "schema": {"type": "string"},
            }
        }
    }
}

Quantity = Annotated[int, Field(ge=1, le=MOST)]


class QuantityForm(Form):
    """How many there are to be."""

    model_config = ConfigDict(json_schema_extra={"example": {"quantity": 3}})

    quantity: Quantity


class WishForm(Form):
    """So many of an offer."""

    model_config = ConfigDict(json_schema_extra={"example": {"offer_id": OFFER, "quantity": 2}})

    offer_id: Identity
    quantity: Quantity = 1


class PuttingForm(Form):
    """One offer, or several in `items`: all of them are put in, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"offer_id": OFFER, "quantity": 2},
            "oneOf": [
                {"required": ["offer_id"], "properties": {"items": False}},
                {"required": ["items"], "properties": {"offer_id": False, "quantity": False}},
            ],
        }
    )

    offer_id: Identity = Field(default_factory=lambda: UUID(int=0))
    quantity: Quantity = 1
    items: Annotated[list[WishForm], Field(min_length=1, max_length=MOST_AT_ONCE)] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _is_one_or_many(self) -> "PuttingForm":
        if self.model_fields_set not in ({"offer_id"}, {"offer_id", "quantity"}, {"items"}):
            raise broken([ONE_OR_MANY])
        return self

    def wishes(self) -> list[tuple[OfferId, int]]:
        """What is to be put in."""
        named: Sequence[WishForm | PuttingForm] = self.items or [self]
        return [(OfferId(wish.offer_id), wish.quantity) for wish in named]


class ItemBody(BaseModel):
    """So many of an offer at today's price, in minor units; `available`: whether all can be bought now."""

    offer_id: UUID
    product_id: UUID
    name: str
    shop: ShopRef
    price: int
    quantity: int
    sum: int
    available: bool
    image: str | None

    @classmethod
    def of(cls, item: CartItem[Ware]) -> "ItemBody":
        """Write one out."""
        ware = item.offer
        return cls(
            offer_id=ware.id,
            product_id=ware.product,
            name=ware.name,
            shop=ShopRef(id=ware.shop, name=ware.shop_name),
            price=ware.price.minor,
            quantity=item.quantity,
            sum=item.sum.minor,
            available=is_available(item),
            image=ware.image,
        )


class CartBody(BaseModel):
    """A cart in the order in which it was filled; `count`: how many different offers it holds."""

    items: list[ItemBody]
    count: int
    total_price: int
    currency: str

    @classmethod
    def of(cls, cart: Cart[Ware]) -> "CartBody":
        """Write one out."""
        items = [ItemBody.of(item) for item in cart]
        total = sum(item.sum for item in items)  # of merged carts it may be more than Money holds
        return cls(items=items, count=len(items), total_price=total, currency=CURRENCY)


@router.get("", responses={**GIVEN_A_TOKEN, **documented(401, 422, 503)})
async def show_cart(holder: CartHolder, shop: TheShop) -> CartBody:
    """Show my cart at today's prices."""
    return CartBody.of(await shop.filling.show(holder))


@router.post("/items", responses={**GIVEN_A_TOKEN, **documented(401, 404, 409, 413, 415, 422, 503)})
async def put_into_cart(form: PuttingForm, holder: CartHolder, shop: TheShop) -> CartBody:
    """Put one offer or several into my cart, all or none."""
    return CartBody.of(await shop.filling.put(holder, form.wishes()))


@router.patch(
    "/items/{offer_id}", responses={**GIVEN_A_TOKEN, **documented(401, 404, 409, 413, 415, 422, 503)}
)
async def change_quantity(offer_id: UUID, form: QuantityForm, holder: CartHolder, shop: TheShop) -> CartBody:
    """Change how many of an offer are in my cart."""
    return CartBody.of(await shop.filling.set_quantity(holder, OfferId(offer_id), form.quantity))


@router.delete("/items/{offer_id}", responses={**GIVEN_A_TOKEN, **documented(401, 404, 422, 503)})
async def take_out_of_cart(offer_id: UUID, holder: CartHolder, shop: TheShop) -> CartBody:
    """Take an offer out of my cart."""
    return CartBody.of(await shop.filling.remove(holder, OfferId(offer_id)))


@router.delete("", responses={**GIVEN_A_TOKEN, **documented(401, 422, 503)})
async def clear_cart(holder: CartHolder, shop: TheShop) -> CartBody:
    """Take everything out of my cart."""
    return CartBody.of(await shop.filling.clear(holder))
