"""How price lists are read, written and fetched."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lavka.domain.prices import Fault, Good, ListedCategory


@dataclass(frozen=True, slots=True)
class PriceList:
    """A list as it was read; its goods wait in a file, so that any number of them takes no memory."""

    shop: str
    url: str | None
    categories: Sequence[ListedCategory]
    rows: int
    """Goods seen, good or bad."""
    faults: Sequence[Fault]
    """What is wrong, the document's own faults first; the first `MOST_FAULTS` of them."""
    bad: frozenset[str]
    """The codes of bad rows, where they can be read."""
    batches: Callable[[], Iterator[Sequence[Good]]] = field(repr=False)

    @property
    def is_readable(self) -> bool:
        """Whether its good rows can be used; when not, the first fault says why."""
        return all(fault.row is not None for fault in self.faults)

    def goods(self) -> Iterator[Sequence[Good]]:
        """Give the good rows, a thousand at a time, as often as asked; an unreadable list has none."""
        return self.batches() if self.is_readable else iter(())


MOST_FAULTS = 1_000
"""Faults that a report lists."""


class PriceListFormat(Protocol):
    """A form in which suppliers write price lists; what `write` gives, `read` reads back unchanged."""

    async def read(self, file: Path, spool: Path, progress: Callable[[int], object]) -> PriceList:
        """Read a list, whatever stands in it: bad content gives faults, never an error.

        Good rows are kept in `spool` while the list is in use. `progress` hears the rows read so far.
        """
        ...

    def write(
        self,
        shop: str,
        url: str | None,
        categories: Sequence[ListedCategory],
        goods: AsyncIterator[Sequence[Good]],
    ) -> AsyncIterator[str]:
        """Write a list in pieces of text; the category of every good is among `categories`."""
        ...


class Download(Protocol):
    """Files of suppliers, fetched from the internet and from nowhere else."""

    async def fetch(self, url: str, to: Path) -> None:
        """Fetch one file; raise Invalid with a detail for `url`, and leave nothing, when it cannot be had."""
        ...
