"""Payments and refunds."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, execute_last, fetch, joined
from lavka.adapters.tortoise.order_rows import insert
from lavka.adapters.tortoise.payment_rows import (
    PAYMENT,
    REFUND,
    payment_of,
    payment_row,
    refund_of,
    refund_row,
)
from lavka.adapters.tortoise.rows import changed
from lavka.adapters.tortoise.rowsets import id_of
from lavka.domain.errors import NotFound
from lavka.domain.orders import OrderId
from lavka.domain.payments import Payment, PaymentId, Refund, RefundId

BATCH = 100
DUE = f"SELECT id FROM payments WHERE look_at <= $1 ORDER BY look_at, id LIMIT {BATCH}"
OF_ORDER = "SELECT * FROM payments WHERE order_id = $1 ORDER BY id DESC"
OPENED = "SELECT * FROM payments WHERE created_at >= $1 AND created_at < $2 ORDER BY created_at, id"


class TortoisePayments:
    """Every payment."""

    async def add(self, payment: Payment) -> None:
        """Keep a new one."""
        await execute_last([insert("payments", PAYMENT, [payment_row(payment)])])

    async def get(self, payment: PaymentId) -> Payment:
        """Find one; raise NotFound."""
        return payment_of(await _found("payments", payment))

    async def called(self, external_id: str) -> PaymentId | None:
        """Name the payment that the till calls so."""
        found = await _called("payments", external_id)
        return None if found is None else PaymentId(found)

    @asynccontextmanager
    async def change(self, payment: PaymentId) -> AsyncIterator[Payment]:
        """Lock one, lend it, save what has changed."""
        async with joined():
            lent = payment_of(await _found("payments", payment, _lock()))
            before = payment_row(lent)
            yield lent
            await _save("payments", payment, changed(before, payment_row(lent)))

    async def of_order(self, order: OrderId) -> Sequence[Payment]:
        """List an order's, the newest first."""
        return [payment_of(row) for row in await fetch(OF_ORDER, [order])]

    async def due(self, now: datetime) -> Sequence[PaymentId]:
        """Name some that are to be looked at by now, the longest due first."""
        return [PaymentId(id_of(row["id"])) for row in await fetch(DUE, [now])]

    async def opened(self, since: datetime, until: datetime) -> Sequence[Payment]:
        """List what was asked for in this time."""
        return [payment_of(row) for row in await fetch(OPENED, [since, until])]


class TortoiseRefunds:
    """Every refund."""

    async def add(self, refund: Refund) -> None:
        """Keep a new one."""
        await execute_last([insert("refunds", REFUND, [refund_row(refund)])])

    async def get(self, refund: RefundId) -> Refund:
        """Find one; raise NotFound."""
        return refund_of(await _found("refunds", refund))

    async def of(self, payment: PaymentId) -> Sequence[Refund]:
        """List a payment's, the oldest first."""
        rows = await fetch("SELECT * FROM refunds WHERE payment_id = $1 ORDER BY id", [payment])
        return [refund_of(row) for row in rows]

    async def called(self, external_id: str) -> RefundId | None:
        """Name the refund that the till calls so."""
        found = await _called("refunds", external_id)
        return None if found is None else RefundId(found)

    @asynccontextmanager
    async def change(self, refund: RefundId) -> AsyncIterator[Refund]:
        """Lock one, lend it, save what has changed."""
        async with joined():
            lent = refund_of(await _found("refunds", refund, _lock()))
            before = refund_row(lent)
            yield lent
            await _save("refunds", refund, changed(before, refund_row(lent)))


def _lock() -> str:
    return " FOR NO KEY UPDATE" if dialect() == POSTGRES else ""


async def _found(table: str, row: UUID, lock: str = "") -> Mapping[str, Any]:
    found = await fetch(f"SELECT * FROM {table} WHERE id = $1{lock}", [row])
    if not found:
        raise NotFound
    return found[0]


async def _called(table: str, external_id: str) -> UUID | None:
    found = await fetch(f"SELECT id FROM {table} WHERE external_id = $1", [external_id])
    return id_of(found[0]["id"]) if found else None


async def _save(table: str, row: UUID, columns: Mapping[str, Any]) -> None:
    if columns:
        assigned = ", ".join(f"{name} = ${nth}" for nth, name in enumerate(columns, 2))
        await execute(f"UPDATE {table} SET {assigned} WHERE id = $1", [row, *columns.values()])
