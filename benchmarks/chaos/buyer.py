"""A buyer who does not give up: every request is sent until a server that lives answers it."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from benchmarks.calls import API
from benchmarks.chaos.fleet import Fleet
from benchmarks.promises import Broken
from benchmarks.wire import Answer, Wire, written

TERMS = {"payment_method": "on_delivery", "requires_delivery": False, "phone": "+79123456789"}
REFUSALS = {"out_of_stock"}
"""Of an order that a buyer may expect."""
LONGEST = 30.0
"""Seconds after which a buyer hangs up."""
AGAIN = 0.05
"""Seconds until a request is sent again."""


@dataclass(slots=True)
class Told:
    """What all buyers were answered: orders by their keys, refusals, and the answers by status."""

    orders: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    moments: list[tuple[float, float, int]] = field(default_factory=list)
    """When each request was sent and answered, and how; 0 when its connection broke."""
    replayed: int = 0


@dataclass(slots=True)
class Buyer:
    """One who asks one server after the other, and gives a request up after `patience` seconds."""

    number: int
    token: str
    fleet: Fleet
    told: Told
    patience: float = 60.0
    wire: Wire | None = None
    turn: int = 0

    async def attempt(self, items: Sequence[tuple[str, int]]) -> str | None:
        """Put offers into the cart and order them with a key; give the order, None when they ran out.

        Raise Broken for an answer that nobody may get.
        """
        if not await self.put(items):
            return None
        return await self.order()

    async def put(self, items: Sequence[tuple[str, int]]) -> bool:
        """Put offers into the cart; whether there were so many."""
        body = {"items": [{"offer_id": offer, "quantity": quantity} for offer, quantity in items]}
        answer = await self.insist("POST", "/cart/items", body)
        if answer.status == 409 and answer.kind in REFUSALS:
            self.told.refused["at the cart"] += 1
            await self.insist("DELETE", "/cart")
            return False
        self._must_be(answer, 200, 201)
        return True

    async def order(self) -> str | None:
        """Order what is in the cart; None when it ran out, and then the cart is emptied."""
        key = uuid4().hex
        answer = await self.insist("POST", "/orders", TERMS, Idempotency_Key=key)
        if answer.status == 409 and answer.kind in REFUSALS:
            self.told.refused["at the order"] += 1
            await self.insist("DELETE", "/cart")
            return None
        self._must_be(answer, 201)
        self.told.orders[key] = order = str(answer.json()["id"])
        self.told.replayed += b"\r\nidempotent-replayed: true" in answer.headers
        return order

    async def cancel(self, order: str) -> None:
        """Take an order back; when it was already, an answer of before was lost."""
        answer = await self.insist("POST", f"/orders/{order}/cancel")
        if not (answer.status == 409 and answer.kind == "invalid_transition"):
            self._must_be(answer, 200)

    async def insist(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request until it is carried out or refused."""
        request = written(method, f"{API}{path}", body, Authorization=f"Bearer {self.token}", **headers)
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            answer = await self.ask(request)
            if answer and answer.status != 503 and answer.kind != "idempotency_key_in_use":
                return answer
            await asyncio.sleep(AGAIN)
        said = answer.name if answer else "nothing"
        raise Broken(
            f"{method} {path} was not carried out for {self.patience} s: the last answer was {said}."
        )

    async def ask(self, request: bytes) -> Answer | None:
        """Send it once; None when the connection breaks, and then the next server is asked."""
        sent, status = time.monotonic(), 0
        try:
            async with asyncio.timeout(LONGEST):
                if self.wire is None:
                    self.wire = await Wire.to(self.fleet.address(self.number + self.turn))
                answer = await self.wire.ask(request)
            status = answer.status
            if answer.is_last:
                self.hang_up()
        except OSError:  # a TimeoutError is one
            self.hang_up()
            answer = None
            self.turn += 1
        self.told.answers[answer.name if answer else "broken off"] += 1
        self.told.moments.append((sent, time.monotonic(), status))
        return answer

    def hang_up(self) -> None:
        """Close the connection, if there is one; the next request opens another."""
        if self.wire:
            self.wire.close()
        self.wire = None

    def _must_be(self, answer: Answer, *statuses: int) -> None:
        if answer.status not in statuses:
            raise Broken(f"Answered {answer.status}: {answer.body.decode()}")


@contextmanager
def crowd(tokens: Sequence[str], fleet: Fleet, told: Told) -> Iterator[list[Buyer]]:
    """One for each token, who hang up at the end."""
    people = [Buyer(number, token, fleet, told) for number, token in enumerate(tokens)]
    try:
        yield people
    finally:
        for each in people:
            each.hang_up()
