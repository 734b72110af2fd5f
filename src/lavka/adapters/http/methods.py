"""Which methods an address takes: all of them (RFC 9110, 15.5.6), where Starlette names the first route's."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.routing import compile_path


def include(app: FastAPI, router: APIRouter, prefix: str = "") -> None:
    """Take the router in, and note the methods of its addresses in `app.state.addresses`.

    A route that alone is hidden takes methods in order to refuse them; pages for people are hidden all.
    """
    app.include_router(router, prefix=prefix)
    app.state.addresses += [
        (compile_path(prefix + route.path)[0], route.methods)
        for route in router.routes
        if isinstance(route, APIRoute) and (route.include_in_schema or not router.include_in_schema)
    ]


def allowed(request: Request) -> dict[str, str]:
    """The Allow header of an address that is known here; nothing for any other."""
    path = request.scope["path"]
    addresses = request.app.state.addresses
    address = next((pattern for pattern, _ in addresses if pattern.match(path)), None)
    methods = {method for pattern, methods in addresses if pattern == address for method in methods}
    return {"Allow": ", ".join(sorted(methods))} if methods else {}
