"""The promises of the stored state as SQL; each finds no rows while it holds."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from lavka.adapters.tortoise.checks.catalog import CATALOG
from lavka.adapters.tortoise.checks.orders import ORDERS
from lavka.adapters.tortoise.checks.outbox import OUTBOX
from lavka.adapters.tortoise.checks.payments import PAYMENTS
from lavka.adapters.tortoise.checks.stock import LONG_AGO, STOCK
from lavka.adapters.tortoise.checks.wallet import WALLET
from lavka.adapters.tortoise.database import dialect, fetch
from lavka.adapters.tortoise.kept import told_attributes

MOST_ROWS = 20
CHECKS = {**CATALOG, **STOCK, **ORDERS, **WALLET, **PAYMENTS, **OUTBOX}


class TortoiseChecks:
    """Runs every check on the database that is open."""

    async def broken(self) -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
        """Give each check's name and the first rows that break it, none when it holds."""
        given = {"told": told_attributes(), "long_ago": LONG_AGO[dialect()]}
        for name, sql in CHECKS.items():
            yield name, await fetch(f"SELECT * FROM ({sql.format(**given)}) AS broken LIMIT {MOST_ROWS}")
