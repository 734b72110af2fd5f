"""What `celery -A works_of_tests` loads: the shop's own workers, but what they do is written down.

DONE names the file that they write to. A task waits as many seconds as it is about, so that one can be
killed at it.
"""

import asyncio
import os
from collections.abc import Mapping
from typing import Any

from lavka.application.ports.outbox import Work
from lavka.bootstrap import assembly
from lavka.domain.tasks import Kind, Task

promises = assembly.promises


def write_down(what: str) -> None:
    with open(os.environ["DONE"], "a") as file:
        file.write(f"{what}\n")


async def work(task: Task) -> None:
    write_down(f"begin {task.id} {os.getpid()}")
    await asyncio.sleep(float(task.about.get("seconds", "0")))
    write_down(f"end {task.id} {os.getpid()}")


def promises_of_tests(outbox: Any, works: Mapping[Kind, Work], system: Any) -> dict[str, Any]:
    return promises(outbox, {**works, Kind.SETTLE_PAYMENT: work, Kind.SEND_LETTER: work}, system)


setattr(assembly, "promises", promises_of_tests)  # noqa: B010  # mypy asks whether a module exports it

from lavka.working import app  # noqa: E402, F401  # after what it is made of was changed
