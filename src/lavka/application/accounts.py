"""Joining the shop and looking after one's account."""

from dataclasses import dataclass, field

from lavka.application.ports.accounts import Attempts, PasswordHashes, Users
from lavka.application.ports.sessions import Access, Revocations, Sessions
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.accounts import AccountType, Email, User, UserId, Username
from lavka.domain.errors import Detail, Invalid, NotFound, Unauthorized
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody writes to join."""

    full_name: str
    email: Email
    phone: Phone
    password: Password = field(repr=False)
    username: Username | None = None
    account_type: AccountType = AccountType.BUYER


@dataclass(frozen=True, slots=True)
class Joining:
    """Register; create an administrator."""

    users: Users
    hashes: PasswordHashes
    clock: Clock
    ids: Ids

    async def register(self, form: Application, *, is_admin: bool = False) -> User:
        """Open an account; raise EmailTaken, PhoneTaken or UsernameTaken."""
        user = User(
            id=UserId(self.ids()),
            full_name=form.full_name,
            email=form.email,
            phone=form.phone,
            password_hash=await self.hashes.make(form.password),
            created_at=self.clock(),
            username=form.username,
            account_type=form.account_type,
            is_admin=is_admin,
        )
        await self.users.add(user)
        return user


@dataclass(frozen=True, slots=True)
class Membership:
    """Who am I; change the password."""

    users: Users
    sessions: Sessions
    revocations: Revocations
    attempts: Attempts
    hashes: PasswordHashes
    clock: Clock
    transaction: Transaction

    async def me(self, access: Access) -> User:
        """Show the caller's own account; raise Unauthorized when it is gone."""
        return await self._member(access.user)

    async def _member(self, member: UserId) -> User:
        try:
            return await self.users.get(member)
        except NotFound:  # the account is gone, and its tokens with it
            raise Unauthorized from None

    async def change_password(self, access: Access, current: str, new: Password) -> None:
        """Set a new password and end every other session; raise Invalid when the current one is wrong."""
        await self._recognise(access.user, current)
        hashed = await self.hashes.make(new)
        async with self.transaction():
            async with self.users.change(access.user) as user:
                user.password_hash = hashed
            ended = await self.sessions.end(access.user, self.clock(), but=access.session)
        await self.revocations.add(ended)

    async def _recognise(self, member: UserId, password: str) -> None:
        key, user = f"password {member}", await self._member(member)
        await self.attempts.check(key, self.clock())
        if not await self.hashes.verify(password, user.password_hash):
            await self.attempts.fail(key, self.clock())
            raise Invalid([Detail("current_password", "This is not your current password.")])
        await self.attempts.check(key, self.clock())  # guesses sent at once wait for each other's failures
        await self.attempts.forget(key)
