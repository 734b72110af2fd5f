"""Carrying out what waits: imports of price lists, and their undoing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lavka.application.ports.imports import Claim, Imports, Inbox, Listings
from lavka.application.ports.prices import MOST_FAULTS, Download, PriceList, PriceListFormat
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.catalog import CategoryId, OfferId
from lavka.domain.errors import Invalid, Unavailable
from lavka.domain.imports import MOST_ATTEMPTS, Import, ImportId, Mode, Terms
from lavka.domain.listings import Alteration, Planning, Shelf, undone, withdrawn
from lavka.domain.prices import Fault, Good, own_id
from lavka.domain.shops import ShopId

BEAT = 1.0
"""Seconds between signs of life, which also tell how far it is."""
PAUSE = timedelta(seconds=10)
"""How long an import waits that could not have its locks, so that others have their turn."""
BATCH = 1000
STOPPED = "The import was stopped: send the list again."
GIVEN_UP = "The import was begun several times and never ended: send the list again."
BROKEN = "The import failed for a reason that is not in the list; it is in the log of the server, by its id."

Heard = Callable[[Import], object]
"""Hears how an import goes on."""


def _hides_goods(faults: Sequence[Fault]) -> bool:
    """Whether bad rows do not tell which goods they are: then nothing counts as not named."""
    return len(faults) >= MOST_FAULTS or any(fault.field in ("id", "goods") for fault in faults)


def _nobody(_: Import) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """Carry imports out, outside of any request."""

    imports: Imports
    listings: Listings
    inbox: Inbox
    format: PriceListFormat
    download: Download
    clock: Clock
    ids: Ids
    writing: Transaction
    """A transaction that writes an import; one at a time, so that no two make the same product."""
    lease: timedelta = timedelta(seconds=30)
    """How long an import is believed to be alive whose process is silent: longer than several beats."""

    async def take_one(self) -> bool:
        """Carry out the next import that waits, or whose process died; say False when there is none."""
        now = self.clock()
        claim = await self.imports.claim(self.ids(), now, now + self.lease)
        if claim is None:
            return False
        try:
            await self._carry(claim, self.inbox.place(claim.work.id))
        except (Unavailable, asyncio.CancelledError) as error:
            pause = PAUSE if isinstance(error, Unavailable) else timedelta()
            await asyncio.shield(self.imports.release(claim, self.clock() + pause))
            raise
        return True

    async def carry_now(
        self, shop: ShopId, file: Path, terms: Terms, heard: Heard = _nobody, waiting: Heard = _nobody
    ) -> Import:
        """Import a file as soon as no other import of the shop is at work, while `waiting` is called."""
        work = Import(ImportId(self.ids()), shop, self.clock(), terms=terms)
        while (claim := await self._begun(work)) is None:
            waiting(work)
            await asyncio.sleep(BEAT)
        try:
            await self._carry(claim, file, heard)
        except (Unavailable, asyncio.CancelledError):
            with suppress(Unavailable):  # then its lease will run out
                await asyncio.shield(self._fail(claim, [Fault(None, "document", STOPPED)]))
            raise
        return work

    async def sweep(self) -> None:
        """Remove the files of lists that a crash has left behind."""
        await self.inbox.sweep(await self.imports.unfinished())

    async def _begun(self, work: Import) -> Claim | None:
        now = self.clock()
        return await self.imports.begin(work, self.ids(), now, now + self.lease)

    async def _carry(self, claim: Claim, file: Path, heard: Heard = _nobody) -> None:
        work = claim.work
        work.begin()
        try:
            async with self._alive(claim):
                await self._carried(claim, file, heard)
        except Invalid as error:
            await self._fail(claim, [Fault(None, each.field, each.message) for each in error.details])
        except Unavailable:
            raise
        except Exception as error:
            error.add_note(f"import {work.id}")
            await self._fail(claim, [Fault(None, "document", BROKEN)])
            raise
        await self.inbox.forget(work.id)

    async def _carried(self, claim: Claim, file: Path, heard: Heard) -> None:
        if claim.work.attempts > MOST_ATTEMPTS:
            await self._fail(claim, [Fault(None, "document", GIVEN_UP)])
        elif claim.work.rolls_back:
            await self._undo(claim, claim.work.rolls_back)
        else:
            await self._bring(claim, file, heard)

    @asynccontextmanager
    async def _alive(self, claim: Claim) -> AsyncIterator[None]:
        async def beat() -> None:
            while True:
                await asyncio.sleep(BEAT)
                with suppress(Unavailable):  # the next may be heard
                    await self.imports.prolong(claim, self.clock() + self.lease)

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])

    async def _bring(self, claim: Claim, file: Path, heard: Heard) -> None:
        work = claim.work
        if work.url:
            await self.download.fetch(work.url, file)
        work.sha256 = await self.inbox.digest(file)

        def read(rows: int) -> None:
            work.rows = rows
            heard(work)

        spool = self.inbox.place(work.id).with_suffix(".rows")
        goods = await self.format.read(file, spool, read)
        work.rows, work.errors = goods.rows, goods.faults
        if not goods.is_readable or (goods.faults and work.terms.mode is Mode.WHOLE):
            await self._fail(claim, goods.faults)
            return
        async with nullcontext() if work.terms.dry_run else self.writing():
            await self._apply(work, goods, heard)
            work.succeed(self.clock())
            await self.imports.finish(claim)

    async def _apply(self, work: Import, goods: PriceList, heard: Heard) -> None:
        names = [each.name for each in goods.categories]
        is_real = not work.terms.dry_run
        categories = await self.listings.categories(work.shop, names)
        bad = {own_id(sku) for sku in goods.bad}
        seen: set[str] = set()
        for batch in goods.goods():
            good = [each for each in batch if own_id(each.sku) not in bad]
            seen.update(each.sku for each in good)
            await self._apply_batch(work, good, categories)
            work.processed += len(batch)
            heard(work)
        if not _hides_goods(goods.faults):
            await self._withdraw_all_but(seen, bad, work)
        if is_real:
            await self.listings.settle(work)
        heard(work)

    async def _apply_batch(
        self, work: Import, batch: Sequence[Good], categories: Mapping[str, CategoryId]
    ) -> None:
        is_real = not work.terms.dry_run
        known = await self.listings.stored(work.shop, [good.sku for good in batch], hold=False)
        changed = [good for good in batch if good.sku not in known or not known[good.sku].says(good)]
        if not changed:
            return
        stored = await self.listings.stored(work.shop, [good.sku for good in changed], hold=is_real)
        sought = [good for good in changed if good.sku not in stored or not stored[good.sku].stays(good)]
        shelf = Shelf(await self.listings.candidates(work.shop, sought, categories))
        plan = Planning(categories, self.ids).plan(changed, stored, shelf)
        if is_real:
            await self.listings.make(work, plan.products, categories)
        await self._alter(work, plan.alterations)

    async def _withdraw_all_but(self, seen: Collection[str], bad: Collection[str], work: Import) -> None:
        """Make inactive what the list does not name; a bad row names its good, and all that share its id."""
        after = ""
        while batch := await self.listings.active(work.shop, after, BATCH):
            gone = [each.sku for each in batch if each.sku not in seen and own_id(each.sku) not in bad]
            stored = await self.listings.stored(work.shop, gone, hold=not work.terms.dry_run)
            await self._alter(work, [withdrawn(each) for each in stored.values() if each.is_active])
            after = batch[-1].sku

    async def _alter(self, work: Import, alterations: Sequence[Alteration]) -> None:
        changed = [each for each in alterations if each.before != each.after]
        work.count(each.change() for each in changed)
        if changed and not work.terms.dry_run:
            await self.listings.alter(work, changed)

    async def _undo(self, claim: Claim, past: ImportId) -> None:
        work = claim.work
        after: OfferId | None = None
        async with self.writing():
            back_to = await self.imports.get(work.shop, past)
            while page := await self.listings.deeds(back_to, after, BATCH):
                await self._alter(work, [undone(now, deeds) for now, deeds in page])
                after = page[-1][0].offer
                work.processed = work.rows = work.processed + len(page)
            await self.listings.settle(work)
            work.succeed(self.clock())
            await self.imports.finish(claim)

    async def _fail(self, claim: Claim, faults: Sequence[Fault]) -> None:
        claim.work.fail(faults, self.clock())
        await self.imports.finish(claim)
