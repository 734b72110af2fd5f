"""Shops, as their owners and administrators open and close them."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, StringConstraints

from lavka.adapters.http.callers import SIGNED_IN, Caller, TheShop, admit
from lavka.adapters.http.catalog import NOT_MODIFIED
from lavka.adapters.http.catalog_bodies import ShopBody
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Identity, Name, Text, identity
from lavka.adapters.http.pages import fresh
from lavka.domain.accounts import UserId
from lavka.domain.shops import Shop, ShopChanges, ShopId

router = APIRouter(tags=["Catalogue"], route_class=Door)

HEARTH: dict[str, Any] = {"name": "Домашний очаг", "url": "https://hearth.example"}


class ShopPatch(Form):
    """Fields that change; the others stay. What a closed shop offers cannot be bought."""

    model_config = ConfigDict(json_schema_extra={"example": {"is_open": False}})

    name: Name = ""
    url: Annotated[Text, StringConstraints(max_length=2048)] | None = None
    is_open: bool = True
    owner_id: Identity | None = None

    def changes(self) -> ShopChanges:
        """What is to change."""
        given = self.model_dump(exclude_unset=True, exclude={"owner_id"})
        if "owner_id" in self.model_fields_set:
            given["owner"] = None if self.owner_id is None else UserId(self.owner_id)
        return cast("ShopChanges", given)


class ShopForm(ShopPatch):
    """A new shop; administrators may name its owner, a shop's account owns what it opens."""

    model_config = ConfigDict(json_schema_extra={"example": HEARTH})

    name: Name


def body(shop: Shop) -> ShopBody:
    """Write one out."""
    return ShopBody(id=shop.id, name=shop.name, url=shop.url, is_open=shop.is_open, owner_id=shop.owner)


@router.post("/shops", status_code=201, responses=documented(401, 403, 409, 413, 415, 422, 503))
async def open_a_shop(form: ShopForm, who: Caller, shop: TheShop) -> ShopBody:
    """Open a shop; for administrators and for shops' accounts."""
    return body(await shop.selling.open(who, form.changes()))


@router.get(
    "/shops/{shop_id}",
    response_model=ShopBody,
    responses={**NOT_MODIFIED, **documented(401, 404, 422, 503)},
    openapi_extra=SIGNED_IN,
)
async def show_shop(
    request: Request, shop_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]
) -> Response:
    """Show a shop."""
    shop = await admit(request)
    shown = body(await shop.selling.show(ShopId(identity(shop_id, "shop_id"))))
    return fresh(request, shown.model_dump_json().encode())


@router.patch("/shops/{shop_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def change_shop(shop_id: UUID, form: ShopPatch, who: Caller, shop: TheShop) -> ShopBody:
    """Rename a shop, switch it on or off; for its owner and administrators."""
    return body(await shop.selling.change(who, ShopId(shop_id), form.changes()))
