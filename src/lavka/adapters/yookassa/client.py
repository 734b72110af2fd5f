"""The client: one call in bounded time, and every outcome as the port has it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
import structlog

from lavka.adapters.yookassa import answers
from lavka.adapters.yookassa.answers import Foreign, Unreadable
from lavka.adapters.yookassa.wire import Account, Wire, wired
from lavka.adapters.yookassa.words import Terms
from lavka.application.ports.payments import Ask, GiveBack, Refused, Seen, SeenRefund
from lavka.domain.errors import Unavailable
from lavka.domain.money import Money
from lavka.domain.payments import Bill, Status

log = structlog.get_logger("lavka.yookassa")

SECONDS = 5.0
"""What a call of the port may take, whatever happens."""
PAGE = 100
MOST_PAGES = 1000


@asynccontextmanager
async def connected(account: Account, terms: Terms, seconds: float = SECONDS) -> AsyncIterator["YooKassa"]:
    """Open the till, until the block ends."""
    async with wired(account, seconds) as wire:
        yield YooKassa(wire, terms, seconds)


class YooKassa:
    """A Till. Its keys: a payment's id, that with what is done to it, and the key of a refund."""

    def __init__(self, wire: Wire, terms: Terms, seconds: float = SECONDS) -> None:
        self._wire, self._terms, self._seconds = wire, terms, seconds

    async def open(self, ask: Ask) -> Seen:
        """Ask for money; the same payment again gives what was opened first."""
        async with _trying("open", self._seconds):
            body = self._terms.payment(ask)
            seen = answers.payment(await self._wire.post("/payments", str(ask.payment), body))
            if seen.amount != ask.amount:
                raise Unreadable("amount is another")
            if seen.reference != ask.payment:
                raise Unreadable("metadata.payment_id is another")
            if seen.status is Status.PENDING and seen.confirmation_url is None:
                raise Unreadable("confirmation")
            return seen

    async def look(self, payment: str) -> Seen | None:
        """Tell what has become of a payment; None when the till knows none of this name."""
        if not answers.NAME.fullmatch(payment):
            return None
        async with _trying("look", self._seconds):
            return await self._find(payment)

    async def capture(self, payment: str, amount: Money, bill: Bill) -> Seen:
        """Take what was authorised, or a part of it; the rest goes back by itself."""
        async with _trying("capture", self._seconds):
            path, body = f"/payments/{_safe(payment)}/capture", self._terms.capture(amount, bill)
            try:
                answer = await self._wire.post(path, f"{payment}-capture", body)
            except Refused:  # also when it was captured so long ago that the key is forgotten
                seen = await self._find(payment)
                if seen and (seen.status, seen.amount) == (Status.SUCCEEDED, amount):
                    return seen
                raise
            seen = _same(payment, answers.payment(answer))
            if seen.amount != amount:
                raise Unreadable("amount is another")
            return seen

    async def cancel(self, payment: str) -> Seen:
        """Let go of what was authorised and not captured."""
        async with _trying("cancel", self._seconds):
            path = f"/payments/{_safe(payment)}/cancel"
            try:
                answer = await self._wire.post(path, f"{payment}-cancel")
            except Refused:
                seen = await self._find(payment)
                if seen and seen.status is Status.CANCELED:
                    return seen
                raise
            return _same(payment, answers.payment(answer))

    async def refund(self, wanted: GiveBack) -> SeenRefund:
        """Give back what was paid, or a part."""
        async with _trying("refund", self._seconds):
            body = self._terms.refund(wanted)
            seen = answers.refund(await self._wire.post("/refunds", str(wanted.key), body), wanted.payment)
            if seen.amount != wanted.amount:
                raise Unreadable("amount is another")
            return seen

    async def look_at_refund(self, refund: str) -> SeenRefund | None:
        """Tell what has become of a refund; None when the till knows none of this name."""
        if not answers.NAME.fullmatch(refund):
            return None
        async with _trying("look_at_refund", self._seconds):
            answer = await self._wire.get(f"/refunds/{refund}")
            seen = None if answer is None else answers.refund(answer)
            if seen and seen.external_id != refund:
                raise Unreadable("id is another")
            return seen

    async def opened(self, since: datetime, until: datetime) -> AsyncIterator[Seen]:
        """List what was opened in this time, by whomever; what is in another currency is left out.

        A list without an end, or of more than can be read, is not given as if it were the whole.
        """
        wanted = {"created_at.gte": _written(since), "created_at.lt": _written(until), "limit": str(PAGE)}
        for _ in range(MOST_PAGES):
            async with _trying("opened", self._seconds):
                items, cursor = answers.listed(await self._wire.get("/payments", wanted))
                page = [seen for item in items if (seen := _ours(item))]
            for seen in page:
                yield seen
            if cursor is None:
                return
            if cursor == wanted.get("cursor"):
                break
            wanted["cursor"] = cursor
        raise _unknown("opened", "a list that does not end")

    async def _find(self, payment: str) -> Seen | None:
        answer = await self._wire.get(f"/payments/{payment}")
        return None if answer is None else _same(payment, answers.payment(answer))


@asynccontextmanager
async def _trying(call: str, seconds: float) -> AsyncIterator[None]:
    """Bound a call in time; what leaves the outcome unknown becomes Unavailable, and a line of the log."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise _unknown(call, "no answer in time") from None
    except httpx2.HTTPError as error:  # its message and its request are not told: they may hold anything
        raise _unknown(call, type(error).__name__) from None
    except Unreadable as error:
        raise _unknown(call, f"not as documented: {error}") from None
    except Unavailable:
        log.warning("outcome unknown", call=call, why="told to come again")
        raise
    except Refused as error:
        log.warning("refused", call=call, why=str(error))
        raise


def _unknown(call: str, why: str) -> Unavailable:
    log.warning("outcome unknown", call=call, why=why)
    return Unavailable()


def _ours(item: object) -> Seen | None:
    try:
        return answers.payment(item)
    except Foreign:
        return None


def _same(payment: str, seen: Seen) -> Seen:
    if seen.external_id != payment:
        raise Unreadable("id is another")
    return seen


def _safe(payment: str) -> str:
    """The name of a payment, which stands in an address; raise Refused for what is no name."""
    if not answers.NAME.fullmatch(payment):
        raise Refused("not_found: payment_id")
    return payment


def _written(moment: datetime) -> str:
    """A time as the provider writes it: in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
