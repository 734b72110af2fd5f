"""Joining the shop and looking after one's account."""

from dataclasses import dataclass

from lavka.application.passwords import Passwords
from lavka.application.ports.accounts import Users
from lavka.application.ports.sessions import Access, Revocations, Sessions
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.application.telling import Telling
from lavka.domain.accounts import AccountType, Email, Language, User, UserId, Username, full_name
from lavka.domain.errors import Detail, Invalid, NotFound, Unauthorized
from lavka.domain.letters import Subject
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone

WRONG_PASSWORD = Detail("current_password", "This is not your current password.")


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody writes to join."""

    full_name: str
    email: Email
    phone: Phone
    password: Password
    username: Username | None = None
    account_type: AccountType = AccountType.BUYER
    language: Language = Language.RUSSIAN

    def __post_init__(self) -> None:
        object.__setattr__(self, "full_name", full_name(self.full_name))


@dataclass(frozen=True, slots=True)
class Joining:
    """Register; create an administrator."""

    users: Users
    passwords: Passwords
    telling: Telling
    clock: Clock
    ids: Ids
    transaction: Transaction

    async def register(self, form: Registration, *, is_admin: bool = False) -> User:
        """Open an account, and write to its address; raise EmailTaken, PhoneTaken or UsernameTaken."""
        user = User(
            id=UserId(self.ids()),
            full_name=form.full_name,
            email=form.email,
            phone=form.phone,
            password_hash=await self.passwords.hash(form.password),
            created_at=self.clock(),
            username=form.username,
            account_type=form.account_type,
            is_admin=is_admin,
            language=form.language,
        )
        async with self.transaction():
            await self.users.add(user)
            await self.telling.tell(Subject.CONFIRM_EMAIL, user.created_at, user=user.id)
        return user


@dataclass(frozen=True, slots=True)
class Membership:
    """Who am I; change the password."""

    users: Users
    sessions: Sessions
    revocations: Revocations
    passwords: Passwords
    telling: Telling
    clock: Clock
    transaction: Transaction

    async def me(self, access: Access) -> User:
        """Show the caller's own account; raise Unauthorized when it is gone."""
        try:
            return await self.users.get(access.user)
        except NotFound:  # the account is gone, and its tokens with it
            raise Unauthorized from None

    async def change_password(self, access: Access, current: str, new: Password) -> None:
        """Set a new password and end every other session; raise Invalid when the current one is wrong."""
        member = await self.me(access)
        if not await self.passwords.fit(current, member):
            raise Invalid([WRONG_PASSWORD])
        hashed = await self.passwords.hash(new)
        if await self.revocations.include(access.session):
            raise Unauthorized  # it was ended while this was hashed
        async with self.transaction():
            async with self.users.change(access.user) as user:
                if user.password_hash != member.password_hash:
                    raise Invalid([WRONG_PASSWORD])  # another one was set while this was hashed
                user.password_hash = hashed
            now = self.clock()
            ended = await self.sessions.end(access.user, now, but=access.session)
            await self.telling.tell(Subject.PASSWORD_CHANGED, now, user=access.user, at=now.isoformat())
        await self.revocations.add(ended)
