"""Who calls."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.domain.errors import Unauthorized

token_of = OAuth2PasswordBearer("/api/v1/auth/token", scheme_name="Bearer", auto_error=False)

SIGNED_IN: dict[str, Any] = {"security": [{"Bearer": []}]}
"""For OpenAPI: what `admit` asks for."""


async def the_shop(request: Request) -> Shop:
    """Find the shop that this application opened."""
    shop: Shop = request.app.state.shop
    return shop


TheShop = Annotated[Shop, Depends(the_shop)]


async def caller(shop: TheShop, token: Annotated[str | None, Depends(token_of)]) -> Access:
    """Say who calls; raise Unauthorized."""
    if not token:
        raise Unauthorized
    return await shop.sessions.recognise(token)


Caller = Annotated[Access, Depends(caller)]


async def visitor(request: Request) -> tuple[Shop, Access | None]:
    """Let a reader in, and say who it is if one knows; raise Unauthorized.

    Anybody may read when the catalogue is public and no token is sent. A plain call, not a dependency: on the
    hottest routes FastAPI's resolving costs more than the rest.
    """
    shop: Shop = request.app.state.shop
    if request.app.state.catalog_public and "authorization" not in request.headers:
        return shop, None
    return shop, await caller(shop, await token_of(request))


async def admit(request: Request) -> Shop:
    """Let a reader in as `visitor` does, whoever it is."""
    return (await visitor(request))[0]
