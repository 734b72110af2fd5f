"""Payments that go astray: asked for too long ago, lost at the provider, given back past the shop."""

from datetime import timedelta
from typing import Any

import pytest
from builders import made
from fastapi import FastAPI
from httpx2 import AsyncClient
from ordering import Bazaar, a_bazaar, broken
from paying import an_online_order, carried_out
from tills import PaperTill

from lavka.adapters.tortoise.database import execute
from lavka.bootstrap import System, utc_now, web
from lavka.domain.payments import KEYS_LIVE
from lavka.settings import Settings


@pytest.fixture
def till() -> PaperTill:
    return PaperTill()


@pytest.fixture
async def app(settings: Settings, till: PaperTill) -> Any:
    application = web(settings, System(till=till))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def bazaar(client: AsyncClient) -> Bazaar:
    return await a_bazaar(client)


@pytest.fixture(autouse=True)
async def holds(app: FastAPI) -> Any:
    """Whatever a test does, every promise of the stored state holds afterwards, when a person has looked."""
    yield
    await carried_out()
    await execute("DELETE FROM outbox WHERE parked_at IS NOT NULL")
    assert await broken(app.state.shop) == {}


async def test_a_payment_that_can_be_opened_no_more_makes_room_for_another(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.fault = "lost"
    order = await an_online_order(client, bazaar)
    till.fault = None
    await execute("UPDATE payments SET asked_at = $1", [utc_now() - KEYS_LIVE - timedelta(minutes=1)])
    another = made(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers))
    assert another["id"] != order["payment"]["id"]
    assert another["confirmation_url"]
