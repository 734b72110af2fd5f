"""The pictures of products, as administrators hang them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.catalog_bodies import ImageBody
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form
from lavka.adapters.http.uploads import described, uploaded
from lavka.domain.catalog import ProductId
from lavka.domain.pictures import MOST_BYTES, MOST_PICTURES, Picture, PictureId

router = APIRouter(prefix="/products/{product_id}/images", tags=["Catalogue"], route_class=Door)

FILE = described("JPG, PNG, GIF or WebP by its content, at most 10 MB and 40 megapixels.")


class PlaceForm(Form):
    """Where a picture goes: 1 is the main picture's place."""

    model_config = ConfigDict(json_schema_extra={"example": {"position": 1}})

    position: Annotated[int, Field(ge=1, le=MOST_PICTURES)]


@router.post(
    "",
    status_code=201,
    responses=documented(401, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra=FILE,
)
async def add_image(product_id: UUID, who: Caller, shop: TheShop, request: Request) -> ImageBody:
    """Hang a picture last at a product."""

    async def content() -> bytes:
        file = await uploaded(request, MOST_BYTES)
        try:
            return await file.read()
        finally:
            await file.close()

    return _body(await shop.picturing.add(who, ProductId(product_id), content))


@router.patch("/{image_id}", responses=documented(401, 403, 404, 413, 415, 422, 503))
async def move_image(
    product_id: UUID, image_id: UUID, form: PlaceForm, who: Caller, shop: TheShop
) -> ImageBody:
    """Give a picture another place; the others move up."""
    return _body(await shop.picturing.move(who, ProductId(product_id), PictureId(image_id), form.position))


@router.delete("/{image_id}", status_code=204, responses=documented(401, 403, 404, 413, 415, 422, 503))
async def delete_image(product_id: UUID, image_id: UUID, who: Caller, shop: TheShop) -> None:
    """Take a picture down, and delete its files unless another product shows it."""
    await shop.picturing.remove(who, ProductId(product_id), PictureId(image_id))


def _body(picture: Picture) -> ImageBody:
    return ImageBody(id=picture.id, url=picture.url, thumbnails=picture.thumbnails, position=picture.position)
