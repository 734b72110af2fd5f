"""Money that the house keeps for its users: a ledger of double entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.errors import Detail, Invalid
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import OrderId

TransferId = NewType("TransferId", UUID)

DEAREST = Money(10**15)
"""The most that is brought in or adjusted at a time, in minor units: nine thousand such fit into a BIGINT."""
MOST_TOP_UP = Money(100_000_000)
"""The most that a user brings in by one payment, a million roubles: providers refuse more."""
FULLEST = Money(9 * 10**15)
"""The most that a wallet holds: every reader of JSON reads whole numbers up to 2^53 exactly."""
LONGEST_REASON = 500


class House(StrEnum):
    """The house's own accounts, against which wallets are filled and emptied."""

    SALES = "sales"
    ADJUSTMENTS = "adjustments"
    TOP_UPS = "top_ups"


class Kind(StrEnum):
    """What a transfer is for."""

    PAYMENT = "payment"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    TOP_UP = "top_up"


AGAINST: Mapping[Kind, House] = {
    Kind.PAYMENT: House.SALES,
    Kind.REFUND: House.SALES,
    Kind.ADJUSTMENT: House.ADJUSTMENTS,
    Kind.TOP_UP: House.TOP_UPS,
}
"""The account on the other side of each."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that comes into a wallet or, below nothing, leaves it; the house's account has the opposite."""

    id: TransferId
    kind: Kind
    wallet: UserId
    amount: Money
    created_at: datetime
    order: OrderId | None = None
    """What was paid for, or given back."""
    reason: str | None = None
    by: UserId | None = None
    """The administrator who adjusted it."""

    def __post_init__(self) -> None:
        is_of_an_order = self.kind in (Kind.PAYMENT, Kind.REFUND)  # and as dear as that is
        if self.amount == ZERO or (not is_of_an_order and abs(self.amount.minor) > DEAREST.minor):
            rule = f"Write an amount other than nothing, at most {DEAREST} roubles."
            raise Invalid([Detail("amount", rule)])
        if self.kind is Kind.ADJUSTMENT and not 1 <= len(self.reason or "") <= LONGEST_REASON:
            raise Invalid([Detail("reason", f"Write why, in at most {LONGEST_REASON} characters.")])

    @property
    def entries(self) -> Mapping[UserId | House, Money]:
        """What each account gets; their sum is nothing."""
        return {self.wallet: self.amount, AGAINST[self.kind]: ZERO - self.amount}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a wallet's statement: a transfer, and what was in the wallet after it."""

    transfer: Transfer
    balance: Money
