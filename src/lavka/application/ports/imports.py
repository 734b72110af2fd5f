"""Where imports of price lists wait, and where their rows go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from lavka.application.ports.catalog import PageWish
from lavka.domain.catalog import CategoryId
from lavka.domain.imports import Import, ImportId
from lavka.domain.listings import Candidate, Plan, Stored
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

    async def add(self, work: Import, token: UUID | None = None, until: datetime | None = None) -> bool:
        """Let one wait or, with a claim, begin at once; say False when another of the shop is at work."""
        ...

    async def get(self, shop: ShopId, work: ImportId) -> Import:
        """Find one of a shop; raise NotFound."""
        ...

    async def history(self, shop: ShopId, wish: PageWish) -> History:
        """List a shop's, the newest first; raise Invalid for a cursor of another list."""
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

    async def release(self, claim: Claim) -> None:
        """Give it back untried, to be taken up again."""
        ...


class Listings(Protocol):
    """The offers of shops as their price lists bring them, by the batch."""

    async def categories(
        self, shop: ShopId, names: Collection[str], *, make: bool
    ) -> Mapping[str, CategoryId]:
        """Say where a shop's categories stand in the common tree, by folded name; new ones if wanted."""
        ...

    async def stored(self, shop: ShopId, skus: Collection[str]) -> Mapping[str, Stored]:
        """Find the shop's offers with these SKUs."""
        ...

    async def candidates(
        self, shop: ShopId, goods: Collection[Good], categories: Mapping[str, CategoryId]
    ) -> Sequence[Candidate]:
        """Find the products that these rows may mean."""
        ...

    async def apply(
        self, work: Import, plan: Plan, categories: Mapping[str, CategoryId], now: datetime
    ) -> None:
        """Write a batch, and what it was before."""
        ...

    async def active(self, shop: ShopId, after: str, size: int) -> Sequence[Stored]:
        """Give so many of the shop's active offers whose SKU comes after this one, in their order."""
        ...

    async def withdraw(self, work: Import, offers: Sequence[Stored]) -> None:
        """Make offers inactive, and keep that they were not."""
        ...

    async def undo(self, work: Import, back_to: Import) -> None:
        """Bring the shop's offers back to what they were before an import and all that followed it.

        What was sold since stays sold. Count what is done to offers in `work`.
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
