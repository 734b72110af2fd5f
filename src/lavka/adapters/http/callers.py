"""Who calls."""

import re
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.security import OAuth2PasswordBearer

from lavka.application.ports.cart import CartKey, Holder, key_of
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.domain.accounts import Language
from lavka.domain.errors import Detail, Forbidden, Invalid, Unauthorized

token_of = OAuth2PasswordBearer("/api/v1/auth/token", scheme_name="Bearer", auto_error=False)

SIGNED_IN: dict[str, Any] = {"security": [{"Bearer": []}]}
"""For OpenAPI: what `admit` asks for."""


async def the_shop(request: Request) -> Shop:
    """Find the shop that this application opened."""
    shop: Shop = request.app.state.shop
    return shop


TheShop = Annotated[Shop, Depends(the_shop)]


def spoken(request: Request) -> Language:
    """Say which language whoever calls reads."""
    return Language.of(request.headers.get("accept-language", ""))


async def caller(shop: TheShop, token: Annotated[str | None, Depends(token_of)]) -> Access:
    """Say who calls; raise Unauthorized."""
    if not token:
        raise Unauthorized
    return await shop.sessions.recognise(token)


Caller = Annotated[Access, Depends(caller)]


async def member(request: Request) -> Access:
    """Say who calls as `caller` does, before the dependencies of a route are resolved."""
    return await caller(request.app.state.shop, await token_of(request))


async def visitor(request: Request) -> tuple[Shop, Access | None]:
    """Let a reader in, and say who it is if one knows; raise Unauthorized.

    Anybody may read when the catalogue is public and no token is sent. A plain call, not a dependency: on the
    hottest routes FastAPI's resolving costs more than the rest.
    """
    shop: Shop = request.app.state.shop
    return shop, None if _is_nobody(request) else await member(request)


def _is_nobody(request: Request) -> bool:
    return request.app.state.catalog_public and "authorization" not in request.headers


async def admit(request: Request) -> Shop:
    """Let a reader in as `visitor` does, whoever it is."""
    return (await visitor(request))[0]


async def from_the_provider(request: Request) -> None:
    """Raise Forbidden for who is not the payment provider; the peer is who a trusted proxy says it is."""
    try:
        peer = ip_address(request.client.host if request.client else "")
    except ValueError:
        raise Forbidden from None
    known = getattr(peer, "ipv4_mapped", None) or peer
    if not any(known in network for network in request.app.state.notification_networks):
        raise Forbidden


CART_TOKEN = "X-Cart-Token"  # noqa: S105  # the name of a header
_CART_TOKEN_FORM = re.compile("[A-Za-z0-9_-]{43}")  # 256 bits in base64url
_NO_TOKEN = Detail(CART_TOKEN, "Send the token as it was given, or none to get a new one.")
CartToken = Annotated[
    str | None,
    Header(
        alias=CART_TOKEN,
        description="An anonymous cart, as the first answer named it; who signs in with it brings it along.",
    ),
]


async def holder(
    request: Request,
    response: Response,
    shop: TheShop,
    token: Annotated[str | None, Depends(token_of)],
    cart_token: CartToken = None,
) -> Holder:
    """Say whose cart is meant: the user's or, where anybody may read, that of whoever has the token of one.

    Who has none is given one. Raise Unauthorized; Invalid for what is no token.
    """
    if not _is_nobody(request):
        return (await caller(shop, token)).user
    response.headers["Cache-Control"] = "no-store"  # caches tell users apart by Authorization, and by no more
    if cart_token is None:
        cart_token = shop.filling.token()
        response.headers[CART_TOKEN] = cart_token
    if not _CART_TOKEN_FORM.fullmatch(cart_token):
        raise Invalid([_NO_TOKEN])
    return key_of(cart_token)


CartHolder = Annotated[Holder, Depends(holder)]


async def brought(cart_token: Annotated[str | None, Header(alias=CART_TOKEN)] = None) -> CartKey | None:
    """Name the cart that somebody brings to a sign-in; whatever else is sent for a token is none."""
    return key_of(cart_token) if cart_token and _CART_TOKEN_FORM.fullmatch(cart_token) else None


BroughtCart = Annotated[CartKey | None, Depends(brought)]
