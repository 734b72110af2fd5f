"""Stock as orders take it and give it back, and lists that are shown what has run out."""

from collections.abc import Sequence
from datetime import datetime

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.kept import KEPT_STOCK, among, sorted_ids
from lavka.adapters.tortoise.movements import ORDERED, move, returned, wanted
from lavka.application.ports.orders import Reason
from lavka.domain.cart import too_few
from lavka.domain.errors import OutOfStock
from lavka.domain.orders import Line, OrderId

BATCH = 500
ANY_TURNS = "SELECT 1 FROM stock_turns LIMIT 1"
TURNS = f"""SELECT t.id, o.product_id FROM stock_turns t JOIN offers o ON o.id = t.offer_id
    JOIN products p ON p.id = o.product_id ORDER BY t.id LIMIT {BATCH}"""
SHOWN = f"UPDATE products SET in_stock = {KEPT_STOCK} WHERE {{these}} AND in_stock <> {KEPT_STOCK}"
STILL_THEIRS = "offer_id IN (SELECT o.id FROM offers o WHERE {these})"


class TortoiseStock:
    """The stock, each change of which is in its ledger."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> bool:
        """Take every line or none; raise OutOfStock naming each offer that is short."""
        changes = wanted(lines)
        moved = await move(order, changes, ORDERED, now)
        if moved.short:
            raise OutOfStock(
                [too_few(offer, moved.short[offer]) for offer in changes if offer in moved.short]
            )
        return moved.has_turned

    async def give_back(self, order: OrderId, lines: Sequence[Line], reason: Reason, now: datetime) -> None:
        """Give what was taken back; the order's own state keeps it from happening twice."""
        moved = await move(order, returned(lines), reason, now)
        if moved.short:
            raise LookupError("An offer has no stock to give back to")

    async def show(self) -> bool:
        """Let lists show what has run out or is there again; say whether there was anything to show.

        Products that somebody else holds, an import for one, are left for the next time: nobody waits here.
        """
        if not await fetch(ANY_TURNS):
            return False
        async with transaction():
            lock = " FOR NO KEY UPDATE OF t, p SKIP LOCKED" if dialect() == POSTGRES else ""
            turns = await fetch(TURNS + lock)
            if turns:
                await _show([row["id"] for row in turns], [row["product_id"] for row in turns])
        return bool(turns)


async def _show(turns: Sequence[int], products: Sequence[str]) -> None:
    """Set what lists show of products that are held, looked at in a statement of its own.

    The turn of an offer that an import has moved to another product meanwhile stays.
    """
    ids = sorted_ids(products)
    changed = await execute(SHOWN.format(these=among("id", 1)), [ids])
    theirs = STILL_THEIRS.format(these=among("o.product_id", 2))
    await execute(f"DELETE FROM stock_turns WHERE {among('id', 1)} AND {theirs}", [sorted_ids(turns), ids])
    if changed:
        await execute("UPDATE stock_version SET version = version + 1")
