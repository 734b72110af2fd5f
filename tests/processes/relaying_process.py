"""A relay in a process of its own: does what waits until nothing is left, and writes down what it did.

With NAIVE in its environment it claims by a look and an UPDATE that asks nothing.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lavka.adapters.tortoise import outbox
from lavka.adapters.tortoise.database import execute, fetch
from lavka.application.ports.outbox import Claim
from lavka.bootstrap import open_shop
from lavka.domain.tasks import Kind, Queue, Task, TaskId


class NaiveOutbox(outbox.TortoiseOutbox):
    """Who looks first is not the only one who looks."""

    async def claim(
        self, queue: Queue, token: UUID, now: datetime, until: datetime, most: int
    ) -> Sequence[Claim]:
        rows = await fetch(
            "SELECT * FROM outbox WHERE queue = $1 AND due_at <= $2 "
            "AND (claimed_until IS NULL OR claimed_until < $2) ORDER BY due_at, id LIMIT $3",
            [queue.value, now, most],
        )
        for row in rows:
            await execute(
                "UPDATE outbox SET claim = $2, claimed_until = $3 WHERE id = $1", [row["id"], token, until]
            )
        return [outbox._claim(row, token) for row in rows]

    async def begin(self, task: TaskId, token: UUID, until: datetime) -> Claim | None:
        rows = await fetch("SELECT * FROM outbox WHERE id = $1", [task])
        return outbox._claim(rows[0], token) if rows else None


async def relay() -> None:
    with open(sys.argv[1], "w") as file:  # noqa: ASYNC230  # nothing else goes on here

        async def write_down(task: Task) -> None:
            file.write(f"{task.id}\n")

        async with open_shop() as shop:
            tasks = NaiveOutbox() if "NAIVE" in os.environ else shop.performing.tasks
            performing = replace(shop.performing, tasks=tasks, works={Kind.SETTLE_PAYMENT: write_down})
            relaying = replace(shop.relaying, tasks=tasks, deliver=performing.perform_all)
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.readline()
            while await relaying.relay(Queue.PAYMENTS):
                pass


asyncio.run(relay())
