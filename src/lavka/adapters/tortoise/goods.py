"""Products and offers, changed one at a time.

Whoever changes offers holds locks in one order: the offer, its stock, the shop, the product, the version.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.database import hold, transaction
from lavka.adapters.tortoise.kept import keep, keep_attributes, next_version
from lavka.adapters.tortoise.models import OfferRow, ProductRow, StockRow
from lavka.adapters.tortoise.movements import Cause, record_each
from lavka.adapters.tortoise.rows import (
    changed,
    new_product,
    offer_columns,
    offer_of,
    product_columns,
    product_of,
)
from lavka.adapters.tortoise.search_index import keep_search
from lavka.domain.catalog import MOST_STOCK, CategoryId, Offer, OfferId, Product, ProductId
from lavka.domain.errors import Detail, Invalid, NotFound, SkuTaken
from lavka.domain.shops import ShopId


class TortoiseGoods:
    """Products with their offers, and what is kept of them for lists."""

    async def add(self, product: Product) -> None:
        """Keep a new product; raise Invalid for a category that is not there."""
        async with transaction():
            await _hold_category(product.category)
            await ProductRow.create(**new_product(product))
            await keep_attributes([product.id])
            await keep_search([product.id])
            await next_version()

    @asynccontextmanager
    async def change(self, product: ProductId) -> AsyncIterator[Product]:
        """Lock one, lend it, save what has changed and what follows from it."""
        async with transaction():
            row = await ProductRow.select_for_update(no_key=True).get_or_none(id=product)
            if row is None:
                raise NotFound
            lent = product_of(row)
            before = product_columns(lent)
            yield lent
            changes = changed(before, product_columns(lent))
            if "category_id" in changes:
                await _hold_category(lent.category)
            if changes:
                await ProductRow.filter(id=product).update(**changes)
                await keep([product])
                if "attributes" in changes:
                    await keep_attributes([product])
                if {"name", "description"} & changes.keys():
                    await keep_search([product])
                await next_version()

    async def add_offer(self, offer: Offer) -> None:
        """Keep a new offer; raise SkuTaken, NotFound for a product that is not there."""
        async with transaction():
            if not await hold("products", offer.product, "KEY SHARE"):
                raise NotFound
            with _sku_is_free():
                await OfferRow.create(**offer_columns(offer))
            await StockRow.create(offer_id=offer.id, quantity=offer.quantity)
            await record_each(Cause.INITIAL, {offer.id: offer.quantity})
            await keep([offer.product])
            await keep_attributes([offer.product])
            await next_version()

    @asynccontextmanager
    async def change_offer(self, offer: OfferId) -> AsyncIterator[Offer]:
        """Lock one with its stock, lend it, save what has changed and what follows from it."""
        async with transaction():
            row = await OfferRow.select_for_update(no_key=True).get_or_none(id=offer)
            if row is None:
                raise NotFound
            stock = await StockRow.select_for_update(no_key=True).get(offer_id=offer)
            lent = offer_of(row, min(stock.quantity, MOST_STOCK))  # above it only by what orders gave back
            before = offer_columns(lent)
            yield lent
            changes = changed(before, offer_columns(lent))
            if changes:
                with _sku_is_free():
                    await OfferRow.filter(id=offer).update(**changes)
            if lent.quantity != stock.quantity:
                await StockRow.filter(offer_id=offer).update(quantity=lent.quantity)
                await record_each(Cause.CORRECTION, {offer: lent.quantity - stock.quantity})
            if changes or lent.quantity != stock.quantity:
                await keep([lent.product])
                await keep_attributes([lent.product])
                await next_version()

    async def offers(self, product: ProductId, shop: ShopId) -> Sequence[OfferId]:
        """Name a shop's active offers of a product; when there are none, those that it has withdrawn."""
        found = await OfferRow.filter(product_id=product, shop_id=shop).order_by("id")
        return [OfferId(row.id) for row in found if row.is_active] or [OfferId(row.id) for row in found]


async def _hold_category(category: CategoryId | None) -> None:
    """Keep a category from being removed until this transaction ends; raise Invalid when it is not there."""
    if category is not None and not await hold("categories", category, "KEY SHARE"):
        rule = "There is no such category: take the id of one of GET /categories."
        raise Invalid([Detail("category_id", rule)])


@contextmanager
def _sku_is_free() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise SkuTaken from error
