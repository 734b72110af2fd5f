"""Every adapter and every use case, put together."""

from dataclasses import dataclass
from datetime import timedelta

from lavka.adapters.crypto import JwtTokens, new_code
from lavka.adapters.download import HttpDownload
from lavka.adapters.inbox import FolderInbox
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.accounts import TortoiseAttempts
from lavka.adapters.tortoise.categories import TortoiseCategories
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.imports import one_import, snapshot
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.adapters.tortoise.pictures import TortoiseGalleries
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.administration import Administering
from lavka.application.appinfo import AppInfo, Developer
from lavka.application.carrying_out import CarryingOut
from lavka.application.catalog import Browsing
from lavka.application.checking import Checking
from lavka.application.goods import Arranging, Curating, Selling
from lavka.application.imports import Importing
from lavka.application.passwords import Passwords
from lavka.application.pictures import Picturing
from lavka.application.ports.accounts import PasswordHashes
from lavka.application.ports.payments import PayPage, Till
from lavka.application.ports.pictures import Pictures
from lavka.application.ports.sessions import Revocations
from lavka.application.sessions import Issuing, SigningIn, StayingSignedIn
from lavka.application.shop import Shop
from lavka.application.stocking import Stocking
from lavka.bootstrap.buying import buying, works_of
from lavka.bootstrap.letters import accounts, asking, writing
from lavka.bootstrap.promises import promises
from lavka.bootstrap.stores import Stores, System
from lavka.domain.tasks import Kind
from lavka.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """What has been opened for the shop, and is closed with it."""

    hashes: PasswordHashes
    revocations: Revocations
    pictures: Pictures
    till: Till | None = None
    pay_page: PayPage | None = None


def assemble(settings: Settings, system: System, outside: Outside) -> Shop:
    """Put the use cases together over an open database."""
    hashes, revocations, pictures = outside.hashes, outside.revocations, outside.pictures
    at, clock, ids, transaction = Stores(), system.clock, system.ids, database.transaction
    listings, inbox, feed = TortoiseListings(ids), FolderInbox(settings.var / "price-lists"), YamlFeed()
    passwords = Passwords(TortoiseAttempts(), hashes, clock)
    access_tokens = JwtTokens(settings.signing_key(), settings.access_token_minutes * 60)
    issuing = Issuing(at.sessions, access_tokens, ids, new_code, timedelta(days=settings.refresh_token_days))
    outbox = TortoiseOutbox(system.ring_relay)
    lease = timedelta(seconds=settings.import_lease_seconds)
    picturing = Picturing(at.users, TortoiseGalleries(), pictures, ids, transaction)
    bought = buying(at, settings, system, outbox, outside.till)
    letters = writing(at, settings, clock)
    return Shop(
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
        **bought,
        **accounts(at, passwords, revocations, asking(settings, system, outbox)),
        writing=letters,
        **promises(outbox, {**works_of(bought), Kind.SEND_LETTER: letters.write}, system),
        pay_page=outside.pay_page,
        checks=Checking((TortoiseChecks(), picturing)),
        appinfo=_appinfo(settings),
        probe=database.probe,
    )


def _appinfo(settings: Settings) -> AppInfo:
    return AppInfo(
        server_version=settings.server_version,
        client_version=settings.client_version,
        server_last_update=settings.server_last_update,
        client_last_update=settings.client_last_update,
        developers=tuple(Developer(each.name, each.position) for each in settings.developers),
    )
