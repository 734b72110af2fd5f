"""The only place that knows every adapter: settings in, an open shop out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from lavka.adapters.background import working
from lavka.adapters.crypto import BcryptHashes
from lavka.adapters.http.app import Options, create_app
from lavka.adapters.pillow.pictures import PillowPictures
from lavka.adapters.tortoise import database, migrating
from lavka.adapters.tortoise.revocations import EndedSessions, HeardEndedSessions
from lavka.adapters.tortoise.search_index import index_what_is_not
from lavka.application.shop import Shop
from lavka.bootstrap.assembly import System, assemble, new_id, utc_now
from lavka.bootstrap.tills import taking
from lavka.settings import Settings, load_settings

__all__ = ["System", "database_config", "new_id", "open_shop", "serving", "utc_now", "web"]


def database_config(settings: Settings) -> dict[str, Any]:
    """Say where the database is and how long one waits for it."""
    limits = database.Limits(
        pool_min=settings.db_pool_min,
        pool_max=settings.db_pool_max,
        acquire=settings.db_acquire_seconds,
        statement=settings.db_statement_seconds,
        lock=settings.db_lock_seconds,
    )
    return database.tortoise_config(settings.db_url, limits)


@asynccontextmanager
async def open_shop(settings: Settings | None = None, system: System | None = None) -> AsyncIterator[Shop]:
    """Bring the database up to date, open the shop, and close it when the block ends.

    Raise SettingsError for a wrong setting and Unavailable when the database is not there.
    """
    settings, system = settings or load_settings(), system or System()
    config = database_config(settings)
    await migrating.migrate(settings.db_url)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(config))
        await index_what_is_not()
        revocations = await stack.enter_async_context(_revocations(settings, system, config))
        hashes = BcryptHashes(settings.password_cost)
        stack.callback(hashes.close)
        pictures = PillowPictures(settings.media)
        stack.callback(pictures.close)
        money = await stack.enter_async_context(taking(settings, system.clock))
        shop = assemble(settings, system, hashes, revocations, pictures)
        yield replace(shop, pay_page=money.page)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Shop]:
    """Open the shop, and carry out what waits as long as it is open.

    What uploads that crashed leave behind is cleared up once, what has run out is again and again.
    """
    bell = asyncio.Event()
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(open_shop(settings, System(ring=bell.set)))
        await stack.enter_async_context(working(shop.carrying_out.take_one, bell))
        for work in (shop.fulfilling.expire_one, shop.tidying.take_one):
            await stack.enter_async_context(working(work, asyncio.Event(), at_once=False))
        await stack.enter_async_context(_sweeping(shop))
        yield shop


@asynccontextmanager
async def _sweeping(shop: Shop) -> AsyncIterator[None]:
    sweeps = [asyncio.create_task(sweep) for sweep in (shop.picturing.sweep(), shop.carrying_out.sweep())]
    try:
        yield
    finally:
        for task in sweeps:
            task.cancel()
        await asyncio.wait(sweeps)  # asyncio logs what went wrong; the next start sweeps again


def web(settings: Settings | None = None) -> FastAPI:
    """Make the HTTP application, which opens the shop when it starts; what `uvicorn --factory` calls."""
    settings = settings or load_settings()
    options = Options(
        version=settings.server_version,
        catalog_public=settings.catalog_public,
        is_https=settings.origin.startswith("https://"),
        cors_origins=settings.cors_origins,
        media=settings.media,
    )
    return create_app(lambda: serving(settings), options)


@asynccontextmanager
async def _revocations(
    settings: Settings, system: System, config: dict[str, Any]
) -> AsyncIterator[EndedSessions]:
    lifetime = timedelta(minutes=settings.access_token_minutes)
    if settings.is_embedded:
        memory = EndedSessions(system.clock, lifetime)
        await memory.load()
        yield memory
        return
    heard = HeardEndedSessions(system.clock, lifetime, config)
    async with heard.listening():
        yield heard
