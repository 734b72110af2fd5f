"""Shops that take money by a YooKassa of our own, over real servers."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import asyncpg
from builders import bearer
from hearths import PATIENCE
from yookassa_server import SECRET, SHOP, YooKassaServer

from benchmarks.calls import PASSWORD
from benchmarks.chaos.market import Market

TERMS = {"payment_method": "online", "requires_delivery": False, "phone": "+79123456789"}


def taking(place: dict[str, str], provider: YooKassaServer) -> dict[str, str]:
    """The settings of a shop whose money the provider takes, and whom it may notify."""
    return place | {
        "YOOKASSA_SHOP_ID": SHOP,
        "YOOKASSA_SECRET_KEY": SECRET,
        "YOOKASSA_API_URL": provider.url,
        "YOOKASSA_NOTIFICATION_NETWORKS": "127.0.0.0/8",
    }


def webhook(server: Any) -> str:
    """Where a server takes notifications."""
    return f"http://127.0.0.1:{server.port}/api/v1/payments/yookassa/notifications"


@dataclass
class Buyer:
    """A buyer at a server."""

    server: Any
    headers: dict[str, str]

    @classmethod
    def of(cls, server: Any, market: Market, nth: int = 0) -> "Buyer":
        """Sign in."""
        login = {"login": market.logins[nth], "password": PASSWORD}
        return cls(server, bearer(server.post("/auth/login", json=login).json()))

    def put(self, offer: str, quantity: int = 1) -> None:
        """Fill the cart."""
        items = {"offer_id": offer, "quantity": quantity}
        assert self.server.post("/cart/items", json=items, headers=self.headers).status_code == 200

    def order(self, key: str | None = None, **terms: str) -> Any:
        """Order what is in the cart, to be paid online; with a key again and again until it is answered."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.server.post("/orders", json=TERMS | terms, headers=headers)

    def shown(self, order: str) -> dict[str, Any]:
        """One of the buyer's orders."""
        body: dict[str, Any] = self.server.get(f"/orders/{order}", headers=self.headers).json()
        return body

    def orders(self) -> list[dict[str, Any]]:
        """All of the buyer's orders."""
        return self.shown_all(20)

    def shown_all(self, most: int) -> list[dict[str, Any]]:
        """So many of the buyer's orders."""
        page = self.server.get(f"/orders?size={most}", headers=self.headers).json()
        items: list[dict[str, Any]] = page["items"]
        return items


def time_passes(place: dict[str, str]) -> None:
    """Let the leases of who was killed run out, and whatever waits be due."""
    long_ago = "'2026-01-01 00:00:00+00:00'"
    asked(place, f"UPDATE outbox SET claim = NULL, claimed_until = NULL, due_at = {long_ago}")


def asked(place: dict[str, str], sql: str) -> list[Any]:
    """Run a statement past the shop, on either database."""
    url = place["DB_URL"]
    if not url.startswith("sqlite"):
        return asyncio.run(_asked(url, sql))
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as database, database:
        return database.execute(sql).fetchall()


async def _asked(url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def becomes(what: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait until something is so, and give it."""
    deadline = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
