"""A cart becomes an order: all of it or nothing, once."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from builders import NOBODY, Goods, Headers, made, refused, unauthorized
from buying import HOME, PICK_UP, ordered, ordering, put
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.adapters.tortoise.database import fetch
from lavka.domain.catalog import OfferId
from lavka.domain.money import Money


async def stock_of(offer: OfferId) -> int:
    (row,) = await fetch("SELECT quantity FROM stock WHERE offer_id = $1", [offer])
    return int(row["quantity"])


async def everything() -> dict[str, Any]:
    """What an order that fails must leave as it was."""
    tables = (
        "stock",
        "stock_movements",
        "orders",
        "order_lines",
        "shipments",
        "cart_items",
        "wallet_entries",
    )
    counted = {table: (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}
    return counted | {"sum": (await fetch("SELECT sum(quantity) AS n FROM stock"))[0]["n"]}


async def broken(app: FastAPI) -> set[str]:
    return {name async for name, rows in app.state.shop.checks.broken() if rows}


async def test_an_order_has_what_was_in_the_cart_at_the_prices_of_today(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    kettle, ball = goods.offers[0], goods.offers[5]
    await put(client, signed_in, (kettle, 2), (ball, 3))
    order = made(await ordering(client, signed_in, comment="Позвоните за час."))
    kettle_item = {
        "offer_id": str(kettle.id),
        "product_id": str(goods.kettle.id),
        "name": goods.kettle.name,
        "price": 199_000,
        "quantity": 2,
        "sum": 398_000,
    }
    assert order["items"][0] == kettle_item
    assert [(item["name"], item["sum"]) for item in order["items"]][1] == ("елочный шар", 4_500)
    assert (order["status"], order["is_paid"], order["total_price"], order["currency"]) == (
        "new",
        False,
        402_500,
        "RUB",
    )
    assert (order["requires_delivery"], order["delivery_address"], order["phone"]) == (
        False,
        None,
        "+79123456789",
    )
    assert (order["payment_method"], order["comment"], order["payment"]) == (
        "on_delivery",
        "Позвоните за час.",
        None,
    )
    (shipment,) = order["shipments"]
    assert shipment["shop"] == {"id": str(goods.hearth.id), "name": "Домашний очаг"}
    assert (shipment["status"], shipment["items"]) == ("new", order["items"])
    assert [(event["status"], event["by"]) for event in order["history"]] == [("new", "buyer")]
    assert set(order) == {
        "id",
        "number",
        "status",
        "is_paid",
        "payment_method",
        "requires_delivery",
        "delivery_address",
        "phone",
        "comment",
        "items",
        "shipments",
        "total_price",
        "currency",
        "created_at",
        "history",
        "payment",
    }
    assert (await client.get(f"/orders/{order['id']}", headers=signed_in)).json() == order
    assert (await client.get("/cart", headers=signed_in)).json()["items"] == []
    assert (await stock_of(kettle.id), await stock_of(ball.id)) == (12, 0)
    assert await broken(app) == set()


async def test_each_shop_has_a_shipment(
    client: AsyncClient, goods: Goods, signed_in: Headers, admin: Headers
) -> None:
    frosty = goods.offers[4]
    await client.patch(f"/offers/{frosty.id}", json={"quantity": 5}, headers=admin)
    order = await ordered(client, signed_in, (goods.offers[0], 1), (frosty, 2), (goods.offers[5], 1))
    parts = {each["shop"]["name"]: [item["name"] for item in each["items"]] for each in order["shipments"]}
    assert parts == {"Домашний очаг": ["Чайник «Заря» 1,7 л", "елочный шар"], "Мороз": ["Ёлка"]}
    assert {each["status"] for each in order["shipments"]} == {"new"}


async def test_a_delivery_goes_to_a_contact_as_it_was(
    client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    contact = made(await client.post("/me/contacts", json=HOME, headers=signed_in))["id"]
    order = await ordered(
        client, signed_in, (goods.offers[0], 1), requires_delivery=True, contact_id=contact, phone=None
    )
    address = "Москва, ул. Ленина, д. 1, кв. 3"
    assert (order["delivery_address"], order["phone"]) == (address, HOME["phone"])
    await client.delete(f"/me/contacts/{contact}", headers=signed_in)
    shown = (await client.get(f"/orders/{order['id']}", headers=signed_in)).json()
    assert (shown["delivery_address"], shown["phone"]) == (address, HOME["phone"])


async def test_who_picks_up_may_be_reached_by_a_contact_too(
    client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    contact = made(await client.post("/me/contacts", json={"phone": "+79120000000"}, headers=signed_in))["id"]
    order = await ordered(client, signed_in, (goods.offers[0], 1), contact_id=contact, phone=None)
    assert (order["delivery_address"], order["phone"]) == (None, "+79120000000")


async def test_the_last_unit_sold_leaves_the_lists_of_what_is_in_stock(
    client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    before = (await client.get("/products?in_stock=true", headers=signed_in)).json()
    await ordered(client, signed_in, (goods.offers[7], 1))
    after = (await client.get("/products?in_stock=true", headers=signed_in)).json()
    assert before["total"] - after["total"] == 1
    assert "Футболка, 100% хлопок" not in {item["name"] for item in after["items"]}


async def test_an_order_of_nothing_is_refused(client: AsyncClient, signed_in: Headers) -> None:
    refused(await ordering(client, signed_in), 409, "cart_empty")


async def test_another_total_than_expected_is_told_with_both(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers, admin: Headers
) -> None:
    kettle = goods.offers[0]
    shown = await put(client, signed_in, (kettle, 2))
    await client.patch(f"/offers/{kettle.id}", json={"price": 210_000}, headers=admin)
    before = await everything()
    answer = await ordering(client, signed_in, expected_total=shown["total_price"])
    assert refused(answer, 409, "price_changed") == [
        {"field": "expected_total", "message": "398000"},
        {"field": "total_price", "message": "420000"},
    ]
    assert await everything() == before
    assert made(await ordering(client, signed_in, expected_total=420_000))["total_price"] == 420_000


@pytest.mark.parametrize("change", ["quantity", "is_active", "shop"])
async def test_what_cannot_be_bought_any_more_is_named_and_nothing_is_taken(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers, admin: Headers, change: str
) -> None:
    kettle, frosty = goods.offers[0], goods.offers[4]
    await client.patch(f"/offers/{frosty.id}", json={"quantity": 5}, headers=admin)
    await put(client, signed_in, (kettle, 2), (frosty, 2))
    if change == "shop":
        await client.patch(f"/shops/{goods.frost.id}", json={"is_open": False}, headers=admin)
    else:
        gone = {"quantity": 1} if change == "quantity" else {"is_active": False}
        await client.patch(f"/offers/{frosty.id}", json=gone, headers=admin)
    before = await everything()
    (detail,) = refused(await ordering(client, signed_in), 409, "out_of_stock")
    assert detail["field"] == str(frosty.id)
    assert await everything() == before
    cart = (await client.get("/cart", headers=signed_in)).json()
    assert [item["available"] for item in cart["items"]] == [True, False]
    assert await broken(app) == set()


async def test_an_order_on_the_wallet_is_paid_at_once_and_waits_for_the_shop(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers, admin: Headers
) -> None:
    me = (await client.get("/me", headers=signed_in)).json()["id"]
    gift = {"amount": 500_000, "reason": "Подарок"}
    made(await client.post(f"/admin/users/{me}/wallet/adjustments", json=gift, headers=admin))
    order = await ordered(client, signed_in, (goods.offers[0], 2), payment_method="wallet")
    assert (order["status"], order["is_paid"]) == ("new", True)
    assert (await client.get("/wallet", headers=signed_in)).json() == {"balance": 102_000, "currency": "RUB"}
    before = await put(client, signed_in, (goods.offers[0], 1)), await everything()
    refused(await ordering(client, signed_in, payment_method="wallet"), 409, "insufficient_funds")
    assert ((await client.get("/cart", headers=signed_in)).json(), await everything()) == before
    assert await broken(app) == set()


async def test_somebody_elses_contact_is_not_there(
    client: AsyncClient, goods: Goods, signed_in: Headers, somebody_else: Headers
) -> None:
    contact = made(await client.post("/me/contacts", json=HOME, headers=somebody_else))["id"]
    await put(client, signed_in, (goods.offers[0], 1))
    for theirs in (contact, NOBODY):
        answer = await ordering(client, signed_in, requires_delivery=True, contact_id=theirs)
        refused(answer, 404, "not_found")


BAD: list[tuple[dict[str, object], str]] = [
    ({"requires_delivery": True}, "contact_id"),
    ({"phone": None}, "phone"),
    ({"phone": "89123456789"}, "phone"),
    ({"payment_method": "cash"}, "payment_method"),
    ({"payment_method": None}, "payment_method"),
    ({"requires_delivery": "no"}, "requires_delivery"),
    ({"contact_id": "mine"}, "contact_id"),
    ({"comment": "x" * 1001}, "comment"),
    ({"comment": "a\x00b"}, "comment"),
    ({"expected_total": -1}, "expected_total"),
    ({"expected_total": 1.5}, "expected_total"),
    ({"expected_total": 10**19}, "expected_total"),
    ({"total_price": 1}, "body"),
    ({"items": []}, "body"),
]


@pytest.mark.parametrize(("changes", "field"), BAD, ids=lambda part: str(part)[:40])
async def test_a_bad_order_is_refused_and_nothing_happens(
    client: AsyncClient, goods: Goods, signed_in: Headers, changes: dict[str, object], field: str
) -> None:
    await put(client, signed_in, (goods.offers[0], 1))
    before = await everything()
    details = refused(await ordering(client, signed_in, **changes), 422, "validation_error")
    assert [detail["field"] for detail in details] == [field]
    assert await everything() == before


async def test_a_delivery_to_a_contact_without_an_address_is_refused(
    client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    contact = made(await client.post("/me/contacts", json={"phone": "+79120000000"}, headers=signed_in))["id"]
    await put(client, signed_in, (goods.offers[0], 1))
    answer = await ordering(client, signed_in, requires_delivery=True, contact_id=contact)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["contact_id"]


async def test_nobody_orders_without_a_token(client: AsyncClient) -> None:
    assert unauthorized(await client.post("/orders", json=PICK_UP))


async def test_the_same_request_again_gets_the_first_answer_to_the_letter(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    await put(client, signed_in, (goods.offers[0], 1))
    first = await ordering(client, signed_in, key="one")
    await client.post(f"/orders/{made(first)['id']}/cancel", headers=signed_in)
    await put(client, signed_in, (goods.offers[0], 1))
    again = await ordering(client, signed_in, key="one")
    assert (again.status_code, again.content) == (201, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len((await client.get("/cart", headers=signed_in)).json()["items"]) == 1
    assert len((await client.get("/orders", headers=signed_in)).json()["items"]) == 1
    assert await broken(app) == set()


async def test_another_body_under_the_same_key_is_refused(
    client: AsyncClient, goods: Goods, signed_in: Headers
) -> None:
    await put(client, signed_in, (goods.offers[0], 1))
    made(await ordering(client, signed_in, key="one"))
    answer = await ordering(client, signed_in, key="one", comment="другое")
    refused(answer, 422, "idempotency_key_reused")


async def test_a_refusal_leaves_the_key_free(client: AsyncClient, goods: Goods, signed_in: Headers) -> None:
    refused(await ordering(client, signed_in, key="one"), 409, "cart_empty")
    await put(client, signed_in, (goods.offers[0], 1))
    made(await ordering(client, signed_in, key="one"))


async def test_keys_of_two_buyers_have_nothing_to_do_with_each_other(
    client: AsyncClient, goods: Goods, signed_in: Headers, somebody_else: Headers
) -> None:
    for who in (signed_in, somebody_else):
        await put(client, who, (goods.offers[0], 1))
    orders = [made(await ordering(client, who, key="one")) for who in (signed_in, somebody_else)]
    assert orders[0]["id"] != orders[1]["id"]


@pytest.mark.parametrize("key", [b"x" * 65, b"", b"two words", "ключ".encode()], ids=repr)
async def test_a_key_that_is_none_is_refused(
    client: AsyncClient, goods: Goods, signed_in: Headers, key: bytes
) -> None:
    await put(client, signed_in, (goods.offers[0], 1))
    headers = {name.encode(): value.encode() for name, value in signed_in.items()} | {b"Idempotency-Key": key}
    answer = await client.post("/orders", json=PICK_UP, headers=headers)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["Idempotency-Key"]


@pytest.mark.parametrize("key", [None, "one"])
async def test_many_clicks_at_once_make_one_order(
    app: FastAPI, client: AsyncClient, goods: Goods, signed_in: Headers, key: str | None
) -> None:
    await put(client, signed_in, (goods.offers[0], 1))
    answers = await gather(*(ordering(client, signed_in, key=key) for _ in range(8)))
    orders = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(orders) == 1
    told = Counter(answer.json().get("type", "order") for answer in answers)
    assert set(told) <= {"order", "cart_empty" if key is None else "idempotency_key_in_use"}
    assert await stock_of(goods.offers[0].id) == 13
    assert await broken(app) == set()


async def test_prices_are_those_of_the_moment_of_the_order(
    client: AsyncClient, goods: Goods, signed_in: Headers, admin: Headers
) -> None:
    kettle = goods.offers[0]
    order = await ordered(client, signed_in, (kettle, 1))
    await client.patch(f"/offers/{kettle.id}", json={"price": 1, "sku": "new"}, headers=admin)
    await client.patch(f"/products/{goods.kettle.id}", json={"name": "Другое"}, headers=admin)
    shown = (await client.get(f"/orders/{order['id']}", headers=signed_in)).json()
    assert shown == order
    assert Money(shown["items"][0]["price"]) == kettle.price
