"""A short way for the hottest reads: the functions of their routes, called without routing and resolving.

FastAPI spends more on a route than the route does on its work (measured: `benchmarks/README.md`). What is not
plainly one of these reads goes on to FastAPI, which has the same functions as routes and documents them.
"""

import re
from collections.abc import Awaitable

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from lavka.adapters.http import catalog
from lavka.adapters.http.errors import not_valid, refusal
from lavka.domain.errors import ShopError

_READ = re.compile(r"/api/v1/products(?:/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?")


class Lane:
    """Pure ASGI: product lists and cards here, everything else to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, or answer it."""
        read = (
            _READ.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        )
        if read is None:
            await self._app(scope, receive, send)
            return
        request, product = Request(scope, receive), read[1]
        answer = catalog.product(request, product) if product else catalog.products(request)
        await (await _answered(request, answer))(scope, receive, send)


async def _answered(request: Request, answer: Awaitable[Response]) -> Response:
    try:
        return await answer
    except ShopError as error:
        return await refusal(request, error)
    except RequestValidationError as error:
        return await not_valid(request, error)
