"""An order with all that goes with it as one statement, which PostgreSQL carries out whole or not at all."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch, is_in_transaction, renumbered
from lavka.adapters.tortoise.keys import lock_of
from lavka.adapters.tortoise.movements import MOVING, ORDERED, moving, wanted
from lavka.adapters.tortoise.order_rows import TABLES, insert, inserts
from lavka.adapters.tortoise.outbox import TASK, TortoiseOutbox, task_row
from lavka.application.ports.cart import Lent
from lavka.application.ports.orders import KeptAnswer
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.tasks import Task

STROKE = """WITH claimed AS (SELECT pg_try_advisory_xact_lock($11::bigint) AS is_ours WHERE $11 IS NOT NULL),
    keyed AS (INSERT INTO idempotency_keys
            (user_id, key, digest, answer, created_at, pending_until)
        SELECT $7::uuid, $8::text, $9::text, $10::text, $4::timestamptz, $12::timestamptz
        FROM claimed WHERE is_ours RETURNING key),
    cart AS (UPDATE carts SET version = version + 1 WHERE id = $5 AND version = $6
        AND ($11 IS NULL OR EXISTS (SELECT 1 FROM keyed)) RETURNING id),
    emptied AS (DELETE FROM cart_items i USING cart WHERE i.cart_id = cart.id),
    {moving},
    {inserts}
    SELECT must_be(EXISTS (SELECT 1 FROM cart) AND NOT EXISTS (SELECT 1 FROM short)) AS is_kept,
        EXISTS (SELECT 1 FROM moved WHERE after = 0) AS has_run_out"""
"""Key, cart and stock are locked in the order in which everybody locks them: each needs the one before."""
WRITTEN = {**TABLES, "outbox": TASK}
FIRST = 12
"""Parameters before those of the rows."""


class TortoiseStroke:
    """The short way on PostgreSQL, for orders that no wallet pays."""

    def __init__(self, outbox: TortoiseOutbox) -> None:
        self._outbox = outbox

    async def keep(
        self, order: Order, seen: Lent, answer: KeptAnswer | None, tasks: Sequence[Task]
    ) -> bool | None:
        """Keep all of it, and say whether anything has run out; None when something was in the way."""
        if dialect() != POSTGRES or order.payment_method is PaymentMethod.WALLET or seen.cart_id is None:
            return None
        if is_in_transaction():  # which would end with the statement, when something is in the way
            return None
        told = [answer.key, answer.digest, answer.text] if answer else [None, None, None]
        lock = lock_of(order.buyer, answer.key) if answer else None
        parameters: list[Any] = [moving(wanted(order.lines)), ORDERED, order.id, order.created_at]
        parameters += [seen.cart_id, seen.version, order.buyer, *told, lock]
        parameters.append(answer.pending_until if answer else None)
        written = {**inserts(order), "outbox": insert("outbox", TASK, map(task_row, tasks))}
        parameters += [rows for _, (rows,) in written.values()]
        try:
            (row,) = await fetch(statement(*written), parameters)
        except IntegrityError:  # another has the key, the cart, or the last of the stock
            return None
        self._outbox.wake(tasks)
        return bool(row["has_run_out"])


@cache
def statement(*tables: str) -> str:
    """The whole of it, for what is written into these tables."""
    inserts = [
        f"{table}_made AS ({renumbered(insert(table, WRITTEN[table], [])[0], FIRST + nth)})"
        for nth, table in enumerate(tables)
    ]
    return STROKE.format(moving=MOVING.format(after=", cart"), inserts=", ".join(inserts))
