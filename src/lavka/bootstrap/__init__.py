"""The only place that knows every adapter: settings in, an open shop out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import FastAPI

from lavka.adapters.background import repeating, working
from lavka.adapters.crypto import BcryptHashes
from lavka.adapters.http.app import Options, create_app
from lavka.adapters.pillow.pictures import PillowPictures
from lavka.adapters.tortoise import connecting, database, migrating
from lavka.adapters.tortoise.revocations import EndedSessions, HeardEndedSessions
from lavka.adapters.tortoise.search_index import index_what_is_not
from lavka.application.shop import Shop
from lavka.bootstrap.assembly import Outside, assemble
from lavka.bootstrap.broker import PUBLISHED, has_workers, publisher
from lavka.bootstrap.stores import System, new_id, utc_now
from lavka.bootstrap.tills import taking
from lavka.bootstrap.timetable import TIMETABLE
from lavka.domain.tasks import Queue
from lavka.settings import Settings, load_settings

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""Where the local till notifies from."""

__all__ = ["System", "database_config", "new_id", "open_shop", "relayed", "serving", "utc_now", "web"]

GRACE = 4.0
"""Seconds in which what is being done for the outbox may come to its end when a server stops."""


def database_config(settings: Settings) -> dict[str, Any]:
    """Say where the database is and how long one waits for it."""
    limits = connecting.Limits(
        pool_min=settings.db_pool_min,
        pool_max=settings.db_pool_max,
        acquire=settings.db_acquire_seconds,
        statement=settings.db_statement_seconds,
        lock=settings.db_lock_seconds,
    )
    return connecting.tortoise_config(settings.db_url, limits)


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
        outside = Outside(hashes, revocations, pictures, system.till or money.till, money.page)
        yield assemble(settings, system, outside)


@asynccontextmanager
async def serving(settings: Settings, system: System | None = None) -> AsyncIterator[Shop]:
    """Open the shop, and carry out what waits as long as it is open.

    What uploads that crashed leave behind is cleared up once, what has run out is again and again, unless
    there are workers for it.
    """
    bell = asyncio.Event()
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(relayed(settings, replace(system or System(), ring=bell.set)))
        await stack.enter_async_context(working(shop.carrying_out.take_one, bell))
        for chore in () if has_workers(settings) else TIMETABLE.values():
            await stack.enter_async_context(repeating(chore.work(shop), chore.every.total_seconds()))
        await stack.enter_async_context(_sweeping(shop))
        yield shop


@asynccontextmanager
async def relayed(settings: Settings, system: System | None = None) -> AsyncIterator[Shop]:
    """Open the shop, and see to what must happen after its commits: here, or by workers if there are some.

    What is being done when the block ends has some seconds to come to its end.
    """
    bells = {queue: asyncio.Event() for queue in Queue}

    def ring_relay() -> None:
        for bell in bells.values():
            bell.set()

    async with AsyncExitStack() as stack:
        waking = replace(system or System(), ring_relay=ring_relay)
        shop = await stack.enter_async_context(open_shop(settings, waking))
        if has_workers(settings):
            relaying = replace(shop.relaying, deliver=publisher(settings), lease=PUBLISHED)
            shop = replace(shop, relaying=relaying)
        for queue, bell in bells.items():
            relay = partial(shop.relaying.relay, queue)
            await stack.enter_async_context(working(relay, bell, grace=GRACE))
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


def web(settings: Settings | None = None, system: System | None = None) -> FastAPI:
    """Make the HTTP application, which opens the shop when it starts; what `uvicorn --factory` calls."""
    settings = settings or load_settings()
    options = Options(
        version=settings.server_version,
        catalog_public=settings.catalog_public,
        is_https=settings.origin.startswith("https://"),
        cors_origins=settings.cors_origins,
        media=settings.media,
        notification_networks=_heard(settings),
    )
    return create_app(lambda: serving(settings, system), options)


def _heard(settings: Settings) -> tuple[str, ...]:
    """Where notifications come from; from nowhere without a till, as nobody could be asked about them."""
    if settings.has_local_till:
        return (*settings.yookassa_notification_networks, *LOOPBACK)
    return settings.yookassa_notification_networks if settings.has_yookassa else ()


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
