"""A server whose stock is naive in the way that NAIVE_STOCK names: canaries for what the others prove."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lavka.adapters.tortoise import strokes
from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.application.ports.cart import Lent
from lavka.application.ports.orders import KeptAnswer
from lavka.application.ports.outbox import Outbox
from lavka.bootstrap import assembly, buying
from lavka.cli import app
from lavka.domain.errors import OutOfStock
from lavka.domain.orders import Line, Order, OrderId
from lavka.domain.tasks import Task

SEEN = "SELECT quantity FROM stock WHERE offer_id = $1"
WRITE = "UPDATE stock SET quantity = $2 WHERE offer_id = $1"
LOWER = "UPDATE stock SET quantity = quantity - $2 WHERE offer_id = $1 AND quantity >= $2"


class Looking(TortoiseStock):
    """Looks how many there are, and then writes how many are left."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> bool:
        """Take what was there when it looked."""
        for line in lines:
            (seen,) = await fetch(SEEN, [line.offer])
            if seen["quantity"] < line.quantity:
                raise OutOfStock([])
            await execute(WRITE, [line.offer, seen["quantity"] - line.quantity])
        return False


class InTheOrderGiven(TortoiseStock):
    """Takes one line after the other as the buyer named them."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> bool:
        """Wait for whoever has the first, and meanwhile hold nothing; then hold it and wait for the next."""
        for line in lines:
            if not await execute(LOWER, [line.offer, line.quantity]):
                raise OutOfStock([])
        return False


class NoStroke:
    """A store that has no short way, so that every order takes its stock step by step."""

    def __init__(self, _: Outbox) -> None:
        """Know none."""

    async def keep(
        self, order: Order, seen: Lent, answer: KeptAnswer | None, tasks: Sequence[Task]
    ) -> bool | None:
        """Do nothing."""
        return None


LOCK = "ORDER BY s.offer_id FOR NO KEY UPDATE OF s"
STOCKS = {"looking": Looking, "unsorted": InTheOrderGiven}

if __name__ == "__main__":
    kind = os.environ["NAIVE_STOCK"]
    assembly.Stores = partial(assembly.Stores, stock=STOCKS[kind]())  # type: ignore[assignment, misc]
    if kind == "looking":  # the short way without its lock looks and writes too
        assert LOCK in strokes.MOVING
        strokes.MOVING = strokes.MOVING.replace(LOCK, "")
    else:
        buying.TortoiseStroke = NoStroke  # type: ignore[assignment, misc]
    app(["serve"])
