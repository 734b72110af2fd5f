"""A server that is killed at the point of a checkout that DIE_AT names; with FORGETFUL it keeps no keys."""

import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from lavka import bootstrap
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.keys import TortoiseKeys
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.strokes import TortoiseStroke
from lavka.application.checkout import CheckoutWish, Ordering
from lavka.application.once import Answer, Once
from lavka.application.ports.cart import Lent
from lavka.application.ports.orders import KeptAnswer
from lavka.application.ports.sessions import Access
from lavka.bootstrap import assembly, buying
from lavka.cli import app
from lavka.domain.accounts import UserId
from lavka.domain.lines import Line
from lavka.domain.orders import Order, OrderId
from lavka.domain.tasks import Task

POINT = os.environ["DIE_AT"]
MOMENT = 0.001
"""Seconds in which PostgreSQL has got the statement and, as like as not, has carried it out."""


def reach(point: str) -> None:
    """Die here, as in a power cut, if this is the point."""
    if point == POINT:
        os.kill(os.getpid(), signal.SIGKILL)


class DyingStock(TortoiseStock):
    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> bool:
        has_run_out = await super().take(order, lines, now)
        reach("after stock")
        return has_run_out


class DyingStroke(TortoiseStroke):
    async def keep(
        self, order: Order, seen: Lent, answer: KeptAnswer | None, tasks: Sequence[Task]
    ) -> bool | None:
        if "STEP_BY_STEP" in os.environ:
            return None
        reach("before the stroke")
        if POINT == "amid the stroke":
            asyncio.get_running_loop().call_later(MOMENT, reach, POINT)
        return await super().keep(order, seen, None if "FORGETFUL" in os.environ else answer, tasks)


class ForgetfulKeys(TortoiseKeys):
    async def keep(self, user: UserId, answer: KeptAnswer, now: datetime) -> None:
        pass


async def written_and_died(statements: Sequence[database.Statement]) -> None:
    await execute_together(statements)
    if any("INTO orders" in sql for sql, _ in statements):
        reach("after the order")


class DyingOrdering(Ordering):
    __slots__ = ()

    async def place_once(self, who: Access, wish: CheckoutWish, once: Once[Order]) -> Answer:
        reach("before the transaction")
        answer = await super().place_once(who, wish, once)
        reach("after the commit")
        return answer


class DyingDoor:
    """Dies when an answer is about to be sent."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def dying(message: Any) -> None:
            if scope["path"] == "/api/v1/orders":
                reach("before the answer" if message["type"] == "http.response.start" else "amid the answer")
            await send(message)

        await self.inner(scope, receive, dying if scope["type"] == "http" else send)


def with_a_dying_door(*words: Any) -> Any:
    return DyingDoor(create_app(*words))  # around all of it: a middleware is not on every way


create_app, execute_together = bootstrap.create_app, database.execute_together

if __name__ == "__main__":
    keys = ForgetfulKeys() if "FORGETFUL" in os.environ else TortoiseKeys()
    dying = {"stock": DyingStock(), "keys": keys}
    changes = [
        (assembly, "Stores", partial(assembly.Stores, **dying)),
        (buying, "Ordering", DyingOrdering),
        (buying, "TortoiseStroke", DyingStroke),
        (bootstrap, "create_app", with_a_dying_door),
        (database, "execute_together", written_and_died),
    ]
    for place, name, changed in changes:
        assert hasattr(place, name)
        setattr(place, name, changed)
    app(["serve"])
