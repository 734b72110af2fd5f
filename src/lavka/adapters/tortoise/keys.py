"""Idempotency keys, kept with the answers in the very transactions that these tell of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, execute_last, fetch
from lavka.application.ports.orders import KeptAnswer
from lavka.domain.accounts import UserId
from lavka.domain.errors import IdempotencyKeyInUse, IdempotencyKeyReused

LIFE = timedelta(hours=24)
BATCH = 1000
KEPT = """SELECT digest, answer, created_at <= $3 AS is_old, COALESCE(pending_until > $4, FALSE) AS is_pending
    FROM idempotency_keys WHERE user_id = $1 AND key = $2"""
LOCKED = f"""SELECT pg_try_advisory_xact_lock($5) AS is_ours, kept.*
    FROM (SELECT 1) AS one LEFT JOIN ({KEPT}) AS kept ON TRUE"""
KEEP = """INSERT INTO idempotency_keys (user_id, key, digest, answer, created_at, pending_until)
    VALUES ($1, $2, $3, $4, $5, $6)"""
AMEND = """UPDATE idempotency_keys SET answer = $3, pending_until = NULL
    WHERE user_id = $1 AND key = $2"""
FORGET = "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2"
OLD = f"SELECT user_id, key FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT {BATCH}"
FORGET_OLD = f"DELETE FROM idempotency_keys WHERE (user_id, key) IN ({OLD}) AND created_at <= $1"
"""The age is looked at again: a key that is used anew meanwhile is waited for, and young then."""


class TortoiseKeys:
    """Every key that is younger than a day."""

    async def claim(self, user: UserId, key: str, digest: str, now: datetime) -> str | None:
        """Give the answer that is kept; None for a new key, held by a lock until the transaction ends.

        On SQLite the transaction has been waited for, so nobody else holds it.
        """
        asked: Sequence[Any] = [user, key, now - LIFE, now]
        if dialect() == POSTGRES:
            (row,) = await fetch(LOCKED, [*asked, lock_of(user, key)])
            if not row["is_ours"]:
                raise IdempotencyKeyInUse
        else:
            row = next(iter(await fetch(KEPT, asked)), {"digest": None, "is_old": False, "is_pending": False})
        if row["is_old"]:
            await execute(FORGET, [user, key])
            return None
        if row["digest"] not in (None, digest):
            raise IdempotencyKeyReused
        if row["is_pending"]:
            raise IdempotencyKeyInUse
        return None if row["digest"] is None else str(row["answer"])

    async def keep(self, user: UserId, answer: KeptAnswer, now: datetime) -> None:
        """Keep an answer; raise IdempotencyKeyInUse when one is kept already."""
        told = [answer.key, answer.digest, answer.text, now, answer.pending_until]
        await execute_last([(KEEP, [user, *told])])

    async def amend(self, user: UserId, key: str, answer: str) -> None:
        """Keep this answer in the end: the request runs no more."""
        await execute(AMEND, [user, key, answer])

    async def forget_old(self, now: datetime) -> int:
        """Forget some keys that are older than a day, and count them."""
        return await execute(FORGET_OLD, [now - LIFE])


def lock_of(user: UserId, key: str) -> int:
    """The number of the advisory lock that stands for a user's key."""
    return int.from_bytes(blake2b(user.bytes + key.encode(), digest_size=8).digest(), signed=True)
