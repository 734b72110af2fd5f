"""What the catalogue answers, as the OpenAPI document tells it: the database writes these very forms."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lavka.adapters.http.pages import PageBody, Time

SHOWN: dict[str, Any] = {
    "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d5e",
    "name": "Чайник «Заря» 1,7 л",
    "slug": "chaynik-zarya-1-7-l",
    "category": {"id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d5f", "name": "Чайники", "slug": "chayniki"},
    "price": 199000,
    "currency": "RUB",
    "in_stock": True,
    "image": None,
    "is_active": True,
    "created_at": "2026-11-24T12:00:00+00:00",
    "updated_at": "2026-11-24T12:00:00+00:00",
}


class CategoryRef(BaseModel):
    """A category by name."""

    id: UUID
    name: str
    slug: str


class ProductBody(BaseModel):
    """A product in a list. `price`: its cheapest offer's, in minor units; null when nobody sells it."""

    model_config = ConfigDict(json_schema_extra={"example": SHOWN})

    id: UUID
    name: str
    slug: str
    category: CategoryRef | None
    price: int | None
    currency: str
    in_stock: bool
    image: str | None
    is_active: bool
    created_at: Time
    updated_at: Time


class ProductPage(PageBody):
    """A page of products."""

    items: list[ProductBody]


class ShopRef(BaseModel):
    """A shop by name."""

    id: UUID
    name: str


class OfferBody(BaseModel):
    """What one buys: one shop's price, in minor units, and quantity."""

    id: UUID
    sku: str
    shop: ShopRef
    price: int
    recommended_price: int | None
    quantity: int
    attributes: dict[str, str]


class ImageBody(BaseModel):
    """A picture."""

    id: UUID
    url: str
    thumbnails: dict[str, str]
    position: int


class ProductCard(ProductBody):
    """A product with all that is known of it; the cheapest offer first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **SHOWN,
                "description": "Закипает за три минуты.",
                "attributes": {"Объём": "1,7 л"},
                "images": [],
                "offers": [
                    {
                        "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d60",
                        "sku": "CH-17-W",
                        "shop": {"id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d61", "name": "Домашний очаг"},
                        "price": 199000,
                        "recommended_price": 229000,
                        "quantity": 14,
                        "attributes": {"Цвет": "белый"},
                    }
                ],
            }
        }
    )

    description: str
    attributes: dict[str, str]
    images: list[ImageBody]
    offers: list[OfferBody]


class CategoryCount(CategoryRef):
    """How many products are in a category itself, not below it."""

    count: int


class ShopCount(ShopRef):
    """How many products a shop sells."""

    count: int


class ValueCount(BaseModel):
    """How many products have a value of an attribute."""

    value: str
    count: int


class AttributeCounts(BaseModel):
    """The values of an attribute, the most frequent first."""

    name: str
    values: list[ValueCount]


class PriceRange(BaseModel):
    """From the cheapest to the dearest, in minor units."""

    min: int
    max: int


class FacetsBody(BaseModel):
    """How a list divides; of very many products the counts of its parts are estimates (`is_estimated`)."""

    total: int
    categories: list[CategoryCount]
    shops: list[ShopCount]
    attributes: list[AttributeCounts]
    price: PriceRange | None
    currency: str
    is_estimated: bool


class CategoryNode(BaseModel):
    """A category with all below it."""

    id: UUID
    name: str
    slug: str
    children: list["CategoryNode"]


class ShopBody(BaseModel):
    """A shop; what a closed one offers cannot be bought."""

    id: UUID
    name: str
    url: str | None
    is_open: bool
    owner_id: UUID | None


class ShopPage(PageBody):
    """A page of shops."""

    items: list[ShopBody]
