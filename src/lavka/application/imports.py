"""Bringing price lists in: what a seller asks for, and hears of."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO

from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.goods import Shops
from lavka.application.ports.imports import History, Imports, Inbox, Listings
from lavka.application.ports.prices import PriceListFormat
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.errors import NothingToRollBack, TooManyImports
from lavka.domain.imports import MOST_WAITING, Import, ImportId, Terms
from lavka.domain.listings import Stored
from lavka.domain.prices import ListedCategory
from lavka.domain.shops import Shop, ShopId

BATCH = 1000
PIECE = 64 * 1024
"""Bytes."""

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
    snapshot: Transaction
    """A block that reads one state of everything, whoever writes meanwhile."""
    ring: Callable[[], None]
    """Wakes who carries imports out in this process."""

    async def order(self, who: Access, shop: ShopId, terms: Terms, receive: Source) -> Import:
        """Take a list in, which waits then for its turn.

        Raise Forbidden for a buyer, NotFound for another's shop, TooManyImports when many wait already, all
        before anything is received.
        """
        await self._run_by(who, shop)
        await self._must_have_room(shop)
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
        await self._must_have_room(shop)
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

    async def export(self, who: Access, shop: ShopId) -> Iterator[bytes]:
        """Write what the shop offers at this moment as a price list, in pieces; raise as `order` does."""
        seller = await self._run_by(who, shop)
        draft = TemporaryFile()  # noqa: SIM115  # closed when it has been read
        async with self.snapshot():
            names = {stored.listing.category async for batch in self._offers(shop) for stored in batch}
            categories = [ListedCategory(str(place), name) for place, name in enumerate(sorted(names), 1)]
            goods = ([stored.good() for stored in batch] async for batch in self._offers(shop))
            async for piece in self.format.write(seller.name, seller.url, categories, goods):
                draft.write(piece.encode())
        draft.seek(0)
        return _pieces(draft)

    async def _offers(self, shop: ShopId) -> AsyncIterator[Sequence[Stored]]:
        after = ""
        while batch := await self.listings.active(shop, after, BATCH):
            yield batch
            after = batch[-1].sku

    async def _must_have_room(self, shop: ShopId) -> None:
        if await self.imports.waiting(shop) >= MOST_WAITING:
            raise TooManyImports

    async def _run_by(self, who: Access, shop: ShopId) -> Shop:
        user = await self.users.get(who.user)
        user.must_sell()
        seller = await self.shops.get(shop)
        seller.must_be_run_by(user)
        return seller


def _pieces(draft: BinaryIO) -> Iterator[bytes]:
    with draft:
        while piece := draft.read(PIECE):
            yield piece
