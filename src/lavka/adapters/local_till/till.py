"""The local till: what a provider does, in files of this machine, and the page where its payer decides."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from httpx2 import AsyncClient

from lavka.adapters.local_till import notices
from lavka.adapters.local_till.drawer import Drawer
from lavka.adapters.local_till.notices import Notices
from lavka.adapters.local_till.slips import GivenBack, Slip, seen_refund
from lavka.application.ports.payments import Ask, Counter, Decision, GiveBack, Refused, Seen, SeenRefund
from lavka.application.ports.system import Clock
from lavka.domain.errors import NotFound
from lavka.domain.money import Money
from lavka.domain.payments import Bill

Answer = TypeVar("Answer")
NO_SUCH_PAYMENT = "not_found: payment_id"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the till stands: its folder, the shop that people reach, and the door for notifications."""

    folder: Path
    origin: str
    notify_url: str
    secret: str = field(repr=False)
    """Makes the names of payments out of their keys; nobody without it guesses one."""
    two_stage: bool = False


@asynccontextmanager
async def local_till(place: Place, clock: Clock) -> AsyncIterator["LocalTill"]:
    """Open the till; when the block ends, what it has to tell is told."""
    async with AsyncClient(trust_env=False, timeout=notices.SECONDS) as http:
        telling = Notices(http, place.notify_url)
        try:
            yield LocalTill(place, clock, telling)
        finally:
            await telling.finish()


class LocalTill:
    """A Till, and its PayPage."""

    def __init__(self, place: Place, clock: Clock, telling: Notices) -> None:
        self._place, self._clock, self._telling = place, clock, telling
        self._drawer = Drawer(place.folder)

    async def open(self, ask: Ask) -> Seen:
        """Ask for money; the same payment again gives what was opened first."""
        slip = await asyncio.to_thread(self._open, ask)
        return slip.seen(self._place.origin)

    async def look(self, payment: str) -> Seen | None:
        """Tell what has become of a payment; None when the till knows none of this name."""
        slip = await asyncio.to_thread(self._find, payment)
        return slip.seen(self._place.origin) if slip else None

    async def capture(self, payment: str, amount: Money, bill: Bill) -> Seen:
        """Take what was authorised, or a part of it; the rest goes back by itself."""
        slip, is_news = await self._change(payment, lambda slip: slip.capture(amount, self._clock()))
        return self._told(slip, is_news=is_news)

    async def cancel(self, payment: str) -> Seen:
        """Let go of what was authorised and not captured."""
        slip, is_news = await self._change(payment, Slip.cancel)
        return self._told(slip, is_news=is_news)

    async def refund(self, wanted: GiveBack) -> SeenRefund:
        """Give back what was paid, or a part."""
        name = self._name("refund", wanted.key)

        def give(slip: Slip) -> tuple[GivenBack, bool]:
            given = slip.refund(name, wanted.amount, self._clock())
            self._drawer.note(name, slip.id)
            return given

        slip, (given, is_news) = await self._change(wanted.payment, give)
        if is_news:
            self._telling.tell(notices.of_refund(slip, given))
        return seen_refund(given)

    async def look_at_refund(self, refund: str) -> SeenRefund | None:
        """Tell what has become of a refund; None when the till knows none of this name."""
        payment = await asyncio.to_thread(self._drawer.payment_of, refund)
        slip = await asyncio.to_thread(self._find, payment) if payment else None
        given = slip.given(refund) if slip else None
        return seen_refund(given) if given else None

    async def opened(self, since: datetime, until: datetime) -> AsyncIterator[Seen]:
        """List what was opened in this time, by whomever."""
        now = self._clock()
        for slip in await asyncio.to_thread(self._drawer.all):
            if since <= datetime.fromisoformat(slip.created_at) < until:
                slip.expire(now)
                yield slip.seen(self._place.origin)

    async def show(self, payment: str) -> Counter:
        """Show what is to be paid; raise NotFound."""
        slip = await asyncio.to_thread(self._find, payment)
        if slip is None:
            raise NotFound
        return slip.counter()

    async def decide(self, payment: str, decision: Decision) -> Counter:
        """Pay, decline or close, unless it is over; tell the shop as a provider does. Raise NotFound."""
        try:
            slip, is_news = await self._change(payment, lambda slip: slip.decide(decision, self._clock()))
        except Refused:
            raise NotFound from None
        if is_news:
            await asyncio.wait([self._telling.tell(notices.of_payment(slip))])
        return slip.counter()

    def _told(self, slip: Slip, *, is_news: bool) -> Seen:
        if is_news:
            self._telling.tell(notices.of_payment(slip))
        return slip.seen(self._place.origin)

    async def _change(self, payment: str, change: Callable[[Slip], Answer]) -> tuple[Slip, Answer]:
        """Change a slip, one after the other; raise Refused for what is not known."""

        def changed() -> tuple[Slip, Answer]:
            with self._drawer.held():
                slip = self._find(payment)
                if slip is None:
                    raise Refused(NO_SUCH_PAYMENT)
                answer = change(slip)
                self._drawer.put(slip)
                return slip, answer

        return await asyncio.to_thread(changed)

    def _find(self, payment: str) -> Slip | None:
        slip = self._drawer.find(payment)
        if slip:
            slip.expire(self._clock())
        return slip

    def _open(self, ask: Ask) -> Slip:
        name = self._name("payment", ask.payment)
        with self._drawer.held():
            slip = self._find(name)
            if slip is None:
                slip = Slip(
                    *(name, str(ask.payment), ask.amount.minor, ask.amount.minor),
                    *(ask.bill.description, ask.bill.return_url, self._place.two_stage),
                    self._clock().isoformat(),
                )
                self._drawer.put(slip)
        if slip.asked != ask.amount.minor:
            raise Refused("invalid_request: idempotence-key")
        return slip

    def _name(self, kind: str, key: UUID) -> str:
        """What the till calls something: the same for the same key, and nobody guesses it."""
        made = hmac.digest(self._place.secret.encode(), f"local till, {kind} {key}".encode(), hashlib.sha256)
        return str(UUID(bytes=made[:16]))
