"""Notifications that come again and again, at once, late and out of order: each order is paid once."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hearths import keeps_its_promises
from mailing import read
from paying_servers import Buyer, asked, becomes, taking, webhook
from yookassa_server import YooKassaServer

from benchmarks.chaos.market import SHOPS, Market, open_market

pytestmark = [pytest.mark.processes, pytest.mark.postgres]
CHANGED = Path(__file__).with_name("dying_till_shop.py")
Start = Callable[..., Any]
ORDERS, CANCELED, TIMES, AT_ONCE = 24, 8, 3, 50
OWNED = "UPDATE shops SET owner_id = (SELECT id FROM users WHERE email = 'buyer1@example.com')"
WAITING = "SELECT kind FROM outbox WHERE kind <> 'reconcile'"
HURRIED = "UPDATE outbox SET due_at = now() WHERE kind <> 'reconcile' AND tries = 0"
"""What is left to requests for some seconds need not be waited for when those are over."""


@pytest.fixture
def provider() -> Iterator[YooKassaServer]:
    with YooKassaServer() as server:
        yield server


@pytest.fixture
def market(bare_url: str, place: dict[str, str]) -> Market:
    """An offer of each shop, one buyer, and who has both shops."""
    market = asyncio.run(open_market(bare_url, SHOPS, 100, 2))
    asked(place, OWNED)
    return market


def flood(provider: YooKassaServer, chance: random.Random | None = None) -> None:
    """Send every notification that there ever was several times, fifty at once: in order, or by chance."""
    histories = list(provider.bank.history.values())
    notices = [notice for history in histories for notice in history for _ in range(TIMES)]
    if chance:
        chance.shuffle(notices)
    batches = [notices[start : start + AT_ONCE] for start in range(0, len(notices), AT_ONCE)]
    told = Counter(status for batch in batches for status in provider.deliver(batch, at_once=True))
    assert told == {200: len(notices)}


def settled(place: dict[str, str]) -> None:
    """Wait until nothing waits."""
    becomes(lambda: not asked(place, WAITING))


def flooded(server: Any, provider: YooKassaServer, place: dict[str, str], market: Market) -> list[Any]:
    """Order, pay, and cancel some, among floods of notifications; the orders as they are then shown."""
    chance, buyer = random.Random(4), Buyer.of(server, market)
    for _ in range(ORDERS):
        buyer.put(market.offers[0])
        buyer.put(market.offers[1])
        assert buyer.order().status_code == 201
    asked(place, HURRIED)
    for payment in list(provider.bank.payments):
        provider.pay(payment)  # of which nobody is told yet
    provider.webhook = webhook(server)
    flood(provider)
    flood(provider, chance)
    settled(place)
    url, provider.webhook = provider.webhook, None
    for order in buyer.shown_all(ORDERS)[:CANCELED]:
        server.post(f"/orders/{order['id']}/cancel", headers=buyer.headers)
    settled(place)
    provider.webhook = url
    flood(provider, chance)
    settled(place)
    return buyer.shown_all(ORDERS)


def letters_of(folder: Path) -> Counter[str]:
    """How many letters went to whom."""
    return Counter(read(file.read_bytes())["To"] for file in (folder / "place/var/mail").glob("*.eml"))


def assert_once_each(orders: list[Any], provider: YooKassaServer, letters: Counter[str]) -> None:
    """Claim that each payment, and each refund, had one effect."""
    histories = Counter(tuple(event["status"] for event in order["history"]) for order in orders)
    assert histories == {
        ("new", "confirmed"): ORDERS - CANCELED,
        ("new", "confirmed", "canceled"): CANCELED,
    }
    assert all(order["is_paid"] for order in orders if order["status"] == "confirmed")
    assert len(provider.bank.payments) == ORDERS
    assert len(provider.bank.refunds) == CANCELED
    to_buyer = ORDERS * len(("placed", "confirmed")) + CANCELED * len(("canceled", "refunded"))
    assert letters == {"buyer0@example.com": to_buyer, "buyer1@example.com": ORDERS * SHOPS}


@pytest.mark.parametrize("two_stage", ["false", "true"])
def test_each_notification_has_one_effect(
    start: Start,
    place: dict[str, str],
    provider: YooKassaServer,
    market: Market,
    tmp_path: Path,
    two_stage: str,
) -> None:
    server = start("--workers", "2", YOOKASSA_TWO_STAGE=two_stage, **taking(place, provider)).ready()
    orders = flooded(server, provider, place, market)
    assert_once_each(orders, provider, letters_of(tmp_path))
    assert keeps_its_promises(place)


def test_a_shop_that_locks_nothing_meanwhile_is_caught(
    start: Start, place: dict[str, str], provider: YooKassaServer, market: Market, tmp_path: Path
) -> None:
    """The canary: the claims above see it."""
    server = start("--workers", "2", program=CHANGED, NAIVE="unlocked", **taking(place, provider)).ready()
    orders = flooded(server, provider, place, market)
    with pytest.raises(AssertionError, match="confirmed'"):
        assert_once_each(orders, provider, letters_of(tmp_path))
