"""Carts without an account, where the catalogue is public, and what becomes of them at a sign-in."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from builders import GOOD, NOBODY, Goods, Headers, bearer, log_in, refused, registered, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from lavka.adapters.crypto import new_code
from lavka.adapters.tortoise.database import execute, fetch
from lavka.domain.cart import MOST
from lavka.settings import Settings

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
MALFORMED: list[str | bytes] = [
    *(
        "",
        "x",
        "A" * 42,
        "A" * 44,
        "A" * 42 + "=",
        "A" * 42 + "+",
        "A" * 42 + "/",
        " " * 43,
        "A" * 9000,
        "null",
    ),
    *("ы".encode() + b"A" * 41, b"\xff" * 43, "٣".encode() * 43),
]
CALLS = [
    ("GET", "/cart", None),
    ("POST", "/cart/items", {"offer_id": NOBODY}),
    ("PATCH", f"/cart/items/{NOBODY}", {"quantity": 1}),
    ("DELETE", f"/cart/items/{NOBODY}", None),
    ("DELETE", "/cart", None),
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"catalog_public": True, "cors_origins": ("https://web.example",)})


@pytest.fixture
def kettle(goods: Goods) -> str:
    """An offer of which 14 are there."""
    return str(goods.offers[0].id)


@pytest.fixture
def ball(goods: Goods) -> str:
    """An offer of which 3 are there."""
    return str(goods.offers[5].id)


def told(answer: Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {item["offer_id"]: item["quantity"] for item in answer.json()["items"]}


async def put(client: AsyncClient, who: Headers, offer: str, quantity: int = 1) -> Response:
    answer = await client.post("/cart/items", json={"offer_id": offer, "quantity": quantity}, headers=who)
    assert answer.status_code == 200, answer.text
    return answer


async def filled(client: AsyncClient, offer: str, quantity: int = 1) -> Headers:
    """The headers of whoever has filled a new anonymous cart with this."""
    return {"X-Cart-Token": (await put(client, {}, offer, quantity)).headers["X-Cart-Token"]}


async def stored() -> list[dict[str, Any]]:
    return await fetch("SELECT token_digest, user_id FROM carts")


async def test_the_first_answer_names_a_cart_that_the_next_calls_find(
    client: AsyncClient, kettle: str, ball: str
) -> None:
    first = await put(client, {}, kettle, 2)
    token = first.headers["X-Cart-Token"]
    assert TOKEN.fullmatch(token)
    who = {"X-Cart-Token": token}
    second = await put(client, who, ball)
    assert "X-Cart-Token" not in second.headers
    assert told(await client.get("/cart", headers=who)) == {kettle: 2, ball: 1}
    changed = await client.patch(f"/cart/items/{ball}", json={"quantity": 3}, headers=who)
    assert told(changed) == {kettle: 2, ball: 3}
    assert told(await client.delete(f"/cart/items/{kettle}", headers=who)) == {ball: 3}
    assert told(await client.delete("/cart", headers=who)) == {}


async def test_a_look_names_a_cart_and_stores_nothing(client: AsyncClient, kettle: str) -> None:
    for method, path, body in CALLS:
        answer = await client.request(method, path, json=body)
        assert (answer.status_code == 200) is (path == "/cart"), (method, path)
        assert (answer.status_code == 200) is ("X-Cart-Token" in answer.headers)
    assert await stored() == []
    token = (await client.get("/cart")).headers["X-Cart-Token"]
    assert token != (await client.get("/cart")).headers["X-Cart-Token"]
    assert told(await put(client, {"X-Cart-Token": token}, kettle)) == {kettle: 1}
    assert told(await client.get("/cart", headers={"X-Cart-Token": token})) == {kettle: 1}


async def test_no_cache_keeps_an_anonymous_cart(client: AsyncClient, kettle: str) -> None:
    first = await put(client, {}, kettle, 2)
    again = await client.get("/cart", headers={"X-Cart-Token": first.headers["X-Cart-Token"]})
    assert told(again) == {kettle: 2}
    assert [answer.headers.get("Cache-Control") for answer in (first, again)] == ["no-store"] * 2


async def test_a_token_is_stored_as_its_digest_only(client: AsyncClient, kettle: str) -> None:
    who = await filled(client, kettle)
    digest = sha256(who["X-Cart-Token"].encode()).hexdigest()
    assert await stored() == [{"token_digest": digest, "user_id": None}]
    assert told(await client.get("/cart", headers={"X-Cart-Token": digest[:43]})) == {}


async def test_anothers_token_or_an_unknown_one_is_another_cart(
    client: AsyncClient, kettle: str, ball: str
) -> None:
    mine, other = await filled(client, kettle), await filled(client, ball)
    for who in (other, {"X-Cart-Token": new_code()}):
        refused(await client.delete(f"/cart/items/{kettle}", headers=who), 404, "not_found")
        await client.delete("/cart", headers=who)
        assert told(await client.get("/cart", headers=who)) == {}
    assert told(await client.get("/cart", headers=mine)) == {kettle: 1}


async def test_an_expired_cart_is_empty_and_may_be_filled_again(
    client: AsyncClient, kettle: str, ball: str
) -> None:
    who = await filled(client, kettle)
    await execute("UPDATE carts SET expires_at = $1", [datetime.now(UTC) - timedelta(seconds=1)])
    assert told(await client.get("/cart", headers=who)) == {}
    assert told(await put(client, who, ball)) == {ball: 1}


@pytest.mark.parametrize("token", MALFORMED, ids=lambda token: repr(token[:12]))
async def test_a_malformed_token_is_refused_and_not_repeated(client: AsyncClient, token: str | bytes) -> None:
    given = token if isinstance(token, bytes) else token.encode()
    for method, path, body in CALLS:
        answer = await client.request(method, path, json=body, headers=[(b"X-Cart-Token", given)])
        details = refused(answer, 422, "validation_error")
        assert [each["field"] for each in details] == ["X-Cart-Token"]
        assert "A" * 42 not in answer.text
        assert "X-Cart-Token" not in answer.headers


@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer ", "Basic YTpi", "", "nonsense"])
async def test_a_bad_access_token_is_refused_all_the_same(
    client: AsyncClient, kettle: str, token: str
) -> None:
    who = await filled(client, kettle)
    for method, path, body in CALLS:
        answer = await client.request(method, path, json=body, headers=who | {"Authorization": token})
        assert unauthorized(answer), (method, path)


async def test_of_two_carts_the_users_is_meant(
    client: AsyncClient, signed_in: Headers, kettle: str, ball: str
) -> None:
    who = await filled(client, kettle)
    assert told(await put(client, signed_in | who, ball)) == {ball: 1}
    assert told(await client.get("/cart", headers=who)) == {kettle: 1}


async def test_a_page_of_another_origin_can_read_the_token(client: AsyncClient) -> None:
    answer = await client.get("/cart", headers={"Origin": "https://web.example"})
    assert "X-Cart-Token" in answer.headers["Access-Control-Expose-Headers"]


async def sign_in(client: AsyncClient, form: dict[str, Any], door: str, headers: Headers) -> Headers:
    if door == "login":
        sent: dict[str, Any] = {"json": {"login": form["email"], "password": GOOD}}
    else:
        sent = {"data": {"username": form["email"], "password": GOOD}}
    answer = await client.post(f"/auth/{door}", headers=headers, **sent)
    assert answer.status_code == 200, answer.text
    return bearer(answer.json())


@pytest.mark.parametrize("door", ["login", "token"])
async def test_a_sign_in_brings_the_cart_along(
    client: AsyncClient, kettle: str, ball: str, door: str
) -> None:
    form = await registered(client)
    me = bearer(await log_in(client, form["email"]))
    await put(client, me, kettle, 10)
    brought = await filled(client, kettle, 10)
    await put(client, brought, ball, 2)
    await sign_in(client, form, door, brought)
    cart = await client.get("/cart", headers=me)
    assert told(cart) == {kettle: 20, ball: 2}  # nothing is lost, though there are only 14
    assert [item["available"] for item in cart.json()["items"]] == [False, True]
    assert told(await client.get("/cart", headers=brought)) == {}
    await sign_in(client, form, door, brought)
    assert told(await client.get("/cart", headers=me)) == {kettle: 20, ball: 2}
    assert len(await stored()) == 1


async def test_what_is_brought_is_added_up_to_the_largest_quantity(client: AsyncClient, kettle: str) -> None:
    form = await registered(client)
    await execute("UPDATE stock SET quantity = 1000000")
    me = bearer(await log_in(client, form["email"]))
    await put(client, me, kettle, MOST - 1)
    await sign_in(client, form, "login", await filled(client, kettle, 5))
    assert told(await client.get("/cart", headers=me)) == {kettle: MOST}


@pytest.mark.parametrize("token", [*MALFORMED, "A" * 43], ids=lambda token: repr(token[:12]))
async def test_no_token_whatever_hinders_a_sign_in(client: AsyncClient, token: str | bytes) -> None:
    form = await registered(client)
    headers = [(b"X-Cart-Token", token if isinstance(token, bytes) else token.encode())]
    sent = {"login": form["email"], "password": GOOD}
    assert (await client.post("/auth/login", json=sent, headers=headers)).status_code == 200
    data = {"username": form["email"], "password": GOOD}
    assert (await client.post("/auth/token", data=data, headers=headers)).status_code == 200
    assert await stored() == []


async def test_a_sign_in_that_fails_takes_nothing(client: AsyncClient, kettle: str) -> None:
    form = await registered(client)
    brought = await filled(client, kettle)
    wrong = {"login": form["email"], "password": "Wrong-horse!"}
    refused(await client.post("/auth/login", json=wrong, headers=brought), 401, "invalid_credentials")
    assert told(await client.get("/cart", headers=brought)) == {kettle: 1}


async def test_an_expired_cart_is_not_brought_along(client: AsyncClient, kettle: str) -> None:
    form = await registered(client)
    brought = await filled(client, kettle)
    await execute("UPDATE carts SET expires_at = $1", [datetime.now(UTC) - timedelta(seconds=1)])
    me = await sign_in(client, form, "login", brought)
    assert told(await client.get("/cart", headers=me)) == {}


async def test_expired_carts_are_swept_out(app: FastAPI, client: AsyncClient, kettle: str) -> None:
    await filled(client, kettle)
    await execute("UPDATE carts SET expires_at = $1", [datetime.now(UTC) - timedelta(seconds=1)])
    lives = await filled(client, kettle)
    await app.state.shop.tidying.take_one()
    assert told(await client.get("/cart", headers=lives)) == {kettle: 1}
    assert len(await stored()) == 1


@pytest.mark.parametrize("token", ["null", "undefined", "A" * 43])
async def test_who_is_signed_in_means_their_own_cart_whatever_token_they_send(
    client: AsyncClient, signed_in: Headers, kettle: str, token: str
) -> None:
    both = signed_in | {"X-Cart-Token": token}
    assert told(await client.post("/cart/items", json={"offer_id": kettle}, headers=both)) == {kettle: 1}
    assert told(await client.get("/cart", headers=signed_in)) == {kettle: 1}
