"""Passwords as the use cases know them: hashed slowly, and guessed at a few times at most."""

from dataclasses import dataclass

from lavka.application.ports.accounts import Attempts, PasswordHashes
from lavka.application.ports.system import Clock
from lavka.domain.accounts import User
from lavka.domain.passwords import Password


@dataclass(frozen=True, slots=True)
class Passwords:
    """Compares what is given with what an account has, and hashes what it is to have."""

    attempts: Attempts
    hashes: PasswordHashes
    clock: Clock

    async def fit(self, secret: str, user: User | None, login: str = "") -> bool:
        """Whether the password lets this account in; raise TooManyAttempts after too many that did not.

        An unknown account (`login` is what it was called) costs the same work and is counted alike.
        """
        key = _key(user) if user else f"login {login}"
        await self.attempts.check(key, self.clock())
        right = await self.hashes.verify(secret, user.password_hash if user else None)
        if user is None or not right or user.is_blocked:
            await self.attempts.fail(key, self.clock())
            return False
        await self.attempts.check(key, self.clock())  # guesses sent at once wait for each other's failures
        await self.attempts.forget(key)
        return True

    async def forgive(self, user: User) -> None:
        """Forget the failures of an account: somebody has shown in another way whose it is."""
        await self.attempts.forget(_key(user))

    async def hash(self, new: Password) -> str:
        """Hash a new one."""
        return await self.hashes.make(new)

    async def renew(self, secret: str, hashed: str) -> str:
        """Give the hash to keep of a password that fitted: the same, unless hashing has changed."""
        return await self.hashes.renew(secret, hashed)


def _key(user: User) -> str:
    return f"user {user.id}"
