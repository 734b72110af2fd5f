"""A server that is killed at the point of a payment, or of a letter, that DIE_AT names.

With NAIVE=unlocked it looks at payments and orders without locking them, with NAIVE=forgetful it does not
know which letters it has begun.
"""

import asyncio
import os
import signal
import sys

from lavka.adapters.post.smtp import SmtpPost
from lavka.adapters.tortoise import orders, payments
from lavka.adapters.tortoise.letters import TortoiseSentLetters
from lavka.adapters.yookassa.client import YooKassa
from lavka.application.payments.opening import Opening
from lavka.application.payments.settling import Settling
from lavka.application.ports.payments import Ask, GiveBack, Seen, SeenRefund
from lavka.cli import app
from lavka.domain.letters import Mail
from lavka.domain.payments import Payment, PaymentId

POINT = os.environ.get("DIE_AT", "")
MOMENT = 0.15
"""Seconds in which the provider has got a request, and acted."""


def reach(point: str) -> None:
    """Die here, as in a power cut, if this is the point."""
    if point == POINT:
        os.kill(os.getpid(), signal.SIGKILL)


def dying_open(inner=YooKassa.open):  # type: ignore[no-untyped-def]
    async def open(self: YooKassa, ask: Ask) -> Seen:  # noqa: A001  # the name that it replaces
        reach("before the call")
        if POINT == "amid the call":
            asyncio.get_running_loop().call_later(MOMENT, reach, POINT)
        seen: Seen = await inner(self, ask)
        reach("before the answer is saved")
        return seen

    return open


def dying_refund(inner=YooKassa.refund):  # type: ignore[no-untyped-def]
    async def refund(self: YooKassa, wanted: GiveBack) -> SeenRefund:
        reach("before the refund")
        seen: SeenRefund = await inner(self, wanted)
        reach("before the refund is saved")
        return seen

    return refund


def dying_soon(inner=Opening.soon):  # type: ignore[no-untyped-def]
    async def soon(self: Opening, payment: Payment) -> Payment:
        reach("after the commit")
        opened: Payment = await inner(self, payment)
        reach("after the answer is saved")
        return opened

    return soon


def dying_follow(inner=Settling.follow):  # type: ignore[no-untyped-def]
    async def follow(self: Settling, payment: PaymentId, seen: Seen) -> None:
        reach("before it is followed")
        await inner(self, payment, seen)
        reach("after it is followed")

    return follow


def dying_send(inner=SmtpPost.send):  # type: ignore[no-untyped-def]
    async def send(self: SmtpPost, mail: Mail) -> None:
        reach("before the letter")
        await inner(self, mail)
        reach("after the letter")

    return send


async def begin_anew(*_: object) -> bool:
    """Take every letter for one that has never been begun."""
    return False


if __name__ in ("__main__", "__mp_main__"):  # the latter in the processes of --workers
    YooKassa.open = dying_open()  # type: ignore[method-assign]
    YooKassa.refund = dying_refund()  # type: ignore[method-assign]
    Opening.soon = dying_soon()  # type: ignore[method-assign]
    Settling.follow = dying_follow()  # type: ignore[method-assign]
    SmtpPost.send = dying_send()  # type: ignore[method-assign]
    match os.environ.get("NAIVE"):
        case "unlocked":
            payments.dialect = orders.dialect = lambda: "one that locks no rows"
        case "forgetful":
            TortoiseSentLetters.begin = begin_anew  # type: ignore[method-assign]

if __name__ == "__main__":
    app(["serve", *sys.argv[1:]])
