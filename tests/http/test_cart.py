"""A user's cart over HTTP."""

import json
from typing import Any

import pytest
from builders import NOBODY, Goods, Headers, refused, unauthorized
from httpx2 import AsyncClient, Response

from lavka.adapters.tortoise.database import execute
from lavka.bootstrap import new_id
from lavka.domain.cart import MOST, MOST_ITEMS

CALLS = [
    ("GET", "/cart", None),
    ("POST", "/cart/items", {"offer_id": NOBODY}),
    ("PATCH", f"/cart/items/{NOBODY}", {"quantity": 1}),
    ("DELETE", f"/cart/items/{NOBODY}", None),
    ("DELETE", "/cart", None),
]
EMPTY = {"items": [], "count": 0, "total_price": 0, "currency": "RUB"}


def shown(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(cart: dict[str, Any]) -> list[tuple[str, int]]:
    return [(item["offer_id"], item["quantity"]) for item in cart["items"]]


def ids(goods: Goods) -> tuple[str, str, str]:
    """Offers of a kettle (14 on the shelf), a ball (3) and a shirt (1), all in one shop."""
    kettle, ball, shirt = (goods.offers[number] for number in (0, 5, 7))
    return str(kettle.id), str(ball.id), str(shirt.id)


async def put(client: AsyncClient, who: Headers, **body: object) -> Response:
    return await client.post("/cart/items", json=body, headers=who)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_nobody_has_a_cart_without_a_token(
    client: AsyncClient, method: str, path: str, body: object
) -> None:
    for headers in ({}, {"X-Cart-Token": "A" * 43}, {"X-Cart-Token": "no token"}):
        assert unauthorized(await client.request(method, path, content="not even JSON", headers=headers))
        answer = await client.request(method, path, json=body, headers=headers)
        assert unauthorized(answer)
        assert "X-Cart-Token" not in answer.headers


async def test_a_new_cart_is_empty(client: AsyncClient, signed_in: Headers) -> None:
    answer = await client.get("/cart", headers=signed_in)
    assert shown(answer) == EMPTY
    assert "X-Cart-Token" not in answer.headers


async def test_a_cart_shows_all_that_the_contract_names(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle = goods.offers[0]
    cart = shown(await put(client, signed_in, offer_id=str(kettle.id), quantity=2))
    assert cart == {
        "items": [
            {
                "offer_id": str(kettle.id),
                "product_id": str(goods.kettle.id),
                "name": "Чайник «Заря» 1,7 л",
                "shop": {"id": str(goods.hearth.id), "name": "Домашний очаг"},
                "price": 199_000,
                "quantity": 2,
                "sum": 398_000,
                "available": True,
                "image": None,
            }
        ],
        "count": 1,
        "total_price": 398_000,
        "currency": "RUB",
    }
    assert cart == shown(await client.get("/cart", headers=signed_in))


async def test_one_is_put_in_where_nothing_is_said(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle, ball, _ = ids(goods)
    await put(client, signed_in, offer_id=kettle)
    cart = shown(
        await put(client, signed_in, items=[{"offer_id": ball, "quantity": 3}, {"offer_id": kettle}])
    )
    assert told(cart) == [(kettle, 2), (ball, 3)]
    assert (cart["count"], cart["total_price"]) == (2, 402_500)


async def test_many_are_put_in_all_or_none(client: AsyncClient, signed_in: Headers, goods: Goods) -> None:
    kettle, ball, shirt = ids(goods)
    some = [{"offer_id": kettle}, {"offer_id": ball, "quantity": 4}, {"offer_id": shirt, "quantity": 2}]
    details = refused(await put(client, signed_in, items=some), 409, "out_of_stock")
    assert {each["field"]: each["message"] for each in details} == {
        ball: "There are 3 of this left.",
        shirt: "There are 1 of this left.",
    }
    unknown = [{"offer_id": kettle}, {"offer_id": NOBODY}]
    refused(await put(client, signed_in, items=unknown), 404, "not_found")
    assert shown(await client.get("/cart", headers=signed_in)) == EMPTY


async def test_what_is_in_the_cart_already_counts(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    _, ball, _ = ids(goods)
    await put(client, signed_in, offer_id=ball, quantity=2)
    refused(await put(client, signed_in, offer_id=ball, quantity=2), 409, "out_of_stock")
    assert told(shown(await put(client, signed_in, offer_id=ball))) == [(ball, 3)]


@pytest.mark.parametrize(
    "number", [1, 2, 3, 8], ids=["sold out", "closed shop", "withdrawn", "hidden product"]
)
async def test_what_is_not_for_sale_is_not_put_in(
    client: AsyncClient, signed_in: Headers, goods: Goods, number: int
) -> None:
    details = refused(
        await put(client, signed_in, offer_id=str(goods.offers[number].id)), 409, "out_of_stock"
    )
    assert [each["field"] for each in details] == [str(goods.offers[number].id)]


async def test_what_can_no_longer_be_bought_stays_and_says_so(
    client: AsyncClient, signed_in: Headers, goods: Goods, admin: Headers
) -> None:
    kettle, ball, shirt = ids(goods)
    await put(client, signed_in, items=[{"offer_id": each} for each in (kettle, ball, shirt)])
    await client.patch(f"/offers/{ball}", json={"quantity": 0, "price": 7}, headers=admin)
    await client.delete(f"/offers/{shirt}", headers=admin)
    cart = shown(await client.get("/cart", headers=signed_in))
    assert [(item["available"], item["price"]) for item in cart["items"]] == [
        (True, 199_000),
        (False, 7),
        (False, 300_000),
    ]
    assert cart["total_price"] == 499_007
    assert shown(await put(client, signed_in, offer_id=kettle))["count"] == 3  # the others hinder nothing


async def test_a_quantity_is_changed(client: AsyncClient, signed_in: Headers, goods: Goods) -> None:
    kettle, ball, _ = ids(goods)
    await put(client, signed_in, items=[{"offer_id": kettle, "quantity": 5}, {"offer_id": ball}])
    for quantity in (14, 1):
        answer = await client.patch(f"/cart/items/{kettle}", json={"quantity": quantity}, headers=signed_in)
        assert told(shown(answer)) == [(kettle, quantity), (ball, 1)]
    too_many = await client.patch(f"/cart/items/{kettle}", json={"quantity": 15}, headers=signed_in)
    refused(too_many, 409, "out_of_stock")
    assert told(shown(await client.get("/cart", headers=signed_in))) == [(kettle, 1), (ball, 1)]


async def test_an_offer_is_taken_out_and_then_is_not_there(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle, ball, _ = ids(goods)
    await put(client, signed_in, items=[{"offer_id": kettle, "quantity": 5}, {"offer_id": ball}])
    cart = shown(await client.delete(f"/cart/items/{kettle}", headers=signed_in))
    assert told(cart) == [(ball, 1)]
    refused(await client.delete(f"/cart/items/{kettle}", headers=signed_in), 404, "not_found")
    gone = await client.patch(f"/cart/items/{kettle}", json={"quantity": 1}, headers=signed_in)
    refused(gone, 404, "not_found")


async def test_a_cart_is_cleared_once_or_twice(client: AsyncClient, signed_in: Headers, goods: Goods) -> None:
    kettle, ball, _ = ids(goods)
    await put(client, signed_in, items=[{"offer_id": kettle}, {"offer_id": ball}])
    for _ in range(2):
        assert shown(await client.delete("/cart", headers=signed_in)) == EMPTY
    assert shown(await client.get("/cart", headers=signed_in)) == EMPTY


async def test_everyone_has_a_cart_of_their_own(
    client: AsyncClient, signed_in: Headers, somebody_else: Headers, goods: Goods
) -> None:
    kettle, _, _ = ids(goods)
    await put(client, signed_in, offer_id=kettle)
    assert shown(await client.get("/cart", headers=somebody_else)) == EMPTY
    refused(await client.delete(f"/cart/items/{kettle}", headers=somebody_else), 404, "not_found")
    await client.delete("/cart", headers=somebody_else)
    assert told(shown(await client.get("/cart", headers=signed_in))) == [(kettle, 1)]


async def test_a_user_who_is_gone_has_no_cart(client: AsyncClient, signed_in: Headers, goods: Goods) -> None:
    await execute("DELETE FROM users")
    assert unauthorized(await put(client, signed_in, offer_id=ids(goods)[0]))


WRONG_QUANTITIES = ["0", "-1", str(MOST + 1), str(10**18), str(10**400), "1.5", "1.0", '"1"', "null", "true"]
WRONG_QUANTITIES += ["NaN", "Infinity", "-0", "[]", "{}", "1e2"]


@pytest.mark.parametrize("quantity", WRONG_QUANTITIES)
async def test_a_quantity_is_a_whole_number_from_1_to_10000(
    client: AsyncClient, signed_in: Headers, goods: Goods, quantity: str
) -> None:
    kettle, _, _ = ids(goods)
    headers = signed_in | {"Content-Type": "application/json"}
    one = f'{{"offer_id": "{kettle}", "quantity": {quantity}}}'
    for method, path, body in (
        ("POST", "/cart/items", one),
        ("POST", "/cart/items", f'{{"items": [{one}]}}'),
        ("PATCH", f"/cart/items/{kettle}", f'{{"quantity": {quantity}}}'),
    ):
        answer = await client.request(method, path, content=body, headers=headers)
        refused(answer, 422, "validation_error")
    assert shown(await client.get("/cart", headers=signed_in)) == EMPTY


WRONG_BODIES: list[dict[str, Any]] = [
    {},
    {"quantity": 1},
    {"items": []},
    {"items": None},
    {"items": [{}]},
    {"items": [{"offer_id": NOBODY}] * 101},
    {"items": [{"offer_id": NOBODY}], "offer_id": NOBODY},
    {"items": [{"offer_id": NOBODY}], "quantity": 1},
    {"items": [{"offer_id": NOBODY}], "offer_id": None},
    {"items": {"offer_id": NOBODY}},
    {"items": [{"offer_id": NOBODY, "price": 1}]},
    {"offer_id": None},
    {"offer_id": "1"},
    {"offer_id": 1},
    {"offer_id": NOBODY, "price": 1},
    {"offer_id": NOBODY, "sum": 1},
]


@pytest.mark.parametrize("body", WRONG_BODIES, ids=lambda body: json.dumps(body)[:60])
async def test_a_body_that_is_not_of_either_form_is_refused(
    client: AsyncClient, signed_in: Headers, body: dict[str, Any]
) -> None:
    assert refused(await put(client, signed_in, **body), 422, "validation_error")


async def test_an_offer_is_named_once_in_a_call(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle, ball, _ = ids(goods)
    twice = [{"offer_id": kettle}, {"offer_id": ball}, {"offer_id": kettle.upper(), "quantity": 2}]
    details = refused(await put(client, signed_in, items=twice), 422, "validation_error")
    assert [each["field"] for each in details] == ["items"]
    assert shown(await client.get("/cart", headers=signed_in)) == EMPTY


async def test_more_than_the_largest_quantity_is_not_added_up(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle, _, _ = ids(goods)
    await execute("UPDATE stock SET quantity = 1000000")
    await put(client, signed_in, offer_id=kettle, quantity=MOST)
    details = refused(await put(client, signed_in, offer_id=kettle), 422, "validation_error")
    assert [each["field"] for each in details] == ["quantity"]
    assert told(shown(await client.get("/cart", headers=signed_in))) == [(kettle, MOST)]


@pytest.mark.parametrize("path", ["/cart/items/1", "/cart/items/%00", "/cart/items/x"])
async def test_what_is_no_id_is_refused(client: AsyncClient, signed_in: Headers, path: str) -> None:
    refused(await client.delete(path, headers=signed_in), 422, "validation_error")
    refused(await client.patch(path, json={"quantity": 1}, headers=signed_in), 422, "validation_error")


COPIED = "product_id, shop_id, price, recommended_price, attributes, is_active, listing"
COPY = f"INSERT INTO offers (id, sku, {COPIED}) SELECT $1, $2, {COPIED} FROM offers WHERE id = $3"
HOLD = "INSERT INTO cart_items (cart_id, offer_id, quantity, position) SELECT id, $1, 1, $2 FROM carts"


async def fill(offer: str, count: int) -> None:
    """Put so many copies of an offer into everyone's carts."""
    for number in range(1, count + 1):
        copy = str(new_id())
        await execute(COPY, [copy, copy, offer])
        await execute("INSERT INTO stock (offer_id, quantity) VALUES ($1, 5)", [copy])
        await execute(HOLD, [copy, number])


async def test_a_full_cart_takes_more_of_what_it_holds_and_nothing_else(
    client: AsyncClient, signed_in: Headers, goods: Goods
) -> None:
    kettle, ball, shirt = ids(goods)
    await put(client, signed_in, offer_id=kettle)
    await fill(kettle, MOST_ITEMS - 2)
    assert shown(await put(client, signed_in, offer_id=ball))["count"] == MOST_ITEMS
    refused(await put(client, signed_in, offer_id=shirt), 409, "cart_full")
    assert shown(await put(client, signed_in, offer_id=ball))["count"] == MOST_ITEMS
    assert shown(await client.delete(f"/cart/items/{kettle}", headers=signed_in))["count"] == MOST_ITEMS - 1
    assert shown(await put(client, signed_in, offer_id=shirt))["count"] == MOST_ITEMS
