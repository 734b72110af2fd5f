"""A short way for the hottest calls: the functions of their routes, called without routing and resolving.

FastAPI spends more on a route than the route does on its work (measured: `benchmarks/README.md`). What is not
plainly one of these calls goes on to FastAPI, which has the same functions as routes and documents them.
"""

import re
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lavka.adapters.http import cart, catalog, checkout
from lavka.adapters.http.callers import CART_TOKEN, member
from lavka.adapters.http.doors import media_type
from lavka.adapters.http.errors import not_valid, refusal
from lavka.adapters.http.forms import Form
from lavka.adapters.http.idempotency import KEY_FORM
from lavka.adapters.http.pages import JSON
from lavka.application.ports.sessions import Access
from lavka.domain.errors import ShopError

_READ = re.compile(r"/api/v1/products(?:/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?")
SHORT = 16 * 1024
"""Bytes of a body that may take this way."""
KEY = "idempotency-key"


class Lane:
    """Pure ASGI: product lists and cards, and buying, here; everything else to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, or answer it."""
        if scope["type"] == "http":
            if scope["method"] == "GET" and (read := _READ.fullmatch(scope["path"])):
                request, product = Request(scope, receive), read[1]
                answer = catalog.product(request, product) if product else catalog.products(request)
                await (await _answered(request, answer))(scope, receive, send)
                return
            if scope["method"] == "POST" and scope["path"] in WRITES:
                await self._write(Request(scope, receive), send)
                return
        await self._app(scope, receive, send)

    async def _write(self, request: Request, send: Send) -> None:
        scope, receive = request.scope, request.receive
        if not _is_plain(request):
            await self._app(scope, receive, send)
            return
        form_of, write = WRITES[scope["path"]]
        try:
            who = await member(request)  # before the body is read
            body = await request.body()
        except ShopError as error:
            await (await refusal(request, error))(scope, receive, send)
            return
        except ClientDisconnect:
            return
        try:
            form = form_of.model_validate_json(body)
        except ValidationError:
            await self._app(scope, _again(body, receive), send)  # FastAPI says what is wrong with it
            return
        await (await _answered(request, write(request, who, form)))(scope, receive, send)


def _is_plain(request: Request) -> bool:
    """Whether a user sends a short body of JSON, and no header that asks for more than that."""
    headers = request.headers
    length, key = headers.get("content-length", ""), headers.get(KEY)
    return (
        "authorization" in headers
        and CART_TOKEN not in headers
        and length.isdecimal()
        and len(length) < 6
        and 0 < int(length) <= SHORT
        and "transfer-encoding" not in headers
        and media_type(request) == JSON
        and (key is None or KEY_FORM.fullmatch(key) is not None)
        and not request.scope["query_string"]
    )


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand a body in once more."""
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive_again() -> Message:
        return next(parts, None) or await receive()

    return receive_again


async def _put(request: Request, who: Access, form: Form) -> Response:
    assert isinstance(form, cart.PuttingForm)
    shown = await cart.put_into_cart(form, who.user, request.app.state.shop)
    return Response(shown.model_dump_json(), media_type=JSON)


async def _order(request: Request, who: Access, form: Form) -> Response:
    assert isinstance(form, checkout.OrderForm)
    key = request.headers.get(KEY)
    return await checkout.place_an_order(form, who, request.app.state.shop, request, key)


Write = Callable[[Request, Access, Form], Awaitable[Response]]
WRITES: dict[str, tuple[type[Form], Write]] = {
    "/api/v1/cart/items": (cart.PuttingForm, _put),
    "/api/v1/orders": (checkout.OrderForm, _order),
}


async def _answered(request: Request, answer: Awaitable[Response]) -> Response:
    try:
        return await answer
    except ShopError as error:
        return await refusal(request, error)
    except RequestValidationError as error:
        return await not_valid(request, error)
