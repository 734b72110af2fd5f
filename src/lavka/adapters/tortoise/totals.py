"""How many products a filter leaves: counted once for each version of the catalogue, and kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.json_sql import Conditions
from lavka.application.ports.catalog import ProductFilter

MOST_TOTALS = 1024
VERSION = "(SELECT version FROM catalog_version)"


class Totals:
    """The newest total of each filter, the least used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[ProductFilter, tuple[int, int]] = OrderedDict()
        self._counting: dict[ProductFilter, asyncio.Task[None]] = {}

    async def of(self, which: ProductFilter, conditions: Callable[[], Conditions], version: int) -> int:
        """Give the total at this version, or at a later one; of many that ask at once one counts."""
        while (total := self._at(which, version)) is None:
            if which not in self._counting:
                # a context of its own: the count outlives the request, and its transaction
                counting = asyncio.create_task(self._count(which, conditions()), context=Context())
                self._counting[which] = counting
                counting.add_done_callback(lambda task: self._forget(which, task))
            await asyncio.shield(self._counting[which])
        return total

    def _forget(self, which: ProductFilter, counting: asyncio.Task[None]) -> None:
        del self._counting[which]
        if not counting.cancelled():
            counting.exception()  # who still waits has heard of it

    def _at(self, which: ProductFilter, version: int) -> int | None:
        counted, total = self._kept.get(which, (-1, 0))
        if counted < version:
            return None
        self._kept.move_to_end(which)
        return total

    async def _count(self, which: ProductFilter, conditions: Conditions) -> None:
        sql = f"SELECT {VERSION} AS version, count(*) AS total FROM products WHERE {conditions}"
        row = (await fetch(sql, conditions.parameters))[0]
        self._kept[which] = row["version"], row["total"]
        if len(self._kept) > MOST_TOTALS:
            self._kept.popitem(last=False)
