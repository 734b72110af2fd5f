"""What every catalogue must do for one product, the tree of categories and the list of shops."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON, a_category, a_product, a_shop, a_user, an_offer

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Catalog, Page, PageWish, ProductFilter, Sort
from lavka.bootstrap import new_id
from lavka.domain.catalog import ProductId, fold
from lavka.domain.errors import Invalid, NotFound

NAMES = ["Базар", "Ёлка", "Лавка", "apple", "Zebra", "Лавка 2", "лавка"]


@pytest.fixture(params=[TortoiseCatalog])
def catalog(request: pytest.FixtureRequest, store: None) -> Catalog:
    return request.param()  # type: ignore[no-any-return]


async def test_a_card_shows_everything_of_a_product(catalog: Catalog) -> None:
    category, shop, other = a_category("Чайники", slug="chayniki"), a_shop("Лавка"), a_shop("Базар")
    product = a_product(
        'Чайник "Ёж"',
        category=category.id,
        description="Две строки,\nодна с 'кавычками' и \\.",
        attributes={"Объём": "1,7 л", 'Знак "': "\\ ' \u2028 李"},
        created_at=NOON + timedelta(microseconds=5),
    )
    dear = an_offer(
        product.id,
        shop.id,
        sku="Ч-1",
        price=900,
        quantity=0,
        recommended_price=1000,
        attributes={"Цвет": "синий"},
    )
    cheap = an_offer(product.id, other.id, sku="Ч-2", price=700, quantity=3)
    await TortoiseStockroom().bring([category], [shop, other], [product], [dear, cheap])
    card = (await catalog.product(product.id)).values
    for moment in (card.pop("created_at"), card.pop("updated_at")):
        assert datetime.fromisoformat(moment) == product.created_at
    assert card == {
        "id": str(product.id),
        "name": 'Чайник "Ёж"',
        "slug": product.slug,
        "category": {"id": str(category.id), "name": "Чайники", "slug": "chayniki"},
        "price": 700,
        "currency": "RUB",
        "in_stock": True,
        "image": None,
        "is_active": True,
        "description": product.description,
        "attributes": dict(product.attributes),
        "images": [],
        "offers": [
            {
                "id": str(cheap.id),
                "sku": "Ч-2",
                "shop": {"id": str(other.id), "name": "Базар"},
                "price": 700,
                "recommended_price": None,
                "quantity": 3,
                "attributes": {},
            },
            {
                "id": str(dear.id),
                "sku": "Ч-1",
                "shop": {"id": str(shop.id), "name": "Лавка"},
                "price": 900,
                "recommended_price": 1000,
                "quantity": 0,
                "attributes": {"Цвет": "синий"},
            },
        ],
    }


async def test_a_card_of_a_product_with_nothing_is_whole_too(catalog: Catalog) -> None:
    product = a_product()
    await TortoiseStockroom().bring(products=[product])
    card = (await catalog.product(product.id)).values
    assert (card["category"], card["price"], card["in_stock"]) == (None, None, False)
    assert (card["attributes"], card["images"], card["offers"], card["description"]) == ({}, [], [], "")


async def test_a_card_lists_what_can_be_bought_the_cheapest_first(catalog: Catalog) -> None:
    open_shop, closed, product = a_shop(), a_shop(is_open=False), a_product()
    sold = [an_offer(product.id, open_shop.id, price=price) for price in (900, 500, 700, 500)]
    not_sold = [
        an_offer(product.id, open_shop.id, price=1, is_active=False),
        an_offer(product.id, closed.id, price=1),
    ]
    elsewhere, another = a_product(), a_shop()
    foreign = an_offer(elsewhere.id, another.id, price=1)
    await TortoiseStockroom().bring(
        (), [open_shop, closed, another], [product, elsewhere], [*not_sold, *sold, foreign]
    )
    card = (await catalog.product(product.id)).values
    assert [offer["price"] for offer in card["offers"]] == [500, 500, 700, 900]
    assert {offer["id"] for offer in card["offers"]} == {str(offer.id) for offer in sold}
    assert card["price"] == 500


async def test_a_hidden_or_unknown_product_has_no_card(catalog: Catalog) -> None:
    hidden, shown = a_product(is_active=False), a_product()
    await TortoiseStockroom().bring(products=[hidden, shown])
    for product in (hidden.id, ProductId(new_id())):
        with pytest.raises(NotFound):
            await catalog.product(product)
    assert (await catalog.product(shown.id)).values["id"] == str(shown.id)


async def test_a_shop_that_closes_takes_its_offers_off_the_card(catalog: Catalog) -> None:
    shop, product = a_shop(), a_product()
    await TortoiseStockroom().bring((), [shop], [product], [an_offer(product.id, shop.id)])
    assert len((await catalog.product(product.id)).values["offers"]) == 1
    await execute("UPDATE shops SET is_open = FALSE WHERE id = $1", [shop.id])
    assert (await catalog.product(product.id)).values["offers"] == []


async def test_a_card_a_tree_and_shops_take_one_query_each(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    shops, product = [a_shop() for _ in range(5)], a_product()
    offers = [an_offer(product.id, shop.id) for shop in shops for _ in range(4)]
    await TortoiseStockroom().bring([a_category() for _ in range(7)], shops, [product], offers)
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await catalog.product(product.id)
        await catalog.categories()
        await catalog.shops(PageWish())
    assert len(caplog.records) == 3


async def test_categories_are_a_tree_each_level_by_name(catalog: Catalog) -> None:
    home, clothes = a_category("Дом", slug="dom"), a_category("одежда", slug="odezhda")
    kitchen = a_category("Кухня", slug="kuhnya", parent=home.id)
    yolki, yeli = (
        a_category("ёлки", slug="yolki", parent=home.id),
        a_category("Ели", slug="eli", parent=home.id),
    )
    kettles = a_category("Чайники", slug="chayniki", parent=kitchen.id)
    await TortoiseStockroom().bring([home, clothes, kitchen, yolki, yeli, kettles])

    def slugs(nodes: list[dict[str, Any]]) -> list[Any]:
        return [(node["slug"], slugs(node["children"])) for node in nodes]

    tree = (await catalog.categories()).values
    assert slugs(tree) == [
        ("dom", [("eli", []), ("yolki", []), ("kuhnya", [("chayniki", [])])]),
        ("odezhda", []),
    ]
    assert tree[1] == {"id": str(clothes.id), "name": "одежда", "slug": "odezhda", "children": []}


async def test_an_empty_shop_has_no_categories(catalog: Catalog) -> None:
    assert (await catalog.categories()).json == "[]"


def names(*pages: Page) -> list[str]:
    return [shop["name"] for page in pages for shop in page.items.values]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_shops_are_walked_by_name_with_cursors_and_page_numbers(catalog: Catalog, size: int) -> None:
    await TortoiseStockroom().bring(shops=[a_shop(name) for name in NAMES])
    pages = [await catalog.shops(PageWish(size=size))]
    while pages[-1].next and len(pages) < 20:
        pages.append(await catalog.shops(PageWish(size=size, cursor=pages[-1].next)))
    numbered = [await catalog.shops(PageWish(number, size)) for number in range(1, pages[0].pages + 1)]
    assert names(*pages) == names(*numbered) == sorted(NAMES, key=fold)
    assert [page.page for page in pages] == [page.page for page in numbered] == list(range(1, len(pages) + 1))
    assert {page.total for page in pages} == {7}


async def test_a_shop_shows_all_that_the_list_promises(catalog: Catalog) -> None:
    owner = a_user()
    await TortoiseUsers().add(owner)
    lavka = a_shop("Лавка", url="https://lavka.example/?q='ёж'", owner=owner.id)
    closed = a_shop("Закрыто", is_open=False)
    await TortoiseStockroom().bring(shops=[lavka, closed])
    assert (await catalog.shops(PageWish())).items.values == [
        {"id": str(closed.id), "name": "Закрыто", "url": None, "is_open": False, "owner_id": None},
        {"id": str(lavka.id), "name": "Лавка", "url": lavka.url, "is_open": True, "owner_id": str(owner.id)},
    ]


async def test_shops_past_the_end_are_none_and_the_total_is_told(catalog: Catalog) -> None:
    await TortoiseStockroom().bring(shops=[a_shop(name) for name in NAMES])
    page = await catalog.shops(PageWish(page=3, size=5))
    assert (page.items.values, page.total, page.pages, page.next) == ([], 7, 2, None)


async def test_a_walk_through_shops_loses_nothing_when_a_shop_goes_away(catalog: Catalog) -> None:
    await TortoiseStockroom().bring(shops=[a_shop(name) for name in NAMES])
    pages = [await catalog.shops(PageWish(size=3))]
    for shop in pages[0].items.values:
        await execute("DELETE FROM shops WHERE id = $1", [shop["id"]])
    while pages[-1].next:
        pages.append(await catalog.shops(PageWish(size=3, cursor=pages[-1].next)))
    assert names(*pages) == sorted(NAMES, key=fold)


@pytest.mark.parametrize("cursor", ["garbage", "!!!", "W10", "ёж"])
async def test_a_cursor_that_was_not_given_is_refused(catalog: Catalog, cursor: str) -> None:
    with pytest.raises(Invalid):
        await catalog.shops(PageWish(cursor=cursor))


async def test_a_cursor_of_products_is_no_cursor_of_shops(catalog: Catalog) -> None:
    products = [a_product(name) for name in NAMES]
    await TortoiseStockroom().bring(shops=[a_shop(name) for name in NAMES], products=products)
    of_products = (await catalog.products(ProductFilter(), Sort.NAME, PageWish(size=2))).next
    of_shops = (await catalog.shops(PageWish(size=2))).next
    with pytest.raises(Invalid):
        await catalog.shops(PageWish(cursor=of_products))
    with pytest.raises(Invalid):
        await catalog.products(ProductFilter(), Sort.NAME, PageWish(cursor=of_shops))
