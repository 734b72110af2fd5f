"""What must happen after a commit: a table whose rows live until it has happened."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from lavka.adapters.tortoise.database import after_commit, execute_last
from lavka.adapters.tortoise.order_rows import insert
from lavka.domain.tasks import Task

TASK = {
    "id": "uuid",
    "queue": "text",
    "kind": "text",
    "about": "text",
    "created_at": "timestamptz",
    "due_at": "timestamptz",
    "tries": "int",
}


def task_row(task: Task) -> dict[str, Any]:
    """What is stored of a new task."""
    return {
        "id": task.id,
        "queue": task.kind.queue.value,
        "kind": task.kind.value,
        "about": orjson.dumps(dict(task.about)).decode(),
        "created_at": task.due_at,
        "due_at": task.due_at,
        "tries": 0,
    }


class TortoiseOutbox:
    """Every task that is not done yet; `ring` wakes the relay."""

    def __init__(self, ring: Callable[[], None] = lambda: None) -> None:
        self._ring = ring

    async def put(self, tasks: Sequence[Task]) -> None:
        """Let them wait, with the transaction that is open; the relay is woken when it is committed."""
        if tasks:
            sql, parameters = insert("outbox", TASK, map(task_row, tasks))
            await execute_last([(f"{sql} WHERE TRUE ON CONFLICT (id) DO NOTHING", parameters)])
            self.wake(tasks)

    def wake(self, tasks: Sequence[Task]) -> None:
        """Wake the relay for what is due at once, when it is committed."""
        if tasks:
            after_commit(self._ring)
