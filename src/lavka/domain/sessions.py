"""Where an account is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId

SessionId = NewType("SessionId", UUID)


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of the program that signed in; shown to the account's owner only."""

    user_agent: str | None = None
    ip: str | None = None


@dataclass(slots=True)
class Session:
    """One sign-in: it lives as long as its refresh tokens rotate, until it ends or expires."""

    id: SessionId
    user: UserId
    device: Device
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether its tokens are still good at `now`."""
        return self.ended_at is None and now < self.expires_at

    def prolong(self, now: datetime, lifetime: timedelta) -> None:
        """Note that it was used, which gives it its whole lifetime again."""
        self.last_used_at = now
        self.expires_at = now + lifetime
