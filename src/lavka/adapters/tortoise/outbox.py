"""What must happen after a commit: a table whose rows live until it has happened."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from lavka.adapters.tortoise.database import POSTGRES, after_commit, dialect, execute, execute_last, fetch
from lavka.adapters.tortoise.order_rows import insert
from lavka.adapters.tortoise.rowsets import document, id_of, packed, rowset
from lavka.application.ports.outbox import Claim, Failure, Waiting
from lavka.domain.tasks import Kind, Queue, Task, TaskId

TASK = {
    "id": "uuid",
    "queue": "text",
    "kind": "text",
    "about": "text",
    "created_at": "timestamptz",
    "due_at": "timestamptz",
    "tries": "int",
}
COLUMNS = "id, kind, about, due_at, tries"
KNOWN = f"kind IN ({', '.join(repr(kind.value) for kind in Kind)})"
"""What a newer version has put in waits for a process of that version."""
CLAIM = f"""WITH due AS MATERIALIZED (
    SELECT id FROM outbox WHERE queue = $1 AND parked_at IS NULL AND due_at <= $3 AND {KNOWN}
    AND (claimed_until IS NULL OR claimed_until < $3) ORDER BY due_at, id LIMIT $5 {{lock}})
    UPDATE outbox SET claim = $2, claimed_until = $4 WHERE id IN (SELECT id FROM due) RETURNING {COLUMNS}"""
LOCK = {POSTGRES: "FOR UPDATE SKIP LOCKED", "sqlite": ""}
"""SQLite has one writer at a time, so that nobody claims between the look and the claim."""
BEGIN = """UPDATE outbox SET claimed_until = $3, tries = tries + 1 WHERE id = $1 AND claim = $2
    RETURNING id, kind, about, due_at, tries - 1 AS tries"""
FAIL = """UPDATE outbox SET claim = NULL, claimed_until = NULL, due_at = $3, reason = $4,
    parked_at = $5 WHERE id = $1 AND claim = $2"""
CLAIMS = {"id": "uuid", "claim": "uuid", "tries": "int"}
RELEASE = """UPDATE outbox SET claim = NULL, claimed_until = NULL, due_at = $2, tries = r.tries FROM {claims}
    WHERE outbox.id = r.id AND outbox.claim = r.claim"""
WAITING = f"""SELECT {COLUMNS}, created_at, reason, parked_at FROM outbox WHERE {KNOWN} {{which}}
    ORDER BY parked_at IS NULL, created_at, id LIMIT $1"""
PARKED = "parked_at IS NOT NULL"
RETRY = f"UPDATE outbox SET parked_at = NULL, tries = 0, due_at = $1 WHERE {PARKED} AND {KNOWN}"


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
            # SQLite takes ON CONFLICT for a join without the WHERE
            await execute_last([(f"{sql} WHERE TRUE ON CONFLICT (id) DO NOTHING", parameters)])
            self.wake(tasks)

    def wake(self, tasks: Sequence[Task]) -> None:
        """Wake the relay for what is due at once, when it is committed."""
        if tasks:
            after_commit(self._ring)

    async def claim(
        self, queue: Queue, token: UUID, now: datetime, until: datetime, most: int
    ) -> Sequence[Claim]:
        """Claim what is due and nobody has, the longest due first; of several at once each gets others."""
        rows = await fetch(CLAIM.format(lock=LOCK[dialect()]), [queue.value, token, now, until, most])
        claims = [_claim(row, token) for row in rows]
        return sorted(claims, key=lambda claim: (claim.task.due_at, claim.task.id))

    async def begin(self, task: TaskId, token: UUID, until: datetime) -> Claim | None:
        """Count a try, and prolong its claim; None when the task is done or has gone to somebody else."""
        rows = await fetch(BEGIN, [task, token, until])
        return _claim(rows[0], token) if rows else None

    async def finish(self, claim: Claim) -> None:
        """Forget a task that is done."""
        await execute("DELETE FROM outbox WHERE id = $1 AND claim = $2", [claim.task.id, claim.token])

    async def fail(self, claim: Claim, failure: Failure) -> None:
        """Keep why it was not done, and let go."""
        parked_at = failure.due_at if failure.is_parked else None
        await execute(FAIL, [claim.task.id, claim.token, failure.due_at, failure.reason, parked_at])

    async def release(self, claims: Sequence[Claim], due_at: datetime) -> None:
        """Let go of what does not count as tried."""
        those = packed({"id": claim.task.id, "claim": claim.token, "tries": claim.tries} for claim in claims)
        await execute(RELEASE.format(claims=rowset(CLAIMS)), [those, due_at])

    async def waiting(self, most: int, *, only_parked: bool) -> Sequence[Waiting]:
        """List what waits, the parked first, then the oldest."""
        rows = await fetch(WAITING.format(which=f"AND {PARKED}" if only_parked else ""), [most])
        return [_waiting(row) for row in rows]

    async def retry(self, tasks: Sequence[TaskId] | None, now: datetime) -> int:
        """Make parked tasks (these, or all) due at once, their tries forgotten; count them."""
        if tasks is None:
            changed = await execute(RETRY, [now])
        else:
            those = packed({"id": task} for task in tasks)
            changed = await execute(
                f"{RETRY} AND id IN (SELECT id FROM {rowset({'id': 'uuid'}, 2)})", [now, those]
            )
        after_commit(self._ring)
        return changed

    async def discard(self, task: TaskId) -> bool:
        """Forget a parked task; say whether it was there."""
        return bool(await execute(f"DELETE FROM outbox WHERE id = $1 AND {PARKED}", [task]))


def _claim(row: Mapping[str, Any], token: UUID) -> Claim:
    return Claim(_task(row), token, row["tries"])


def _task(row: Mapping[str, Any]) -> Task:
    return Task(TaskId(id_of(row["id"])), Kind(row["kind"]), _about(row["about"]), _time(row["due_at"]))


def _about(written: str) -> Mapping[str, str]:
    """What a task is about; nothing when it cannot be read, so that it fails alone, and not all around it."""
    try:
        about = document(written)
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def _waiting(row: Mapping[str, Any]) -> Waiting:
    return Waiting(
        _task(row), _time(row["created_at"]), row["tries"], row["reason"], row["parked_at"] is not None
    )


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
