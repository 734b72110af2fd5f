"""Where carts are kept."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NewType, Protocol
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, Ware
from lavka.domain.catalog import OfferId

CartKey = NewType("CartKey", str)
"""The SHA-256 of the token that stands for an anonymous cart, in hexadecimal digits."""
Holder = UserId | CartKey
"""Whose cart it is: a user's, or whoever's has the token."""


def key_of(token: str) -> CartKey:
    """What is stored of a cart's token: it has 256 bits of chance, so one round is enough."""
    return CartKey(sha256(token.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Lent:
    """A cart to be changed, and the offers that one means to put in; those that are nowhere are missing."""

    cart: Cart[Ware]
    wares: Mapping[OfferId, Ware]
    cart_id: UUID | None = None
    """Where it is kept; nowhere while nobody has filled it."""
    version: int = 0
    """Which state of it this is: each change makes another."""


class Carts(Protocol):
    """Every cart; its offers are as they stand today. One that nobody has filled is there, and empty."""

    async def get(self, holder: Holder, now: datetime) -> Cart[Ware]:
        """Look at one."""
        ...

    def attempts(self, holder: Holder, now: datetime, meant: Collection[OfferId] = ()) -> AsyncIterator[Lent]:
        """Lend one, and keep what was done to it when the next is asked for; then there is none.

        When somebody else has changed it meanwhile, it is lent again as it is now; no lock is held between.
        An anonymous one is kept for 30 days from now, unless it is left empty. Raise Unauthorized when the
        user is gone.
        """
        ...

    async def look(self, user: UserId, now: datetime) -> Lent:
        """Look at a user's, to order what is in it."""
        ...

    def change(self, user: UserId, now: datetime) -> AbstractAsyncContextManager[Lent]:
        """Lock a user's until the transaction ends, lend it, save it; raise Unauthorized for no user.

        Of two that change it at once the second sees what the first has done.
        """
        ...

    async def take_over(self, key: CartKey, now: datetime) -> Cart[Ware]:
        """Lock an anonymous cart, forget it, and give what it held: of many who take it one gets it."""
        ...

    async def forget_expired(self, now: datetime) -> int:
        """Forget some anonymous carts that have expired, and count them."""
        ...
