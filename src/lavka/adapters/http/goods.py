"""How the catalogue is filled: products and their offers."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.catalog_bodies import OfferBody, ProductCard, ShopRef
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Identity, Line, Name, Text
from lavka.adapters.http.pages import JSON
from lavka.domain.catalog import (
    DEAREST,
    LONGEST_ATTRIBUTE,
    LONGEST_DESCRIPTION,
    LONGEST_VALUE,
    MOST_ATTRIBUTES,
    MOST_STOCK,
    CategoryId,
    Offer,
    OfferChanges,
    OfferId,
    ProductChanges,
    ProductId,
)
from lavka.domain.money import Money
from lavka.domain.shops import Shop, ShopId

router = APIRouter(tags=["Catalogue"], route_class=Door)


def _kept_whole(given: Any, tidied: ValidatorFunctionWrapHandler) -> Any:
    """Lose no characteristic whose name is another's but for its spaces."""
    attributes = tidied(given)
    if len(attributes) < len(given):
        raise ValueError("Two characteristics have the same name: leave one of them.")
    return attributes


Price = Annotated[int, Field(gt=0, le=DEAREST.minor)]
"""In minor units."""
Quantity = Annotated[int, Field(ge=0, le=MOST_STOCK)]
Attributes = Annotated[
    dict[
        Annotated[Line, StringConstraints(min_length=1, max_length=LONGEST_ATTRIBUTE)],
        Annotated[Line, StringConstraints(max_length=LONGEST_VALUE)],
    ],
    Field(max_length=MOST_ATTRIBUTES),
    WrapValidator(_kept_whole),
]
Sku = Annotated[Line, StringConstraints(min_length=1, max_length=100)]

KETTLE: dict[str, Any] = {
    "name": "Чайник «Заря» 1,7 л",
    "description": "Закипает за три минуты.",
    "attributes": {"Объём": "1,7 л"},
    "price": 199000,
    "quantity": 14,
}


class ProductPatch(Form):
    """Fields that change; the others stay. `price` (minor units) and `quantity`: the house's offer's."""

    model_config = ConfigDict(json_schema_extra={"example": {"price": 189000}})

    name: Name = ""
    description: Annotated[Text, StringConstraints(max_length=LONGEST_DESCRIPTION)] = ""
    category_id: Identity | None = None
    attributes: Attributes = Field(default_factory=dict)
    is_active: bool = True
    price: Price = 1
    quantity: Quantity = 0

    def changes(self) -> ProductChanges:
        """What is to change of the product itself."""
        given = self.model_dump(exclude_unset=True, exclude={"price", "quantity", "category_id"})
        if "category_id" in self.model_fields_set:
            given["category"] = None if self.category_id is None else CategoryId(self.category_id)
        return cast("ProductChanges", given)

    def sold(self) -> OfferChanges:
        """What is to change of its offer."""
        return _terms(self, {"price", "quantity"})


class ProductForm(ProductPatch):
    """A new product; with `price`, in minor units, it is also offered."""

    model_config = ConfigDict(json_schema_extra={"example": KETTLE})

    name: Name


class OfferPatch(Form):
    """Fields that change; the others stay. Prices in minor units."""

    model_config = ConfigDict(json_schema_extra={"example": {"price": 189000, "quantity": 20}})

    sku: Sku = ""
    price: Price = 1
    recommended_price: Price | None = None
    quantity: Quantity = 0
    attributes: Attributes = Field(default_factory=dict)
    is_active: bool = True

    def changes(self) -> OfferChanges:
        """What is to change."""
        return _terms(self, {*OfferPatch.model_fields})


class OfferForm(OfferPatch):
    """A new offer of a product; `shop_id` may be left out by who has one shop. Prices in minor units."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "sku": "CH-17-W",
                "price": 199000,
                "recommended_price": 229000,
                "quantity": 14,
                "attributes": {"Цвет": "белый"},
            }
        }
    )

    shop_id: Identity | None = None
    sku: Sku
    price: Price
    quantity: Quantity


class OwnOfferBody(OfferBody):
    """An offer as its seller sees it; prices in minor units."""

    product_id: UUID
    is_active: bool

    @classmethod
    def of(cls, offer: Offer, shop: Shop) -> "OwnOfferBody":
        """Write one out."""
        recommended = offer.recommended_price
        return cls(
            id=offer.id,
            product_id=offer.product,
            sku=offer.sku,
            shop=ShopRef(id=shop.id, name=shop.name),
            price=offer.price.minor,
            recommended_price=recommended.minor if recommended else None,
            quantity=offer.quantity,
            attributes=dict(offer.attributes),
            is_active=offer.is_active,
        )


def _terms(form: BaseModel, names: set[str]) -> OfferChanges:
    given = form.model_dump(exclude_unset=True, include=names)
    for price in {"price", "recommended_price"} & given.keys():
        given[price] = None if given[price] is None else Money(given[price])
    return cast("OfferChanges", given)


@router.post(
    "/products",
    status_code=201,
    response_model=ProductCard,
    responses=documented(401, 403, 409, 413, 415, 422, 503),
)
async def add_product(form: ProductForm, who: Caller, shop: TheShop) -> Response:
    """Make a product and, with a price, its first offer; for administrators."""
    card = await shop.curating.add(who, form.changes(), form.sold())
    return Response(card.json, 201, media_type=JSON)


@router.patch(
    "/products/{product_id}",
    response_model=ProductCard,
    responses=documented(401, 403, 404, 409, 413, 415, 422, 503),
)
async def change_product(product_id: UUID, form: ProductPatch, who: Caller, shop: TheShop) -> Response:
    """Change a product; for administrators."""
    card = await shop.curating.change(who, ProductId(product_id), form.changes(), form.sold())
    return Response(card.json, media_type=JSON)


@router.delete("/products/{product_id}", status_code=204, responses=documented(401, 403, 404, 422, 503))
async def hide_product(product_id: UUID, who: Caller, shop: TheShop) -> None:
    """Take a product out of every list; orders keep their lines. For administrators."""
    await shop.curating.hide(who, ProductId(product_id))


@router.post(
    "/products/{product_id}/offers",
    status_code=201,
    responses=documented(401, 403, 404, 409, 413, 415, 422, 503),
)
async def add_offer(product_id: UUID, form: OfferForm, who: Caller, shop: TheShop) -> OwnOfferBody:
    """Offer a product in a shop of one's own; administrators in any."""
    seller = None if form.shop_id is None else ShopId(form.shop_id)
    return OwnOfferBody.of(*await shop.selling.offer(who, ProductId(product_id), seller, form.changes()))


@router.patch("/offers/{offer_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def change_offer(offer_id: UUID, form: OfferPatch, who: Caller, shop: TheShop) -> OwnOfferBody:
    """Change an offer of one's own; administrators any."""
    return OwnOfferBody.of(*await shop.selling.change_offer(who, OfferId(offer_id), form.changes()))


@router.delete("/offers/{offer_id}", status_code=204, responses=documented(401, 403, 404, 422, 503))
async def withdraw_offer(offer_id: UUID, who: Caller, shop: TheShop) -> None:
    """Sell it no more; orders keep their lines."""
    await shop.selling.withdraw(who, OfferId(offer_id))
