"""What `celery -A works_of_tests` loads: the shop's own workers and Beat, but what they do is written down.

DONE names the file that they write to. A task waits as many seconds as it is about, so that one can be
killed at it; the chore of the tests is called for each second.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lavka.application.ports.outbox import Work
from lavka.application.shop import Shop
from lavka.bootstrap import assembly, timetable
from lavka.domain.tasks import Kind, Task

promises = assembly.promises


def write_down(what: str) -> None:
    with open(os.environ["DONE"], "a") as file:
        file.write(f"{what}\n")


async def work(task: Task) -> None:
    write_down(f"begin {task.id} {os.getpid()}")
    await asyncio.sleep(float(task.about.get("seconds", "0")))
    write_down(f"end {task.id} {os.getpid()}")


async def call(_: Shop) -> bool:
    write_down("chore")
    return False


def promises_of_tests(outbox: Any, works: Mapping[Kind, Work], system: Any) -> dict[str, Any]:
    return promises(outbox, {**works, Kind.SETTLE_PAYMENT: work, Kind.SEND_LETTER: work}, system)


setattr(assembly, "promises", promises_of_tests)  # noqa: B010  # mypy asks whether a module exports it
CHORE = timetable.Chore(lambda shop: lambda: call(shop), timedelta(seconds=1))
setattr(timetable, "TIMETABLE", {"chore": CHORE})  # noqa: B010

from lavka.working import app  # noqa: E402, F401  # after what it is made of was changed
