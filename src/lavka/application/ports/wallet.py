"""Where the ledger of the wallets is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lavka.application.ports.catalog import PageWish
from lavka.domain.accounts import UserId
from lavka.domain.money import Money
from lavka.domain.wallet import Entry, Transfer


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a wallet's entries, the newest first. `next` is the cursor of the page after it."""

    items: Sequence[Entry]
    total: int
    page: int
    size: int
    next: str | None


class Wallets(Protocol):
    """Every user's wallet, empty at first. The ledger only grows; no wallet ever holds less than nothing."""

    async def post(self, transfer: Transfer) -> Entry:
        """Write a transfer with its entries, and give the wallet's; raise InsufficientFunds or WalletFull.

        Of many who post to a wallet at once each waits for the one before. Raise Conflict for the second
        payment of an order, NotFound for a user who is not there.
        """
        ...

    async def balance(self, user: UserId) -> Money:
        """Tell what is in a user's wallet."""
        ...

    async def balances(self, users: Collection[UserId]) -> Mapping[UserId, Money]:
        """Tell what is in the wallet of each of them."""
        ...

    async def statement(self, user: UserId, wish: PageWish) -> Statement:
        """List a wallet's entries, the last posted first; raise Invalid for a cursor of another list."""
        ...
