"""Cursors: where a page of a list ended, as opaque text that a client sends back."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import orjson

from lavka.application.ports.catalog import Sort
from lavka.domain.errors import Detail, Invalid

LONGEST = 4096
RELEVANCE = "relevance"
"""A list in the order of a search; its key is how well a row fits, 0 being best, and when it was made."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The key and id of the last row, and the number of the page that comes after it."""

    of: str
    """The list that it belongs to: a sort of products, or another name."""
    key: Any
    id: str
    page: int

    def text(self) -> str:
        """Write it."""
        packed = orjson.dumps([self.of, str(self.key), self.id, self.page])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, of: str) -> Self:
        """Read one that belongs to this very list; raise Invalid for anything else."""
        try:
            packed = base64.urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text) % 4))
            written_for, key, row, page = orjson.loads(packed)
            if written_for != of or type(key) is not str or type(page) is not int or not 1 <= page <= 10**9:
                raise ValueError
            return cls(of, _key(of, key), str(UUID(row)), page)
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError, OverflowError):
            rule = (
                "This cursor is not of this list: start without one, or send the `next` of a page as it was."
            )
            raise Invalid([Detail("cursor", rule)]) from None


def _key(of: str, written: str) -> Any:
    if of in (Sort.PRICE, Sort.PRICE_DOWN):
        price = int(written)
        if not 0 <= price < 2**63:
            raise ValueError
        return price
    if of in (Sort.OLDEST, Sort.NEWEST):
        return datetime.fromisoformat(written).astimezone(UTC)
    if of == RELEVANCE:
        tier, _, time = written.partition(" ")
        return int(tier), datetime.fromisoformat(time).astimezone(UTC)
    if "\0" in written:
        raise ValueError
    return written
