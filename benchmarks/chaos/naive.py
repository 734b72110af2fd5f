"""A server whose stock is naive in the way that NAIVE_STOCK names: canaries for what the others prove."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.bootstrap import assembly
from lavka.cli import app
from lavka.domain.errors import OutOfStock
from lavka.domain.orders import Line, OrderId

SEEN = "SELECT quantity FROM stock WHERE offer_id = $1"
WRITE = "UPDATE stock SET quantity = $2 WHERE offer_id = $1"
LOWER = "UPDATE stock SET quantity = quantity - $2 WHERE offer_id = $1 AND quantity >= $2"


class Looking(TortoiseStock):
    """Looks how many there are, and then writes how many are left."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> None:
        """Take what was there when it looked."""
        for line in lines:
            (seen,) = await fetch(SEEN, [line.offer])
            if seen["quantity"] < line.quantity:
                raise OutOfStock([])
            await execute(WRITE, [line.offer, seen["quantity"] - line.quantity])


class InTheOrderGiven(TortoiseStock):
    """Takes one line after the other as the buyer named them."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> None:
        """Wait for whoever has the first, and meanwhile hold nothing; then hold it and wait for the next."""
        for line in lines:
            if not await execute(LOWER, [line.offer, line.quantity]):
                raise OutOfStock([])


STOCKS = {"looking": Looking, "unsorted": InTheOrderGiven}

if __name__ == "__main__":
    assembly.Stores = partial(assembly.Stores, stock=STOCKS[os.environ["NAIVE_STOCK"]]())  # type: ignore[assignment, misc]
    app(["serve"])
