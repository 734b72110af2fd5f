"""All promises of the stored state, wherever it is stored."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from lavka.application.ports.catalog import Checks


@dataclass(frozen=True, slots=True)
class Checking:
    """Runs the checks of each store, one after the other."""

    stores: Sequence[Checks]

    async def broken(self) -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
        """Give each check's name and the first rows that break it, none when it holds."""
        for store in self.stores:
            async for name, rows in store.broken():
                yield name, rows
