"""Servers that are killed while a payment is opened, followed, given back: once each, and none is lost."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hearths import keeps_its_promises
from httpx2 import HTTPError
from paying_servers import Buyer, asked, becomes, taking, time_passes, webhook
from yookassa_server import YooKassaServer

from benchmarks.chaos.market import PRICE, Market, open_market

pytestmark = pytest.mark.processes
DYING_TILL = Path(__file__).with_name("dying_till_shop.py")
Start = Callable[..., Any]
OPENING = [
    *("after the commit", "before the call", "amid the call", "before the answer is saved"),
    "after the answer is saved",
]
FOLLOWING = ["before it is followed", "after it is followed"]
REFUNDING = ["before the refund", "before the refund is saved"]


@pytest.fixture
def provider() -> Iterator[YooKassaServer]:
    with YooKassaServer() as server:
        yield server


@pytest.fixture
def market(bare_url: str) -> Market:
    """One offer and one buyer."""
    return asyncio.run(open_market(bare_url, 1, 10, 1))


@pytest.fixture
def paid_place(place: dict[str, str], provider: YooKassaServer) -> dict[str, str]:
    return taking(place, provider)


@pytest.mark.parametrize("point", OPENING)
def test_a_payment_whose_server_was_killed_is_opened_once(
    start: Start, paid_place: dict[str, str], provider: YooKassaServer, market: Market, point: str
) -> None:
    dying = Buyer.of(start(program=DYING_TILL, DIE_AT=point, **paid_place).ready(), market)
    dying.put(market.offers[0])
    if point == "amid the call":
        provider.fault("hang_after", on="POST payments")
    with pytest.raises(HTTPError):
        dying.order("once")
    assert dying.server.ended() == -signal.SIGKILL
    provider.fault(None)
    time_passes(paid_place)
    server = start(**paid_place).ready()
    buyer = Buyer(server, dying.headers)
    (order,) = buyer.orders()
    url = becomes(lambda: buyer.shown(order["id"])["payment"]["confirmation_url"])
    (opened,) = provider.bank.payments.values()
    assert opened["confirmation"]["confirmation_url"] == url
    again = becomes(lambda: (it := buyer.order("once")).status_code == 201 and it)  # 409 for some seconds
    assert again.json()["id"] == order["id"]
    provider.webhook = webhook(server)
    provider.pay(opened["id"])
    becomes(lambda: buyer.shown(order["id"])["is_paid"])
    assert keeps_its_promises(paid_place)


@pytest.mark.parametrize("point", FOLLOWING)
def test_a_payment_that_came_while_its_server_was_killed_counts_once(
    start: Start, paid_place: dict[str, str], provider: YooKassaServer, market: Market, point: str
) -> None:
    dying = Buyer.of(start(program=DYING_TILL, DIE_AT=point, **paid_place).ready(), market)
    dying.put(market.offers[0])
    order = dying.order().json()
    (opened,) = provider.bank.payments
    provider.webhook = webhook(dying.server)
    provider.pay(opened)
    assert dying.server.ended() == -signal.SIGKILL
    provider.webhook = None  # nobody tells the next server
    time_passes(paid_place)
    buyer = Buyer(start(**paid_place).ready(), dying.headers)
    body = becomes(lambda: (it := buyer.shown(order["id"]))["is_paid"] and it)
    assert [event["status"] for event in body["history"]] == ["new", "confirmed"]
    assert keeps_its_promises(paid_place)


def refunds_of(place: dict[str, str]) -> list[Any]:
    """The statuses of all refunds, as they are kept."""
    return [row[0] for row in asked(place, "SELECT status FROM refunds")]


@pytest.mark.parametrize("point", REFUNDING)
def test_a_refund_whose_server_was_killed_is_given_once(
    start: Start, paid_place: dict[str, str], provider: YooKassaServer, market: Market, point: str
) -> None:
    dying = Buyer.of(start(program=DYING_TILL, DIE_AT=point, **paid_place).ready(), market)
    dying.put(market.offers[0])
    order = dying.order().json()
    (opened,) = provider.bank.payments
    provider.webhook = webhook(dying.server)
    provider.pay(opened)
    becomes(lambda: dying.shown(order["id"])["is_paid"])
    with suppress(HTTPError):  # its answer may come before its death, or not
        dying.server.post(f"/orders/{order['id']}/cancel", headers=dying.headers)
    assert dying.server.ended() == -signal.SIGKILL
    time_passes(paid_place)
    start(**paid_place).ready()
    becomes(lambda: refunds_of(paid_place) == ["succeeded"])
    assert keeps_its_promises(paid_place)
    (refund,) = provider.bank.refunds.values()
    assert (refund["status"], refund["amount"]["value"]) == ("succeeded", f"{PRICE // 100}.00")
