"""People who shop at a measured pace, some of whom pay online."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

from benchmarks.calls import API
from benchmarks.promises import Broken
from benchmarks.wire import Wire, written

EVERY = 6.0
"""Seconds from one order of a payer's to the next, so that as many come whether or not somebody hangs."""
PAUSE = 0.01
"""Seconds for which each of the others thinks between two requests."""
TERMS = {"payment_method": "on_delivery", "requires_delivery": False, "phone": "+79123456789"}


@dataclass(slots=True)
class Round:
    """What came of one: milliseconds by call, checkouts that are paid online, connections that were held."""

    times: dict[str, list[float]] = field(default_factory=dict)
    held: int = 0

    def p99(self, call: str) -> float:
        """What one in a hundred took longer than."""
        return quantiles(self.times[call], n=100)[98]


@dataclass(slots=True)
class Person:
    """One who asks over a connection of one's own, and notes how long it took."""

    address: str
    wire: Wire
    token: str
    offers: Sequence[tuple[str, str]]
    round: Round

    async def ask(self, name: str, method: str, path: str, body: object = None, **headers: str) -> None:
        """Ask once; raise Broken for anything else than a good answer."""
        begun = perf_counter()
        signed = {"Authorization": f"Bearer {self.token}", **headers}
        answer = await self.wire.ask(written(method, f"{API}{path}", body, **signed))
        if answer.status not in (200, 201):
            raise Broken(f"{name}: {answer.name}")
        self.round.times.setdefault(name, []).append((perf_counter() - begun) * 1000)

    async def order(self, name: str, **terms: str) -> None:
        """Put something into the cart and order it."""
        offer, _ = random.choice(self.offers)
        await self.ask("cart put", "POST", "/cart/items", {"offer_id": offer})
        await self.ask(name, "POST", "/orders", TERMS | terms, Idempotency_Key=uuid4().hex)

    async def shop(self, until: float) -> None:
        """Look around and order, again and again."""
        while perf_counter() < until:
            _, product = random.choice(self.offers)
            await self.ask("product list", "GET", "/products")
            await asyncio.sleep(PAUSE)
            await self.ask("card", "GET", f"/products/{product}")
            await asyncio.sleep(PAUSE)
            await self.order("order on delivery")
            await asyncio.sleep(PAUSE)

    async def pay(self, until: float, after: float) -> None:
        """Order online, as often whether or not the provider answers; first after so many seconds."""
        await asyncio.sleep(after)
        while (begun := perf_counter()) < until:
            self.wire.close()  # servers close what is idle for seconds
            self.wire = await Wire.to(self.address)
            await self.order("order online", payment_method="online")
            await asyncio.sleep(max(0.0, begun + EVERY - perf_counter()))
