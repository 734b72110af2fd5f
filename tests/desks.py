"""What tests of tills are made of: asks, bills, refunds, and both tills with somebody who pays at them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from yookassa_server import SECRET, SHOP, YooKassaServer

from lavka.adapters.local_till.slips import PATIENCE
from lavka.adapters.local_till.till import LocalTill, Place, local_till
from lavka.adapters.yookassa.client import YooKassa, connected
from lavka.adapters.yookassa.wire import Account
from lavka.adapters.yookassa.words import Terms
from lavka.application.ports.payments import Ask, Decision, GiveBack, Till
from lavka.bootstrap import new_id, utc_now
from lavka.domain.money import Money
from lavka.domain.payments import Bill, Item, PaymentId, total_of

ITEMS = (Item("Чайник со свистком", 2, Money(99_500)), Item("Доставка", 1, Money(30_000)))
PRICE = Money(229_000)
ONE_STAGE = Terms()
BACK = "https://shop.example/orders/0197a3c2"
NOWHERE = "http://127.0.0.1:9/api/v1/payments/yookassa/notifications"
"""Where nobody listens for notifications."""


def a_bill(*items: Item, description: str = "Заказ 7Q2K-M4XD", email: str = "maria@example.com") -> Bill:
    return Bill(description, email, items or ITEMS, BACK)


def an_ask(payment: UUID | None = None, bill: Bill | None = None, amount: Money | None = None) -> Ask:
    bill = bill or a_bill()
    return Ask(PaymentId(payment or new_id()), amount or bill.total, bill)


def a_refund(payment: str, *items: Item, key: UUID | None = None) -> GiveBack:
    """A refund of these items, or of the whole of `ITEMS`."""
    items = items or ITEMS
    return GiveBack(key or new_id(), payment, total_of(items), items, "maria@example.com")


def a_part(minor: int) -> Item:
    return Item("Чайник со свистком", 1, Money(minor))


@dataclass(frozen=True)
class Desk:
    """A till, and who pays at it."""

    till: Till
    pay: Callable[[str], Awaitable[object]]
    decline: Callable[[str], Awaitable[object]]
    expire: Callable[[str], Awaitable[object]]


@asynccontextmanager
async def client(
    server: YooKassaServer, terms: Terms = ONE_STAGE, seconds: float = 5, secret: str = SECRET
) -> AsyncIterator[YooKassa]:
    """The YooKassa client against a server of ours."""
    async with connected(Account(SHOP, secret, server.url), terms, seconds) as till:
        yield till


@asynccontextmanager
async def yookassa_desk(server: YooKassaServer, *, two_stage: bool = False) -> AsyncIterator[Desk]:
    """YooKassa, whose payers the server of ours plays."""

    def by(act: Callable[[str], object]) -> Callable[[str], Awaitable[object]]:
        async def acting(payment: str) -> object:
            return act(payment)

        return acting

    async with client(server, Terms(two_stage)) as till:
        yield Desk(till, by(server.pay), by(server.decline), by(server.expire))


class Hours:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def a_place(folder: Path, notify_url: str = NOWHERE, *, two_stage: bool = False) -> Place:
    return Place(folder, "http://shop.test", notify_url, "k" * 48, two_stage)


@asynccontextmanager
async def local_desk(folder: Path, *, two_stage: bool = False) -> AsyncIterator[Desk]:
    """The local till, whose payers press the buttons of its page."""
    hours = Hours()

    async def expire(_: str) -> None:
        hours.ahead += PATIENCE + timedelta(seconds=1)

    async with local_till(a_place(folder, two_stage=two_stage), hours) as till:
        yield Desk(till, pressing(till, Decision.PAY), pressing(till, Decision.DECLINE), expire)


def pressing(till: LocalTill, decision: Decision) -> Callable[[str], Awaitable[object]]:
    """A payer who decides so."""

    async def press(payment: str) -> object:
        return await till.decide(payment, decision)

    return press


def everything() -> tuple[datetime, datetime]:
    """From a while ago to a while ahead."""
    now = datetime.now(UTC)
    return now - timedelta(days=1), now + timedelta(days=1)


async def listed(till: Till, *, between: Sequence[datetime] | None = None) -> list[str]:
    """The names of what was opened."""
    since, until = between or everything()
    return [seen.external_id async for seen in till.opened(since, until)]


def other(ask: Ask, minor: int) -> Ask:
    """The same key with another amount."""
    return replace(ask, amount=Money(minor), bill=a_bill(a_part(minor)))
