"""What every catalogue must do for lists of products: sort, page, filter, search, count."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product as every
from typing import Any

import orjson
import pytest
from builders import NOON, a_category, a_product, a_shop, an_offer

from lavka.adapters.tortoise import totals
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.json_sql import Conditions
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Catalog, Page, PageWish, ProductFilter, Sort
from lavka.domain.catalog import DEAREST, Category, Offer, Product
from lavka.domain.errors import Invalid, Unavailable
from lavka.domain.shops import Shop

ALL = ProductFilter()
EVERYTHING = PageWish(size=100)
SIZES = [1, 2, 3, 5, 12, 13, 100]


@dataclass(frozen=True)
class Goods:
    """What is on the shelves."""

    categories: Sequence[Category]
    shops: Sequence[Shop]
    products: Sequence[Product]
    offers: Sequence[Offer]

    def bought(self, product: Product) -> list[Offer]:
        """The offers of it that can be bought."""
        open_shops = {shop.id for shop in self.shops if shop.is_open}
        return [each for each in self.offers_of(product) if each.shop in open_shops]

    def offers_of(self, product: Product) -> list[Offer]:
        """The active offers of it, of closed shops too."""
        return [each for each in self.offers if each.product == product.id and each.is_active]

    def price(self, product: Product) -> int | None:
        """The lowest price at which it can be bought."""
        return min((each.price.minor for each in self.bought(product)), default=None)

    def in_stock(self, product: Product) -> bool:
        """Whether any can be bought now."""
        return any(each.quantity for each in self.bought(product))


def the_goods() -> Goods:
    """Twelve products with ties in price, name and time; three without a price; a thirteenth is inactive."""
    home = a_category("Дом", slug="dom")
    kitchen = a_category("Кухня", slug="kuhnya", parent=home.id)
    kettles = a_category("Чайники", slug="chayniki", parent=kitchen.id)
    clothes = a_category("Одежда", slug="odezhda")
    lavka, bazar, closed = a_shop("Лавка"), a_shop("Базар"), a_shop("Закрыто", is_open=False)
    written: list[tuple[str, Category | None, float, list[tuple[Shop, int, int]]]] = [
        ("Чайник", kettles, 0, [(lavka, 500, 3)]),
        ("чайник", kettles, 0, [(lavka, 500, 0), (bazar, 700, 1)]),
        ("ЧАЙНИК Ёж", kettles, 0.5, [(bazar, 500, 0)]),
        ("чайник ежик", kitchen, 0.25, [(closed, 100, 9)]),
        ("Ёлка", home, 1, [(lavka, 1000, 1), (closed, 1, 9)]),
        ("елка", home, 1, [(bazar, 1000, 5)]),
        ("Елка", None, 2, []),
        ("ель", None, 3, [(lavka, 999, 1)]),
        ("Яблоко", clothes, 4, [(lavka, DEAREST.minor, 1)]),
        ("apple", clothes, 5, [(bazar, 1, 2)]),
        ("Zebra", clothes, 0.000001, []),
        ("Öl № 7", clothes, 0.1, [(bazar, 1001, 0)]),
    ]
    products, offers = [], []
    for name, category, seconds, sold in written:
        made = NOON + timedelta(seconds=seconds)
        product = a_product(name, created_at=made, category=category.id if category else None)
        products.append(product)
        offers += [an_offer(product.id, shop.id, price=price, quantity=left) for shop, price, left in sold]
    offers.append(an_offer(products[7].id, lavka.id, price=3, is_active=False))
    hidden = a_product("Чайник спрятан", category=kettles.id, is_active=False)
    offers.append(an_offer(hidden.id, lavka.id, price=2))
    return Goods([home, kitchen, kettles, clothes], [lavka, bazar, closed], [*products[::-1], hidden], offers)


@pytest.fixture
async def goods(store: None) -> Goods:
    """The goods, on the shelves."""
    goods = the_goods()
    await TortoiseStockroom().bring(goods.categories, goods.shops, goods.products, goods.offers)
    return goods


@pytest.fixture(params=[TortoiseCatalog])
def catalog(request: pytest.FixtureRequest, store: None) -> Catalog:
    return request.param()  # type: ignore[no-any-return]


async def walk(catalog: Catalog, sort: Sort, size: int, which: ProductFilter = ALL) -> list[Page]:
    """Follow the cursors to the end."""
    pages = [await catalog.products(which, sort, PageWish(size=size))]
    while pages[-1].next and len(pages) < 50:
        pages.append(await catalog.products(which, sort, PageWish(size=size, cursor=pages[-1].next)))
    return pages


def ids(*pages: Page) -> list[str]:
    return [item["id"] for page in pages for item in page.items.values]


def names(*pages: Page) -> list[str]:
    return [item["name"] for page in pages for item in page.items.values]


def dearest(item: dict[str, Any]) -> int:
    return -(item["price"] or 0)


def alphabetic(item: dict[str, Any]) -> str:
    return item["name"].lower().replace("ё", "е")  # type: ignore[no-any-return]


def made(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["created_at"])


KEYS: dict[Sort, tuple[Callable[[dict[str, Any]], Any], bool]] = {
    Sort.PRICE: (lambda item: (item["price"] is None, item["price"]), False),
    Sort.PRICE_DOWN: (dearest, False),
    Sort.NAME: (alphabetic, False),
    Sort.NAME_DOWN: (alphabetic, True),
    Sort.OLDEST: (made, False),
    Sort.NEWEST: (made, True),
}


def test_every_sort_is_under_test() -> None:
    assert set(KEYS) == set(Sort)


@pytest.mark.parametrize("sort", Sort)
async def test_a_list_is_in_the_order_that_was_asked_for(catalog: Catalog, goods: Goods, sort: Sort) -> None:
    page = await catalog.products(ALL, sort, EVERYTHING)
    key, reverse = KEYS[sort]
    items = page.items.values
    assert [key(item) for item in items] == sorted(map(key, items), reverse=reverse)
    assert sorted(ids(page)) == sorted(str(product.id) for product in goods.products if product.is_active)


@pytest.mark.parametrize("sort", [Sort.PRICE, Sort.PRICE_DOWN])
async def test_products_without_a_price_come_last_by_either_price(
    catalog: Catalog, goods: Goods, sort: Sort
) -> None:
    page = await catalog.products(ALL, sort, EVERYTHING)
    prices = [item["price"] for item in page.items.values]
    assert prices[-3:] == [None] * 3
    assert None not in prices[:-3]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sort", Sort)
async def test_cursors_and_page_numbers_walk_one_and_the_same_list(
    catalog: Catalog, goods: Goods, sort: Sort, size: int
) -> None:
    whole = ids(await catalog.products(ALL, sort, EVERYTHING))
    by_cursor = await walk(catalog, sort, size)
    numbers = range(1, by_cursor[0].pages + 1)
    by_number = [await catalog.products(ALL, sort, PageWish(number, size)) for number in numbers]
    assert ids(*by_cursor) == ids(*by_number) == whole
    assert len(set(whole)) == 12
    for pages in (by_cursor, by_number):
        assert [page.page for page in pages] == list(numbers)
        assert {page.size for page in pages} == {size}
        assert {page.total for page in pages} == {12}
        assert [page.next is None for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("sort", Sort)
async def test_a_walk_within_a_filter_stays_in_it(catalog: Catalog, goods: Goods, sort: Sort) -> None:
    which = ProductFilter(category="dom", search="Е")
    whole = await catalog.products(which, sort, EVERYTHING)
    pages = await walk(catalog, sort, 2, which)
    assert ids(*pages) == ids(whole)
    assert sorted(names(whole)) == sorted(["Ёлка", "елка", "ЧАЙНИК Ёж", "чайник ежик"])


@pytest.mark.parametrize("sort", Sort)
async def test_a_cursor_walk_loses_nothing_when_what_was_seen_goes_away(
    catalog: Catalog, goods: Goods, sort: Sort
) -> None:
    whole = ids(await catalog.products(ALL, sort, EVERYTHING))
    first = await catalog.products(ALL, sort, PageWish(size=4))
    for seen in ids(first):
        await execute("UPDATE products SET is_active = FALSE WHERE id = $1", [seen])
    await execute("UPDATE catalog_version SET version = version + 1")
    pages, cursor = [first], first.next
    while cursor:
        pages.append(await catalog.products(ALL, sort, PageWish(size=4, cursor=cursor)))
        cursor = pages[-1].next
    assert ids(*pages) == whole


async def test_a_cursor_walk_loses_nothing_when_pages_grow(catalog: Catalog, goods: Goods) -> None:
    whole = ids(await catalog.products(ALL, Sort.NAME, EVERYTHING))
    first = await catalog.products(ALL, Sort.NAME, PageWish(size=2))
    second = await catalog.products(ALL, Sort.NAME, PageWish(size=6, cursor=first.next))
    third = await catalog.products(ALL, Sort.NAME, PageWish(size=6, cursor=second.next))
    assert ids(first, second, third) == whole


async def test_a_page_past_the_end_is_empty_and_tells_the_total(catalog: Catalog, goods: Goods) -> None:
    page = await catalog.products(ALL, Sort.NEWEST, PageWish(page=4, size=5))
    assert (page.items.values, page.total, page.pages, page.page, page.next) == ([], 12, 3, 4, None)


async def test_an_empty_shop_has_an_empty_list(catalog: Catalog) -> None:
    page = await catalog.products(ALL, Sort.NEWEST, PageWish())
    assert (page.items.json, page.total, page.pages, page.next) == ("[]", 0, 0, None)


def shows(goods: Goods, which: ProductFilter, product: Product) -> bool:
    """The filter said again in Python, condition by condition."""
    places = {category.slug: category for category in goods.categories}
    slugs, here = set(), next((each for each in goods.categories if each.id == product.category), None)
    while here:
        slugs.add(here.slug)
        here = next((each for each in goods.categories if each.id == here.parent), None)
    price = goods.price(product)
    assert slugs <= places.keys()
    return all(
        [
            product.is_active,
            which.category is None or which.category in slugs,
            which.shop is None or which.shop in {offer.shop for offer in goods.offers_of(product)},
            which.min_price is None or (price is not None and price >= which.min_price),
            which.max_price is None or (price is not None and price <= which.max_price),
            which.in_stock is None or goods.in_stock(product) == which.in_stock,
            which.search is None or which.search.lower() in alphabetic({"name": product.name}),
        ]
    )


@pytest.mark.parametrize("category", [None, "dom", "kuhnya", "chayniki", "odezhda", "dо-m"])
async def test_every_combination_of_filters_shows_what_fits_all_of_them(
    catalog: Catalog, goods: Goods, category: str | None
) -> None:
    shops = [None, *(shop.id for shop in goods.shops if shop.is_open)]
    bounds, stocked, searches = [None, 500, 1000], [None, True, False], [None, "чай", "е"]
    matched = 0
    for shop, least, most, in_stock, search in every(shops, bounds, bounds, stocked, searches):
        which = ProductFilter(category, shop, least, most, in_stock, search)
        page = await catalog.products(which, Sort.NAME, EVERYTHING)
        fitting = [str(product.id) for product in goods.products if shows(goods, which, product)]
        assert sorted(ids(page)) == sorted(fitting), which
        assert page.total == len(fitting), which
        matched += bool(fitting)
    assert matched or category == "dо-m"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("100%", ["100% хлопок"]),
        ("%", ["100% хлопок"]),
        ("a_b", ["a_b"]),
        ("_", ["a_b"]),
        ("wow!", ["wow!"]),
        ("!", ["wow!"]),
        ("\\", ["back\\slash"]),
        ("'", ["it's"]),
        ("'; DROP TABLE products; --", []),
        ("$1 {}", ["$1 {}"]),
        ("хлопок", ["100 хлопок", "100% хлопок"]),
        ("ХЛОПОК", ["100 хлопок", "100% хлопок"]),
        ("плЁнка", ["Пленка", "плёнка"]),
        ("пленка", ["Пленка", "плёнка"]),
        ("  100   хлоп ", ["100 хлопок"]),
        ("straße", ["STRASSE"]),
        ("нет такого", []),
        ("", None),
    ],
)
async def test_a_search_takes_its_text_as_it_is_whatever_the_case(
    catalog: Catalog, search: str, found: list[str] | None
) -> None:
    every_name = [
        *("100% хлопок", "100 хлопок", "a_b", "aXb", "wow!", "wow", "back\\slash", "backslash", "it's"),
        *("$1 {}", "Пленка", "плёнка", "STRASSE"),
    ]
    await TortoiseStockroom().bring(products=[a_product(name) for name in every_name])
    page = await catalog.products(ProductFilter(search=search), Sort.NAME, EVERYTHING)
    assert sorted(names(page)) == sorted(every_name if found is None else found)
    assert page.total == len(names(page))


async def test_a_total_is_right_at_once_after_a_change(catalog: Catalog, goods: Goods) -> None:
    neighbour = type(catalog)()
    which = ProductFilter(search="новинка")
    for _ in range(2):
        assert (await catalog.products(which, Sort.NEWEST, EVERYTHING)).total == 0
    await TortoiseStockroom().bring(products=[a_product("Новинка")])
    for one in (catalog, neighbour):
        assert (await one.products(which, Sort.NEWEST, EVERYTHING)).total == 1
        assert (await one.products(ALL, Sort.NEWEST, EVERYTHING)).total == 13


async def test_totals_of_different_filters_are_not_mixed_up(catalog: Catalog, goods: Goods) -> None:
    lavka = goods.shops[0].id
    wishes = [
        ProductFilter(min_price=500),
        ProductFilter(max_price=500),
        ProductFilter(in_stock=True),
        ProductFilter(in_stock=False),
        ProductFilter(search="чай"),
        ProductFilter(category="chayniki"),
        ProductFilter(shop=lavka),
        ALL,
    ]
    for _ in range(2):
        for which in wishes:
            page = await catalog.products(which, Sort.NAME, EVERYTHING)
            assert page.total == len(ids(page))


async def counts(caplog: pytest.LogCaptureFixture, *asked: Awaitable[Page]) -> int:
    """How often something is counted for these pages, asked for at once."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await asyncio.gather(*asked)
    return sum("count(*) AS total" in record.getMessage() for record in caplog.records)


async def test_of_many_that_ask_at_once_one_counts(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture
) -> None:
    asked = [catalog.products(ALL, Sort.NAME, EVERYTHING) for _ in range(10)]
    assert await counts(caplog, *asked) == 1
    await TortoiseStockroom().bring(products=[a_product("Новинка")])
    asked = [catalog.products(ALL, sort, EVERYTHING) for sort in Sort]
    assert await counts(caplog, *asked) == 1


async def test_a_count_that_fails_fails_for_all_that_wait_for_it_and_is_tried_again(
    store: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def fails(*_: object) -> list[dict[str, Any]]:
        nonlocal tried
        tried += 1
        await asyncio.sleep(0)
        raise Unavailable

    kept = totals.Totals()
    with monkeypatch.context() as patched:
        patched.setattr(totals, "fetch", fails)
        asked = [kept.of(ALL, Conditions, version=1) for _ in range(10)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    assert tried == 1
    assert await kept.of(ALL, Conditions, version=1) == 0


async def test_a_request_that_gives_up_leaves_the_count_to_the_others(catalog: Catalog, goods: Goods) -> None:
    first, second = [asyncio.create_task(catalog.products(ALL, Sort.NAME, EVERYTHING)) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).total == 12


async def test_the_totals_that_are_used_least_are_forgotten_first(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST_TOTALS", 2)

    async def counted(search: str) -> int:
        which = ProductFilter(search=search)
        return await counts(caplog, catalog.products(which, Sort.NAME, EVERYTHING))

    assert [await counted(word) for word in ("чай", "ель", "чай", "яблоко")] == [1, 1, 0, 1]
    assert [await counted(word) for word in ("чай", "яблоко", "ель")] == [0, 0, 1]


async def test_a_page_far_past_the_end_does_not_walk_there(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        page = await catalog.products(ALL, Sort.NAME, PageWish(10**9, 100))
    assert (page.items.values, page.total, page.page, page.next) == ([], 12, 10**9, None)
    assert not any("OFFSET" in record.getMessage() for record in caplog.records)


async def test_a_cycle_of_categories_that_should_never_be_is_walked_once(
    catalog: Catalog, goods: Goods
) -> None:
    await execute("UPDATE categories SET parent_id = $1 WHERE slug = 'dom'", [goods.categories[2].id])
    page = await catalog.products(ProductFilter(category="dom"), Sort.NAME, EVERYTHING)
    assert page.total == len(ids(page)) == 6


@pytest.mark.parametrize("sort", Sort)
async def test_what_nobody_sells_has_no_price_to_filter_by(
    catalog: Catalog, goods: Goods, sort: Sort
) -> None:
    for which in (ProductFilter(min_price=0), ProductFilter(max_price=2**63 - 1)):
        page = await catalog.products(which, sort, EVERYTHING)
        assert (
            page.total == len(ids(page)) == sum(goods.price(each) is not None for each in goods.products[:12])
        )


async def test_a_list_takes_as_many_queries_whatever_its_size(
    catalog: Catalog, goods: Goods, caplog: pytest.LogCaptureFixture
) -> None:
    async def queries(wish: PageWish) -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await catalog.products(ALL, Sort.NAME, wish)
        return len(caplog.records)

    assert await queries(PageWish(size=1)) == 2  # the page, and its total for the first time
    cursor = (await catalog.products(ALL, Sort.NAME, PageWish(size=1))).next
    wishes = [PageWish(size=1), EVERYTHING, PageWish(3, 2), PageWish(size=5, cursor=cursor), PageWish(99)]
    assert [await queries(wish) for wish in wishes] == [1] * 5


async def test_an_item_shows_all_that_a_list_promises(catalog: Catalog) -> None:
    category, shop = a_category("Чайники", slug="chayniki"), a_shop()
    named = a_product(
        'Чайник "Ёж" \\ №1', category=category.id, created_at=NOON + timedelta(microseconds=120)
    )
    bare = a_product("Без ничего")
    offers = [
        an_offer(named.id, shop.id, price=700),
        an_offer(named.id, shop.id, price=DEAREST.minor, quantity=0),
    ]
    await TortoiseStockroom().bring([category], [shop], [named, bare], offers)
    page = await catalog.products(ALL, Sort.NAME_DOWN, EVERYTHING)
    first, second = page.items.values
    for item, product in ((first, named), (second, bare)):
        for moment in (item.pop("created_at"), item.pop("updated_at")):
            assert "T" in moment
            assert datetime.fromisoformat(moment) == product.created_at
    assert first == {
        "id": str(named.id),
        "name": 'Чайник "Ёж" \\ №1',
        "slug": named.slug,
        "category": {"id": str(category.id), "name": "Чайники", "slug": "chayniki"},
        "price": 700,
        "currency": "RUB",
        "in_stock": True,
        "image": None,
        "is_active": True,
    }
    assert second == {
        "id": str(bare.id),
        "name": "Без ничего",
        "slug": bare.slug,
        "category": None,
        "price": None,
        "currency": "RUB",
        "in_stock": False,
        "image": None,
        "is_active": True,
    }


def a_cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


ID = "01890a5d-ac96-774b-bcce-b302099a8057"
BAD = {
    "not base64": (Sort.NAME, "!!!"),
    "not ascii": (Sort.NAME, "ёж"),
    "a NUL": (Sort.NAME, "\0"),
    "not JSON": (Sort.NAME, "garbage"),
    "too long": (Sort.NAME, "A" * 200_000),
    "nested": (Sort.NAME, base64.urlsafe_b64encode(b"[" * 3000).decode()),
    "not a list": (Sort.NAME, base64.urlsafe_b64encode(b"17").decode()),
    "too short": (Sort.NAME, a_cursor("name", "чай", ID)),
    "of another sort": (Sort.NAME, a_cursor("-name", "чай", ID, 2)),
    "of no sort": (Sort.NAME, a_cursor("colour", "чай", ID, 2)),
    "page 0": (Sort.NAME, a_cursor("name", "чай", ID, 0)),
    "page below 0": (Sort.NAME, a_cursor("name", "чай", ID, -5)),
    "page in words": (Sort.NAME, a_cursor("name", "чай", ID, "2")),
    "page true": (Sort.NAME, a_cursor("name", "чай", ID, True)),
    "page of 10^10": (Sort.NAME, a_cursor("name", "чай", ID, 10**10)),
    "no id": (Sort.NAME, a_cursor("name", "чай", None, 2)),
    "a wrong id": (Sort.NAME, a_cursor("name", "чай", "7", 2)),
    "a number for an id": (Sort.NAME, a_cursor("name", "чай", 7, 2)),
    "a number for a name": (Sort.NAME, a_cursor("name", 7, ID, 2)),
    "a list for a name": (Sort.NAME, a_cursor("name", ["чай"], ID, 2)),
    "an object for a name": (Sort.NAME_DOWN, a_cursor("-name", {"чай": 1}, ID, 2)),
    "no name": (Sort.NAME, a_cursor("name", None, ID, 2)),
    "a NUL in the name": (Sort.NAME, a_cursor("name", "ч\0й", ID, 2)),
    "half a letter in the name": (
        Sort.NAME,
        base64.urlsafe_b64encode(f'["name", "\\ud800", "{ID}", 2]'.encode()).decode(),
    ),
    "words for a price": (Sort.PRICE, a_cursor("price", "much", ID, 2)),
    "a price below nothing": (Sort.PRICE, a_cursor("price", "-1", ID, 2)),
    "a price past the column": (Sort.PRICE_DOWN, a_cursor("-price", str(2**63), ID, 2)),
    "no price": (Sort.PRICE, a_cursor("price", None, ID, 2)),
    "words for a time": (Sort.NEWEST, a_cursor("-created_at", "yesterday", ID, 2)),
    "a number for a time": (Sort.OLDEST, a_cursor("created_at", 7, ID, 2)),
}
ODD_TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "0001-01-01T00:00:00"]


@pytest.mark.parametrize("sort_and_cursor", BAD.values(), ids=BAD.keys())
async def test_a_cursor_that_was_not_given_is_refused(
    catalog: Catalog, goods: Goods, sort_and_cursor: tuple[Sort, str]
) -> None:
    sort, cursor = sort_and_cursor
    with pytest.raises(Invalid) as refusal:
        await catalog.products(ALL, sort, PageWish(cursor=cursor))
    (detail,) = refusal.value.details
    assert detail.field == "cursor"
    assert cursor not in detail.message


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
@pytest.mark.parametrize("time", ODD_TIMES)
async def test_a_cursor_at_the_edge_of_time_is_refused_or_answered(
    catalog: Catalog, goods: Goods, sort: Sort, time: str
) -> None:
    try:
        page = await catalog.products(ALL, sort, PageWish(cursor=a_cursor(sort, time, ID, 2)))
    except Invalid:
        return
    assert page.total == 12


@pytest.mark.parametrize("sort", Sort)
async def test_a_cursor_belongs_to_its_sort(catalog: Catalog, goods: Goods, sort: Sort) -> None:
    cursor = (await catalog.products(ALL, sort, PageWish(size=3))).next
    for other in set(Sort) - {sort}:
        with pytest.raises(Invalid):
            await catalog.products(ALL, other, PageWish(cursor=cursor))
