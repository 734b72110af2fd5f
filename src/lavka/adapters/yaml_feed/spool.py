"""What the reading process leaves behind: good rows as JSON lines, and a report beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import orjson

from lavka.application.ports.prices import PriceList
from lavka.domain.money import Money
from lavka.domain.prices import Fault, Good, ListedCategory

BATCH = 1_000
"""Goods that are in memory at a time."""


@dataclass(slots=True)
class Report:
    """All that is known of a list but its goods."""

    shop: str = ""
    url: str | None = None
    categories: list[ListedCategory] = field(default_factory=list)
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)
    shelf: list[str] = field(default_factory=list)
    """The names of categories, to which goods in the spool refer by their place."""

    def save(self, spool: Path) -> None:
        """Write it beside the goods."""
        report_of(spool).write_bytes(orjson.dumps(self, default=list))


class Spool:
    """A file that good rows are written to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[str, int] = {}

    @property
    def shelf(self) -> list[str]:
        """The names of the categories written so far, by their place."""
        return list(self._places)

    def add(self, good: Good) -> None:
        """Write one; amounts in minor units, the category as a place."""
        place = self._places.setdefault(good.category, len(self._places))
        recommended = None if good.recommended_price is None else good.recommended_price.minor
        cells = (good.row, good.sku, good.name, place, good.price.minor, good.quantity, good.model)
        self._file.write(orjson.dumps((*cells, recommended, good.attributes)) + b"\n")


def report_of(spool: Path) -> Path:
    """Where the report on these goods is."""
    return spool.with_name(f"{spool.name}.report")


def price_list(spool: Path) -> PriceList:
    """Read what a finished process has left."""
    told = orjson.loads(report_of(spool).read_bytes())
    return PriceList(
        shop=told["shop"],
        url=told["url"],
        categories=tuple(ListedCategory(**each) for each in told["categories"]),
        rows=told["rows"],
        faults=tuple(Fault(**each) for each in told["faults"]),
        bad=frozenset(told["bad"]),
        batches=partial(_batches, spool, told["shelf"]),
    )


def _batches(spool: Path, shelf: Sequence[str]) -> Iterator[Sequence[Good]]:
    with spool.open("rb") as lines:
        while batch := [_good(line, shelf) for line in islice(lines, BATCH)]:
            yield batch


def _good(line: bytes, shelf: Sequence[str]) -> Good:
    row, sku, name, place, price, quantity, model, recommended, attributes = orjson.loads(line)
    return Good(
        row=row,
        sku=sku,
        name=name,
        category=shelf[place],
        price=Money(price),
        quantity=quantity,
        model=model,
        recommended_price=None if recommended is None else Money(recommended),
        attributes=attributes,
    )
