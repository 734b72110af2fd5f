"""The catalogue as visitors see it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from lavka.adapters.http.callers import SIGNED_IN, admit
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Minor, Slug, Text, identity
from lavka.adapters.http.pages import PageBody, Time, fresh, written
from lavka.adapters.http.queries import Paging
from lavka.application.ports.catalog import ProductFilter, Sort
from lavka.domain.catalog import ProductId
from lavka.domain.shops import ShopId

router = APIRouter(tags=["Catalogue"])

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


class ProductListing(Paging):
    """Which products, in which order. Prices in minor units."""

    sort: Sort = Sort.NEWEST
    category: Slug | None = None
    shop: UUID | None = None
    min_price: Minor | None = None
    max_price: Minor | None = None
    in_stock: bool | None = None
    search: Annotated[Text, StringConstraints(min_length=1, max_length=100)] | None = None

    def filter(self) -> ProductFilter:
        """The conditions."""
        seller = ShopId(self.shop) if self.shop else None
        return ProductFilter(
            self.category, seller, self.min_price, self.max_price, self.in_stock, self.search
        )


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


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "You have this answer already (If-None-Match)"}
}


@router.get(
    "/products",
    response_model=ProductPage,
    responses={**NOT_MODIFIED, **documented(401, 422, 503)},
    openapi_extra={**SIGNED_IN, **ProductListing.parameters()},
)
async def products(request: Request) -> Response:
    """List active products."""
    shop, listing = await admit(request), ProductListing.of(request)
    page = await shop.browsing.products(listing.filter(), listing.sort, listing.wish())
    return fresh(request, written(page))


@router.get(
    "/products/{product_id}",
    response_model=ProductCard,
    responses={**NOT_MODIFIED, **documented(401, 404, 422, 503)},
    openapi_extra=SIGNED_IN,
)
async def product(
    request: Request, product_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]
) -> Response:
    """Show a product with its characteristics and offers."""
    shop = await admit(request)  # before the id is looked at
    wanted = ProductId(identity(product_id, "product_id"))
    return fresh(request, (await shop.browsing.product(wanted)).json.encode())


@router.get(
    "/categories",
    response_model=list[CategoryNode],
    responses={**NOT_MODIFIED, **documented(401, 503)},
    openapi_extra=SIGNED_IN,
)
async def categories(request: Request) -> Response:
    """Show the tree of categories."""
    shop = await admit(request)
    return fresh(request, (await shop.browsing.categories()).json.encode())


@router.get(
    "/shops",
    response_model=ShopPage,
    responses={**NOT_MODIFIED, **documented(401, 422, 503)},
    openapi_extra={**SIGNED_IN, **Paging.parameters()},
)
async def shops(request: Request) -> Response:
    """List shops by name."""
    shop, paging = await admit(request), Paging.of(request)
    return fresh(request, written(await shop.browsing.shops(paging.wish())))
