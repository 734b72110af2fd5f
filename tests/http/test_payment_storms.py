"""All that becomes of paid orders, at once: the books of the till and of the shop are alike afterwards."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from ordering import Bazaar, a_bazaar, broken
from paying import an_online_order, carried_out, parked, told
from tills import PaperTill

from lavka.adapters.tortoise.database import execute, fetch
from lavka.application.shop import Shop
from lavka.bootstrap import System, utc_now, web
from lavka.domain.payments import Status
from lavka.settings import Settings

pytestmark = pytest.mark.postgres

Deed = Callable[[], Awaitable[Any]]
SECONDS = 0.4
"""In which all of it happens."""


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


def whims(
    client: AsyncClient, bazaar: Bazaar, order: dict[str, Any], admin: dict[str, str]
) -> Iterator[Deed]:
    """What buyer, shop and administrator do with one order."""
    path, key = f"/orders/{order['id']}", {"Idempotency-Key": order["number"]}
    (ball,) = [each["id"] for each in order["shipments"] if each["shop"]["name"] == "Мороз"]
    kettles, balls = f"{path}/items/{bazaar.kettle.id}", f"{path}/items/{bazaar.ball.id}"
    shipment = f"/shops/{bazaar.frost.id}/shipments/{ball}"
    canceled, confirmed = {"status": "canceled"}, {"status": "confirmed"}
    for quantity in (1, 3):
        yield lambda quantity=quantity: client.patch(  # type: ignore[misc]
            kettles, json={"quantity": quantity}, headers=bazaar.buyers
        )
        yield lambda: client.post(f"{path}/pay", headers=bazaar.buyers)
        yield lambda: client.post(f"{path}/pay", headers=bazaar.buyers | key)
    yield lambda: client.delete(balls, headers=bazaar.buyers)
    yield lambda: client.patch(shipment, json=canceled, headers=bazaar.frosts)
    yield lambda: client.patch(path, json=confirmed, headers=admin)
    yield lambda: client.post(f"{path}/cancel", headers=bazaar.buyers)
    yield lambda: client.post("/wallet/top-ups", json={"amount": 500}, headers=bazaar.buyers)


def chances(client: AsyncClient, shop: Shop, till: PaperTill, chance: random.Random) -> Iterator[Deed]:
    """What payers and provider do, and what the shop does by itself."""

    async def pay() -> None:
        for seen in list(till.kept.values()):
            if seen.status is Status.PENDING and seen.reference and chance.random() < 0.6:
                till.pay(seen.reference)
        await asyncio.gather(*(told(client, name) for name in [*till.kept, *till.kept]))

    async def look() -> None:
        await execute("UPDATE payments SET look_at = $1 WHERE look_at IS NOT NULL", [utc_now()])
        while await shop.settling.poll_one():
            pass

    async def expire() -> None:
        one = "SELECT id FROM orders WHERE expires_at IS NOT NULL ORDER BY id LIMIT 1"
        await execute(f"UPDATE orders SET expires_at = $1 WHERE id IN ({one})", [utc_now()])
        await shop.fulfilling.expire_one()

    async def compare() -> None:
        await shop.reconciling.compare(utc_now() - timedelta(days=1), utc_now())

    yield from (pay, pay, pay, look, look, expire, compare)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("is_two_stage", [False, True], ids=["one stage", "two stages"])
async def test_the_books_of_both_sides_are_alike_after_a_storm(
    app: FastAPI,
    client: AsyncClient,
    bazaar: Bazaar,
    till: PaperTill,
    admin: dict[str, str],
    is_two_stage: bool,
    seed: int,
) -> None:
    till.is_two_stage, chance, shop = is_two_stage, random.Random(seed), app.state.shop
    orders = [await an_online_order(client, bazaar) for _ in range(3)]
    happening = list(chances(client, shop, till, chance))
    wanted = list(chain.from_iterable(whims(client, bazaar, order, admin) for order in orders))

    async def some_time(deed: Deed) -> Any:
        await asyncio.sleep(chance.random() * SECONDS)
        return await deed()

    deeds = [*chance.sample(wanted, len(wanted) * 2 // 3), *happening, *happening]
    answers = await asyncio.gather(*map(some_time, deeds))
    assert {each.status_code for each in answers if isinstance(each, Response)} <= {200, 201, 404, 409}
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'open_payment'", [utc_now()])
    await carried_out()
    for deed in (happening[0], happening[-1]):  # late payers, and the night after
        await deed()
        await carried_out()
    assert (await parked(), await broken(shop)) == ([], {})
    for row in await fetch("SELECT * FROM payments WHERE external_id IS NOT NULL"):
        seen = till.kept[row["external_id"]]
        assert (seen.status, seen.refunded.minor) == (row["status"], row["refunded"])
        assert seen.amount.minor == row["amount"] or row["status"] == "canceled"
