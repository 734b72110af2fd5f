"""The table of contents: everything that can be done in a shop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lavka.application.accounts import Joining, Membership
from lavka.application.administration import Administering
from lavka.application.appinfo import AppInfo
from lavka.application.carrying_out import CarryingOut
from lavka.application.cart import Filling
from lavka.application.catalog import Browsing
from lavka.application.checkout import Ordering
from lavka.application.contacts import KeepingContacts
from lavka.application.goods import Arranging, Curating, Selling
from lavka.application.imports import Importing
from lavka.application.letters import Writing
from lavka.application.orders import Amending, Following, Fulfilling
from lavka.application.payments.opening import Opening
from lavka.application.payments.paying import Paying
from lavka.application.payments.reconciling import Reconciling
from lavka.application.payments.refunding import Refunding
from lavka.application.payments.settling import Settling
from lavka.application.pictures import Picturing
from lavka.application.ports.catalog import Checks
from lavka.application.ports.outbox import Parked
from lavka.application.ports.payments import PayPage
from lavka.application.recovering import Confirming, Recovering
from lavka.application.relaying import Performing, Relaying
from lavka.application.sessions import SigningIn, StayingSignedIn
from lavka.application.stocking import Stocking
from lavka.application.tidying import Tidying
from lavka.application.wallet import Banking


@dataclass(frozen=True, slots=True)
class Shop:
    """An open shop. HTTP, the command line, tests and other programs all use this one object."""

    joining: Joining
    membership: Membership
    signing_in: SigningIn
    sessions: StayingSignedIn
    confirming: Confirming
    recovering: Recovering
    writing: Writing
    contacts: KeepingContacts
    administering: Administering
    browsing: Browsing
    arranging: Arranging
    curating: Curating
    selling: Selling
    picturing: Picturing
    importing: Importing
    carrying_out: CarryingOut
    stocking: Stocking
    filling: Filling
    ordering: Ordering
    following: Following
    fulfilling: Fulfilling
    amending: Amending
    banking: Banking
    paying: Paying
    opening: Opening
    settling: Settling
    refunding: Refunding
    reconciling: Reconciling
    tidying: Tidying
    relaying: Relaying
    performing: Performing
    parked: Parked
    checks: Checks
    appinfo: AppInfo
    probe: Callable[[], Awaitable[None]]
    """Ask the database for a sign of life; raise Unavailable."""
    pay_page: PayPage | None = None
    """Where the local till is paid; None where a provider takes the money, or nobody does."""
