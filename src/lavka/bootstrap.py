"""The only place that knows every adapter: settings in, an open shop out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import uuid6
from fastapi import FastAPI

from lavka.adapters.background import working
from lavka.adapters.crypto import BcryptHashes, JwtTokens, new_code
from lavka.adapters.download import HttpDownload
from lavka.adapters.http.app import Options, create_app
from lavka.adapters.inbox import FolderInbox
from lavka.adapters.pillow.pictures import PillowPictures
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.accounts import TortoiseAttempts, TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.categories import TortoiseCategories
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.imports import TortoiseImports, one_import, snapshot
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.pictures import TortoiseGalleries
from lavka.adapters.tortoise.revocations import EndedSessions, HeardEndedSessions
from lavka.adapters.tortoise.search_index import index_what_is_not
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.adapters.tortoise.wares import TortoiseWares
from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.accounts import Joining, Membership
from lavka.application.appinfo import AppInfo, Developer
from lavka.application.carrying_out import CarryingOut
from lavka.application.cart import Filling
from lavka.application.catalog import Browsing
from lavka.application.checking import Checking
from lavka.application.goods import Arranging, Curating, Selling
from lavka.application.imports import Importing
from lavka.application.orders import Amending, Following, Fulfilling, Returning
from lavka.application.passwords import Passwords
from lavka.application.pictures import Picturing
from lavka.application.ports.accounts import PasswordHashes
from lavka.application.ports.pictures import Pictures
from lavka.application.ports.sessions import Revocations
from lavka.application.ports.system import Clock, Ids
from lavka.application.sessions import Issuing, SigningIn, StayingSignedIn
from lavka.application.shop import Shop
from lavka.application.stocking import Stocking
from lavka.settings import Settings, load_settings


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562): unique, and later ones sort after earlier ones."""
    return UUID(int=uuid6.uuid7().int)


@dataclass(frozen=True, slots=True)
class System:
    """What comes from the machine; tests pass their own."""

    clock: Clock = utc_now
    ids: Ids = new_id
    ring: Callable[[], None] = lambda: None
    """Called when there is work for the background, which `serving` does."""


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
    await database.migrate(settings.db_url)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(config))
        await index_what_is_not()
        revocations = await stack.enter_async_context(_revocations(settings, system, config))
        hashes = BcryptHashes(settings.password_cost)
        stack.callback(hashes.close)
        pictures = PillowPictures(settings.media)
        stack.callback(pictures.close)
        yield assemble(settings, system, hashes, revocations, pictures)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Shop]:
    """Open the shop, and carry out what waits as long as it is open.

    What uploads that crashed and carts that have expired leave behind is cleared up.
    """
    bell = asyncio.Event()
    async with open_shop(settings, System(ring=bell.set)) as shop, working(shop.carrying_out.take_one, bell):
        sweeps = (shop.picturing.sweep(), shop.carrying_out.sweep(), shop.filling.sweep())
        sweeping = [asyncio.create_task(sweep) for sweep in sweeps]
        try:
            yield shop
        finally:
            for task in sweeping:
                task.cancel()
            await asyncio.wait(sweeping)  # asyncio logs what went wrong; the next start sweeps again


def assemble(
    settings: Settings,
    system: System,
    hashes: PasswordHashes,
    revocations: Revocations,
    pictures: Pictures,
) -> Shop:
    """Put the use cases together over an open database."""
    imports, listings = TortoiseImports(), TortoiseListings(system.ids)
    inbox, feed = FolderInbox(settings.var / "price-lists"), YamlFeed()
    users, sessions = TortoiseUsers(), TortoiseSessions()
    carts = TortoiseCarts()
    catalog, goods, shops = TortoiseCatalog(), TortoiseGoods(), TortoiseShops()
    clock, ids, transaction = system.clock, system.ids, database.transaction
    passwords = Passwords(TortoiseAttempts(), hashes, clock)
    access_tokens = JwtTokens(settings.signing_key(), settings.access_token_minutes * 60)
    issuing = Issuing(sessions, access_tokens, ids, new_code, timedelta(days=settings.refresh_token_days))
    lease = timedelta(seconds=settings.import_lease_seconds)
    picturing = Picturing(users, TortoiseGalleries(), pictures, ids, transaction)
    return Shop(
        joining=Joining(users, passwords, clock, ids),
        membership=Membership(users, sessions, revocations, passwords, clock, transaction),
        signing_in=SigningIn(users, passwords, carts, issuing, clock, transaction),
        sessions=StayingSignedIn(sessions, revocations, access_tokens, issuing, clock, transaction),
        browsing=Browsing(catalog, users),
        arranging=Arranging(users, TortoiseCategories(), ids, transaction),
        curating=Curating(users, goods, shops, catalog, clock, ids, transaction),
        selling=Selling(users, goods, shops, ids, transaction),
        importing=Importing(users, shops, imports, listings, inbox, feed, clock, ids, snapshot, system.ring),
        carrying_out=CarryingOut(
            imports, listings, inbox, feed, HttpDownload(), clock, ids, one_import, lease
        ),
        stocking=Stocking(TortoiseStockroom(), transaction),
        picturing=picturing,
        filling=Filling(carts, clock, new_code),
        **_life_of_orders(users, shops, system),
        checks=Checking((TortoiseChecks(), picturing)),
        appinfo=_appinfo(settings),
        probe=database.probe,
    )


def _life_of_orders(users: TortoiseUsers, shops: TortoiseShops, system: System) -> dict[str, Any]:
    orders = TortoiseOrders()
    returning = Returning(TortoiseStock(), TortoiseWallets(), system.ids)
    return {
        "following": Following(users, shops, orders),
        "fulfilling": Fulfilling(users, shops, orders, returning, system.clock),
        "amending": Amending(users, orders, TortoiseWares(), returning, system.clock),
    }


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


def _appinfo(settings: Settings) -> AppInfo:
    return AppInfo(
        server_version=settings.server_version,
        client_version=settings.client_version,
        server_last_update=settings.server_last_update,
        client_last_update=settings.client_last_update,
        developers=tuple(Developer(each.name, each.position) for each in settings.developers),
    )
