"""A newcomer on the demo catalogue: from registering to logging out."""

from collections.abc import AsyncIterator

import pytest
from builders import GOOD, a_form, bearer, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.adapters.crypto import BcryptHashes
from lavka.adapters.demo import Demo, make_demo
from lavka.bootstrap import new_id, utc_now


@pytest.fixture
async def demo(app: FastAPI) -> AsyncIterator[Demo]:
    """The demo, on the shelves."""
    hashes = BcryptHashes(4)
    made = await make_demo(hashes.make, utc_now, new_id)
    await app.state.shop.stocking.fill(made.assortment)
    yield made
    hashes.close()


async def test_registers_looks_through_all_the_shop_has_and_leaves(client: AsyncClient, demo: Demo) -> None:
    form = a_form(email="newcomer@example.com")
    assert (await client.post("/auth/register", json=form)).status_code == 201
    assert unauthorized(await client.get("/products"))
    tokens = (await client.post("/auth/login", json={"login": form["phone"], "password": GOOD})).json()
    headers = bearer(tokens)

    page = (await client.get("/products?page=1&size=20", headers=headers)).json()
    assert len(page["items"]) == 20
    seen, pages = [item["id"] for item in page["items"]], 1
    while page["next"]:
        params = {"size": 20, "cursor": page["next"]}
        page = (await client.get("/products", headers=headers, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        pages += 1
    assert pages == page["pages"]
    assert len(seen) == len(set(seen)) == page["total"]
    assert set(seen) == {str(product.id) for product in demo.assortment.products if product.is_active}

    card = (await client.get(f"/products/{seen[0]}", headers=headers)).json()
    assert card["attributes"]
    assert card["price"] == min(offer["price"] for offer in card["offers"])

    tree = (await client.get("/categories", headers=headers)).json()
    params = {"category": tree[0]["slug"], "sort": "price", "in_stock": "true"}
    found = (await client.get("/products", headers=headers, params=params)).json()
    prices = [item["price"] for item in found["items"]]
    assert 0 < found["total"] < len(seen)
    assert prices == sorted(prices)

    assert (await client.get("/me", headers=headers)).json()["email"] == "newcomer@example.com"
    sessions = (await client.get("/me/sessions", headers=headers)).json()
    assert [each["is_current"] for each in sessions["items"]] == [True]

    assert (await client.post("/auth/logout", headers=headers)).status_code == 204
    assert unauthorized(await client.get("/me", headers=headers))
    assert unauthorized(await client.get("/products", headers=headers))
    assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}))


async def test_each_user_of_the_demo_is_of_the_kind_it_says(client: AsyncClient, demo: Demo) -> None:
    kinds = {}
    for login, password in demo.passwords.items():
        tokens = (await client.post("/auth/login", json={"login": login, "password": password})).json()
        user = (await client.get("/me", headers=bearer(tokens))).json()
        kinds[login.partition("@")[0]] = (user["account_type"], user["is_admin"])
    assert kinds == {"admin": ("buyer", True), "seller": ("shop", False), "buyer": ("buyer", False)}
