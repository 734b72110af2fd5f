"""A product's card, the categories and the shops over HTTP, and what clients may keep of them."""

from typing import Any

import pytest
from builders import Goods, a_category, a_product, refused
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.bootstrap import new_id


async def test_a_card_shows_the_product_and_its_offers_the_cheapest_first(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    answer = await client.get(f"/products/{goods.kettle.id}", headers=signed_in)
    card = answer.json()
    assert answer.status_code == 200
    listed = await client.get("/products", headers=signed_in, params={"search": "заря"})
    summary = listed.json()["items"][0]
    assert {name: card[name] for name in summary} == summary
    dear, cheap = goods.offers[0], goods.offers[1]
    assert {name: card[name] for name in card if name not in summary} == {
        "description": "Закипает за три минуты.",
        "attributes": {"Объём": "1,7 л"},
        "images": [],
        "offers": [
            {
                "id": str(cheap.id),
                "sku": cheap.sku,
                "shop": {"id": str(goods.frost.id), "name": "Мороз"},
                "price": 189_000,
                "recommended_price": None,
                "quantity": 0,
                "attributes": {},
            },
            {
                "id": str(dear.id),
                "sku": "CH-17-W",
                "shop": {"id": str(goods.hearth.id), "name": "Домашний очаг"},
                "price": 199_000,
                "recommended_price": 229_000,
                "quantity": 14,
                "attributes": {"Цвет": "белый"},
            },
        ],
    }


async def test_a_card_without_anything_to_buy(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    card = (await client.get(f"/products/{goods.jacket.id}", headers=signed_in)).json()
    assert (card["price"], card["in_stock"], card["offers"]) == (None, False, [])
    ball = (await client.get(f"/products/{goods.ball.id}", headers=signed_in)).json()
    assert (ball["category"], ball["description"], ball["attributes"]) == (None, "", {})


async def test_a_product_that_is_hidden_or_unknown_is_not_found(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    for product in (goods.hidden.id, goods.hearth.id, new_id()):
        refused(await client.get(f"/products/{product}", headers=signed_in), 404, "not_found")


async def test_categories_are_a_tree_each_level_by_name(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    def node(category: Any, *children: dict[str, Any]) -> dict[str, Any]:
        shown = {"id": str(category.id), "name": category.name, "slug": category.slug}
        return shown | {"children": list(children)}

    answer = await client.get("/categories", headers=signed_in)
    assert answer.status_code == 200
    home = node(goods.home, node(goods.kitchen, node(goods.kettles)))
    assert answer.json() == [home, node(goods.clothes)]


async def test_shops_are_listed_by_name_with_the_closed_ones(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    answer = await client.get("/shops", headers=signed_in)
    assert answer.status_code == 200
    rest = {"total": 3, "page": 1, "size": 20, "pages": 1, "next": None}
    assert answer.json() == {
        "items": [
            {"id": str(shop.id), "name": shop.name, "url": shop.url, "is_open": is_open, "owner_id": None}
            for shop, is_open in ((goods.hearth, True), (goods.closed, False), (goods.frost, True))
        ],
        **rest,
    }


async def test_shops_come_in_pages(client: AsyncClient, signed_in: dict[str, str], goods: Goods) -> None:
    met: list[str] = []
    params: dict[str, Any] = {"size": 1}
    for number in (1, 2, 3):
        by_number = await client.get("/shops", headers=signed_in, params={"size": 1, "page": number})
        page = (await client.get("/shops", headers=signed_in, params=params)).json()
        assert page == by_number.json()
        met += [shop["name"] for shop in page["items"]]
        params["cursor"] = page["next"]
    assert params["cursor"] is None
    assert met == [goods.hearth.name, goods.closed.name, goods.frost.name]
    beyond = await client.get("/shops", headers=signed_in, params={"page": 4, "size": 1})
    assert (beyond.status_code, beyond.json()["items"], beyond.json()["total"]) == (200, [], 3)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("flaw", ["", "nonsense", "2"])
async def test_a_cursor_that_no_list_of_shops_gave_is_refused(
    client: AsyncClient, signed_in: dict[str, str], flaw: str
) -> None:
    answer = await client.get("/shops", headers=signed_in, params={"cursor": flaw})
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["cursor"]


def places(goods: Goods) -> list[str]:
    """Every catalogue call that reads."""
    return [
        "/products",
        "/products?size=2&sort=price",
        f"/products/{goods.kettle.id}",
        "/categories",
        "/shops",
    ]


async def test_what_is_unchanged_is_not_sent_again(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    for place in places(goods):
        answer = await client.get(place, headers=signed_in)
        tag = answer.headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await client.get(place, headers=signed_in | {"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), place
        for unknown in ('"other"', tag.strip('"'), "", "W/", tag[:-2] + '"'):
            again = await client.get(place, headers=signed_in | {"If-None-Match": unknown})
            assert (again.status_code, again.content) == (200, answer.content), (place, unknown)


async def test_what_has_changed_is_sent_again(
    client: AsyncClient, app: FastAPI, signed_in: dict[str, str], goods: Goods
) -> None:
    known = {
        place: (await client.get(place, headers=signed_in)).headers["ETag"]
        for place in ("/products", "/categories")
    }
    await app.state.shop.stocking.stockroom.bring([a_category("Сад")], products=[a_product("Лейка")])
    for place, tag in known.items():
        answer = await client.get(place, headers=signed_in | {"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["ETag"] != tag
    assert goods


async def test_a_known_tag_opens_nothing_without_a_token(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    for place in places(goods):
        tag = (await client.get(place, headers=signed_in)).headers["ETag"]
        for known in (tag, "*"):
            assert (await client.get(place, headers={"If-None-Match": known})).status_code == 401


async def test_what_signed_in_people_read_is_kept_by_no_shared_cache(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    for place in places(goods):
        answer = await client.get(place, headers=signed_in)
        assert "public" not in answer.headers["Cache-Control"]
        assert "private" in answer.headers["Cache-Control"]
