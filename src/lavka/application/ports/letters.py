"""What letters need: somebody who writes them out, somebody who brings them, and what is known of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lavka.domain.accounts import Email, UserId
from lavka.domain.letters import Letter, Mail, Purpose
from lavka.domain.tasks import TaskId


class Templates(Protocol):
    """The words of every letter, in every language."""

    def write(self, letter: Letter) -> Mail:
        """Write it out, as text and as HTML."""
        ...


class Post(Protocol):
    """Brings letters to people."""

    async def send(self, mail: Mail) -> None:
        """Hand it over; raise Unavailable to be asked again, Hopeless when it cannot be delivered at all."""
        ...


class SentLetters(Protocol):
    """Which letters have gone out, so that none goes twice unmarked."""

    async def begin(self, letter: TaskId, now: datetime) -> bool | None:
        """Note that one is about to go; say whether it may have gone before, None when it certainly has."""
        ...

    async def sent(self, letter: TaskId, now: datetime) -> None:
        """Note that it has gone."""
        ...

    async def forget_old(self, now: datetime) -> int:
        """Forget some that are old, and count them."""
        ...


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose link it is, and the address that it was sent to."""

    user: UserId
    email: Email


class EmailTokens(Protocol):
    """The digests of what links in letters carry; each is good once, for a while."""

    async def add(self, digest: str, purpose: Purpose, holder: Holder, expires_at: datetime) -> None:
        """Keep a new one."""
        ...

    async def find(self, digest: str, purpose: Purpose, now: datetime) -> Holder | None:
        """Look at one without using it up; None when there is none, or it is too late."""
        ...

    async def redeem(self, digest: str, purpose: Purpose, now: datetime) -> Holder | None:
        """Use one up: of many callers at once one is the first. None when there is none, or it is too late.

        All others of this user for this purpose are used up with it.
        """
        ...

    async def forget_expired(self, now: datetime) -> int:
        """Forget some that are too late, and count them."""
        ...
