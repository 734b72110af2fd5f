"""What every catalogue must do for filters by attribute and for facets: count what the list would show."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as every
from typing import Any

import orjson
import pytest
from builders import a_category, a_product, a_shop, an_offer

from lavka.adapters.tortoise import facets
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.kept import keep, keep_attributes, next_version
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Catalog, PageWish, ProductFilter, Sort
from lavka.domain.catalog import Category, Offer, Product
from lavka.domain.shops import Shop

ALL = ProductFilter()
EVERYTHING = PageWish(size=100)
WHITE, BLUE = ("Цвет", "белый"), ("Цвет", "синий")


@dataclass(frozen=True)
class Goods:
    """What is on the shelves."""

    categories: Sequence[Category]
    shops: Sequence[Shop]
    products: Sequence[Product]
    offers: Sequence[Offer]

    def offers_of(self, product: Product) -> list[Offer]:
        return [each for each in self.offers if each.product == product.id and each.is_active]

    def attributes_of(self, product: Product) -> set[tuple[str, str]]:
        """Its own and those of its active offers."""
        told = set(product.attributes.items())
        return told.union(*(each.attributes.items() for each in self.offers_of(product)))


def the_goods() -> Goods:
    """Nine products whose attributes are their own, their offers', both, or of a withdrawn offer alone."""
    home = a_category("Дом", slug="dom")
    kitchen = a_category("Кухня", slug="kuhnya", parent=home.id)
    lavka, bazar = a_shop("Лавка"), a_shop("Базар")
    written: list[
        tuple[str, Category | None, dict[str, str], list[tuple[Shop, int, dict[str, str], bool]]]
    ] = [
        ("Чайник", kitchen, dict([WHITE]), [(lavka, 500, {"Объём": "1 л"}, True)]),
        ("Чайник два", kitchen, dict([WHITE]), [(lavka, 700, dict([BLUE]), True)]),
        ("Чайник три", home, dict([BLUE]), [(bazar, 900, dict([BLUE]), True), (lavka, 800, {}, True)]),
        ("Чашка", home, {}, [(bazar, 100, dict([WHITE]), True), (bazar, 100, dict([BLUE]), True)]),
        ("Ложка", None, {}, [(bazar, 50, dict([WHITE]), False), (lavka, 60, {}, True)]),
        ("Вилка", kitchen, {"Материал": "сталь", "Объём": "1 л"}, []),
        ("Нож", None, {"Материал": "СТАЛЬ"}, [(lavka, 60, {"it's": '"%_\\ $1 {}'}, True)]),
        ("Блюдо", home, {"Цвет": "белый ", "Я" * 100: "я" * 500}, []),
        ("Поднос", kitchen, {"Цвет": ""}, [(bazar, 40, {}, True)]),
    ]
    products, offers = [], []
    for name, category, own, sold in written:
        product = a_product(name, category=category.id if category else None, attributes=own)
        products.append(product)
        offers += [
            an_offer(product.id, shop.id, price=price, attributes=told, is_active=is_active)
            for shop, price, told, is_active in sold
        ]
    hidden = a_product("Спрятан", category=home.id, attributes=dict([WHITE]), is_active=False)
    offers.append(an_offer(hidden.id, lavka.id, price=1, attributes=dict([BLUE])))
    return Goods([home, kitchen], [lavka, bazar], [*products, hidden], offers)


@pytest.fixture
async def goods(store: None) -> Goods:
    """The goods, on the shelves."""
    goods = the_goods()
    await TortoiseStockroom().bring(goods.categories, goods.shops, goods.products, goods.offers)
    return goods


@pytest.fixture(params=[TortoiseCatalog])
def catalog(request: pytest.FixtureRequest, store: None) -> Catalog:
    return request.param()  # type: ignore[no-any-return]


def having(**values: Sequence[str]) -> ProductFilter:
    return ProductFilter(attributes=tuple((name, frozenset(each)) for name, each in values.items()))


async def listed(catalog: Catalog, which: ProductFilter, sort: Sort | None = None) -> list[dict[str, Any]]:
    page = await catalog.products(which, sort, EVERYTHING)
    items: list[dict[str, Any]] = page.items.values
    assert page.total == len(items)
    return items


WANTED = {
    "one value": having(Цвет=["белый"]),
    "one of two values": having(Цвет=["белый", "синий"]),
    "two attributes": having(Цвет=["белый"], Объём=["1 л"]),
    "an attribute and one of two values": having(Материал=["сталь"], Объём=["1 л", "2 л"]),
    "the case counts": having(Материал=["СТАЛЬ"]),
    "so do spaces": having(Цвет=["белый "]),
    "a value of another attribute": having(Материал=["белый"]),
    "an unknown attribute": having(Вкус=["белый"]),
    "an unknown value among known ones": having(Цвет=["белый", "никакой"]),
    "signs": ProductFilter(attributes=(("it's", frozenset(['"%_\\ $1 {}'])),)),
    "a wildcard": having(Цвет=["%"]),
}


@pytest.mark.parametrize("sort", [None, *Sort])
@pytest.mark.parametrize("which", WANTED.values(), ids=WANTED.keys())
async def test_of_one_attribute_any_value_will_do_and_of_several_each_must_fit(
    catalog: Catalog, goods: Goods, which: ProductFilter, sort: Sort | None
) -> None:
    fitting = [
        product.name
        for product in goods.products
        if product.is_active
        and all(
            any((name, value) in goods.attributes_of(product) for value in values)
            for name, values in which.attributes
        )
    ]
    items = await listed(catalog, which, sort)
    assert sorted(item["name"] for item in items) == sorted(fitting)


async def test_some_of_the_wishes_find_something(catalog: Catalog, goods: Goods) -> None:
    assert [len(await listed(catalog, which)) for which in WANTED.values()] == [
        3,
        4,
        1,
        1,
        1,
        1,
        0,
        0,
        3,
        1,
        0,
    ]


async def test_attributes_go_with_every_other_condition(catalog: Catalog, goods: Goods) -> None:
    lavka = goods.shops[0].id
    for category, shop, price, search in every([None, "dom"], [None, lavka], [None, 600], [None, "чайник"]):
        one = ProductFilter(
            category, shop, price, search=search, attributes=having(Цвет=["белый"]).attributes
        )
        rest = ProductFilter(category, shop, price, search=search)
        white = {str(each.id) for each in goods.products if WHITE in goods.attributes_of(each)}
        both = [item["id"] for item in await listed(catalog, rest) if item["id"] in white]
        assert [item["id"] for item in await listed(catalog, one)] == both


def counted(goods: Goods, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The facets said again in Python, of what a list shows."""
    products = [next(each for each in goods.products if str(each.id) == item["id"]) for item in items]
    attributes = Counter(
        (name, value) for product in products for name, value in goods.attributes_of(product) if value
    )
    prices = [item["price"] for item in items if item["price"] is not None]
    return {
        "total": len(items),
        "categories": Counter(item["category"]["slug"] for item in items if item["category"]),
        "shops": Counter(str(shop) for each in products for shop in {o.shop for o in goods.offers_of(each)}),
        "attributes": attributes,
        "price": {"min": min(prices), "max": max(prices)} if prices else None,
    }


FILTERS = {
    "all": ALL,
    "a category": ProductFilter(category="dom"),
    "its part": ProductFilter(category="kuhnya"),
    "no category": ProductFilter(category="nowhere"),
    "prices": ProductFilter(min_price=60, max_price=700),
    "in stock": ProductFilter(in_stock=True),
    "not in stock": ProductFilter(in_stock=False),
    "a search": ProductFilter(search="чайники"),
    "a search for nothing": ProductFilter(search="%"),
    "an attribute": having(Цвет=["белый"]),
    "everything at once": ProductFilter(
        "dom", None, 1, 10**6, True, "чайник", having(Цвет=["белый", "синий"]).attributes
    ),
}


@pytest.mark.parametrize("which", FILTERS.values(), ids=FILTERS.keys())
async def test_facets_count_what_the_list_shows(catalog: Catalog, goods: Goods, which: ProductFilter) -> None:
    told = (await catalog.facets(which)).values
    expected = counted(goods, await listed(catalog, which))
    assert (told["total"], told["price"]) == (expected["total"], expected["price"])
    assert {each["slug"]: each["count"] for each in told["categories"]} == expected["categories"]
    assert {each["id"]: each["count"] for each in told["shops"]} == expected["shops"]
    values = {
        (each["name"], value["value"]): value["count"]
        for each in told["attributes"]
        for value in each["values"]
    }
    assert values == expected["attributes"]
    assert (told["currency"], told["is_estimated"]) == ("RUB", False)


async def test_facets_of_a_shop_tell_what_else_its_goods_are_sold_by(catalog: Catalog, goods: Goods) -> None:
    told = (await catalog.facets(ProductFilter(shop=goods.shops[1].id))).values
    assert [(each["name"], each["count"]) for each in told["shops"]] == [("Базар", 3), ("Лавка", 1)]


async def test_the_most_frequent_comes_first_and_ties_are_in_order(catalog: Catalog, goods: Goods) -> None:
    told = (await catalog.facets(ALL)).values
    assert [each["slug"] for each in told["categories"]] == ["kuhnya", "dom"]
    assert [each["name"] for each in told["attributes"]] == ["Цвет", "Материал", "Объём", "it's", "Я" * 100]
    assert told["attributes"][0]["values"] == [
        {"value": "белый", "count": 3},
        {"value": "синий", "count": 3},
        {"value": "белый ", "count": 1},
    ]
    assert told["categories"][0].keys() == {"id", "name", "slug", "count"}
    assert told["shops"][0].keys() == {"id", "name", "count"}


async def test_facets_are_bounded(catalog: Catalog) -> None:
    categories = [a_category(f"Раздел {number}") for number in range(102)]
    products = [
        a_product(category=category.id, attributes={"Номер": f"{number:03}", f"Имя {number:03}": "да"})
        for number, category in enumerate(categories)
    ]
    often = [a_product(attributes={"Номер": "101", "Имя 101": "да", "Имя 100": "да"}) for _ in range(3)]
    await TortoiseStockroom().bring(categories, (), [*products, *often])
    told = (await catalog.facets(ALL)).values
    assert (told["total"], len(told["categories"]), len(told["attributes"])) == (105, 100, 50)
    assert [each["name"] for each in told["attributes"][:4]] == ["Номер", "Имя 100", "Имя 101", "Имя 000"]
    values = told["attributes"][0]["values"]
    assert len(values) == 50
    assert values[:2] == [{"value": "101", "count": 4}, {"value": "000", "count": 1}]


async def test_an_empty_shop_has_empty_facets(catalog: Catalog) -> None:
    assert (await catalog.facets(ALL)).values == {
        "total": 0,
        "categories": [],
        "shops": [],
        "attributes": [],
        "price": None,
        "currency": "RUB",
        "is_estimated": False,
    }


@pytest.mark.parametrize("which", [ALL, ProductFilter(search="товар"), ProductFilter(min_price=500)])
async def test_of_very_many_products_the_parts_are_estimated_and_the_whole_is_exact(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, which: ProductFilter
) -> None:
    monkeypatch.setattr(facets, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(facets, "SAMPLE", 1500)
    section, shop = a_category(slug="section"), a_shop()
    products = [
        a_product(
            f"Товар {number}",
            category=section.id if number % 2 else None,
            attributes={"Цвет": "белый" if number % 4 else "синий", "Номер": str(number)},
        )
        for number in range(6000)
    ]
    offers = [an_offer(each.id, shop.id, price=501 + number) for number, each in enumerate(products)]
    await TortoiseStockroom().bring([section], [shop], products, offers)
    told = (await catalog.facets(which)).values
    assert (told["total"], told["is_estimated"]) == (6000, True)
    assert told["price"] == {"min": 501, "max": 6500}
    assert 2400 < told["categories"][0]["count"] < 3600
    assert told["shops"][0]["count"] == 6000
    (colours,) = told["attributes"]  # of what each product has of its own a sample says nothing
    assert colours["name"] == "Цвет"
    assert 4000 < colours["values"][0]["count"] < 5000
    assert 1000 < colours["values"][1]["count"] < 2000


async def test_facets_are_right_at_once_after_a_change(catalog: Catalog, goods: Goods) -> None:
    neighbour = type(catalog)()
    before = [(await one.facets(ALL)).values["total"] for one in (catalog, neighbour)]
    await TortoiseStockroom().bring(products=[a_product("Новинка", attributes=dict([WHITE]))])
    for one in (catalog, neighbour):
        told = (await one.facets(ALL)).values
        assert told["total"] == before[0] + 1 == before[1] + 1
        assert told["attributes"][0]["values"][0] == {"value": "белый", "count": 4}


async def test_facets_take_as_many_queries_whatever_the_size_and_one_when_known(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture
) -> None:
    async def queries(which: ProductFilter) -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await catalog.facets(which)
        return len(caplog.records)

    wide, narrow = having(Цвет=["белый"]), having(Материал=["СТАЛЬ"])
    assert [await queries(which) for which in (ALL, wide, narrow)] == [6, 6, 6]
    assert [await queries(which) for which in (ALL, wide, narrow)] == [1, 1, 1]
    assert [await queries(ProductFilter(search="чайник")) for _ in range(2)] == [8, 2]
    assert [await queries(ProductFilter(search="%")) for _ in range(2)] == [1, 1]


async def test_a_list_by_attributes_takes_as_many_queries_as_any(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture
) -> None:
    which = ProductFilter("dom", goods.shops[0].id, 1, 10**6, True, None, having(Цвет=["белый"]).attributes)
    taken = []
    for wish in (PageWish(size=1), PageWish(size=1), EVERYTHING):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await catalog.products(which, Sort.PRICE, wish)
        taken.append(len(caplog.records))
    assert taken == [2, 1, 1]  # the total is counted once


async def broken() -> list[str]:
    return [name async for name, rows in TortoiseChecks().broken() if rows]


async def stored(product: Product) -> set[tuple[str, str]]:
    rows = await fetch("SELECT name, value FROM product_attributes WHERE product_id = $1", [product.id])
    return {(row["name"], row["value"]) for row in rows}


async def test_attributes_follow_when_offers_and_products_change(catalog: Catalog, goods: Goods) -> None:
    one, two, three = goods.products[:3]
    assert await stored(two) == {WHITE, BLUE}
    await execute("UPDATE offers SET is_active = FALSE WHERE product_id IN ($1, $2)", [two.id, three.id])
    await execute(
        """UPDATE products SET attributes = '{"Цвет": "красный", "Вес": "1 кг"}' WHERE id = $1""", [one.id]
    )
    await keep([one.id, two.id, three.id])
    await keep_attributes([one.id, two.id, three.id])
    await next_version()
    assert await stored(one) == {("Цвет", "красный"), ("Вес", "1 кг"), ("Объём", "1 л")}
    assert await stored(two) == {WHITE}
    assert await stored(three) == {BLUE}
    assert await broken() == []


async def test_attributes_that_stay_are_not_written_again(catalog: Catalog, goods: Goods) -> None:
    written = "SELECT total_changes() AS mark"
    if dialect() == POSTGRES:
        written = "SELECT max(xmin::text::bigint) AS mark FROM product_attributes"
    before = await fetch(written)
    await keep_attributes([product.id for product in goods.products])
    assert await fetch(written) == before


async def test_what_is_too_long_to_be_asked_for_is_left_out_and_breaks_nothing(
    catalog: Catalog, goods: Goods
) -> None:
    one = goods.products[0]
    told = {"Цвет": "синий", "Длинное": "я" * 501, "Я" * 101: "да", "": "пусто", "Пусто": ""}
    await execute("UPDATE products SET attributes = $1 WHERE id = $2", [orjson.dumps(told).decode(), one.id])
    await keep_attributes([one.id])
    assert await stored(one) == {BLUE, ("Объём", "1 л")}
    assert await broken() == []
