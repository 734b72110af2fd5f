"""Signing in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lavka.application.passwords import Passwords
from lavka.application.ports.accounts import Users
from lavka.application.ports.cart import CartKey, Carts
from lavka.application.ports.sessions import (
    Access,
    AccessTokens,
    Revocations,
    Sessions,
    Tokens,
)
from lavka.application.ports.system import Clock, Codes, Ids, Transaction
from lavka.application.tokens import digest
from lavka.domain.accounts import UserId, login_key
from lavka.domain.errors import InvalidCredentials, NotFound, Unauthorized
from lavka.domain.sessions import Device, Session, SessionId


@dataclass(frozen=True, slots=True)
class Issuing:
    """Open and renew sessions, handing out the pair of tokens that stands for each."""

    sessions: Sessions
    access_tokens: AccessTokens
    ids: Ids
    codes: Codes
    session_lifetime: timedelta

    async def open(self, user: UserId, device: Device, now: datetime) -> Tokens:
        """Start a session."""
        session = Session(SessionId(self.ids()), user, device, now, now, now + self.session_lifetime)
        await self.sessions.add(session)
        return await self._tokens(session, now)

    async def renew(self, session: Session, now: datetime) -> Tokens | None:
        """Prolong a session; None when it has ended or expired."""
        if not session.is_live(now):
            return None
        session.prolong(now, self.session_lifetime)
        await self.sessions.save(session)
        return await self._tokens(session, now)

    async def _tokens(self, session: Session, now: datetime) -> Tokens:
        refresh = self.codes()
        await self.sessions.add_token(digest(refresh), session)
        access = self.access_tokens.issue(Access(session.user, session.id), now)
        return Tokens(access, refresh, self.access_tokens.lifetime)


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Log in with e-mail, phone or user name, and a password."""

    users: Users
    passwords: Passwords
    carts: Carts
    issuing: Issuing
    clock: Clock
    transaction: Transaction

    async def log_in(
        self, login: str, password: str, device: Device, brought: CartKey | None = None
    ) -> Tokens:
        """Open a session; raise InvalidCredentials, or TooManyAttempts after too many failures.

        An unknown account costs the same work and gets the same answer as a wrong password. What the cart
        holds that was filled before, without an account, comes into the user's.
        """
        key = login_key(login)
        user = await self.users.find(key)
        if not await self.passwords.fit(password, user, key) or user is None:
            raise InvalidCredentials
        renewed = await self.passwords.renew(password, user.password_hash)
        async with self.transaction(), self.users.change(user.id) as kept:
            if kept.is_blocked or kept.password_hash != user.password_hash:
                raise InvalidCredentials  # another password was set while this one was compared
            kept.password_hash = renewed
            now = self.clock()
            if brought is not None:
                await self._merge(brought, user.id, now)
            return await self.issuing.open(user.id, device, now)

    async def _merge(self, brought: CartKey, user: UserId, now: datetime) -> None:
        filled = await self.carts.take_over(brought, now)
        if len(filled):
            async with self.carts.change(user, now) as lent:
                lent.cart.merge(filled)


@dataclass(frozen=True, slots=True)
class StayingSignedIn:
    """Trade a refresh token for a new pair; end sessions; know a caller by an access token."""

    sessions: Sessions
    revocations: Revocations
    access_tokens: AccessTokens
    issuing: Issuing
    clock: Clock
    transaction: Transaction

    async def recognise(self, token: str) -> Access:
        """Say who calls; raise Unauthorized when the token is bad or its session has ended."""
        access = self.access_tokens.read(token)
        if await self.revocations.include(access.session):
            raise Unauthorized
        return access

    async def refresh(self, token: str) -> Tokens:
        """Give a new pair; a token used before ends its session. Raise Unauthorized."""
        now = self.clock()
        tokens: Tokens | None = None
        ended: Sequence[SessionId] = ()
        async with self.transaction():
            redeemed = await self.sessions.redeem(digest(token), now)
            if redeemed and redeemed.first_use:
                tokens = await self.issuing.renew(redeemed.session, now)
            elif redeemed:
                ended = await self.sessions.end(redeemed.session.user, now, only=redeemed.session.id)
        await self.revocations.add(ended)
        if tokens is None:
            raise Unauthorized
        return tokens

    async def log_out(self, access: Access) -> None:
        """End the caller's session."""
        await self._end(access.user, only=access.session)

    async def log_out_everywhere(self, access: Access) -> None:
        """End every session of the caller."""
        await self._end(access.user)

    async def signed_in(self, access: Access) -> Sequence[Session]:
        """List where the caller is signed in, the last used first."""
        return await self.sessions.of(access.user, self.clock())

    async def end(self, access: Access, session: SessionId) -> None:
        """End one session of the caller; raise NotFound when it is not live or not the caller's."""
        if not await self._end(access.user, only=session):
            raise NotFound

    async def _end(self, user: UserId, only: SessionId | None = None) -> Sequence[SessionId]:
        async with self.transaction():
            ended = await self.sessions.end(user, self.clock(), only=only)
        await self.revocations.add(ended)
        return ended
