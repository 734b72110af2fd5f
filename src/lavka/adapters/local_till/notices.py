"""How the local till tells the shop of what has happened: as YooKassa does, over HTTP and more than once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import structlog
from httpx2 import AsyncClient

from lavka.adapters.local_till.slips import GivenBack, Slip
from lavka.domain.money import CURRENCY, Money
from lavka.domain.payments import Status

log = structlog.get_logger("lavka.till")

SECONDS = 3.0
"""How long the shop may take to answer; its poller finds what no notification tells it."""


class Notices:
    """Sends notifications to one address, each in a task of its own."""

    def __init__(self, http: AsyncClient, url: str) -> None:
        self._http, self._url = http, url
        self._sending: set[asyncio.Task[None]] = set()

    def tell(self, notice: Mapping[str, Any]) -> asyncio.Task[None]:
        """Begin to send one; who wants to wait for it may."""
        task = asyncio.create_task(self._send(notice))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return task

    async def finish(self) -> None:
        """Wait for all that are on their way; none takes longer than `SECONDS`."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send(self, notice: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._http.post(self._url, json=notice)
            if answer.status_code != 200:
                log.warning("notification not taken", what=notice["event"], status=answer.status_code)
        except (httpx2.HTTPError, TimeoutError) as error:
            log.warning("notification not delivered", what=notice["event"], why=type(error).__name__)


def of_payment(slip: Slip) -> dict[str, Any]:
    """Tell what has become of a payment."""
    about: dict[str, Any] = {
        "id": slip.id,
        "status": slip.status,
        "amount": _amount(slip.amount),
        "description": slip.description,
        "recipient": {"account_id": "0", "gateway_id": "0"},
        "created_at": slip.created_at,
        "test": True,
        "paid": slip.is_paid,
        "refundable": slip.status == Status.SUCCEEDED and slip.refunded < slip.amount,
        "metadata": {"payment_id": slip.reference},
    }
    if slip.captured_at:
        about |= {"captured_at": slip.captured_at, "refunded_amount": _amount(slip.refunded)}
    if slip.reason:
        party = "merchant" if slip.reason == "canceled_by_merchant" else "yoo_money"
        about["cancellation_details"] = {"party": party, "reason": slip.reason}
    return _notice(f"payment.{slip.status}", about)


def of_refund(slip: Slip, given: GivenBack) -> dict[str, Any]:
    """Tell that money has gone back."""
    about = {
        "id": given.id,
        "payment_id": slip.id,
        "status": "succeeded",
        "created_at": given.created_at,
        "amount": _amount(given.amount),
    }
    return _notice("refund.succeeded", about)


def _notice(event: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "notification", "event": event, "object": dict(about)}


def _amount(minor: int) -> dict[str, str]:
    return {"value": str(Money(minor)), "currency": CURRENCY}
