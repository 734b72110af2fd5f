"""Money: a whole number of minor units (kopecks)."""

from dataclasses import dataclass
from decimal import Decimal

CURRENCY = "RUB"
MOST = 2**63 - 1
"""The largest amount: what a BIGINT column holds."""

_MOST_DIGITS = 19


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of `CURRENCY`; never a fraction, never a float."""

    minor: int

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money is a whole number of minor units")
        if abs(self.minor) > MOST:
            raise ValueError("This amount is larger than the shop can store")

    @classmethod
    def from_major(cls, amount: Decimal | int | str) -> "Money":
        """Take roubles with at most two decimals, exactly; raise ValueError for anything finer."""
        if isinstance(amount, float | bool):
            raise TypeError("An amount is a whole number, a Decimal or text, which are exact")
        try:
            number = Decimal(amount)
        except ArithmeticError:
            raise ValueError("An amount is a number") from None
        if not number.is_finite():
            raise ValueError("An amount is a number")
        if number.adjusted() > _MOST_DIGITS:
            raise ValueError("This amount is larger than the shop can store")
        sign, digits, exponent = number.as_tuple()
        finer = max(0, -2 - int(exponent))
        if any(digits[max(0, len(digits) - finer) :]):
            raise ValueError("An amount has at most two decimals")
        kept = int("".join(map(str, digits[: len(digits) - finer])) or 0)
        minor = kept * 10 ** max(0, int(exponent) + 2)
        return cls(-minor if sign else minor)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - other.minor)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times)

    def __str__(self) -> str:
        """Roubles with two decimals, as YooKassa and price lists write them: `1990.00`."""
        sign, minor = ("-" if self.minor < 0 else ""), abs(self.minor)
        return f"{sign}{minor // 100}.{minor % 100:02}"


ZERO = Money(0)
