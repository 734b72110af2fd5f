"""Bringing price lists in: what a seller asks for, and how it is carried out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.goods import Shops
from lavka.application.ports.imports import Claim, History, Imports, Inbox, Listings
from lavka.application.ports.prices import Download, PriceList, PriceListFormat
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.catalog import CategoryId
from lavka.domain.errors import Invalid, NothingToRollBack, Unavailable
from lavka.domain.imports import MOST_ATTEMPTS, Change, Import, ImportId, Mode, Terms
from lavka.domain.listings import Planning, Shelf, Stored
from lavka.domain.prices import Fault, Good, ListedCategory
from lavka.domain.shops import Shop, ShopId

BEAT = 1.0
"""Seconds between signs of life, which also tell how far it is."""
BATCH = 1000
GIVEN_UP = "The import was begun several times and never ended: send the list again."

Source = Callable[[], Awaitable[BinaryIO | str]]
"""Receives a list from its sender: as a file, or as an URL to fetch it from."""


@dataclass(frozen=True, slots=True)
class Importing:
    """Ask for imports and hear of them; for administrators and the owner of the shop."""

    users: Users
    shops: Shops
    imports: Imports
    listings: Listings
    inbox: Inbox
    format: PriceListFormat
    clock: Clock
    ids: Ids
    ring: Callable[[], None]
    """Wakes who carries imports out in this process."""

    async def order(self, who: Access, shop: ShopId, terms: Terms, receive: Source) -> Import:
        """Take a list in, which waits then for its turn.

        Raise Forbidden for a buyer, NotFound for another's shop, before anything is received.
        """
        await self._run_by(who, shop)
        work = Import(ImportId(self.ids()), shop, self.clock(), who.user, terms)
        received = await receive()
        if isinstance(received, str):
            work.url = received
        else:
            work.sha256 = await self.inbox.keep(work.id, received)
        await self.imports.add(work)
        self.ring()
        return work

    async def roll_back(self, who: Access, shop: ShopId, past: ImportId) -> Import:
        """Bring the shop's offers back to before an import: this is an import of its own.

        Raise as `order` does, NotFound, and NothingToRollBack for one that was not applied.
        """
        await self._run_by(who, shop)
        if not (await self.imports.get(shop, past)).can_be_rolled_back:
            raise NothingToRollBack
        work = Import(ImportId(self.ids()), shop, self.clock(), who.user, rolls_back=past)
        await self.imports.add(work)
        self.ring()
        return work

    async def show(self, who: Access, shop: ShopId, work: ImportId) -> Import:
        """Tell how far an import is, or how it ended; raise as `order` does, and NotFound."""
        await self._run_by(who, shop)
        return await self.imports.get(shop, work)

    async def history(self, who: Access, shop: ShopId, wish: PageWish) -> History:
        """List the imports of a shop, the newest first; raise as `order` does."""
        await self._run_by(who, shop)
        return await self.imports.history(shop, wish)

    async def export(self, who: Access, shop: ShopId) -> AsyncIterator[str]:
        """Write what the shop offers as a price list, in pieces; raise as `order` does."""
        seller = await self._run_by(who, shop)
        names = {stored.listing.category async for batch in self._offers(shop) for stored in batch}
        categories = [ListedCategory(str(place), name) for place, name in enumerate(sorted(names), 1)]
        goods = ([stored.good() for stored in batch] async for batch in self._offers(shop))
        return self.format.write(seller.name, seller.url, categories, goods)

    async def _offers(self, shop: ShopId) -> AsyncIterator[Sequence[Stored]]:
        after = ""
        while batch := await self.listings.active(shop, after, BATCH):
            yield batch
            after = batch[-1].sku

    async def _run_by(self, who: Access, shop: ShopId) -> Shop:
        user = await self.users.get(who.user)
        user.must_sell()
        seller = await self.shops.get(shop)
        seller.must_be_run_by(user)
        return seller


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
    transaction: Transaction
    lease: timedelta = timedelta(seconds=30)
    """How long an import is believed to be alive whose process is silent: longer than several beats."""

    async def take_one(self) -> bool:
        """Carry out the next import that waits, or whose process died; say False when there is none."""
        now = self.clock()
        claim = await self.imports.claim(self.ids(), now, now + self.lease)
        if claim is not None:
            await self._carry(claim, self.inbox.place(claim.work.id))
        return claim is not None

    async def carry_now(
        self, shop: ShopId, file: Path, terms: Terms, heard: Callable[[Import], object] = lambda _: None
    ) -> Import:
        """Import a file as soon as no other import of the shop is at work; `heard` hears how it goes on."""
        work = Import(ImportId(self.ids()), shop, self.clock(), terms=terms)
        token = self.ids()
        while not await self.imports.add(work, token, self.clock() + self.lease):  # noqa: ASYNC110  # in another process
            await asyncio.sleep(BEAT)
        await self._carry(Claim(work, token), file, heard)
        return work

    async def _carry(
        self, claim: Claim, file: Path, heard: Callable[[Import], object] = lambda _: None
    ) -> None:
        work = claim.work
        work.begin()
        try:
            async with self._alive(claim):
                if work.attempts > MOST_ATTEMPTS:
                    await self._fail(claim, [Fault(None, "document", GIVEN_UP)])
                elif work.rolls_back:
                    await self._undo(claim, work.rolls_back)
                else:
                    await self._bring(claim, file, heard)
        except Invalid as error:
            await self._fail(claim, [Fault(None, each.field, each.message) for each in error.details])
        except (Unavailable, asyncio.CancelledError):  # or the process is told to end
            await self.imports.release(claim)
            raise
        await self.inbox.forget(work.id)

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
            with suppress(asyncio.CancelledError):
                await beating

    async def _bring(self, claim: Claim, file: Path, heard: Callable[[Import], object]) -> None:
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
        async with nullcontext() if work.terms.dry_run else self.transaction():
            await self._apply(work, goods, heard)
            work.end(self.clock(), failed=False)
            await self.imports.finish(claim)

    async def _apply(self, work: Import, goods: PriceList, heard: Callable[[Import], object]) -> None:
        names = [each.name for each in goods.categories]
        is_real = not work.terms.dry_run
        categories = await self.listings.categories(work.shop, names, make=is_real)
        seen = set(goods.bad)
        for batch in goods.goods():
            seen.update(good.sku for good in batch)
            await self._apply_batch(work, batch, categories)
            work.processed += len(batch)
            heard(work)
        await self._withdraw_all_but(seen, work)
        if is_real:
            await self.listings.settle(work)
        work.processed = work.rows
        heard(work)

    async def _apply_batch(
        self, work: Import, batch: Sequence[Good], categories: Mapping[str, CategoryId]
    ) -> None:
        stored = await self.listings.stored(work.shop, [good.sku for good in batch])
        changed = [good for good in batch if good.sku not in stored or not stored[good.sku].says(good)]
        sought = [good for good in changed if good.sku not in stored or stored[good.sku].is_renamed_by(good)]
        shelf = Shelf(await self.listings.candidates(work.shop, sought, categories))
        plan = Planning(categories, self.ids).plan(changed, stored, shelf)
        work.count(plan.changes())
        if plan.offers and not work.terms.dry_run:
            await self.listings.apply(work, plan, categories, self.clock())

    async def _withdraw_all_but(self, seen: set[str], work: Import) -> None:
        """Make inactive what the list does not name; a bad row names its good too."""
        after = ""
        while batch := await self.listings.active(work.shop, after, BATCH):
            gone = [stored for stored in batch if stored.sku not in seen]
            work.count(Change(each.sku, each.listing.name, "deactivated", each.price) for each in gone)
            if gone and not work.terms.dry_run:
                await self.listings.withdraw(work, gone)
            after = batch[-1].sku

    async def _undo(self, claim: Claim, past: ImportId) -> None:
        work = claim.work
        async with self.transaction():
            await self.listings.undo(work, await self.imports.get(work.shop, past))
            await self.listings.settle(work)
            work.end(self.clock(), failed=False)
            await self.imports.finish(claim)

    async def _fail(self, claim: Claim, faults: Sequence[Fault]) -> None:
        claim.work.errors = faults
        claim.work.end(self.clock(), failed=True)
        await self.imports.finish(claim)
