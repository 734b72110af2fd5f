"""The tree of categories and the shops, as they are changed over HTTP."""

import asyncio
from typing import Any

import pytest
from builders import NOBODY, Headers, a_seller, made, refused
from httpx2 import AsyncClient

from lavka.adapters.tortoise.database import fetch


async def put(
    client: AsyncClient, admin: Headers, name: str, parent: str | None = None, **more: object
) -> str:
    """Put a category into the tree, and give its id."""
    form = {"name": name, "parent_id": parent} | more
    return str(made(await client.post("/categories", json=form, headers=admin))["id"])


async def tree(client: AsyncClient, who: Headers) -> list[Any]:
    """The tree by names."""

    def named(nodes: list[dict[str, Any]]) -> list[Any]:
        return [[node["name"], *named(node["children"])] for node in nodes]

    return named((await client.get("/categories", headers=who)).json())


async def move(client: AsyncClient, admin: Headers, category: str, parent: str | None) -> Any:
    return await client.patch(f"/categories/{category}", json={"parent_id": parent}, headers=admin)


async def test_categories_hang_in_a_tree(client: AsyncClient, admin: Headers) -> None:
    home = await put(client, admin, "Дом")
    kitchen = await put(client, admin, "Кухня", home)
    await put(client, admin, "Чайники", kitchen)
    await put(client, admin, "Сад", home)
    assert await tree(client, admin) == [["Дом", ["Кухня", ["Чайники"]], ["Сад"]]]


async def test_a_category_gets_a_slug_of_its_name_that_is_free(client: AsyncClient, admin: Headers) -> None:
    slugs = [
        made(await client.post("/categories", json={"name": "Чайники"}, headers=admin))["slug"]
        for _ in range(3)
    ]
    assert slugs == ["chayniki", "chayniki-2", "chayniki-3"]
    named = made(await client.post("/categories", json={"name": "Чай", "slug": "tea"}, headers=admin))
    assert named == {"id": named["id"], "name": "Чай", "slug": "tea", "parent_id": None}


async def test_a_slug_is_one_categorys_only(client: AsyncClient, admin: Headers) -> None:
    await put(client, admin, "Чай", slug="tea")
    other = await put(client, admin, "Кофе")
    again = await client.post("/categories", json={"name": "Чай", "slug": "tea"}, headers=admin)
    renamed = await client.patch(f"/categories/{other}", json={"slug": "tea"}, headers=admin)
    for answer in (again, renamed):
        refused(answer, 409, "slug_taken")


async def test_a_branch_moves_with_all_in_it(client: AsyncClient, admin: Headers) -> None:
    home = await put(client, admin, "Дом")
    garden = await put(client, admin, "Сад")
    kitchen = await put(client, admin, "Кухня", home)
    await put(client, admin, "Чайники", kitchen)
    assert (await move(client, admin, kitchen, garden)).json()["parent_id"] == garden
    assert await tree(client, admin) == [["Дом"], ["Сад", ["Кухня", ["Чайники"]]]]
    assert (await move(client, admin, kitchen, None)).json()["parent_id"] is None
    assert await tree(client, admin) == [["Дом"], ["Кухня", ["Чайники"]], ["Сад"]]


async def test_a_moved_branch_is_found_under_its_new_parent(client: AsyncClient, admin: Headers) -> None:
    home, garden = (
        await put(client, admin, "Дом", slug="home"),
        await put(client, admin, "Сад", slug="garden"),
    )
    kitchen = await put(client, admin, "Кухня", home)
    made(await client.post("/products", json={"name": "Чайник", "category_id": kitchen}, headers=admin))

    async def totals() -> list[int]:
        slugs = ("home", "garden")
        return [
            (await client.get(f"/products?category={slug}", headers=admin)).json()["total"] for slug in slugs
        ]

    assert await totals() == [1, 0]
    await move(client, admin, kitchen, garden)
    assert await totals() == [0, 1]


async def test_a_category_cannot_come_to_stand_below_itself(client: AsyncClient, admin: Headers) -> None:
    home = await put(client, admin, "Дом")
    kitchen = await put(client, admin, "Кухня", home)
    kettles = await put(client, admin, "Чайники", kitchen)
    for parent in (home, kitchen, kettles):
        refused(await move(client, admin, home, parent), 409, "category_cycle")
    assert await tree(client, admin) == [["Дом", ["Кухня", ["Чайники"]]]]


async def test_two_moves_at_once_make_no_ring(client: AsyncClient, admin: Headers) -> None:
    for _ in range(5):
        one, two = await put(client, admin, "Один"), await put(client, admin, "Два")
        answers = await asyncio.gather(move(client, admin, one, two), move(client, admin, two, one))
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_the_tree_is_at_most_a_hundred_deep(client: AsyncClient, admin: Headers) -> None:
    parent = None
    for level in range(100):
        parent = await put(client, admin, f"Уровень {level}", parent)
    deeper = await client.post("/categories", json={"name": "Ещё", "parent_id": parent}, headers=admin)
    assert [each["field"] for each in refused(deeper, 422, "validation_error")] == ["parent_id"]
    branch = await put(client, admin, "Ветка")
    refused(await move(client, admin, branch, parent), 422, "validation_error")
    assert (await client.get("/categories", headers=admin)).status_code == 200


async def test_a_category_in_use_stays(client: AsyncClient, admin: Headers) -> None:
    home = await put(client, admin, "Дом")
    kitchen = await put(client, admin, "Кухня", home)
    product = made(
        await client.post("/products", json={"name": "Чайник", "category_id": kitchen}, headers=admin)
    )
    await client.delete(f"/products/{product['id']}", headers=admin)  # hidden, but still there
    for category in (home, kitchen):
        refused(await client.delete(f"/categories/{category}", headers=admin), 409, "category_in_use")
    await client.patch(f"/products/{product['id']}", json={"category_id": None}, headers=admin)
    for category in (kitchen, home):
        assert (await client.delete(f"/categories/{category}", headers=admin)).status_code == 204
    assert await tree(client, admin) == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Чай", "slug": "Чай"}, "slug"),
        ({"name": "Чай", "slug": "a--b"}, "slug"),
        ({"name": "Чай", "slug": "a" * 101}, "slug"),
        ({"name": "Чай", "parent_id": NOBODY}, "parent_id"),
        ({"name": "Чай", "parent_id": 1}, "parent_id"),
        ({"name": "Чай", "children": []}, "body"),
    ],
)
async def test_a_bad_category_is_refused_by_field(
    client: AsyncClient, admin: Headers, form: dict[str, Any], field: str
) -> None:
    answer = await client.post("/categories", json=form, headers=admin)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == [field]
    assert await fetch("SELECT id FROM categories") == []


async def open_shop(client: AsyncClient, who: Headers, **form: object) -> dict[str, Any]:
    return made(await client.post("/shops", json={"name": "Очаг"} | form, headers=who))


async def test_a_shops_account_opens_a_shop_of_its_own(client: AsyncClient, seller: Headers) -> None:
    me = (await client.get("/me", headers=seller)).json()["id"]
    shop = await open_shop(client, seller, url="https://hearth.example")
    assert shop == {
        "id": shop["id"],
        "name": "Очаг",
        "url": "https://hearth.example",
        "is_open": True,
        "owner_id": me,
    }
    assert (await client.get(f"/shops/{shop['id']}", headers=seller)).json() == shop
    assert (await client.get("/shops", headers=seller)).json()["items"] == [shop]


async def test_an_administrator_opens_a_shop_for_somebody(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    owner = (await client.get("/me", headers=seller)).json()["id"]
    shop = await open_shop(client, admin, owner_id=owner)
    closed = await client.patch(f"/shops/{shop['id']}", json={"is_open": False}, headers=seller)
    assert closed.json() == shop | {"is_open": False}


async def test_a_shop_is_not_given_away_by_its_owner(client: AsyncClient, seller: Headers) -> None:
    shop, stranger = await open_shop(client, seller), await a_seller(client)
    other = (await client.get("/me", headers=stranger)).json()["id"]
    for answer in (
        await client.patch(f"/shops/{shop['id']}", json={"owner_id": other}, headers=seller),
        await client.patch(f"/shops/{shop['id']}", json={"owner_id": None}, headers=seller),
        await client.post("/shops", json={"name": "Чужой", "owner_id": other}, headers=seller),
    ):
        refused(answer, 403, "forbidden")


async def test_what_a_closed_shop_offers_has_no_price_until_it_opens(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    shop = await open_shop(client, seller)
    product = made(await client.post("/products", json={"name": "Чайник"}, headers=admin))["id"]
    terms = {"sku": "1", "price": 100, "quantity": 1}
    made(await client.post(f"/products/{product}/offers", json=terms, headers=seller))
    shown = []
    for is_open in (False, True):
        await client.patch(f"/shops/{shop['id']}", json={"is_open": is_open}, headers=seller)
        card = (await client.get(f"/products/{product}", headers=admin)).json()
        shown.append((card["price"], card["in_stock"], len(card["offers"])))
    assert shown == [(None, False, 0), (100, True, 1)]


async def test_a_name_is_one_shops_only(client: AsyncClient, admin: Headers) -> None:
    await open_shop(client, admin)
    other = await open_shop(client, admin, name="Мороз")
    refused(await client.post("/shops", json={"name": "Очаг"}, headers=admin), 409, "name_taken")
    refused(
        await client.patch(f"/shops/{other['id']}", json={"name": "Очаг"}, headers=admin), 409, "name_taken"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://" + "a" * 2048}, "url"),
        ({"is_open": "yes"}, "is_open"),
        ({"owner_id": NOBODY}, "owner_id"),
        ({"rating": 5}, "body"),
    ],
)
async def test_a_bad_shop_is_refused_by_field(
    client: AsyncClient, admin: Headers, changes: dict[str, Any], field: str
) -> None:
    shop = await open_shop(client, admin)
    for answer in (
        await client.post("/shops", json={"name": "Мороз"} | changes, headers=admin),
        await client.patch(f"/shops/{shop['id']}", json=changes, headers=admin),
    ):
        assert [each["field"] for each in refused(answer, 422, "validation_error")] == [field]
    assert (await client.get(f"/shops/{shop['id']}", headers=admin)).json() == shop


async def test_a_shop_is_shown_with_its_etag(client: AsyncClient, admin: Headers) -> None:
    shop = await open_shop(client, admin)
    first = await client.get(f"/shops/{shop['id']}", headers=admin)
    again = await client.get(f"/shops/{shop['id']}", headers=admin | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    refused(await client.get(f"/shops/{NOBODY}", headers=admin), 404, "not_found")
    refused(await client.get("/shops/mine", headers=admin), 422, "validation_error")
