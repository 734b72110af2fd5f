"""Buyers who buy as fast as they are served, in a process of their own; the plan comes on standard input."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import orjson
import uvloop

from benchmarks.calls import API
from benchmarks.wire import Answer, Wire, written

TERMS = {"payment_method": "on_delivery", "requires_delivery": False, "phone": "+79123456789"}
AGAIN = 0.02
"""Seconds until a request is sent again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who buys where and how. Without seconds each buys once."""

    address: str
    way: str
    """Of WAYS."""
    buyers: Sequence[str]
    """The access tokens; at the limit, ids."""
    offers: Sequence[str]
    seconds: float = 0


@dataclass(slots=True)
class Tally:
    """What came of it."""

    times: list[float] = field(default_factory=list)
    """The milliseconds that each purchase took."""
    answers: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Patient:
    """Sends a request again as long as it is answered that the shop is too busy, and counts how often."""

    address: str
    tally: Tally
    wire: Wire | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request, and give its answer."""
        while True:
            self.wire = self.wire or await Wire.to(self.address)
            answer = await self.wire.ask(request)
            if answer.is_last:
                self.wire.close()
                self.wire = None
            if answer.status != 503:
                return answer
            self.tally.answers[answer.name] += 1
            await asyncio.sleep(AGAIN)


Buy = Callable[[Patient, str, str], Awaitable[Answer]]


async def in_lavka(wire: Patient, token: str, offer: str) -> Answer:
    """Put it into the cart and order it with a key."""
    signed = {"Authorization": f"Bearer {token}"}
    put = await wire.ask(written("POST", f"{API}/cart/items", {"offer_id": offer}, **signed))
    if put.status != 200:
        return put
    return await wire.ask(written("POST", f"{API}/orders", TERMS, Idempotency_Key=uuid4().hex, **signed))


async def at_the_limit(wire: Patient, buyer: str, offer: str) -> Answer:
    """Buy it in one request."""
    return await wire.ask(written("POST", "/buy", {"buyer": buyer, "offer_id": offer}))


async def at_the_limit_in_two(wire: Patient, buyer: str, offer: str) -> Answer:
    """Put it into the cart and order it."""
    await wire.ask(written("POST", "/put", {"buyer": buyer, "offer_id": offer}))
    return await wire.ask(written("POST", "/order", {"buyer": buyer}))


WAYS: dict[str, Buy] = {"lavka": in_lavka, "one": at_the_limit, "two": at_the_limit_in_two}


async def run(plan: Plan) -> dict[str, Any]:
    """Carry it out, and tell what came of it."""
    tally = Tally()
    wires = [Patient(plan.address, tally, await Wire.to(plan.address)) for _ in plan.buyers]
    worked, start = process_time(), perf_counter()
    pairs = zip(wires, plan.buyers, strict=True)
    await asyncio.gather(*(_buy(wire, buyer, plan, start) for wire, buyer in pairs))
    seconds = perf_counter() - start
    hundredths = quantiles(tally.times, n=100) if len(tally.times) > 1 else [0.0] * 99
    return {
        "answers": dict(tally.answers),
        "seconds": seconds,
        "p50": hundredths[49],
        "p99": hundredths[98],
        "share": (process_time() - worked) / seconds,
    }


async def _buy(wire: Patient, buyer: str, plan: Plan, start: float) -> None:
    chance, buy, tally, begun = random.Random(buyer), WAYS[plan.way], wire.tally, perf_counter()
    while True:
        answer = await buy(wire, buyer, chance.choice(plan.offers))
        ended = perf_counter()
        tally.times.append((ended - begun) * 1000)
        tally.answers[answer.name] += 1
        if ended - start >= plan.seconds:
            return
        begun = ended


def main() -> None:
    """Read the plan, carry it out, and write what came of it."""
    plan = Plan(**orjson.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(run(plan))))


def text(plan: Plan) -> bytes:
    """Write a plan as `main` reads it."""
    return orjson.dumps(asdict(plan))


if __name__ == "__main__":
    main()
