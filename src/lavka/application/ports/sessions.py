"""Where sign-ins are kept, and the tokens that stand for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lavka.domain.accounts import UserId
from lavka.domain.sessions import Session, SessionId


@dataclass(frozen=True, slots=True)
class Access:
    """Who is calling, as an access token tells it."""

    user: UserId
    session: SessionId


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives: a short access token and a refresh token for one use; `expires_in` seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A refresh token that was handed in: whose session it is, and whether this was its first use."""

    session: Session
    first_use: bool


class Sessions(Protocol):
    """Every sign-in, with the digests of its refresh tokens."""

    async def add(self, session: Session) -> None:
        """Keep a new one."""
        ...

    async def save(self, session: Session) -> None:
        """Keep what has changed."""
        ...

    async def of(self, user: UserId, now: datetime) -> Sequence[Session]:
        """List a user's live sessions, the last used first."""
        ...

    async def end(
        self, user: UserId, now: datetime, *, only: SessionId | None = None, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        """End a user's live sessions (all, `only` one, all `but` one) and name those that it ended."""
        ...

    async def add_token(self, digest: str, session: Session) -> None:
        """Keep a refresh token's digest; it expires with the session."""
        ...

    async def redeem(self, digest: str, now: datetime) -> Redeemed | None:
        """Use up a refresh token: of many callers at once one is the first. None when there is no such."""
        ...

    async def forget_expired(self, now: datetime) -> int:
        """Forget some that ended or expired 30 days ago, with their tokens, and count them.

        Each call looks at some, so that many calls look at all.
        """
        ...


class Revocations(Protocol):
    """The sessions that ended while access tokens of theirs may still be about.

    Asking costs no query in the common case. What one process adds, every process refuses.
    """

    async def add(self, sessions: Sequence[SessionId]) -> None:
        """After the commit that ended them: return when every process refuses them."""
        ...

    async def include(self, session: SessionId) -> bool:
        """Whether this session has ended."""
        ...


class AccessTokens(Protocol):
    """Signed, short-lived proofs of a sign-in."""

    lifetime: int
    """In seconds."""

    def issue(self, access: Access, now: datetime) -> str:
        """Make one."""
        ...

    def read(self, token: str) -> Access:
        """Check one and say whose it is; raise Unauthorized for any flaw."""
        ...
