"""Requests that are carried out once, however often they come."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from lavka.application.ports.orders import KeptAnswer, Keys
from lavka.application.ports.system import Clock, Transaction
from lavka.domain.accounts import UserId
from lavka.domain.errors import Unavailable

T = TypeVar("T")
AFTER = timedelta(seconds=7)
"""How long a request may go on after its commit: longer than anybody waits for a till."""


@dataclass(frozen=True, slots=True)
class Once(Generic[T]):
    """A request that is carried out once, and how its answer is written."""

    key: str
    digest: str
    """Tells this request from any other."""
    answer: Callable[[T], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, now or the first time that it came."""

    text: str
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class Repeating:
    """Carries a request out, or gives the answer of the first time."""

    keys: Keys
    clock: Clock
    transaction: Transaction

    async def carry_out(
        self,
        user: UserId,
        once: Once[T],
        do: Callable[[], Awaitable[T]],
        after: Callable[[T], Awaitable[T]],
    ) -> Answer:
        """Do it with its answer in one transaction; when more comes of it after the commit, answer with that.

        Raise IdempotencyKeyInUse while the first is being answered, IdempotencyKeyReused for another request.
        """
        async with self.transaction():
            now = self.clock()
            kept = await self.keys.claim(user, once.key, once.digest, now)
            if kept is not None:
                return Answer(kept, is_replayed=True)
            done = await do()
            text = once.answer(done)
            await self.keys.keep(user, KeptAnswer(once.key, once.digest, text, now + AFTER), now)
        return await self.amend(user, once, await after(done))

    async def amend(self, user: UserId, once: Once[T], done: T) -> Answer:
        """Answer with what has come of it since, now and to every repetition."""
        text = once.answer(done)
        with suppress(Unavailable):  # it is done, and has an answer
            await self.keys.amend(user, once.key, text)
        return Answer(text, is_replayed=False)
