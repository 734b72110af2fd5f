"""Buying and paying, put together."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lavka.adapters.crypto import new_code, new_number
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.adapters.tortoise.strokes import TortoiseStroke
from lavka.adapters.tortoise.wares import TortoiseWares
from lavka.application.cart import Filling
from lavka.application.changing import Changing, Returning
from lavka.application.checkout import Making, Ordering, Reaching
from lavka.application.contacts import KeepingContacts
from lavka.application.once import Repeating
from lavka.application.orders import Amending, Following, Fulfilling
from lavka.application.payments.opening import Opening
from lavka.application.payments.paying import Paying
from lavka.application.payments.reconciling import Reconciling
from lavka.application.payments.refunding import Refunding
from lavka.application.payments.settling import Settling
from lavka.application.ports.outbox import Work
from lavka.application.ports.payments import Till
from lavka.application.tidying import Tidying
from lavka.application.wallet import Banking
from lavka.bootstrap.stores import Stores, System
from lavka.domain.tasks import Kind
from lavka.settings import Settings


def buying(
    at: Stores, settings: Settings, system: System, outbox: TortoiseOutbox, till: Till | None
) -> dict[str, Any]:
    """Put these use cases together, by the names that they have in the shop."""
    clock, ids, transaction = system.clock, system.ids, database.transaction
    making = Making(clock, ids, new_number, timedelta(minutes=settings.order_payment_minutes))
    returning = Returning(at.wallets, at.payments, at.refunds, outbox, ids)
    changing = Changing(at.orders, at.stock, returning, outbox, clock, ids)
    opening = Opening(
        at.payments, at.orders, at.users, till, f"{settings.origin}/orders/{{order}}", clock, transaction
    )
    repeating = Repeating(at.keys, clock, transaction)
    return {
        "contacts": KeepingContacts(at.contacts, ids),
        "filling": Filling(at.carts, clock, new_code),
        "ordering": Ordering(
            Reaching(at.contacts),
            *(at.carts, at.stock, at.orders, at.wallets, repeating, TortoiseStroke(outbox)),
            *(outbox, making, opening),
        ),
        "following": Following(at.users, at.shops, at.orders),
        "fulfilling": Fulfilling(at.users, at.shops, at.orders, changing, clock),
        "amending": Amending(at.users, TortoiseWares(), changing, clock),
        "banking": Banking(at.users, at.wallets, clock, ids),
        "tidying": Tidying(at.stock, at.carts, at.keys, at.sessions, at.email_tokens, at.sent_letters, clock),
        "paying": Paying(at.payments, changing, outbox, opening, repeating, clock, ids, transaction),
        "opening": opening,
        "settling": Settling(at.payments, at.wallets, changing, outbox, till, clock, ids, transaction),
        "refunding": Refunding(at.payments, at.refunds, outbox, till, clock, ids, transaction),
        "reconciling": Reconciling(at.payments, at.refunds, outbox, till, clock, ids),
    }


def works_of(bought: Mapping[str, Any]) -> dict[Kind, Work]:
    """What these use cases do for tasks."""
    settling = bought["settling"]
    return {
        Kind.OPEN_PAYMENT: bought["opening"].work,
        Kind.SETTLE_PAYMENT: settling.settle,
        Kind.CAPTURE_PAYMENT: settling.capture,
        Kind.VOID_PAYMENT: settling.void,
        Kind.REFUND_PAYMENT: bought["refunding"].refund,
        Kind.RECONCILE: bought["reconciling"].work,
    }
