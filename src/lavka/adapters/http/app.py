"""The application: routers, errors and the edge, put together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from lavka.adapters.http import (
    admin,
    admin_orders,
    appinfo,
    auth,
    cart,
    catalog,
    categories,
    checkout,
    contacts,
    goods,
    health,
    images,
    imports,
    links,
    me,
    orders,
    pay,
    payments,
    recovery,
    shop_orders,
    shops,
    wallet,
)
from lavka.adapters.http.callers import CART_TOKEN
from lavka.adapters.http.edge import BodyLimit, Edge
from lavka.adapters.http.errors import answer_errors
from lavka.adapters.http.idempotency import REPLAYED
from lavka.adapters.http.lane import Lane
from lavka.adapters.http.media import Media
from lavka.adapters.http.methods import include
from lavka.application.shop import Shop
from lavka.domain.pictures import MEDIA

API = "/api/v1"
OPENAPI = "/openapi.json"
ASSETS = "/docs-assets"
NOUNS = (
    *(catalog, cart, checkout, orders, payments, auth, recovery, me, contacts, wallet),
    *(goods, images, categories, shops, shop_orders, imports, admin, admin_orders),
)
"""The most asked for first."""
TAGS = ("Accounts", "Catalogue", "Buying", "Administration", "App info", "Running it")


@dataclass(frozen=True, slots=True)
class Options:
    """What the HTTP adapter itself needs to know of the settings."""

    version: str
    catalog_public: bool = False
    is_https: bool = False
    cors_origins: tuple[str, ...] = ()
    media: Path = Path("var/media")
    """The folder of the pictures' files."""
    notification_networks: tuple[str, ...] = ()
    """Where the payment provider's notifications come from."""


class Application(FastAPI):
    """FastAPI with the edge around everything, error answers included."""

    kept: Options

    def build_middleware_stack(self) -> ASGIApp:
        """Put the edge outside of all the others, and the limit of bodies and the short way inside."""
        inner: ASGIApp = BodyLimit(Lane(super().build_middleware_stack()))
        if self.kept.cors_origins:
            inner = CORSMiddleware(
                inner,
                allow_origins=self.kept.cors_origins,
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=["ETag", "X-Request-ID", "Retry-After", CART_TOKEN, *REPLAYED],
            )
        return Edge(inner, is_https=self.kept.is_https)

    def openapi(self) -> dict[str, Any]:
        """Describe the contract, each call by the first sentence of its docstring."""
        if self.openapi_schema is None:
            for path in super().openapi()["paths"].values():
                for operation in path.values():
                    operation["summary"] = operation.pop("description").rstrip(".")
        return super().openapi()


def create_app(opening: Callable[[], AbstractAsyncContextManager[Shop]], options: Options) -> FastAPI:
    """Make the application; it opens the shop when it starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opening() as app.state.shop:
            yield

    app = Application(
        title="Lavka",
        description="A shop backend. Sign in with Authorize, then try any call.",
        version=options.version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        redirect_slashes=False,  # a redirect would lead to where the Host header says
        openapi_tags=[{"name": name} for name in TAGS],
        generate_unique_id_function=lambda route: route.name,
    )
    app.kept = options
    app.state.catalog_public = options.catalog_public
    app.state.notification_networks = [ip_network(each) for each in options.notification_networks]
    app.state.addresses = []
    answer_errors(app)
    for nouns in NOUNS:
        include(app, nouns.router, API)
    for router in (appinfo.router, health.router, pay.router, links.router):
        include(app, router)
    app.mount(MEDIA, Media(options.media), name="media")
    _add_documentation(app)
    return app


def _add_documentation(app: FastAPI) -> None:
    """Serve the documentation from this machine: fastapi-offline brings the pages' scripts."""
    assets = Path(fastapi_offline.__file__).parent / "static"
    app.mount(ASSETS, StaticFiles(directory=assets), name="docs-assets")
    redirect = f"{ASSETS}-oauth2-redirect"
    swagger = get_swagger_ui_html(
        openapi_url=OPENAPI,
        title="Lavka: the API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
        oauth2_redirect_url=redirect,
        swagger_ui_parameters={"persistAuthorization": False, "docExpansion": "list"},
    )
    redoc = get_redoc_html(
        openapi_url=OPENAPI,
        title="Lavka: the API",
        redoc_js_url=f"{ASSETS}/redoc.standalone.js",
        redoc_favicon_url=f"{ASSETS}/favicon.png",
        with_google_fonts=False,
    )
    pages = {"/docs": swagger, "/api/docs": swagger, "/redoc": redoc, "/api/redoc": redoc}
    pages[redirect] = get_swagger_ui_oauth2_redirect_html()
    for path, page in pages.items():
        app.add_api_route(path, _showing(page), include_in_schema=False, response_class=HTMLResponse)
    app.add_api_route("/api/schema", app.openapi, include_in_schema=False)


def _showing(page: HTMLResponse) -> Callable[[], Awaitable[HTMLResponse]]:
    async def show() -> HTMLResponse:
        return HTMLResponse(page.body)

    return show
