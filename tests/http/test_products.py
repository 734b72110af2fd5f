"""The list of products over HTTP: every parameter, pages and cursors."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import Goods, a_product, an_offer, refused
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from lavka.bootstrap import new_id

SORTS = {
    "-created_at": ["cotton", "jacket", "ball", "fir", "kettle"],
    "created_at": ["kettle", "fir", "ball", "jacket", "cotton"],
    "price": ["ball", "fir", "kettle", "cotton", "jacket"],
    "-price": ["cotton", "kettle", "fir", "ball", "jacket"],
    "name": ["fir", "ball", "jacket", "cotton", "kettle"],
    "-name": ["kettle", "cotton", "jacket", "ball", "fir"],
}
"""What each order lists; what has no price comes last by either price, `ё` sorts as `е`, in any case."""

FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"category": "home"}, {"kettle", "fir"}),
    ({"category": "kitchen"}, {"kettle"}),
    ({"category": "kettles"}, {"kettle"}),
    ({"category": "clothes"}, {"jacket", "cotton"}),
    ({"category": "nowhere"}, set()),
    ({"min_price": 189_000}, {"kettle", "cotton"}),
    ({"min_price": 189_001}, {"cotton"}),
    ({"max_price": 50_000}, {"fir", "ball"}),
    ({"max_price": 49_999}, {"ball"}),
    ({"max_price": 0}, set()),
    ({"min_price": 1_501, "max_price": 199_000}, {"kettle", "fir"}),
    ({"min_price": 200_000, "max_price": 100_000}, set()),
    ({"min_price": 2**63 - 1}, set()),
    ({"in_stock": "true"}, {"kettle", "ball", "cotton"}),
    ({"in_stock": "false"}, {"fir", "jacket"}),
    ({"search": "чайник"}, {"kettle"}),
    ({"search": "ЗАРЯ"}, {"kettle"}),
    ({"search": "ёлочный"}, {"ball"}),
    ({"search": "ел"}, {"fir", "ball"}),
    ({"search": "100%"}, {"cotton"}),
    ({"search": "%"}, set()),
    ({"search": "_"}, set()),
    ({"search": "' OR 1=1 --"}, set()),
    ({"category": "home", "in_stock": "true", "search": "чай", "min_price": 1}, {"kettle"}),
]


async def the_list(client: AsyncClient, headers: dict[str, str], **params: Any) -> dict[str, Any]:
    """Ask for a page."""
    answer = await client.get("/products", headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    assert set(page) == {"items", "total", "page", "size", "pages", "next"}
    return page


def names(goods: Goods, page: dict[str, Any]) -> list[str]:
    """Who is on a page, by the names of the small catalogue."""
    known = {str(getattr(goods, name).id): name for name in [*SORTS["name"], "hidden"]}
    return [known[item["id"]] for item in page["items"]]


async def test_shows_every_field_of_a_product(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    page = await the_list(client, signed_in, search="заря")
    item = page["items"][0]
    for moment in (item.pop("created_at"), item.pop("updated_at")):
        assert datetime.fromisoformat(moment) == goods.kettle.created_at
        assert datetime.fromisoformat(moment).utcoffset() == timedelta(0)
        assert "T" in moment
    assert item == {
        "id": str(goods.kettle.id),
        "name": "Чайник «Заря» 1,7 л",
        "slug": "chaynik-zarya-1-7-l",
        "category": {"id": str(goods.kettles.id), "name": "Чайники", "slug": "kettles"},
        "price": 189_000,
        "currency": "RUB",
        "in_stock": True,
        "image": None,
        "is_active": True,
    }


async def test_a_product_may_have_no_category_and_no_price(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    page = await the_list(client, signed_in)
    shown = dict(zip(names(goods, page), page["items"], strict=True))
    assert shown["ball"]["category"] is None
    assert (shown["jacket"]["price"], shown["jacket"]["in_stock"]) == (None, False)
    assert (shown["fir"]["price"], shown["fir"]["in_stock"]) == (50_000, False)


async def test_lists_active_products_the_newest_first(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    page = await the_list(client, signed_in)
    assert names(goods, page) == SORTS["-created_at"]
    del page["items"]
    assert page == {"total": 5, "page": 1, "size": 20, "pages": 1, "next": None}


async def test_an_empty_shop_has_an_empty_page(client: AsyncClient, signed_in: dict[str, str]) -> None:
    page = await the_list(client, signed_in)
    assert page == {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0, "next": None}


@pytest.mark.parametrize("sort", SORTS)
async def test_sorts_as_asked(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods, sort: str
) -> None:
    assert names(goods, await the_list(client, signed_in, sort=sort)) == SORTS[sort]


@pytest.mark.parametrize(("wish", "found"), FILTERS, ids=[str(wish) for wish, _ in FILTERS])
async def test_filters_as_asked(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods, wish: dict[str, Any], found: set[str]
) -> None:
    page = await the_list(client, signed_in, **wish)
    assert set(names(goods, page)) == found
    assert page["total"] == len(found)


async def test_filters_by_the_shop_that_sells(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    found = {
        shop.name: set(names(goods, await the_list(client, signed_in, shop=shop.id)))
        for shop in (goods.hearth, goods.frost)
    }
    assert found == {goods.hearth.name: {"kettle", "ball", "cotton"}, goods.frost.name: {"kettle", "fir"}}
    assert (await the_list(client, signed_in, shop=new_id()))["items"] == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("sort", SORTS)
async def test_a_walk_by_cursor_meets_each_product_once(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods, sort: str, size: int
) -> None:
    met: list[str] = []
    number, params = 0, {"sort": sort, "size": size}
    while True:
        number += 1
        page = await the_list(client, signed_in, **params)
        by_number = await the_list(client, signed_in, sort=sort, size=size, page=number)
        assert page == by_number
        assert (page["page"], page["pages"], page["total"]) == (number, -(-5 // size), 5)
        met += names(goods, page)
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert met == SORTS[sort]


async def test_a_cursor_continues_a_filtered_list(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    wish = {"in_stock": "true", "sort": "price", "size": 2}
    first = await the_list(client, signed_in, **wish)
    second = await the_list(client, signed_in, **wish, cursor=first["next"])
    assert names(goods, first) + names(goods, second) == ["ball", "kettle", "cotton"]
    assert (second["total"], second["next"]) == (3, None)


async def test_a_cursor_neither_skips_nor_repeats_when_goods_arrive(
    client: AsyncClient, app: FastAPI, signed_in: dict[str, str], goods: Goods
) -> None:
    first = await the_list(client, signed_in, size=2)
    newest = a_product("Новинка", created_at=goods.cotton.created_at + timedelta(days=1))
    offer = an_offer(newest.id, goods.hearth.id)
    await app.state.shop.stocking.stockroom.bring(products=[newest], offers=[offer])
    second = await the_list(client, signed_in, size=2, cursor=first["next"])
    assert names(goods, second) == SORTS["-created_at"][2:4]
    assert second["total"] == 6


async def test_equal_keys_are_told_apart(
    client: AsyncClient, app: FastAPI, signed_in: dict[str, str], goods: Goods
) -> None:
    twins = [a_product("Близнец") for _ in range(5)]
    offers = [an_offer(each.id, goods.hearth.id, price=7_000) for each in twins]
    await app.state.shop.stocking.stockroom.bring(products=twins, offers=offers)
    for sort in SORTS:
        met: list[str] = []
        cursor = None
        while not met or cursor:
            params = {"cursor": cursor} if cursor else {}
            page = await the_list(client, signed_in, sort=sort, size=2, search="близнец", **params)
            met += [item["id"] for item in page["items"]]
            cursor = page["next"]
        assert sorted(met) == sorted(str(each.id) for each in twins)


@pytest.mark.parametrize("number", [2, 6, 1000, 10**9])
async def test_a_page_past_the_end_is_empty(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods, number: int
) -> None:
    page = await the_list(client, signed_in, page=number)
    assert page == {"items": [], "total": 5, "page": number, "size": 20, "pages": 1, "next": None}
    assert goods


async def cursor_of(client: AsyncClient, headers: dict[str, str], **params: Any) -> str:
    """A cursor that a list gave."""
    page = await the_list(client, headers, size=1, **params)
    return str(page["next"])


async def a_bad_cursor(client: AsyncClient, headers: dict[str, str], **params: Any) -> Response:
    """Send one and claim that it is named."""
    answer = await client.get("/products", headers=headers, params=params)
    details = refused(answer, 422, "validation_error")
    assert [each["field"] for each in details] == ["cursor"]
    return answer


@pytest.mark.usefixtures("goods")
async def test_the_cursor_of_another_order_is_refused(client: AsyncClient, signed_in: dict[str, str]) -> None:
    cursor = await cursor_of(client, signed_in, sort="price")
    await a_bad_cursor(client, signed_in, cursor=cursor, sort="name")
    await a_bad_cursor(client, signed_in, cursor=cursor)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("flaw", ["", "nonsense", "%%%", "ы", "W10", "e30", "bnVsbA", "A" * 4096])
async def test_a_cursor_nobody_gave_is_refused(
    client: AsyncClient, signed_in: dict[str, str], flaw: str
) -> None:
    await a_bad_cursor(client, signed_in, cursor=flaw)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("sort", SORTS)
async def test_a_damaged_cursor_is_refused_or_harmless(
    client: AsyncClient, signed_in: dict[str, str], sort: str
) -> None:
    cursor = await cursor_of(client, signed_in, sort=sort)
    for place in range(len(cursor)):
        damaged = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        params = {"sort": sort, "cursor": damaged}
        answer = await client.get("/products", headers=signed_in, params=params)
        assert answer.status_code in (200, 422), (damaged, answer.text)


@pytest.mark.parametrize(
    "wish",
    [
        {"sort": "rating"},
        {"sort": "--price"},
        {"sort": ""},
        {"shop": "hearth"},
        {"in_stock": "perhaps"},
        {"min_price": "-1"},
        {"max_price": "1.5"},
        {"search": ""},
        {"search": "ы" * 101},
        {"size": "0"},
        {"size": "101"},
        {"page": "0"},
        {"colour": "white"},
    ],
    ids=str,
)
async def test_a_wrong_parameter_is_named(
    client: AsyncClient, signed_in: dict[str, str], wish: dict[str, str]
) -> None:
    answer = await client.get("/products", headers=signed_in, params=wish)
    details = refused(answer, 422, "validation_error")
    known = {"query"} if "colour" in wish else set(wish)
    assert {each["field"] for each in details} == known
