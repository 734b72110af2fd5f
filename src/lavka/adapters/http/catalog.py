"""The catalogue as visitors see it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from lavka.adapters.http.callers import SIGNED_IN, admit, visitor
from lavka.adapters.http.catalog_bodies import CategoryNode, FacetsBody, ProductCard, ProductPage, ShopPage
from lavka.adapters.http.errors import documented
from lavka.adapters.http.filters import ProductConditions, ProductListing
from lavka.adapters.http.forms import identity
from lavka.adapters.http.pages import fresh, written
from lavka.adapters.http.queries import Paging
from lavka.domain.catalog import ProductId

router = APIRouter(tags=["Catalogue"])

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
    "/products/facets",
    response_model=FacetsBody,
    responses={**NOT_MODIFIED, **documented(401, 422, 503)},
    openapi_extra={**SIGNED_IN, **ProductConditions.parameters()},
)
async def facets(request: Request) -> Response:
    """Count products by category, shop and attribute."""
    shop, conditions = await admit(request), ProductConditions.of(request)
    return fresh(request, (await shop.browsing.facets(conditions.filter())).json.encode())


@router.api_route("/products/facets", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def no_product() -> None:
    """Refuse what would otherwise be taken for a change of a product with this id."""
    raise HTTPException(405)


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
    shop, who = await visitor(request)  # before the id is looked at
    wanted = ProductId(identity(product_id, "product_id"))
    return fresh(request, (await shop.browsing.product(wanted, who)).json.encode())


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
