"""Where a catalogue is brought in by the batch, and the kept prices that follow from it."""

from collections.abc import Iterable, Sequence

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.kept import keep, keep_attributes, next_version
from lavka.adapters.tortoise.models import CategoryRow, OfferRow, ProductRow, ShopRow, StockRow
from lavka.adapters.tortoise.movements import Cause, record_each
from lavka.adapters.tortoise.rows import category_columns, new_product, offer_columns, shop_columns
from lavka.adapters.tortoise.search_index import keep_search
from lavka.domain.accounts import User
from lavka.domain.catalog import Category, Offer, Product
from lavka.domain.shops import Shop


class TortoiseStockroom:
    """The catalogue's loading bay."""

    async def is_empty(self) -> bool:
        """Whether no account, shop or product has ever been here."""
        found = await fetch(
            "SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM shops) "
            "OR EXISTS (SELECT 1 FROM products) AS used"
        )
        return not found[0]["used"]

    async def bring_users(self, users: Iterable[User]) -> None:
        """Keep accounts; raise as Users.add does."""
        for user in users:
            await TortoiseUsers().add(user)

    async def bring(
        self,
        categories: Sequence[Category] = (),
        shops: Sequence[Shop] = (),
        products: Sequence[Product] = (),
        offers: Sequence[Offer] = (),
    ) -> None:
        """Keep goods, parents before children, and bring kept prices and totals up to date."""
        async with transaction():
            await next_version()
            await CategoryRow.bulk_create([CategoryRow(**category_columns(each)) for each in categories])
            await ShopRow.bulk_create([ShopRow(**shop_columns(each)) for each in shops])
            await ProductRow.bulk_create([ProductRow(**new_product(each)) for each in products])
            await OfferRow.bulk_create([OfferRow(**offer_columns(each)) for each in offers])
            await StockRow.bulk_create(
                [StockRow(offer_id=each.id, quantity=each.quantity) for each in offers]
            )
            await record_each(Cause.INITIAL, {each.id: each.quantity for each in offers})
            if offers:
                await keep({offer.product for offer in offers})
            await keep_attributes({*(each.id for each in products), *(each.product for each in offers)})
            await keep_search({each.id for each in products})
