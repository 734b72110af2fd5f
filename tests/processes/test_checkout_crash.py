"""Servers that are killed while they take an order: it is there whole or not at all, and made once."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import bearer
from hearths import PATIENCE, keeps_its_promises
from httpx2 import HTTPError, Response

from benchmarks.calls import PASSWORD
from benchmarks.chaos.market import Market, open_market

pytestmark = pytest.mark.processes

Start = Callable[..., Any]

DYING = Path(__file__).with_name("dying_shop.py")
STEPS = ["after stock", "after the order"]
"""Points of the long way."""
SHORT = ["before the stroke", "amid the stroke"]
"""Points of the short way, which PostgreSQL has."""
BEFORE = ["before the transaction", *STEPS]
AFTER = ["after the commit", "before the answer", "amid the answer"]
TERMS = {"payment_method": "on_delivery", "requires_delivery": False, "phone": "+79123456789"}
KEY = {"Idempotency-Key": "the-one"}
UNITS = 5


@pytest.fixture
def market(bare_url: str) -> Market:
    """One offer and one buyer."""
    return asyncio.run(open_market(bare_url, 1, UNITS, 1))


@pytest.fixture
def killed_at(start: Start, place: dict[str, str], market: Market) -> Callable[..., dict[str, str]]:
    """Order two of an offer on a server that is killed at a point; give the buyer's headers."""

    def order(point: str, **more: str) -> dict[str, str]:
        server = start(program=DYING, DIE_AT=point, **place, **more).ready()
        login = {"login": market.logins[0], "password": PASSWORD}
        headers = bearer(server.post("/auth/login", json=login).json())
        put = server.post("/cart/items", json={"offer_id": market.offers[0], "quantity": 2}, headers=headers)
        assert put.status_code == 200, put.text
        with pytest.raises(HTTPError):
            server.post("/orders", json=TERMS, headers=headers | KEY)
        assert server.ended() == -signal.SIGKILL
        return headers

    return order


def repeated(server: Any, headers: dict[str, str]) -> Response:
    """Send the request again until nobody is at it any more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer: Response = server.post("/orders", json=TERMS, headers=headers | KEY)
        if answer.status_code != 409 or answer.json()["type"] != "idempotency_key_in_use":
            return answer
        time.sleep(0.05)
    raise AssertionError(answer.text)


def orders(server: Any, headers: dict[str, str]) -> list[str]:
    """The buyer's orders."""
    return [each["id"] for each in server.get("/orders", headers=headers).json()["items"]]


@pytest.mark.parametrize(
    "point", [*BEFORE, *AFTER, *(pytest.param(each, marks=pytest.mark.postgres) for each in SHORT)]
)
def test_an_order_whose_server_was_killed_is_made_once_by_its_repetition(
    start: Start,
    place: dict[str, str],
    market: Market,
    killed_at: Callable[..., dict[str, str]],
    point: str,
) -> None:
    headers = killed_at(point, **({"STEP_BY_STEP": "yes"} if point in STEPS else {}))
    server = start(**place).ready()
    found = orders(server, headers)
    assert point == "amid the stroke" or len(found) == (point in AFTER)
    answer = repeated(server, headers)
    assert answer.status_code == 201, answer.text
    assert ("Idempotent-Replayed" in answer.headers) is bool(found)
    made = answer.json()["id"]
    assert orders(server, headers) == [made]
    assert found in ([], [made])
    assert server.get("/cart", headers=headers).json()["items"] == []
    again = server.post("/orders", json=TERMS, headers=headers | KEY)
    assert (again.status_code, again.json()) == (201, answer.json())
    left = {"offer_id": market.offers[0], "quantity": UNITS - 2}
    assert server.post("/cart/items", json=left, headers=headers).status_code == 200
    one_more = {"offer_id": market.offers[0], "quantity": 1}
    assert server.post("/cart/items", json=one_more, headers=headers).status_code == 409
    assert keeps_its_promises(place)


def test_keys_that_are_not_kept_with_the_order_would_be_caught(
    start: Start, place: dict[str, str], killed_at: Callable[..., dict[str, str]]
) -> None:
    headers = killed_at("before the answer", FORGETFUL="yes")
    server = start(**place).ready()
    assert len(orders(server, headers)) == 1
    assert repeated(server, headers).status_code == 409
