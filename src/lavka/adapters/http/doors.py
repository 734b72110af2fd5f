"""How a route is entered: who may not come in learns nothing of what a body should look like."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from lavka.adapters.http.callers import caller, from_the_provider, holder, member, visitor

GUARDS: Mapping[Any, Callable[[Request], Awaitable[object]]] = {
    caller: member,
    holder: visitor,
    from_the_provider: from_the_provider,
}
"""Who may come in, by what a route wants to know of who calls."""


class Door(APIRoute):
    """A route that asks for the token, then for the media type, before the body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put both questions before the route's own work."""
        handle = super().get_route_handler()
        guards = [GUARDS[each.call] for each in self.dependant.dependencies if each.call in GUARDS]
        media_types = self._media_types()

        async def enter(request: Request) -> Response:
            for guard in guards:
                await guard(request)
            if _has_body(request) and media_type(request) not in media_types:
                raise HTTPException(415)
            return await handle(request)

        return enter

    def _media_types(self) -> Collection[str]:
        """What a body may be: what the route says itself, or what FastAPI reads for it."""
        described = (self.openapi_extra or {}).get("requestBody")
        if described:
            return frozenset(described["content"])
        is_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        return ("application/x-www-form-urlencoded" if is_form else "application/json",)


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def media_type(request: Request) -> str:
    """What the body is said to be."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
