"""CATALOG_PUBLIC=true: the catalogue and a cart without a token, and nothing else."""

import re
from uuid import UUID

import pytest
from builders import NOBODY, Goods, bearer, log_in, registered, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.settings import Settings

OPEN = {"products", "facets", "product", "categories", "shops", "show_shop"}
OPEN |= {"show_cart", "put_into_cart", "change_quantity", "take_out_of_cart", "clear_cart"}
"""The operations that it opens."""
ALWAYS_OPEN = {
    *("register", "log_in", "log_in_by_form", "refresh", "livez", "readyz"),
    *("confirm_email", "resend_confirmation", "forgot_password", "reset_password"),
    *("server_version", "client_version", "server_last_update", "client_last_update", "developers"),
    "hear_notification",  # it asks who calls by the address
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"catalog_public": True})


async def test_the_catalogue_opens_for_everyone(client: AsyncClient, goods: Goods) -> None:
    products = await client.get("/products")
    assert products.status_code == 200
    assert products.json()["total"] == 5
    card = await client.get(f"/products/{goods.kettle.id}")
    assert card.json()["id"] == str(goods.kettle.id)
    assert len((await client.get("/categories")).json()) == 2
    assert (await client.get("/shops")).json()["total"] == 3


async def test_it_opens_those_calls_and_no_other(app: FastAPI, client: AsyncClient) -> None:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in OPEN | ALWAYS_OPEN:
                continue
            place = re.sub(r"\{\w+\}", NOBODY, path.removeprefix("/api/v1"))
            assert unauthorized(await client.request(method, place)), (method, path)


@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer ", "Basic YTpi", "", "nonsense"])
async def test_a_bad_token_is_refused_all_the_same(client: AsyncClient, goods: Goods, token: str) -> None:
    for place in ("/products", f"/products/{goods.kettle.id}", "/categories", "/shops"):
        assert unauthorized(await client.get(place, headers={"Authorization": token})), place


async def test_a_good_token_goes_on_working_until_it_is_logged_out(client: AsyncClient) -> None:
    form = await registered(client)
    headers = bearer(await log_in(client, form["email"]))
    assert (await client.get("/products", headers=headers)).status_code == 200
    await client.post("/auth/logout", headers=headers)
    assert unauthorized(await client.get("/products", headers=headers))


async def test_what_is_hidden_stays_hidden(client: AsyncClient, goods: Goods) -> None:
    assert isinstance(goods.hidden.id, UUID)
    assert (await client.get(f"/products/{goods.hidden.id}")).status_code == 404
    assert (await client.get("/products?search=склада")).json()["total"] == 0
