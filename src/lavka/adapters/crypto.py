"""Passwords with bcrypt, access tokens with PyJWT, chance from the operating system."""

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import bcrypt
import jwt

from lavka.application.ports.sessions import Access
from lavka.domain.accounts import UserId
from lavka.domain.errors import Detail, Invalid, Unauthorized, Unavailable
from lavka.domain.passwords import LONGEST, Password
from lavka.domain.sessions import SessionId

T = TypeVar("T")

ISSUER = "lavka"
AUDIENCE = "lavka-api"
ALGORITHM = "HS256"
MOST_VERIFIED = 10_000
"""Tokens remembered as verified; one takes about half a kilobyte."""
MOST_WAITING = 64
"""Hashes that may wait for a thread; at cost 12 on two cores that is about ten seconds of work."""
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Make a secret of 256 bits that is safe in an URL."""
    return secrets.token_urlsafe(32)


def new_number() -> str:
    """Make an order's number of 50 bits: ten of Crockford's digits, which nobody takes for another."""
    chance = secrets.randbits(50)
    digits = "".join(DIGITS[chance >> 5 * place & 31] for place in range(10))
    return f"{digits[:5]}-{digits[5:]}"


class BcryptHashes:
    """Passwords hashed with bcrypt in as many threads as there are cores, away from the event loop."""

    def __init__(self, cost: int) -> None:
        threads = os.cpu_count() or 1
        self._cost = cost
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="bcrypt")
        self._waiting = 0
        self._most = threads + MOST_WAITING
        self._decoy = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(cost)).decode()

    async def make(self, password: Password) -> str:
        """Hash a password; raise Unavailable when too many wait already."""
        return await self._hash(password.secret)

    async def verify(self, secret: str, hashed: str | None) -> bool:
        """Compare; without a hash, or with one made more cheaply, do the same work.

        Raise Invalid above the 72 bytes that bcrypt reads, Unavailable as `make` does.
        """
        given = secret.encode()
        if len(given) > LONGEST:
            raise Invalid([Detail("password", f"A password has at most {LONGEST} characters.")])
        against = (hashed or self._decoy).encode()

        def compare() -> bool:
            for cost in range(_cost(against), self._cost):  # 2^c + 2^(c+1) + … fill it up to this cost
                bcrypt.hashpw(given, bcrypt.gensalt(cost))
            return bcrypt.checkpw(given, against)

        return await self._run(compare) and hashed is not None

    async def renew(self, secret: str, hashed: str) -> str:
        """Give the hash that a right secret is kept as from now on: the same, unless the cost has changed."""
        return hashed if _cost(hashed.encode()) == self._cost else await self._hash(secret)

    async def _hash(self, secret: str) -> str:
        salt = bcrypt.gensalt(self._cost)
        return (await self._run(lambda: bcrypt.hashpw(secret.encode(), salt))).decode()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most:
            raise Unavailable(retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _cost(hashed: bytes) -> int:
    """Read the cost from `$2b$12$…`."""
    return int(hashed.split(b"$")[2])


class JwtTokens:
    """Access tokens as JWT (RFC 7519), signed with HMAC-SHA256.

    A token that was verified once is remembered until it expires: the same text has the same signature.
    """

    def __init__(self, key: str, lifetime: int) -> None:
        self._key = key
        self.lifetime = lifetime
        self._verified: dict[str, tuple[Access, int]] = {}

    def issue(self, access: Access, now: datetime) -> str:
        """Make one that is good for `lifetime` seconds from `now`."""
        issued = int(now.timestamp())
        claims = {
            "sub": str(access.user),
            "sid": str(access.session),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": issued,
            "exp": issued + self.lifetime,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def read(self, token: str) -> Access:
        """Check signature, times, issuer and audience; raise Unauthorized."""
        known = self._verified.get(token)
        if known is None:
            known = self._verified[token] = self._verify(token)
            if len(self._verified) > MOST_VERIFIED:
                del self._verified[next(iter(self._verified))]
        access, expires_at = known
        if expires_at <= time.time():
            self._verified.pop(token, None)
            raise Unauthorized
        return access

    def _verify(self, token: str) -> tuple[Access, int]:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={
                    "require": ["sub", "sid", "exp", "iat", "jti", "iss", "aud"],
                    "verify_iat": False,  # it informs (RFC 7519, 4.1.6); hosts' clocks differ by a second
                },
            )
            if claims["exp"] - claims["iat"] > self.lifetime:
                raise Unauthorized  # of a time when they lived longer than ended sessions are remembered now
            access = Access(UserId(UUID(claims["sub"])), SessionId(UUID(claims["sid"])))
            return access, int(claims["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise Unauthorized from None
