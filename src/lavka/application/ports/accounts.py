"""Where accounts are kept, and what guards their passwords."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lavka.application.ports.catalog import PageWish
from lavka.domain.accounts import User, UserId
from lavka.domain.passwords import Password


@dataclass(frozen=True, slots=True)
class UserPage:
    """A part of the accounts, the newest first. `next` is the cursor of the page after it."""

    items: Sequence[User]
    total: int
    page: int
    size: int
    next: str | None


class Users(Protocol):
    """Every account; e-mail, phone and user name are unique."""

    async def add(self, user: User) -> None:
        """Keep a new one; raise EmailTaken, PhoneTaken or UsernameTaken."""
        ...

    async def get(self, user: UserId) -> User:
        """Find one by its id; raise NotFound."""
        ...

    async def several(self, users: Collection[UserId]) -> Mapping[UserId, User]:
        """Find many by their ids; those that are not there are missing."""
        ...

    async def find(self, login: str) -> User | None:
        """Find one by what `login_key` makes of its e-mail, phone or user name."""
        ...

    def change(self, user: UserId) -> AbstractAsyncContextManager[User]:
        """Lock one, lend it, save it; an exception leaves no trace. Raise NotFound."""
        ...

    async def page(self, wish: PageWish) -> UserPage:
        """List some; raise Invalid for a cursor of another list."""
        ...


class Attempts(Protocol):
    """Failed guesses at a secret, counted over a window that ends now."""

    async def check(self, key: str, now: datetime) -> None:
        """Raise TooManyAttempts when the window has seen as many failures as it may."""
        ...

    async def fail(self, key: str, now: datetime) -> None:
        """Count one failure; raise TooManyAttempts when it is one too many."""
        ...

    async def forget(self, key: str) -> None:
        """Start anew: the secret was right."""
        ...


class PasswordHashes(Protocol):
    """A slow one-way function, run beside the event loop by so many at a time."""

    async def make(self, password: Password) -> str:
        """Hash a password; raise Unavailable when too many wait already."""
        ...

    async def verify(self, secret: str, hashed: str | None) -> bool:
        """Compare; without a hash, or with one made more cheaply, do the same work.

        Raise Unavailable as `make` does.
        """
        ...

    async def renew(self, secret: str, hashed: str) -> str:
        """Give the hash that a right secret is kept as from now on: the same, unless hashing has changed."""
        ...
