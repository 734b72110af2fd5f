"""Who takes money from outside: a provider, the local till, or nobody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lavka.adapters.local_till.till import Place, local_till
from lavka.adapters.yookassa.client import connected
from lavka.adapters.yookassa.wire import Account
from lavka.adapters.yookassa.words import Terms
from lavka.application.ports.payments import PayPage, Till
from lavka.application.ports.system import Clock
from lavka.settings import Settings

NOTIFICATIONS = "/api/v1/payments/yookassa/notifications"
"""Where a provider tells the shop what has happened."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A till, and its pay page if it is the local one."""

    till: Till | None = None
    page: PayPage | None = None


@asynccontextmanager
async def taking(settings: Settings, clock: Clock) -> AsyncIterator[Taking]:
    """Open the till that the settings ask for, until the block ends."""
    if settings.has_yookassa:
        secret = settings.yookassa_secret_key.get_secret_value()
        account = Account(settings.yookassa_shop_id, secret, settings.yookassa_api_url)
        terms = Terms(
            settings.yookassa_two_stage, settings.receipt_vat_code, settings.receipt_tax_system_code
        )
        async with connected(account, terms) as provider:
            yield Taking(provider)
    elif settings.has_local_till:
        async with local_till(_place(settings), clock) as till:
            yield Taking(till, till)
    else:
        yield Taking()


def _place(settings: Settings) -> Place:
    return Place(
        folder=settings.var / "till",
        origin=settings.origin,
        notify_url=settings.here + NOTIFICATIONS,
        secret=settings.signing_key(),
        two_stage=settings.yookassa_two_stage,
    )
