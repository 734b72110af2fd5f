"""How the catalogue is filled over HTTP, and by whom."""

from typing import Any

import pytest
from builders import NOBODY, Headers, a_seller, made, refused, unauthorized
from httpx2 import AsyncClient

from lavka.adapters.tortoise.database import fetch

KETTLE: dict[str, Any] = {
    "name": "Чайник «Заря»",
    "description": "Закипает за три минуты.",
    "attributes": {"Объём": "1,7 л"},
    "price": 199_000,
    "quantity": 14,
}


async def a_product(client: AsyncClient, admin: Headers, **changes: object) -> dict[str, Any]:
    return made(await client.post("/products", json=KETTLE | changes, headers=admin))


async def a_shop(client: AsyncClient, who: Headers, name: str = "Очаг") -> dict[str, Any]:
    return made(await client.post("/shops", json={"name": name}, headers=who))


async def names(client: AsyncClient, who: Headers) -> list[str]:
    return [item["name"] for item in (await client.get("/products", headers=who)).json()["items"]]


WRITES = [
    ("POST", "/products", KETTLE),
    ("PATCH", f"/products/{NOBODY}", {"name": "Самовар"}),
    ("DELETE", f"/products/{NOBODY}", None),
    ("POST", f"/products/{NOBODY}/offers", {"sku": "1", "price": 1, "quantity": 1}),
    ("PATCH", f"/offers/{NOBODY}", {"price": 1}),
    ("DELETE", f"/offers/{NOBODY}", None),
    ("POST", "/categories", {"name": "Чайники"}),
    ("PATCH", f"/categories/{NOBODY}", {"name": "Чайники"}),
    ("DELETE", f"/categories/{NOBODY}", None),
    ("POST", "/shops", {"name": "Очаг"}),
    ("PATCH", f"/shops/{NOBODY}", {"is_open": False}),
]
OF_ADMINISTRATORS = [each for each in WRITES if "/offers" not in each[1] and "/shops" not in each[1]]
NAMED = [each for each in WRITES if "-" in each[1]]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_nobody_writes_without_a_token(
    client: AsyncClient, method: str, path: str, body: object
) -> None:
    assert unauthorized(await client.request(method, path, content="not even JSON"))
    assert unauthorized(await client.request(method, path, json=body))


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_a_buyer_writes_nothing(
    client: AsyncClient, signed_in: Headers, method: str, path: str, body: object
) -> None:
    refused(await client.request(method, path, json=body, headers=signed_in), 403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), OF_ADMINISTRATORS)
async def test_a_shops_account_leaves_products_and_categories_alone(
    client: AsyncClient, seller: Headers, method: str, path: str, body: object
) -> None:
    refused(await client.request(method, path, json=body, headers=seller), 403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), NAMED)
async def test_what_is_not_there_cannot_be_changed(
    client: AsyncClient, admin: Headers, method: str, path: str, body: object
) -> None:
    refused(await client.request(method, path, json=body, headers=admin), 404, "not_found")


async def test_a_product_with_a_price_is_on_sale_at_once(client: AsyncClient, admin: Headers) -> None:
    card = await a_product(client, admin)
    assert card == (await client.get(f"/products/{card['id']}", headers=admin)).json()
    assert (card["name"], card["slug"], card["price"]) == (KETTLE["name"], "chaynik-zarya", 199_000)
    assert (card["description"], card["attributes"]) == (KETTLE["description"], KETTLE["attributes"])
    assert (card["in_stock"], card["is_active"], card["category"]) == (True, True, None)
    (offer,) = card["offers"]
    assert (offer["price"], offer["quantity"], offer["shop"]["name"]) == (199_000, 14, "Lavka")
    assert await names(client, admin) == [KETTLE["name"]]


async def test_the_house_opens_one_shop_for_all_it_sells(client: AsyncClient, admin: Headers) -> None:
    first, second = await a_product(client, admin), await a_product(client, admin, name="Самовар")
    assert first["offers"][0]["shop"] == second["offers"][0]["shop"]
    assert (await client.get("/shops", headers=admin)).json()["total"] == 1


async def test_a_product_without_a_price_is_there_and_has_none(client: AsyncClient, admin: Headers) -> None:
    card = made(await client.post("/products", json={"name": "Самовар"}, headers=admin))
    assert (card["price"], card["in_stock"], card["offers"], card["attributes"]) == (None, False, [], {})
    assert await names(client, admin) == ["Самовар"]


async def test_what_is_changed_of_a_product_changes_and_the_rest_stays(
    client: AsyncClient, admin: Headers
) -> None:
    category = made(await client.post("/categories", json={"name": "Чайники"}, headers=admin))
    before = await a_product(client, admin)
    answer = await client.patch(
        f"/products/{before['id']}",
        json={"name": "Самовар  тульский", "category_id": category["id"], "attributes": {}},
        headers=admin,
    )
    card = answer.json()
    assert (card["name"], card["slug"], card["attributes"]) == ("Самовар тульский", "samovar-tulskiy", {})
    assert card["category"]["id"] == category["id"]
    assert (card["description"], card["price"]) == (before["description"], before["price"])
    assert (card["created_at"], card["offers"]) == (before["created_at"], before["offers"])
    assert card["updated_at"] > before["updated_at"]
    out = await client.patch(f"/products/{before['id']}", json={"category_id": None}, headers=admin)
    assert out.json()["category"] is None
    assert await names(client, admin) == ["Самовар тульский"]


async def test_the_price_of_the_houses_only_offer_is_changed_with_the_product(
    client: AsyncClient, admin: Headers
) -> None:
    product = (await a_product(client, admin))["id"]
    card = (
        await client.patch(f"/products/{product}", json={"price": 5, "quantity": 0}, headers=admin)
    ).json()
    assert (card["price"], card["in_stock"], len(card["offers"])) == (5, False, 1)
    await client.post(
        f"/products/{product}/offers", json={"sku": "2", "price": 7, "quantity": 1}, headers=admin
    )
    several = await client.patch(f"/products/{product}", json={"price": 6}, headers=admin)
    assert [each["field"] for each in refused(several, 422, "validation_error")] == ["price"]
    assert (await client.get(f"/products/{product}", headers=admin)).json()["price"] == 5


async def test_a_deleted_product_is_in_no_list_and_its_offers_stay(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    product = (await a_product(client, admin))["id"]
    assert (await client.delete(f"/products/{product}", headers=admin)).status_code == 204
    assert await names(client, admin) == []
    assert len(await fetch("SELECT id FROM offers WHERE is_active")) == 1
    refused(await client.get(f"/products/{product}", headers=seller), 404, "not_found")
    assert (await client.get(f"/products/{product}", headers=admin)).json()["is_active"] is False
    back = await client.patch(f"/products/{product}", json={"is_active": True}, headers=admin)
    assert back.json()["is_active"] is True
    assert await names(client, admin) == [KETTLE["name"]]


BAD_PRODUCTS: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "  "}, "name"),
    ({"name": "a" * 256}, "name"),
    ({"name": None}, "name"),
    ({"name": "a\0"}, "name"),
    ({"price": 0}, "price"),
    ({"price": -1}, "price"),
    ({"price": 1.5}, "price"),
    ({"price": "1"}, "price"),
    ({"price": 10**18}, "price"),
    ({"quantity": -1}, "quantity"),
    ({"quantity": 10**9 + 1}, "quantity"),
    ({"description": "a" * 20_001}, "description"),
    ({"attributes": {"": "x"}}, "attributes"),
    ({"attributes": {"a": 1}}, "attributes.a"),
    ({"attributes": {"a" * 101: "x"}}, "attributes"),
    ({"attributes": {"a": "x" * 501}}, "attributes.a"),
    ({"attributes": {str(number): "x" for number in range(101)}}, "attributes"),
    ({"category_id": NOBODY}, "category_id"),
    ({"category_id": "kettles"}, "category_id"),
    ({"is_active": 1}, "is_active"),
    ({"shop": "mine"}, "body"),
]


@pytest.mark.parametrize(("changes", "field"), BAD_PRODUCTS)
async def test_a_bad_product_is_refused_by_field_and_leaves_nothing(
    client: AsyncClient, admin: Headers, changes: dict[str, Any], field: str
) -> None:
    details = refused(
        await client.post("/products", json=KETTLE | changes, headers=admin), 422, "validation_error"
    )
    assert any(each["field"].startswith(field) for each in details), details
    assert await fetch("SELECT id FROM products") == []
    assert await fetch("SELECT id FROM shops") == []


async def test_a_bad_change_leaves_the_product_as_it_was(client: AsyncClient, admin: Headers) -> None:
    before = await a_product(client, admin)
    for changes in ({"name": "Самовар", "category_id": NOBODY}, {"name": "Самовар", "price": 0}):
        refused(
            await client.patch(f"/products/{before['id']}", json=changes, headers=admin),
            422,
            "validation_error",
        )
    assert (await client.get(f"/products/{before['id']}", headers=admin)).json() == before


async def test_a_shop_offers_a_product_at_its_own_price(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    product = (await a_product(client, admin))["id"]
    shop = await a_shop(client, seller)
    terms = {
        "sku": "Ч-1",
        "price": 150_000,
        "recommended_price": 160_000,
        "quantity": 3,
        "attributes": {"Цвет": "белый"},
    }
    offer = made(await client.post(f"/products/{product}/offers", json=terms, headers=seller))
    assert offer == terms | {
        "id": offer["id"],
        "product_id": product,
        "shop": {"id": shop["id"], "name": "Очаг"},
        "is_active": True,
    }
    card = (await client.get(f"/products/{product}", headers=admin)).json()
    assert (card["price"], [each["price"] for each in card["offers"]]) == (150_000, [150_000, 199_000])


async def test_what_a_shop_changes_of_its_offer_is_seen_at_once(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    product = (await a_product(client, admin))["id"]
    await a_shop(client, seller)
    terms = {"sku": "1", "price": 150_000, "recommended_price": 2, "quantity": 3}
    offer = (await client.post(f"/products/{product}/offers", json=terms, headers=seller)).json()["id"]
    changes = {"price": 170_000, "quantity": 0, "recommended_price": None}
    changed = (await client.patch(f"/offers/{offer}", json=changes, headers=seller)).json()
    assert (changed["price"], changed["quantity"], changed["recommended_price"]) == (170_000, 0, None)
    assert (await client.get(f"/products/{product}", headers=admin)).json()["price"] == 170_000
    assert (await client.delete(f"/offers/{offer}", headers=seller)).status_code == 204
    card = (await client.get(f"/products/{product}", headers=admin)).json()
    assert (card["price"], len(card["offers"])) == (199_000, 1)


async def test_a_product_whose_offers_are_all_withdrawn_leaves_the_lists_until_one_is_back(
    client: AsyncClient, admin: Headers
) -> None:
    card = await a_product(client, admin)
    offer = card["offers"][0]["id"]
    await client.delete(f"/offers/{offer}", headers=admin)
    assert await names(client, admin) == []
    await client.patch(f"/offers/{offer}", json={"is_active": True}, headers=admin)
    assert await names(client, admin) == [KETTLE["name"]]


async def test_what_is_another_shops_is_not_there(
    client: AsyncClient, admin: Headers, seller: Headers
) -> None:
    product = await a_product(client, admin)
    mine, stranger = await a_shop(client, seller), await a_seller(client)
    terms = {"sku": "1", "price": 1, "quantity": 1}
    offer = (await client.post(f"/products/{product['id']}/offers", json=terms, headers=seller)).json()["id"]
    attempts = [
        ("POST", f"/products/{product['id']}/offers", terms | {"shop_id": mine["id"]}),
        ("POST", f"/products/{product['id']}/offers", terms),
        ("PATCH", f"/offers/{offer}", {"price": 2}),
        ("DELETE", f"/offers/{offer}", None),
        ("PATCH", f"/offers/{product['offers'][0]['id']}", {"price": 2}),
        ("PATCH", f"/shops/{mine['id']}", {"is_open": False}),
    ]
    for method, path, body in attempts:
        refused(await client.request(method, path, json=body, headers=stranger), 404, "not_found")
    assert len(await fetch("SELECT id FROM offers WHERE is_active")) == 2


async def test_who_has_several_shops_says_which(client: AsyncClient, admin: Headers, seller: Headers) -> None:
    product = (await a_product(client, admin))["id"]
    await a_shop(client, seller, "Очаг")
    second = await a_shop(client, seller, "Мороз")
    terms = {"sku": "1", "price": 1, "quantity": 1}
    unsaid = await client.post(f"/products/{product}/offers", json=terms, headers=seller)
    assert [each["field"] for each in refused(unsaid, 422, "validation_error")] == ["shop_id"]
    said = await client.post(
        f"/products/{product}/offers", json=terms | {"shop_id": second["id"]}, headers=seller
    )
    assert said.json()["shop"]["name"] == "Мороз"


async def test_a_sku_is_a_shops_only_once(client: AsyncClient, admin: Headers, seller: Headers) -> None:
    product = (await a_product(client, admin))["id"]
    await a_shop(client, seller)
    terms = {"sku": "1", "price": 1, "quantity": 1}
    made(await client.post(f"/products/{product}/offers", json=terms, headers=seller))
    refused(await client.post(f"/products/{product}/offers", json=terms, headers=seller), 409, "sku_taken")
    second = made(await client.post(f"/products/{product}/offers", json=terms | {"sku": "2"}, headers=seller))
    refused(
        await client.patch(f"/offers/{second['id']}", json={"sku": "1"}, headers=seller), 409, "sku_taken"
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sku": ""}, "sku"),
        ({"sku": None}, "sku"),
        ({"price": None}, "price"),
        ({"price": -5}, "price"),
        ({"recommended_price": 0}, "recommended_price"),
        ({"quantity": 10**18}, "quantity"),
        ({"quantity": 0.5}, "quantity"),
        ({"product_id": NOBODY}, "body"),
    ],
)
async def test_a_bad_offer_is_refused_by_field(
    client: AsyncClient, admin: Headers, changes: dict[str, Any], field: str
) -> None:
    card = await a_product(client, admin)
    terms = {"sku": "9", "price": 1, "quantity": 1} | changes
    new = await client.post(f"/products/{card['id']}/offers", json=terms, headers=admin)
    old = await client.patch(f"/offers/{card['offers'][0]['id']}", json=changes, headers=admin)
    for answer in (new, old):
        assert [each["field"] for each in refused(answer, 422, "validation_error")] == [field]
    assert len(await fetch("SELECT id FROM offers")) == 1


async def test_what_the_house_has_withdrawn_it_sells_again_at_a_new_price(
    client: AsyncClient, admin: Headers
) -> None:
    card = await a_product(client, admin)
    await client.delete(f"/offers/{card['offers'][0]['id']}", headers=admin)
    back = (await client.patch(f"/products/{card['id']}", json={"price": 7}, headers=admin)).json()
    assert (back["price"], back["is_active"], len(back["offers"])) == (7, True, 1)


async def test_the_house_sells_in_no_shop_but_its_own(client: AsyncClient, admin: Headers) -> None:
    other = await a_shop(client, admin, "Ничья")
    card = await a_product(client, admin)
    assert card["offers"][0]["shop"]["id"] != other["id"]
    assert card["offers"][0]["shop"]["name"] == "Lavka"


async def test_characteristics_that_are_one_but_for_spaces_are_refused(
    client: AsyncClient, admin: Headers
) -> None:
    form = KETTLE | {"attributes": {"Цвет  ручки": "белый", "Цвет ручки": "синий"}}
    answer = await client.post("/products", json=form, headers=admin)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["attributes"]
