"""Payments that go astray: asked for too long ago, lost at the provider, given back past the shop."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.parser import Parser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from builders import made
from fastapi import FastAPI
from httpx2 import AsyncClient
from ordering import Bazaar, a_bazaar, broken
from paying import an_online_order, carried_out, named, parked, told
from tills import PaperTill

from lavka.adapters import background
from lavka.adapters.tortoise.database import execute, fetch
from lavka.bootstrap import System, utc_now, web
from lavka.domain.money import Money
from lavka.domain.payments import KEYS_LIVE
from lavka.settings import Settings

MAIL = Path("var/mail")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for work waits for a moment only."""
    monkeypatch.setattr(background, "PATIENCE", 0.1)


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


async def looked_at(app: FastAPI) -> None:
    """Let the time come to look at payments, and look."""
    await execute("UPDATE payments SET look_at = $1 WHERE look_at IS NOT NULL", [utc_now()])
    await app.state.shop.settling.poll_one()


async def test_what_makes_no_sense_is_told_once_and_followed_again_when_a_person_says_so(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    kept, till.kept = till.kept, {}
    for _ in range(3):
        await looked_at(app)
        await carried_out()
    assert [each["reason"] for each in await parked()] == ["The provider knows this payment no more."]
    till.kept = kept
    await app.state.shop.parked.retry(None, utc_now())
    await carried_out()
    till.pay(named(order["payment"]))
    await looked_at(app)
    await carried_out()
    assert (await client.get(f"/orders/{order['id']}", headers=bazaar.buyers)).json()["is_paid"]


async def test_a_till_that_is_gone_is_asked_about_a_payment_by_one_task_at_a_time(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    await an_online_order(client, bazaar)
    till.fault = "lost"
    for _ in range(5):
        await looked_at(app)
    assert len(await fetch("SELECT id FROM outbox WHERE kind = 'settle_payment'")) in (1, 2)  # an hour's end


async def a_refused_refund(client: AsyncClient, bazaar: Bazaar, till: PaperTill) -> str:
    """Pay an order, and cancel a part whose money the till refuses to give back."""
    order = await an_online_order(client, bazaar)
    name = till.pay(named(order["payment"]))
    await told(client, name)
    await carried_out()
    (ball,) = [each["id"] for each in order["shipments"] if each["shop"]["name"] == "Мороз"]
    till.fault = "refuse"
    path = f"/shops/{bazaar.frost.id}/shipments/{ball}"
    await client.patch(path, json={"status": "canceled"}, headers=bazaar.frosts)
    await carried_out()
    till.fault = None
    return name


async def test_a_refused_refund_that_a_person_has_given_back_there_is_not_given_twice(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    name = await a_refused_refund(client, bazaar, till)
    till.kept[name] = replace(till.kept[name], refunded=Money(1_500))
    await app.state.shop.parked.retry(None, utc_now())
    await carried_out()
    assert till.kept[name].refunded == Money(1_500)
    assert "another sum" in (await parked())[0]["reason"]


async def test_a_refund_that_was_refused_and_is_retried_survives_a_lost_answer(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    name = await a_refused_refund(client, bazaar, till)
    till.fault = "acted"
    await app.state.shop.parked.retry(None, utc_now())
    while not till.wanted:  # noqa: ASYNC110  # at the till
        await asyncio.sleep(0.01)
    till.fault = None
    await execute("UPDATE outbox SET due_at = $1", [utc_now()])
    await carried_out()
    assert till.kept[name].refunded == Money(1_500)
    assert [each["status"] for each in await fetch("SELECT status FROM refunds")] == ["succeeded"]


def titles() -> list[str]:
    """Of the letters that have gone."""
    return [Parser(policy=default).parsestr(each.read_text())["Subject"] for each in MAIL.glob("*.eml")]


async def test_a_shop_whose_part_was_cancelled_before_is_not_told_of_the_payment(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    (ball,) = [each["id"] for each in order["shipments"] if each["shop"]["name"] == "Мороз"]
    path = f"/shops/{bazaar.frost.id}/shipments/{ball}"
    await client.patch(path, json={"status": "canceled"}, headers=bazaar.frosts)
    rest = made(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers))
    await told(client, till.pay(named(rest)))
    await carried_out()
    assert [title for title in titles() if "новый заказ" in title] == [
        f"Домашний очаг: новый заказ {order['number']}"
    ]


async def test_what_is_captured_is_asked_for_alike_whatever_becomes_of_the_order_meanwhile(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.is_two_stage = True
    order = await an_online_order(client, bazaar, 3)
    path = f"/orders/{order['id']}/items/{bazaar.kettle.id}"
    await client.patch(path, json={"quantity": 2}, headers=bazaar.buyers)
    name = till.pay(named(order["payment"]))
    till.fails_at = "capture"
    await told(client, name, "payment.waiting_for_capture")
    await carried_out()
    await client.patch(path, json={"quantity": 1}, headers=bazaar.buyers)
    till.fails_at = None
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'capture_payment'", [utc_now()])
    await carried_out()
    first, second = till.captured
    assert first == second
    assert first.total == till.kept[name].amount == till.kept[name].refunded  # another sum is owed now
    assert [(item.description, item.quantity) for item in till.wanted[0].items] == [("Чайник", 2), ("Шар", 1)]


async def test_a_paid_order_shows_the_payment_that_has_paid_it_not_one_that_could_be_paid_too(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    path = f"/orders/{order['id']}/items/{bazaar.kettle.id}"
    for quantity in (1, 2):
        await client.patch(path, json={"quantity": quantity}, headers=bazaar.buyers)
        another = made(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers))
    assert another["id"] != order["payment"]["id"]
    await told(client, till.pay(named(order["payment"])))
    await carried_out()
    body = (await client.get(f"/orders/{order['id']}", headers=bazaar.buyers)).json()
    paid = {"id": order["payment"]["id"], "status": "succeeded", "confirmation_url": None}
    assert (body["is_paid"], body["payment"]) == (True, paid)


async def test_what_is_being_captured_for_a_while_is_asked_for_until_it_is(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.is_two_stage = till.is_slow = True
    order = await an_online_order(client, bazaar)
    await told(client, till.pay(named(order["payment"])), "payment.waiting_for_capture")
    await carried_out()
    assert till.captured
    till.is_slow = False
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'capture_payment'", [utc_now()])
    await carried_out()
    assert (await client.get(f"/orders/{order['id']}", headers=bazaar.buyers)).json()["is_paid"]


async def test_shops_are_told_of_an_order_once_when_it_is_confirmed_before_it_is_paid(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill, admin: dict[str, str]
) -> None:
    order = await an_online_order(client, bazaar)
    await client.patch(f"/orders/{order['id']}", json={"status": "confirmed"}, headers=admin)
    await carried_out()
    told_of = sorted(title for title in titles() if "новый заказ" in title)
    assert told_of == [f"{shop}: новый заказ {order['number']}" for shop in ("Домашний очаг", "Мороз")]
    await told(client, till.pay(named(order["payment"])))
    await carried_out()
    assert (await client.get(f"/orders/{order['id']}", headers=bazaar.buyers)).json()["is_paid"]
    assert sorted(title for title in titles() if "новый заказ" in title) == told_of
