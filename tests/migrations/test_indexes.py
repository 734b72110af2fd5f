"""What lists sort and filter by is served by an index, in whatever way they are asked."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from builders import a_category, a_product, a_shop, an_offer

from lavka.adapters.tortoise import catalog, database
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import PageWish, ProductFilter, Sort
from lavka.bootstrap import database_config
from lavka.settings import Settings

INDEX = {
    Sort.NEWEST: "products_newest",
    Sort.OLDEST: "products_newest",
    Sort.NAME: "products_by_name",
    Sort.NAME_DOWN: "products_by_name",
    Sort.PRICE: "products_cheapest",
    Sort.PRICE_DOWN: "products_dearest",
}


@pytest.fixture
async def filled(settings: Settings) -> AsyncIterator[None]:
    """An open database with enough goods for a plan to matter."""
    async with database.opened(database_config(settings)):
        section, shop = a_category(slug="section"), a_shop()
        products = [
            a_product(f"Товар {number}", category=section.id if number % 10 == 0 else None)
            for number in range(1500)
        ]
        offers = [an_offer(each.id, shop.id, price=100 + n) for n, each in enumerate(products)]
        await TortoiseStockroom().bring([section], [shop], products, offers)
        if database.dialect() == "postgres":
            await database.database().execute_script("ANALYZE")
        yield


class Explained(catalog.TortoiseCatalog):
    """Keeps how each page would be found, instead of finding it."""

    plan = ""

    async def _page(self, listed: str, about: str, size: int, conditions: Any) -> dict[str, Any]:
        explain = "EXPLAIN" if database.dialect() == "postgres" else "EXPLAIN QUERY PLAN"
        rows: Sequence[dict[str, Any]] = await database.fetch(f"{explain} {listed}", conditions.parameters)
        self.plan = "\n".join(str(list(row.values())) for row in rows)
        return await super()._page(listed, about, size, conditions)


@pytest.mark.parametrize("sort", Sort)
async def test_a_page_in_any_order_is_read_from_an_index(filled: None, sort: Sort) -> None:
    explained = Explained()
    for wish in (
        PageWish(),
        PageWish(cursor=(await explained.products(ProductFilter(), sort, PageWish())).next),
    ):
        await explained.products(ProductFilter(), sort, wish)
        assert INDEX[sort] in explained.plan, explained.plan
        assert "Seq Scan on products" not in explained.plan
        assert "SCAN products\n" not in explained.plan


@pytest.mark.postgres
@pytest.mark.parametrize("sort", Sort)
async def test_a_page_of_a_category_in_any_order_is_read_from_an_index(filled: None, sort: Sort) -> None:
    explained = Explained()
    await explained.products(ProductFilter(category="section"), sort, PageWish())
    assert f"{INDEX[sort]}_by_category" in explained.plan, explained.plan


@pytest.mark.postgres
@pytest.mark.parametrize("sort", [Sort.NAME, Sort.NEWEST])
async def test_a_narrow_range_of_prices_is_read_from_an_index_whatever_the_order(
    filled: None, sort: Sort
) -> None:
    explained = Explained()
    await explained.products(ProductFilter(min_price=500, max_price=503), sort, PageWish())
    assert "products_cheapest" in explained.plan, explained.plan
