"""What this installation says about itself; public."""

from fastapi import APIRouter
from pydantic import BaseModel

from lavka.adapters.http.callers import TheShop

router = APIRouter(prefix="/api/appinfo", tags=["App info"])


class VersionBody(BaseModel):
    """A version."""

    version: str


class LastUpdateBody(BaseModel):
    """When something was last updated."""

    last_update: str


class DeveloperBody(BaseModel):
    """Somebody who made this shop."""

    name: str
    position: str


@router.get("/server/version")
async def server_version(shop: TheShop) -> VersionBody:
    """Tell the server's version."""
    return VersionBody(version=shop.appinfo.server_version)


@router.get("/client/version")
async def client_version(shop: TheShop) -> VersionBody:
    """Tell the front end's version."""
    return VersionBody(version=shop.appinfo.client_version)


@router.get("/server/last_update")
async def server_last_update(shop: TheShop) -> LastUpdateBody:
    """Tell when the server was last updated."""
    return LastUpdateBody(last_update=shop.appinfo.server_last_update)


@router.get("/client/last_update")
async def client_last_update(shop: TheShop) -> LastUpdateBody:
    """Tell when the front end was last updated."""
    return LastUpdateBody(last_update=shop.appinfo.client_last_update)


@router.get("/developers")
async def developers(shop: TheShop) -> list[DeveloperBody]:
    """Tell who made this shop."""
    return [DeveloperBody(name=each.name, position=each.position) for each in shop.appinfo.developers]
