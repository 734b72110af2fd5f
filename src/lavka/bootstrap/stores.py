"""What comes from the machine, and where everything is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import random
from uuid import UUID

import uuid6

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.contacts import TortoiseContacts
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.imports import TortoiseImports
from lavka.adapters.tortoise.keys import TortoiseKeys
from lavka.adapters.tortoise.letters import TortoiseEmailTokens, TortoiseSentLetters
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.payments import TortoisePayments, TortoiseRefunds
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.application.ports.payments import Till
from lavka.application.ports.system import Clock, Ids


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
    """Called when an import waits, which `serving` carries out."""
    ring_relay: Callable[[], None] = lambda: None
    """Called when something is committed that must happen after it, which `serving` sees to."""
    chance: Callable[[], float] = random
    till: Till | None = None
    """Instead of the one that the settings name."""


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
    payments: TortoisePayments = field(default_factory=TortoisePayments)
    refunds: TortoiseRefunds = field(default_factory=TortoiseRefunds)
    email_tokens: TortoiseEmailTokens = field(default_factory=TortoiseEmailTokens)
    sent_letters: TortoiseSentLetters = field(default_factory=TortoiseSentLetters)
