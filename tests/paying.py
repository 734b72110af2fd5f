"""Paying in tests: what is in the outbox is waited for, and orders are paid at the till of paper."""

import asyncio
import time
from typing import Any
from uuid import UUID

from buying import ordered
from httpx2 import AsyncClient
from ordering import Bazaar

from lavka.adapters.tortoise.database import fetch
from lavka.bootstrap import utc_now
from lavka.domain.payments import PaymentId

PATIENCE = 20.0
"""Seconds in which what is due has to be done."""
WAITS = "SELECT kind, about, reason FROM outbox WHERE due_at <= $1 AND parked_at IS NULL"


async def carried_out() -> None:
    """Wait until nothing in the outbox is due."""
    deadline = time.monotonic() + PATIENCE
    while waiting := await fetch(WAITS, [utc_now()]):
        assert time.monotonic() < deadline, waiting
        await asyncio.sleep(0.02)


async def parked() -> list[dict[str, Any]]:
    """What was given up."""
    return await fetch(
        "SELECT kind, about, reason FROM outbox WHERE parked_at IS NOT NULL AND kind <> 'send_letter'"
    )


def named(payment: dict[str, Any]) -> PaymentId:
    """The id of a payment that was shown."""
    return PaymentId(UUID(payment["id"]))


async def an_online_order(client: AsyncClient, bazaar: Bazaar, quantity: int = 2) -> dict[str, Any]:
    """Order kettles and a ball, to be paid online."""
    goods = ((bazaar.kettle, quantity), (bazaar.ball, 1))
    return await ordered(client, bazaar.buyers, *goods, payment_method="online")


async def told(client: AsyncClient, external_id: str, event: str = "payment.succeeded") -> None:
    """Let the provider notify the shop."""
    body = {"type": "notification", "event": event, "object": {"id": external_id}}
    answer = await client.post("/payments/yookassa/notifications", json=body)
    assert answer.status_code == 200, answer.text
