"""Phone numbers."""

import re
from dataclasses import dataclass

from lavka.domain.errors import Detail, Invalid

_RULE = re.compile(r"\+7[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Phone:
    """`+7` and ten digits: the E.164 form of a Russian number (requirement 1.3)."""

    number: str

    def __post_init__(self) -> None:
        if not _RULE.fullmatch(self.number):
            raise Invalid([Detail("phone", "A phone is +7 and ten digits, for example +79123456789.")])

    def __str__(self) -> str:
        return self.number
