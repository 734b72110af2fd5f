"""Offers as price lists bring them: found by the batch, altered by the batch."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from lavka.adapters.tortoise import listing_writes, past_imports, shop_categories
from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.adapters.tortoise.stored_offers import ACTIVE, NAMED, STORED, offer_as_stored
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, OfferId, ProductId, folded
from lavka.domain.imports import Import
from lavka.domain.listings import Alteration, Candidate, Deed, Stored
from lavka.domain.prices import Good
from lavka.domain.shops import ShopId

WANTED = {"category_id": "uuid", "name": "text", "model": "text"}
CANDIDATES = """SELECT p.id, p.category_id, p.name_folded, p.model,
    EXISTS (SELECT 1 FROM offers o WHERE o.product_id = p.id AND o.shop_id = $2) AS is_ours
    FROM {wanted} JOIN products p ON p.category_id = r.category_id AND p.{same}"""


class TortoiseListings:
    """The offers of shops as their price lists bring them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    async def categories(self, shop: ShopId, names: Collection[str]) -> Mapping[str, CategoryId]:
        """Say where a shop's categories stand in the common tree, by folded name."""
        return await shop_categories.places_of(shop, names, self._ids)

    async def stored(self, shop: ShopId, skus: Collection[str], *, hold: bool) -> Mapping[str, Stored]:
        """Find the shop's offers with these SKUs; held, they stay as they are until the transaction ends."""
        lock = " ORDER BY id FOR NO KEY UPDATE" if hold and dialect() == POSTGRES else ""
        offers = NAMED.format(these=among("sku", 2)) + lock
        rows = await fetch(STORED.format(offers=offers, order="sku"), [shop, sorted_ids(skus)])
        return {row["sku"]: offer_as_stored(row) for row in rows}

    async def candidates(
        self, shop: ShopId, goods: Collection[Good], categories: Mapping[str, CategoryId]
    ) -> Sequence[Candidate]:
        """Find the products that these rows may mean: those of their name, and those of their model."""
        wanted = packed(
            {
                "category_id": categories[folded(good.category)],
                "name": folded(good.name),
                "model": good.model and folded(good.model),
            }
            for good in goods
        )
        named, modelled = (
            CANDIDATES.format(wanted=rowset(WANTED), same=same)
            for same in ("name_folded = r.name", "model = r.model")
        )
        rows = await fetch(f"{named} UNION {modelled}", [wanted, shop])
        return [
            Candidate(
                ProductId(UUID(str(row["id"]))),
                CategoryId(UUID(str(row["category_id"]))),
                row["name_folded"],
                row["model"],
                bool(row["is_ours"]),
            )
            for row in rows
        ]

    async def make(
        self,
        work: Import,
        products: Sequence[tuple[ProductId, Good]],
        categories: Mapping[str, CategoryId],
    ) -> None:
        """Make products as these rows describe them, and the categories that they need."""
        needed = {categories[folded(good.category)]: good.category for _, good in products}
        await shop_categories.make(work.shop, needed, self._ids)
        await listing_writes.make(work, products, categories)

    async def alter(self, work: Import, alterations: Sequence[Alteration]) -> None:
        """Make and change offers, and keep what they were before; stock that changes waits for `settle`."""
        await listing_writes.alter(work, alterations)

    async def active(self, shop: ShopId, after: str, size: int) -> Sequence[Stored]:
        """Give so many of the shop's active offers whose SKU comes after this one, in their order."""
        page = STORED.format(offers=ACTIVE.format(size=size), order="sku")
        return [offer_as_stored(row) for row in await fetch(page, [shop, after])]

    async def deeds(
        self, back_to: Import, after: OfferId | None, size: int
    ) -> Sequence[tuple[Stored, Sequence[Deed]]]:
        """Tell what an import and all that followed it did to so many offers, in the order of their ids."""
        return await past_imports.deeds(back_to, after, size)

    async def settle(self, work: Import) -> None:
        """Set the stock and what lists show of all that an import has touched."""
        await listing_writes.settle(work)
