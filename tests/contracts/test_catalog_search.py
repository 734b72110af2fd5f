"""What every catalogue must do for a search: word forms, beginnings, one typing error, and the best first."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_category, a_product, a_shop, an_offer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavka.adapters.tortoise import fits, product_lists
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.kept import next_version
from lavka.adapters.tortoise.search_index import index_what_is_not, keep_search
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Catalog, Page, PageWish, ProductFilter, Sort
from lavka.domain.errors import Invalid

EVERYTHING = PageWish(size=100)


@pytest.fixture(params=[TortoiseCatalog])
def catalog(request: pytest.FixtureRequest, store: None) -> Catalog:
    return request.param()  # type: ignore[no-any-return]


async def bring(*names: str) -> None:
    """Put products on the shelves, the first being the newest."""
    await TortoiseStockroom().bring(
        products=[
            a_product(name, created_at=NOON - timedelta(minutes=number)) for number, name in enumerate(names)
        ]
    )


def names(*pages: Page) -> list[str]:
    return [item["name"] for page in pages for item in page.items.values]


async def found(catalog: Catalog, search: str, **which: Any) -> list[str]:
    page = await catalog.products(ProductFilter(search=search, **which), None, EVERYTHING)
    assert page.total == len(names(page))
    return names(page)


FORMS = [
    ("шубы", "Шуба норковая"),
    ("шуба", "Шубы и дублёнки"),
    ("белая футболка", "Футболки белые, 2 штуки"),
    ("футболками", "Футболка"),
    ("ёлки", "Елка искусственная"),
    ("елка", "Ёлочка и ёлка"),
    ("running shoes", "Shoe for runs"),
    ("BERRIES", "Berry jam"),
    ("книги о котах", "Книга о котах"),
    ("the lamp", "The lamps"),
    ("чай с лимоном", "Чай с лимоном"),
]


@pytest.mark.parametrize(("search", "name"), FORMS)
async def test_a_word_is_found_in_any_of_its_forms(catalog: Catalog, search: str, name: str) -> None:
    await bring(name, "Совсем другое", "Something else")
    assert await found(catalog, search) == [name]


@pytest.mark.parametrize("search", ["фут", "футболк", "ф", "футболка бел", "бел фут", "ФУТ"])
async def test_the_beginning_of_a_word_finds_it(catalog: Catalog, search: str) -> None:
    await bring("Футболка белая", "Рубашка белая", "Куфут")
    assert (await found(catalog, search))[0] == "Футболка белая"
    assert "Куфут" not in await found(catalog, search)


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("футбокла", "Футболка"),
        ("фтболка", "Футболка"),
        ("футболлка", "Футболка"),
        ("фуnболка", "Футболка"),
        ("шуюа", "Шуба"),
        ("чайнеки", "Чайник"),
        ("чйник зоря", "Чайник «Заря»"),
        ("keybaord", "Keyboard"),
        ("keyboarb", "Keyboards"),
    ],
)
async def test_one_typing_error_a_word_is_forgiven(catalog: Catalog, search: str, name: str) -> None:
    await bring(name, "Совсем другое", "Mouse")
    assert await found(catalog, search) == [name]


@pytest.mark.parametrize(
    "search", ["футбокал", "фт", "чпй", "шюба шюба мышь", "12346", "а12345", "ы", "футболкин день"]
)
async def test_two_errors_short_words_and_numbers_are_not(catalog: Catalog, search: str) -> None:
    await bring("Футболка", "Шуба 12345", "Чай")
    assert await found(catalog, search) == []


async def test_what_is_spelt_as_some_name_is_not_put_right(catalog: Catalog) -> None:
    await bring("Майка", "Майна")
    assert await found(catalog, "майка") == ["Майка"]
    assert await found(catalog, "майнами") == ["Майна"]


async def test_every_word_must_be_found(catalog: Catalog) -> None:
    await bring("Футболка белая", "Футболка синяя", "Куртка белая")
    assert await found(catalog, "белая футболка") == ["Футболка белая"]
    assert await found(catalog, "футболка зелёная") == []


async def test_descriptions_are_searched_too(catalog: Catalog) -> None:
    kettle = a_product("Чайник", description="Закипает за три минуты, свистит: «Ёлки!»")
    await TortoiseStockroom().bring(products=[kettle, a_product("Утюг")])
    for search in ("минута", "свист", "ёлка", "чайники закипают", "елки"):
        assert await found(catalog, search) == ["Чайник"], search


async def test_the_best_comes_first(catalog: Catalog) -> None:
    described = a_product("Набор", description="Внутри кофта.", created_at=NOON + timedelta(days=1))
    await TortoiseStockroom().bring(products=[described])
    await bring("Кофтан", "Кофты", "Кофта")
    assert await found(catalog, "кофта") == ["Кофта", "Кофты", "Кофтан", "Набор"]


async def test_what_was_put_right_comes_after_names_and_before_descriptions(catalog: Catalog) -> None:
    described = a_product("Набор", description="Внутри лапма.", created_at=NOON + timedelta(days=1))
    await TortoiseStockroom().bring(products=[described])
    await bring("Лампа")
    assert await found(catalog, "лапма") == ["Лампа", "Набор"]


async def test_of_those_that_fit_alike_the_newest_comes_first(catalog: Catalog) -> None:
    await bring("Кофта 1", "Кофта 2", "Кофта 3")
    assert await found(catalog, "кофта") == ["Кофта 1", "Кофта 2", "Кофта 3"]


async def test_a_sort_that_is_asked_for_goes_before_how_well_it_fits(catalog: Catalog) -> None:
    await bring("Кофтан", "Кофты", "Кофта")
    page = await catalog.products(ProductFilter(search="кофта"), Sort.NAME, EVERYTHING)
    assert names(page) == ["Кофта", "Кофтан", "Кофты"]


@pytest.fixture(params=["gathered", "met on the way", "sampled"])
def any_plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way of reading what was found."""
    few = 1_000 if request.param == "gathered" else 0
    monkeypatch.setattr(fits, "FEW", few)
    monkeypatch.setattr(fits, "EXACT_UP_TO", 0 if request.param == "sampled" else 1_000)
    monkeypatch.setattr(product_lists, "FEW", dict.fromkeys(Sort, few))
    monkeypatch.setattr(product_lists, "MANY", few)


async def a_wardrobe() -> None:
    """Fifteen products that fit in every way, in two categories, and some that do not."""
    outer, inner = a_category(slug="outer"), a_category(slug="inner")
    inner.parent = outer.id
    shop, products, offers = a_shop(), [], []
    for number in range(20):
        name = ["Кофта", "Кофты", "Кофтан", "Набор", "Ваза"][number % 5] + f" {number}"
        product = a_product(
            name,
            created_at=NOON + timedelta(minutes=number // 3),
            description="С кофтой." if name.startswith("Набор") else "",
            category=[outer.id, inner.id, None][number % 3],
        )
        products.append(product)
        offers.append(an_offer(product.id, shop.id, price=100 + number // 2))
    await TortoiseStockroom().bring([outer, inner], [shop], products, offers)


@pytest.mark.usefixtures("any_plan")
@pytest.mark.parametrize("category", [None, "outer", "inner"])
@pytest.mark.parametrize("sort", [None, *Sort])
@pytest.mark.parametrize("size", [1, 3, 16])
async def test_cursors_and_page_numbers_walk_one_and_the_same_search(
    catalog: Catalog, sort: Sort | None, category: str | None, size: int
) -> None:
    await a_wardrobe()
    which = ProductFilter(search="кофта", category=category)
    whole = await catalog.products(which, sort, EVERYTHING)
    total = {None: 16, "outer": 11, "inner": 5}[category]
    assert len(names(whole)) == total
    pages = [await catalog.products(which, sort, PageWish(size=size))]
    while pages[-1].next and len(pages) < 50:
        pages.append(await catalog.products(which, sort, PageWish(size=size, cursor=pages[-1].next)))
    numbered = [await catalog.products(which, sort, PageWish(page.page, size)) for page in pages]
    assert names(*pages) == names(*numbered) == names(whole)
    assert {page.total for page in pages} == {total}
    assert [page.page for page in pages] == list(range(1, -(-total // size) + 1))


@pytest.mark.parametrize(
    "cursor_of", [ProductFilter(), ProductFilter(search="кофта", min_price=1)], ids=["a list", "a sort"]
)
async def test_a_search_has_cursors_of_its_own(catalog: Catalog, cursor_of: ProductFilter) -> None:
    await a_wardrobe()
    sort = None if cursor_of.search is None else Sort.PRICE
    cursor = (await catalog.products(cursor_of, sort, PageWish(size=1))).next
    with pytest.raises(Invalid):
        await catalog.products(ProductFilter(search="кофта"), None, PageWish(cursor=cursor))


@pytest.mark.parametrize(
    ("search", "finds"),
    [
        ("100%", ["100% хлопок", "100 хлопок"]),
        ("a_b", ["a_b"]),
        ("wow!", ["wow", "wow!"]),
        ("back\\slash", ["back\\slash"]),
        ("it's", ["it's"]),
        ("$1 {}", ["$1 {}", "100 хлопок", "100% хлопок"]),
        ("ХЛОПОК", ["100 хлопок", "100% хлопок"]),
        ("плЁнка", ["Пленка", "плёнка"]),
        ("  100   хлоп ", ["100 хлопок", "100% хлопок"]),
        ("straße", ["STRASSE"]),
        ("хлопок & wow", []),
        ("хлопок | wow", []),
        ("хлопок OR wow", []),
        ("NOT wow", []),
        ("!wow", ["wow", "wow!"]),
        ("wow -хлопок", []),
        ('"wow"', ["wow", "wow!"]),
        ("name : wow", []),
        ("wow*", ["wow", "wow!"]),
        ("w:*", ["wow", "wow!"]),
        ("wo(w)", ["wow", "wow!"]),
        ("NEAR(wow)", []),
        ("'; DROP TABLE products; --", []),
        ("%", []),
        ("_", []),
        ("*", []),
        ("'", []),
        ("%%%", []),
        ("", []),
    ],
)
async def test_wildcards_and_operators_are_plain_text(
    catalog: Catalog, search: str, finds: Sequence[str]
) -> None:
    await bring("100% хлопок", "100 хлопок", "a_b", "aXb", "wow!", "wow", "back\\slash", "backslash")
    await bring("it's", "$1 {}", "Пленка", "плёнка", "STRASSE")
    assert sorted(await found(catalog, search)) == sorted(finds)


@given(st.text(max_size=40) | st.text("аб'\"*():&|!<->\\ \x01NOTAR", max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
async def test_no_text_raises_or_finds_what_does_not_have_its_words(catalog: Catalog, search: str) -> None:
    if not await fetch("SELECT id FROM products"):
        await bring("Яйцо")
    text = search.replace("\0", "")
    assert await found(catalog, text) in ([], ["Яйцо"])
    assert await found(catalog, f"щщ {text}") == []
    assert set(await found(catalog, f"яйцо {text}")) <= {"Яйцо"}


async def test_a_search_goes_with_every_other_condition(catalog: Catalog) -> None:
    await a_wardrobe()
    assert await found(catalog, "кофта", max_price=101, category="outer") == ["Кофта 0", "Кофты 1", "Набор 3"]


async def test_hidden_products_are_not_found(catalog: Catalog) -> None:
    await TortoiseStockroom().bring(products=[a_product("Шуба", is_active=False)])
    assert await found(catalog, "шуба") == []


async def test_what_was_brought_before_there_was_a_search_is_found_once_the_shop_is_opened(
    catalog: Catalog,
) -> None:
    if dialect() == POSTGRES:
        pytest.skip("the revision itself makes the index")
    await bring("Шуба", "Шапка")
    for table in ("product_search", "search_rows", "search_words"):
        await execute(f"DELETE FROM {table}")
    assert await found(catalog, "шубы") == []
    await next_version()
    await index_what_is_not()
    assert await found(catalog, "шубы") == await found(catalog, "шуюа") == ["Шуба"]


async def test_what_changed_is_found_by_what_it_is_now(catalog: Catalog) -> None:
    await bring("Шуба", "Шапка")
    ids = [row["id"] for row in await fetch("SELECT id FROM products WHERE name = 'Шуба'")]
    await execute("UPDATE products SET name = 'Кофта', name_folded = 'кофта' WHERE name = 'Шуба'")
    await next_version()
    await keep_search(ids)
    assert await found(catalog, "шуба") == []
    assert await found(catalog, "кофты") == await found(catalog, "кофра") == ["Кофта"]
    assert await found(catalog, "шапка") == ["Шапка"]


async def queries(caplog: pytest.LogCaptureFixture, catalog: Catalog, *wish: Any) -> int:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await catalog.products(*wish)
    return len(caplog.records)


async def test_a_search_takes_as_many_queries_whatever_it_finds(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    await a_wardrobe()
    for which, first, next_ in [
        (ProductFilter(search="кофта"), 4, 2),  # the words; how many fit, and how well; the page
        (ProductFilter(search="кофта", category="outer"), 3, 2),  # that is known by now: the total is not
        (ProductFilter(search="кафта кофта кофтан ваза"), 5, 3),  # what may be meant by a word with an error
    ]:
        assert await queries(caplog, catalog, which, None, PageWish(size=2)) == first
        for sort in (None, Sort.PRICE, Sort.NAME):
            for wish in (PageWish(size=2), EVERYTHING, PageWish(2, 3)):
                assert await queries(caplog, catalog, which, sort, wish) == next_
