"""Letters that follow from what is done with an account: promised here, written later by `Writing`."""

from dataclasses import dataclass
from datetime import datetime

from lavka.application.ports.accounts import Attempts
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.system import Clock, Ids
from lavka.domain.accounts import Email
from lavka.domain.errors import TooManyAttempts
from lavka.domain.letters import Subject, to_be_sent


@dataclass(frozen=True, slots=True)
class Telling:
    """Promises letters, in the very transaction that they follow from."""

    outbox: Outbox
    ids: Ids

    async def tell(self, subject: Subject, now: datetime, **about: object) -> None:
        """Promise one; `about` is as `to_be_sent` says."""
        await self.outbox.put([to_be_sent(self.ids(), subject, now, **about)])


@dataclass(frozen=True, slots=True)
class Asking:
    """Promises letters that anybody may ask for: an address gets so many of them in an hour."""

    telling: Telling
    attempts: Attempts
    clock: Clock

    async def ask(self, subject: Subject, email: Email) -> None:
        """Promise one to an address, whether or not anybody has it; one too many is passed over."""
        key, now = f"letters to {email}", self.clock()
        try:
            await self.attempts.check(key, now)
            await self.attempts.fail(key, now)
        except TooManyAttempts:
            return
        await self.telling.tell(subject, now, email=email)
