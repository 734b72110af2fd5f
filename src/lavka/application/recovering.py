"""What links in letters are for: confirming an address, and coming back without the password."""

from dataclasses import dataclass

from lavka.application.passwords import Passwords
from lavka.application.ports.accounts import Users
from lavka.application.ports.letters import EmailTokens, Holder
from lavka.application.ports.sessions import Revocations, Sessions
from lavka.application.ports.system import Clock, Transaction
from lavka.application.telling import Asking
from lavka.application.tokens import digest_of_link
from lavka.domain.accounts import Email
from lavka.domain.errors import InvalidToken
from lavka.domain.letters import Purpose, Subject
from lavka.domain.passwords import Password


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one purpose: each is good once, for two hours, for the address that it was sent to."""

    tokens: EmailTokens
    purpose: Purpose
    clock: Clock

    async def check(self, token: str) -> None:
        """Look whether one is good, without using it up; raise InvalidToken."""
        if await self.tokens.find(digest_of_link(token), self.purpose, self.clock()) is None:
            raise InvalidToken

    async def redeem(self, token: str) -> Holder:
        """Use one up, and say whose it is; raise InvalidToken."""
        holder = await self.tokens.redeem(digest_of_link(token), self.purpose, self.clock())
        if holder is None:
            raise InvalidToken
        return holder


@dataclass(frozen=True, slots=True)
class Confirming:
    """Confirm that an address is one's own."""

    users: Users
    links: Links
    asking: Asking
    transaction: Transaction

    async def check(self, token: str) -> None:
        """Look whether a link is good; raise InvalidToken."""
        await self.links.check(token)

    async def confirm(self, token: str) -> None:
        """Confirm the address that the link was sent to; raise InvalidToken."""
        await self.links.check(token)  # what is no link makes nobody wait
        async with self.transaction():
            holder = await self.links.redeem(token)
            async with self.users.change(holder.user) as user:
                user.confirm(holder.email)

    async def resend(self, email: Email) -> None:
        """Send another link, if there is an account with this address that is not confirmed."""
        await self.asking.ask(Subject.CONFIRM_EMAIL, email)


@dataclass(frozen=True, slots=True)
class Recovering:
    """Come back without the password, by a letter."""

    users: Users
    sessions: Sessions
    revocations: Revocations
    passwords: Passwords
    links: Links
    asking: Asking
    transaction: Transaction

    async def forgot(self, email: Email) -> None:
        """Send a link, if there is an account with this address."""
        await self.asking.ask(Subject.RESET_PASSWORD, email)

    async def check(self, token: str) -> None:
        """Look whether a link is good; raise InvalidToken."""
        await self.links.check(token)

    async def reset(self, token: str, new: Password) -> None:
        """Set a new password and end every session; raise InvalidToken, also for the blocked."""
        await self.links.check(token)  # a password is hashed for nobody else
        hashed = await self.passwords.hash(new)
        async with self.transaction():
            holder, now = await self.links.redeem(token), self.links.clock()
            async with self.users.change(holder.user) as user:
                user.recover(holder.email, hashed)
            ended = await self.sessions.end(user.id, now)
            await self.asking.telling.tell(Subject.PASSWORD_CHANGED, now, user=user.id, at=now.isoformat())
        await self.revocations.add(ended)
        await self.passwords.forgive(user)
