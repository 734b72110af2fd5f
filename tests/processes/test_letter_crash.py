"""Servers that are killed at their letters: none is lost, and what comes twice says so."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hearths import keeps_its_promises
from httpx2 import HTTPError
from mailing import Box
from paying_servers import Buyer, asked, becomes, taking, time_passes
from yookassa_server import YooKassaServer

from benchmarks.chaos.market import SHOPS, Market, open_market

pytestmark = pytest.mark.processes
DYING_TILL = Path(__file__).with_name("dying_till_shop.py")
Start = Callable[..., Any]
BUYER, OWNER = "buyer0@example.com", "buyer1@example.com"
OWNED = f"UPDATE shops SET owner_id = (SELECT id FROM users WHERE email = '{OWNER}')"
WAITING = "SELECT id FROM outbox WHERE kind = 'send_letter'"
POINTS = [
    ("after the commit", "online"),
    ("before the letter", "on_delivery"),
    ("after the letter", "on_delivery"),
]
"""Where the server dies, and how its buyer wants to pay: who has not paid is nothing to shops yet."""


@pytest.fixture
def box(free_port: Callable[[], int]) -> Iterator[tuple[Box, int]]:
    """A mail server, in a thread of its own, and its port."""
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture
def market(bare_url: str, place: dict[str, str]) -> Market:
    """An offer of each shop, one buyer, and who has both shops."""
    market = asyncio.run(open_market(bare_url, SHOPS, 100, 2))
    asked(place, OWNED)
    return market


@pytest.fixture
def mailing_place(place: dict[str, str], box: tuple[Box, int]) -> Iterator[dict[str, str]]:
    """The settings of a shop whose letters go to the mail server, and which takes money."""
    with YooKassaServer() as provider:
        yield taking(place, provider) | {"SMTP_URL": f"smtp://127.0.0.1:{box[1]}?tls=none"}


def killed_at_its_letters(
    start: Start, place: dict[str, str], market: Market, paying: str, **ways: str
) -> None:
    """Let a server be killed while an order is made or written about, and another do what is left."""
    dying = Buyer.of(start(program=DYING_TILL, **ways, **place).ready(), market)
    for offer in market.offers:
        dying.put(offer)
    with suppress(HTTPError):  # its answer may come before its death, or not
        dying.order(payment_method=paying)
    assert dying.server.ended() == -signal.SIGKILL
    time_passes(place)
    start(program=DYING_TILL, **(ways | {"DIE_AT": ""}), **place).ready()
    becomes(lambda: not asked(place, WAITING))


def assert_none_is_lost_or_doubled(box: Box, readers: list[str]) -> None:
    """Claim that each letter has come, and what came again says so."""
    first, again = {}, []
    for letter in box.letters:
        if letter["Message-ID"] in first:
            again.append(letter)
        first.setdefault(letter["Message-ID"], letter)
    assert sorted(letter["To"] for letter in first.values()) == readers
    assert [letter["X-Lavka-Repeated"] for letter in again] == ["yes"] * len(again)
    assert max(Counter(letter["Message-ID"] for letter in again).values(), default=0) <= 1


@pytest.mark.parametrize(("point", "paying"), POINTS)
def test_letters_of_a_server_that_was_killed_come_once_or_are_marked(
    start: Start,
    mailing_place: dict[str, str],
    box: tuple[Box, int],
    market: Market,
    point: str,
    paying: str,
) -> None:
    killed_at_its_letters(start, mailing_place, market, paying, DIE_AT=point)
    assert_none_is_lost_or_doubled(box[0], [BUYER] if paying == "online" else [BUYER, OWNER, OWNER])
    is_repeated = len(box[0].letters) > len({letter["Message-ID"] for letter in box[0].letters})
    assert is_repeated or point != "after the letter"
    assert keeps_its_promises(mailing_place)


def test_a_server_that_forgets_which_letters_it_has_begun_is_caught(
    start: Start, mailing_place: dict[str, str], box: tuple[Box, int], market: Market
) -> None:
    """The canary: the claims above see it."""
    killed_at_its_letters(
        start, mailing_place, market, "on_delivery", DIE_AT="after the letter", NAIVE="forgetful"
    )
    with pytest.raises(AssertionError, match="yes"):
        assert_none_is_lost_or_doubled(box[0], [BUYER, OWNER, OWNER])
