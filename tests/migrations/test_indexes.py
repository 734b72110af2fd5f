"""What lists sort and filter by is served by an index, in whatever way they are asked."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from builders import a_category, a_product, a_shop, an_offer

from lavka.adapters.tortoise import database, fits, product_lists
from lavka.adapters.tortoise.json_sql import JSON_SQL
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Page, PageWish, ProductFilter, Sort
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
            a_product(
                f"Товар {number}",
                category=section.id if number % 10 == 0 else None,
                attributes={"Номер": str(number), "Цвет": "белый" if number % 3 else "синий"},
            )
            for number in range(1500)
        ]
        offers = [an_offer(each.id, shop.id, price=100 + n) for n, each in enumerate(products)]
        await TortoiseStockroom().bring([section], [shop], products, offers)
        if database.dialect() == "postgres":
            await database.database().execute_script(
                "VACUUM ANALYZE"
            )  # what other tests left behind sways plans
        yield


class Explained(product_lists.ProductLists):
    """Keeps how each page would be found, beside finding it."""

    plan = ""

    def __init__(self) -> None:
        sql = JSON_SQL[database.dialect()]
        super().__init__(sql, sql.object({"id": "p.id"}))

    async def products(self, which: ProductFilter, sort: Sort | None, wish: PageWish) -> Page:
        return await self.page(which, sort, wish)

    async def _gather(self, part: Any, listed: str, conditions: Any) -> dict[str, Any]:
        explain = "EXPLAIN" if database.dialect() == "postgres" else "EXPLAIN QUERY PLAN"
        rows: Sequence[dict[str, Any]] = await database.fetch(f"{explain} {listed}", conditions.parameters)
        self.plan = "\n".join(str(list(row.values())) for row in rows)
        return await super()._gather(part, listed, conditions)


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


def by_attribute(name: str, value: str) -> ProductFilter:
    return ProductFilter(attributes=((name, frozenset([value])),))


@pytest.mark.parametrize("sort", Sort)
async def test_a_rare_attribute_is_read_from_its_index_and_a_common_one_leaves_the_order_to_its_own(
    filled: None, sort: Sort
) -> None:
    explained = Explained()
    await explained.products(by_attribute("Номер", "77"), sort, PageWish())
    assert "product_attributes" in explained.plan, explained.plan
    if database.dialect() == "postgres":
        assert "product_attributes_by_value" in explained.plan, explained.plan
    await explained.products(by_attribute("Цвет", "белый"), sort, PageWish())
    assert INDEX[sort] in explained.plan, explained.plan


@pytest.mark.postgres
async def test_what_few_names_have_is_read_from_the_index_of_words(filled: None) -> None:
    explained = Explained()
    for sort in (None, *Sort):
        await explained.products(ProductFilter(search="77"), sort, PageWish())
        assert "products_search" in explained.plan, explained.plan
        assert "Seq Scan on products" not in explained.plan, explained.plan


@pytest.mark.postgres
@pytest.mark.parametrize("sort", [None, Sort.PRICE, Sort.PRICE_DOWN, Sort.NEWEST, Sort.OLDEST])
async def test_what_many_names_have_is_met_along_the_order(
    filled: None, sort: Sort | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_lists, "FEW", dict.fromkeys(Sort, 1000))
    monkeypatch.setattr(fits, "FEW", 1000)
    explained = Explained()
    await explained.products(ProductFilter(search="товар"), sort, PageWish())
    assert INDEX[sort or Sort.NEWEST] in explained.plan, explained.plan
    assert "products_search" not in explained.plan, explained.plan


@pytest.mark.postgres
async def test_words_that_look_alike_are_read_from_an_index(filled: None) -> None:
    async with database.transaction():
        for other in ("enable_seqscan", "enable_sort"):  # of so few words any plan is as good
            await database.execute(f"SET LOCAL {other} = off")
        plan = await database.fetch(
            "EXPLAIN SELECT word FROM search_words ORDER BY word <-> 'тавор' LIMIT 50"
        )
    assert "search_words_alike" in str(plan)
