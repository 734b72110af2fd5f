"""Imports of price lists: a queue of rows that processes take up under a lease."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.models import PriceListRow
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.imports import Claim, History
from lavka.domain.accounts import UserId
from lavka.domain.errors import Conflict, NotFound, Unavailable
from lavka.domain.imports import Action, Change, Import, ImportId, Mode, Status, Terms
from lavka.domain.prices import Fault
from lavka.domain.shops import ShopId

HISTORY = "imports"
IMPORT_LOCK = 0x6C61766B61 + 2
"""The key of the advisory lock that the import holds which is being written."""
ALONE = "SELECT pg_try_advisory_xact_lock($1) AS is_alone"
PAUSE = 0.1
"""Seconds between looks whether another import has been written."""
CLAIM = """UPDATE price_lists SET status = 'running', claim = $1, claimed_until = $2, attempts = attempts + 1
    WHERE id = (
        SELECT q.id FROM price_lists q
        WHERE q.status IN ('queued', 'running') AND (q.claimed_until IS NULL OR q.claimed_until < $3)
        AND NOT EXISTS (SELECT 1 FROM price_lists e WHERE e.shop_id = q.shop_id AND e.id <> q.id
            AND (e.status = 'running'
                OR e.status = 'queued' AND q.status = 'queued'
                AND (e.created_at, e.id) < (q.created_at, q.id)))
        ORDER BY (SELECT count(*) FROM price_lists d
            WHERE d.shop_id = q.shop_id AND d.finished_at > q.created_at), q.created_at, q.id LIMIT 1)
    AND status IN ('queued', 'running') AND (claimed_until IS NULL OR claimed_until < $3) RETURNING id"""
"""Of a shop's imports the one whose process died goes first, then those that wait in their order; of
several shops the one that has had fewest turns since it asked.

`claimed_until` is when a process counts as dead and, of one that waits, when it may be taken up again.
"""
END_DEAD = """UPDATE price_lists SET status = 'failed', claim = NULL, claimed_until = NULL, finished_at = $2,
    errors = $3 WHERE shop_id = $1 AND status = 'running' AND claimed_until < $2"""
DIED = "The process that was at work on this list died: send it again."
WAITING = "SELECT count(*) AS waiting FROM price_lists WHERE shop_id = $1 AND status = 'queued'"


@asynccontextmanager
async def one_import() -> AsyncIterator[None]:
    """A transaction that writes a price list: one at a time, whichever shop's and whichever process's.

    So two suppliers who bring the same new product at once make it once. Others wait without a connection.
    Raise Unavailable when somebody crosses it by hand: it may succeed a moment later.
    """
    while True:
        async with transaction():
            if dialect() != POSTGRES or (await fetch(ALONE, [IMPORT_LOCK]))[0]["is_alone"]:
                try:
                    yield
                except IntegrityError as error:  # somebody has made or removed by hand what it counted on
                    raise Unavailable from error
                return
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def snapshot() -> AsyncIterator[None]:
    """A block that reads one state of everything, whoever writes meanwhile."""
    async with transaction():
        if dialect() == POSTGRES:
            await execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class TortoiseImports:
    """Every import; an index lets one of a shop be at work."""

    async def add(self, work: Import) -> None:
        """Let one wait."""
        await PriceListRow.create(id=work.id, **_columns(work))

    async def begin(self, work: Import, token: UUID, now: datetime, until: datetime) -> Claim | None:
        """Begin one at once; None when another of the shop is at work. One whose process died has failed."""
        await execute(END_DEAD, [work.shop, now, orjson.dumps([[None, "document", DIED]]).decode()])
        begun = _columns(work) | {"status": Status.RUNNING.value, "attempts": 1}
        try:
            await PriceListRow.create(id=work.id, claim=token, claimed_until=until, **begun)
        except IntegrityError:
            return None
        work.status, work.attempts = Status.RUNNING, 1
        return Claim(work, token)

    async def waiting(self, shop: ShopId) -> int:
        """Count those of a shop that wait."""
        return int((await fetch(WAITING, [shop]))[0]["waiting"])

    async def unfinished(self) -> Collection[ImportId]:
        """Name all that wait or are at work."""
        rows = await fetch("SELECT id FROM price_lists WHERE status IN ('queued', 'running')")
        return {ImportId(UUID(str(row["id"]))) for row in rows}

    async def get(self, shop: ShopId, work: ImportId) -> Import:
        """Find one of a shop; raise NotFound."""
        row = await PriceListRow.get_or_none(id=work, shop_id=shop)
        if row is None:
            raise NotFound
        return _import(row)

    async def history(self, shop: ShopId, wish: PageWish) -> History:
        """List a shop's, the newest first; raise Invalid for a cursor of another list."""
        cursor = Cursor.read(wish.cursor, HISTORY) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        of_shop = PriceListRow.filter(shop_id=shop)
        found = of_shop.filter(id__lt=cursor.id) if cursor else of_shop.offset((number - 1) * wish.size)
        rows = await found.order_by("-id").limit(wish.size + 1)
        shown = [_import(row) for row in rows[: wish.size]]
        is_last = len(rows) <= wish.size
        after = None if is_last else Cursor(HISTORY, "", str(shown[-1].id), number + 1).text()
        return History(shown, await of_shop.count(), number, wish.size, after)

    async def claim(self, token: UUID, now: datetime, until: datetime) -> Claim | None:
        """Take up the next that waits, or whose process died; None when there is nothing to do."""
        try:
            taken = await fetch(CLAIM, [token, until, now])
        except IntegrityError:  # another process has just taken up one of the same shop
            return None
        if not taken:
            return None
        return Claim(_import(await PriceListRow.get(id=taken[0]["id"])), token)

    async def prolong(self, claim: Claim, until: datetime) -> None:
        """Stay alive, and tell how far it is.

        PostgreSQL shows it at once, since this goes through a connection of its own; on SQLite it waits until
        the transaction ends, as all readers do.
        """
        work = claim.work
        await PriceListRow.filter(id=work.id, claim=claim.token).update(
            claimed_until=until, rows=work.rows, processed=work.processed
        )

    async def finish(self, claim: Claim) -> None:
        """Keep how it ended; raise Conflict when the claim was lost, so that nothing of it is kept."""
        columns = _columns(claim.work) | {"claim": None, "claimed_until": None}
        if not await PriceListRow.filter(id=claim.work.id, claim=claim.token).update(**columns):
            raise Conflict

    async def release(self, claim: Claim, until: datetime) -> None:
        """Give it back, to be taken up again after this time."""
        await execute(
            "UPDATE price_lists SET status = 'queued', claim = NULL, claimed_until = $3 "
            "WHERE id = $1 AND claim = $2",
            [claim.work.id, claim.token, until],
        )


def _columns(work: Import) -> dict[str, Any]:
    return {
        "shop_id": work.shop,
        "created_by_id": work.created_by,
        "created_at": work.created_at,
        "finished_at": work.finished_at,
        "status": work.status.value,
        "mode": work.terms.mode.value,
        "dry_run": work.terms.dry_run,
        "url": work.url,
        "rolls_back_id": work.rolls_back,
        "sha256": work.sha256,
        "rows": work.rows,
        "processed": work.processed,
        "created": work.created,
        "updated": work.updated,
        "deactivated": work.deactivated,
        "errors": [[fault.row, fault.field, fault.message] for fault in work.errors],
        "changes": [
            [each.sku, each.name, each.action.value, each.old_price, each.price] for each in work.changes
        ],
        "attempts": work.attempts,
    }


def _import(row: PriceListRow) -> Import:
    shop: ShopId = row.shop_id  # type: ignore[attr-defined]
    created_by: UserId | None = row.created_by_id  # type: ignore[attr-defined]
    return Import(
        id=ImportId(row.id),
        shop=shop,
        created_at=row.created_at,
        created_by=created_by,
        terms=Terms(Mode(row.mode), row.dry_run),
        url=row.url,
        rolls_back=None if row.rolls_back_id is None else ImportId(row.rolls_back_id),
        status=Status(row.status),
        finished_at=row.finished_at,
        sha256=row.sha256,
        rows=row.rows,
        processed=row.processed,
        created=row.created,
        updated=row.updated,
        deactivated=row.deactivated,
        errors=[Fault(*each) for each in row.errors],
        changes=[Change(sku, name, Action(action), *prices) for sku, name, action, *prices in row.changes],
        attempts=row.attempts,
    )
