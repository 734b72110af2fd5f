"""Accounts in the database."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any
from uuid import uuid4

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import dialect, execute, transaction
from lavka.adapters.tortoise.models import LoginFailure, UserRow
from lavka.application.ports.accounts import UserPage
from lavka.application.ports.catalog import PageWish
from lavka.domain.accounts import AccountType, Email, Language, User, UserId, Username
from lavka.domain.errors import EmailTaken, NotFound, PhoneTaken, ShopError, TooManyAttempts, UsernameTaken
from lavka.domain.phones import Phone

ACCOUNTS = "accounts"
"""The list that cursors of accounts belong to."""
OLD = "SELECT id FROM login_failures WHERE failed_at <= $1 ORDER BY failed_at LIMIT 100"
FORGET_OLD = {
    "sqlite": f"DELETE FROM login_failures WHERE id IN ({OLD})",
    "postgres": f"DELETE FROM login_failures WHERE id IN ({OLD} FOR UPDATE SKIP LOCKED)",
}
"""What no window holds any more goes by the hundred; who comes upon the same rows does not wait for them."""
LONGEST_WINDOW = timedelta(days=1)
"""Of all the counters that share the table."""
TAKEN: dict[str, type[ShopError]] = {"email": EmailTaken, "phone": PhoneTaken, "username": UsernameTaken}


class TortoiseUsers:
    """Every account."""

    async def add(self, user: User) -> None:
        """Keep a new one; raise EmailTaken, PhoneTaken or UsernameTaken."""
        try:
            await UserRow.create(id=user.id, **_columns(user))
        except IntegrityError as error:
            raise _taken(error) from error

    async def get(self, user: UserId) -> User:
        """Find one by its id; raise NotFound."""
        row = await UserRow.get_or_none(id=user)
        if row is None:
            raise NotFound
        return _user(row)

    async def several(self, users: Collection[UserId]) -> Mapping[UserId, User]:
        """Find many by their ids; those that are not there are missing."""
        return {UserId(row.id): _user(row) for row in await UserRow.filter(id__in=users)}

    async def find(self, login: str) -> User | None:
        """Find one by e-mail, phone or user name, told apart by their first character and the @."""
        column = "email" if "@" in login else "phone" if login.startswith("+") else "username"
        if len(login) > UserRow._meta.fields_map[column].max_length:  # type: ignore[attr-defined]
            return None  # Tortoise refuses to ask for what no row can hold
        row = await UserRow.filter(**{column: login}).first()
        return _user(row) if row else None

    @asynccontextmanager
    async def change(self, user: UserId) -> AsyncIterator[User]:
        """Lock one, lend it, save what has changed."""
        async with transaction():
            # no key changes: whoever holds a cart or an order and refers to the user does not wait for this
            row = await UserRow.select_for_update(no_key=True).get_or_none(id=user)
            if row is None:
                raise NotFound
            lent = _user(row)
            before = _columns(lent)
            yield lent
            changed = dict(_columns(lent).items() - before.items())
            try:
                if changed:
                    await UserRow.filter(id=user).update(**changed)
            except IntegrityError as error:
                raise _taken(error) from error

    async def page(self, wish: PageWish) -> UserPage:
        """List some, the newest first; raise Invalid for a cursor of another list."""
        cursor = Cursor.read(wish.cursor, ACCOUNTS) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        everybody = UserRow.all()
        found = UserRow.filter(id__lt=cursor.id) if cursor else everybody.offset((number - 1) * wish.size)
        rows = await found.order_by("-id").limit(wish.size + 1)
        shown = [_user(row) for row in rows[: wish.size]]
        is_last = len(rows) <= wish.size
        after = None if is_last else Cursor(ACCOUNTS, "", str(shown[-1].id), number + 1).text()
        return UserPage(shown, await everybody.count(), number, wish.size, after)


class TortoiseAttempts:
    """Failed guesses, kept in the database so that no process and no restart forgets them.

    Counters with windows of their own share the table; no window is longer than `LONGEST_WINDOW`.
    """

    def __init__(self, most: int = 10, window: timedelta = timedelta(minutes=15)) -> None:
        self._most = most
        self._window = window

    async def check(self, key: str, now: datetime) -> None:
        """Raise TooManyAttempts when the window has seen as many failures as it may."""
        if first := await self._latest(self._most, key, now):
            raise TooManyAttempts(ceil((first + self._window - now).total_seconds()))

    async def fail(self, key: str, now: datetime) -> None:
        """Count one failure; raise TooManyAttempts when it is one too many."""
        await execute(FORGET_OLD[dialect()], [now - LONGEST_WINDOW])
        await LoginFailure.create(id=uuid4(), key=_digest(key), failed_at=now)
        if await self._latest(self._most + 1, key, now):
            await self.check(key, now)

    async def forget(self, key: str) -> None:
        """Start anew: the secret was right."""
        await execute("DELETE FROM login_failures WHERE key = $1", [_digest(key)])

    async def _latest(self, nth: int, key: str, now: datetime) -> datetime | None:
        """When the nth failure from the last was, if it lies within the window."""
        failures = LoginFailure.filter(key=_digest(key), failed_at__gt=now - self._window)
        found = await failures.order_by("-failed_at").offset(nth - 1).first()
        return found.failed_at if found else None


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _columns(user: User) -> dict[str, Any]:
    return {
        "full_name": user.full_name,
        "email": user.email.address,
        "phone": user.phone.number,
        "username": user.username.name if user.username else None,
        "password_hash": user.password_hash,
        "account_type": user.account_type.value,
        "is_admin": user.is_admin,
        "is_blocked": user.is_blocked,
        "email_verified": user.email_verified,
        "created_at": user.created_at,
        "language": user.language.value,
    }


def _user(row: UserRow) -> User:
    return User(
        id=UserId(row.id),
        full_name=row.full_name,
        email=Email(row.email),
        phone=Phone(row.phone),
        password_hash=row.password_hash,
        created_at=row.created_at,
        username=Username(row.username) if row.username else None,
        account_type=AccountType(row.account_type),
        is_admin=row.is_admin,
        is_blocked=row.is_blocked,
        email_verified=row.email_verified,
        language=Language(row.language),
    )


def _taken(error: IntegrityError) -> Exception:
    """Tell which unique column an error speaks of; PostgreSQL names it in `DETAIL: Key (email)=`."""
    cause = error.__cause__ or error.__context__
    text = f"{getattr(cause, 'detail', None) or error}"
    found = [
        refusal for column, refusal in TAKEN.items() if f"({column})" in text or f"users.{column}" in text
    ]
    return found[0]() if found else error
