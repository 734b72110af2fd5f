"""What tests over HTTP share: a small catalogue in the shop, and a second person."""

import pytest
from builders import Goods, Headers, a_seller, an_admin, bearer, log_in, registered, some_goods
from fastapi import FastAPI
from httpx2 import AsyncClient


@pytest.fixture
async def goods(app: FastAPI) -> Goods:
    """A small catalogue, on the shelves."""
    goods = some_goods()
    lot = goods.assortment
    await app.state.shop.stocking.stockroom.bring(lot.categories, lot.shops, lot.products, lot.offers)
    return goods


@pytest.fixture
async def somebody_else(client: AsyncClient) -> dict[str, str]:
    """The headers of another buyer."""
    form = await registered(client)
    return bearer(await log_in(client, form["email"]))


@pytest.fixture
async def admin(app: FastAPI, client: AsyncClient) -> Headers:
    """An administrator's headers."""
    return await an_admin(app.state.shop, client)


@pytest.fixture
async def seller(client: AsyncClient) -> Headers:
    """The headers of a shop's account."""
    return await a_seller(client)
