"""Every adapter and every use case, put together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import uuid6

from lavka.adapters.crypto import JwtTokens, new_code, new_number
from lavka.adapters.download import HttpDownload
from lavka.adapters.inbox import FolderInbox
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.accounts import TortoiseAttempts, TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.categories import TortoiseCategories
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.contacts import TortoiseContacts
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.imports import TortoiseImports, one_import, snapshot
from lavka.adapters.tortoise.keys import TortoiseKeys
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.pictures import TortoiseGalleries
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.strokes import TortoiseStroke
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.adapters.tortoise.wares import TortoiseWares
from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.accounts import Joining, Membership
from lavka.application.administration import Administering
from lavka.application.appinfo import AppInfo, Developer
from lavka.application.carrying_out import CarryingOut
from lavka.application.cart import Filling
from lavka.application.catalog import Browsing
from lavka.application.checking import Checking
from lavka.application.checkout import Making, Ordering, Reaching
from lavka.application.contacts import KeepingContacts
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
from lavka.application.tidying import Tidying
from lavka.application.wallet import Banking
from lavka.settings import Settings


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


@dataclass(frozen=True, slots=True)
class Stores:
    """Where everything is kept, in a database that is open."""

    users: TortoiseUsers = field(default_factory=TortoiseUsers)
    sessions: TortoiseSessions = field(default_factory=TortoiseSessions)
    catalog: TortoiseCatalog = field(default_factory=TortoiseCatalog)
    goods: TortoiseGoods = field(default_factory=TortoiseGoods)
    shops: TortoiseShops = field(default_factory=TortoiseShops)
    imports: TortoiseImports = field(default_factory=TortoiseImports)
    carts: TortoiseCarts = field(default_factory=TortoiseCarts)
    contacts: TortoiseContacts = field(default_factory=TortoiseContacts)
    orders: TortoiseOrders = field(default_factory=TortoiseOrders)
    stock: TortoiseStock = field(default_factory=TortoiseStock)
    wallets: TortoiseWallets = field(default_factory=TortoiseWallets)
    keys: TortoiseKeys = field(default_factory=TortoiseKeys)


def assemble(
    settings: Settings,
    system: System,
    hashes: PasswordHashes,
    revocations: Revocations,
    pictures: Pictures,
) -> Shop:
    """Put the use cases together over an open database."""
    at, clock, ids, transaction = Stores(), system.clock, system.ids, database.transaction
    listings, inbox, feed = TortoiseListings(ids), FolderInbox(settings.var / "price-lists"), YamlFeed()
    passwords = Passwords(TortoiseAttempts(), hashes, clock)
    access_tokens = JwtTokens(settings.signing_key(), settings.access_token_minutes * 60)
    issuing = Issuing(at.sessions, access_tokens, ids, new_code, timedelta(days=settings.refresh_token_days))
    lease = timedelta(seconds=settings.import_lease_seconds)
    picturing = Picturing(at.users, TortoiseGalleries(), pictures, ids, transaction)
    return Shop(
        joining=Joining(at.users, passwords, clock, ids),
        membership=Membership(at.users, at.sessions, revocations, passwords, clock, transaction),
        signing_in=SigningIn(at.users, passwords, at.carts, issuing, clock, transaction),
        sessions=StayingSignedIn(at.sessions, revocations, access_tokens, issuing, clock, transaction),
        administering=Administering(at.users, at.wallets, at.sessions, revocations, clock, transaction),
        browsing=Browsing(at.catalog, at.users),
        arranging=Arranging(at.users, TortoiseCategories(), ids, transaction),
        curating=Curating(at.users, at.goods, at.shops, at.catalog, clock, ids, transaction),
        selling=Selling(at.users, at.goods, at.shops, ids, transaction),
        picturing=picturing,
        importing=Importing(
            at.users, at.shops, at.imports, listings, inbox, feed, clock, ids, snapshot, system.ring
        ),
        carrying_out=CarryingOut(
            at.imports, listings, inbox, feed, HttpDownload(), clock, ids, one_import, lease
        ),
        stocking=Stocking(TortoiseStockroom(), transaction),
        **_buying(at, settings, clock, ids),
        checks=Checking((TortoiseChecks(), picturing)),
        appinfo=_appinfo(settings),
        probe=database.probe,
    )


def _buying(at: Stores, settings: Settings, clock: Clock, ids: Ids) -> dict[str, Any]:
    making = Making(clock, ids, new_number, timedelta(minutes=settings.order_payment_minutes))
    returning = Returning(at.stock, at.wallets, ids)
    return {
        "contacts": KeepingContacts(at.contacts, ids),
        "filling": Filling(at.carts, clock, new_code),
        "ordering": Ordering(
            Reaching(at.contacts),
            *(at.carts, at.stock, at.orders, at.wallets, at.keys, TortoiseStroke()),
            making,
            database.transaction,
        ),
        "following": Following(at.users, at.shops, at.orders),
        "fulfilling": Fulfilling(at.users, at.shops, at.orders, returning, clock),
        "amending": Amending(at.users, at.orders, TortoiseWares(), returning, clock),
        "banking": Banking(at.users, at.wallets, clock, ids),
        "tidying": Tidying(at.stock, at.carts, at.keys, clock),
    }


def _appinfo(settings: Settings) -> AppInfo:
    return AppInfo(
        server_version=settings.server_version,
        client_version=settings.client_version,
        server_last_update=settings.server_last_update,
        client_last_update=settings.client_last_update,
        developers=tuple(Developer(each.name, each.position) for each in settings.developers),
    )
