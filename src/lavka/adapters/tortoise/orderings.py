"""The orders of a product list as SQL."""

from dataclasses import dataclass

from lavka.application.ports.catalog import Sort
from lavka.domain.money import MOST

CHEAPEST, DEAREST = f"COALESCE(price, {MOST})", "COALESCE(price, 0)"


@dataclass(frozen=True, slots=True)
class Ordering:
    """A sort as SQL: the expression that an index serves, never null, with the id to break ties."""

    key: str
    descending: bool
    price: str = CHEAPEST
    """The price, never null, in the words of an index."""

    def clause(self, key: str = "", row: str = "id") -> str:
        """The ORDER BY, over the expression itself or over columns that hold key and id."""
        way = "DESC" if self.descending else "ASC"
        return f"{key or self.key} {way}, {row} {way}"

    def after(self) -> str:
        """The condition of what comes after a cursor's key and id."""
        return f"({self.key}, id) {'<' if self.descending else '>'} ({{}}, {{}})"


def orderings(collate: str) -> dict[Sort, Ordering]:
    """Map every sort; products without a price come last by either price."""
    return {
        Sort.PRICE: Ordering(CHEAPEST, descending=False),
        Sort.PRICE_DOWN: Ordering(DEAREST, descending=True, price=DEAREST),
        Sort.NAME: Ordering(f"name_folded{collate}", descending=False),
        Sort.NAME_DOWN: Ordering(f"name_folded{collate}", descending=True),
        Sort.OLDEST: Ordering("created_at", descending=False),
        Sort.NEWEST: Ordering("created_at", descending=True),
    }
