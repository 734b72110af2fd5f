"""Where imports of price lists wait, and where their rows go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from lavka.application.ports.catalog import PageWish
from lavka.domain.catalog import CategoryId, OfferId, ProductId
from lavka.domain.imports import Import, ImportId
from lavka.domain.listings import Alteration, Candidate, Deed, Stored
from lavka.domain.prices import Good
from lavka.domain.shops import ShopId


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on an import for a while, which `Imports.prolong` renews."""

    work: Import
    token: UUID


@dataclass(frozen=True, slots=True)
class History:
    """A page of a shop's imports. `next` is the cursor of the page after it, None on the last."""

    items: Sequence[Import]
    total: int
    page: int
    size: int
    next: str | None

    @property
    def pages(self) -> int:
        """How many there are."""
        return -(-self.total // self.size)


class Imports(Protocol):
    """Every import, waiting, at work and past; of a shop's one at a time is at work."""

    async def add(self, work: Import) -> None:
        """Let one wait."""
        ...

    async def begin(self, work: Import, token: UUID, now: datetime, until: datetime) -> Claim | None:
        """Begin one at once; None when another of the shop is at work. One whose process died has failed."""
        ...

    async def get(self, shop: ShopId, work: ImportId) -> Import:
        """Find one of a shop; raise NotFound."""
        ...

    async def history(self, shop: ShopId, wish: PageWish) -> History:
        """List a shop's, the newest first; raise Invalid for a cursor of another list."""
        ...

    async def waiting(self, shop: ShopId) -> int:
        """Count those of a shop that wait."""
        ...

    async def unfinished(self) -> Collection[ImportId]:
        """Name all that wait or are at work."""
        ...

    async def claim(self, token: UUID, now: datetime, until: datetime) -> Claim | None:
        """Take up the next that waits, or whose process died; None when there is nothing to do."""
        ...

    async def prolong(self, claim: Claim, until: datetime) -> None:
        """Stay alive, and tell how far it is: heard at once, also from within a transaction, if it can be."""
        ...

    async def finish(self, claim: Claim) -> None:
        """Keep how it ended; raise Conflict when the claim was lost, so that nothing of it is kept."""
        ...

    async def release(self, claim: Claim, until: datetime) -> None:
        """Give it back, to be taken up again after this time."""
        ...


class Listings(Protocol):
    """The offers of shops as their price lists bring them, by the batch."""

    async def categories(self, shop: ShopId, names: Collection[str]) -> Mapping[str, CategoryId]:
        """Say where a shop's categories stand in the common tree, by folded name.

        One that is nowhere is named by the id that it gets when a product is made in it.
        """
        ...

    async def stored(self, shop: ShopId, skus: Collection[str], *, hold: bool) -> Mapping[str, Stored]:
        """Find the shop's offers with these SKUs; held, they stay as they are until the transaction ends."""
        ...

    async def candidates(
        self, shop: ShopId, goods: Collection[Good], categories: Mapping[str, CategoryId]
    ) -> Sequence[Candidate]:
        """Find the products that these rows may mean."""
        ...

    async def make(
        self,
        work: Import,
        products: Sequence[tuple[ProductId, Good]],
        categories: Mapping[str, CategoryId],
    ) -> None:
        """Make products as these rows describe them, and the categories that they need."""
        ...

    async def alter(self, work: Import, alterations: Sequence[Alteration]) -> None:
        """Make and change offers, and keep what they were before; stock that changes waits for `settle`."""
        ...

    async def active(self, shop: ShopId, after: str, size: int) -> Sequence[Stored]:
        """Give so many of the shop's active offers whose SKU comes after this one, in their order."""
        ...

    async def deeds(
        self, back_to: Import, after: OfferId | None, size: int
    ) -> Sequence[tuple[Stored, Sequence[Deed]]]:
        """Tell what an import and all that followed it did to so many offers, in the order of their ids.

        Their stock stays as it is until the transaction ends.
        """
        ...

    async def settle(self, work: Import) -> None:
        """Set the stock and what lists show of all that an import has touched: the last thing it does."""
        ...


class Inbox(Protocol):
    """Files of lists that wait for their import."""

    def place(self, work: ImportId) -> Path:
        """Where the file of an import stands."""
        ...

    async def keep(self, work: ImportId, file: BinaryIO) -> str:
        """Take a copy that survives a crash; give its SHA-256 in hexadecimal digits."""
        ...

    async def digest(self, file: Path) -> str:
        """The SHA-256 of a file, in hexadecimal digits; raise Invalid when it is gone."""
        ...

    async def forget(self, work: ImportId) -> None:
        """Remove the file of an import, and what was made of it."""
        ...

    async def sweep(self, unfinished: Collection[ImportId]) -> None:
        """Remove what is a day old and belongs to none of these."""
        ...
