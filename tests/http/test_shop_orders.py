"""Orders as shops see and fulfil them, and as administrators look at everybody's."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from builders import NOBODY, Headers, refused, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from mailing import nothing_waits
from ordering import ADDRESS, Bazaar, a_bazaar, broken, left, ordered, user_of

from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.shipments import NEXT, PROGRESS, Status


@pytest.fixture
async def bazaar(client: AsyncClient) -> Bazaar:
    return await a_bazaar(client)


@pytest.fixture
async def order(bazaar: Bazaar) -> Order:
    """Two kettles of one shop, three balls of the other."""
    return await ordered(bazaar.buyer, [(bazaar.kettle, 2), (bazaar.ball, 3)])


@pytest.fixture(autouse=True)
async def holds(app: FastAPI) -> AsyncIterator[None]:
    """Whatever a test does, every promise of the stored state holds afterwards."""
    yield
    assert await broken(app.state.shop) == {}


def shown(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def steps(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["status"], each["by"]) for each in body["history"]]


async def step(client: AsyncClient, order: Order, nth: int, status: str, headers: Headers) -> Response:
    """Take the nth shipment a step on, as a call to its shop."""
    shipment = order.shipments[nth]
    path = f"/shops/{shipment.shop}/shipments/{shipment.id}"
    return await client.patch(path, json={"status": status}, headers=headers)


async def test_a_shop_sees_its_part_of_an_order_and_nothing_of_the_other(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    shown(await step(client, order, 0, "confirmed", bazaar.hearths))
    answer = await client.get(f"/shops/{bazaar.frost.id}/orders", headers=bazaar.frosts)
    (part,) = shown(answer)["items"]
    balls = {
        "offer_id": str(bazaar.ball.id),
        "product_id": str(bazaar.ball.product),
        "name": "Шар",
        "price": 1_500,
        "quantity": 3,
        "sum": 4_500,
    }
    placed, shop = order.created_at.isoformat(), {"id": str(bazaar.frost.id), "name": "Мороз"}
    assert part == {
        "id": str(order.id),
        "number": order.number,
        "status": "new",
        "is_paid": False,
        "payment_method": "on_delivery",
        "requires_delivery": True,
        "delivery_address": ADDRESS,
        "phone": "+79123456789",
        "comment": "Позвоните.",
        "items": [balls],
        "shipments": [{"id": str(order.shipments[1].id), "shop": shop, "status": "new", "items": [balls]}],
        "total_price": 4_500,
        "currency": "RUB",
        "created_at": placed,
        "history": [{"status": "new", "at": placed, "by": "buyer"}],
        "payment": None,
    }
    hidden = (bazaar.hearth.id, bazaar.hearth.name, bazaar.kettle.id, "Чайник", bazaar.buyer, "confirmed")
    assert not any(str(each) in answer.text for each in hidden)


async def test_a_shop_takes_its_shipment_all_the_way(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    for status in ("confirmed", "assembled", "sent", "delivered"):
        body = shown(await step(client, order, 0, status, bazaar.hearths))
        assert (body["status"], body["history"][-1]["by"]) == (status, "shop")
        assert body["total_price"] == 398_000
    whole = shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
    assert ([each["status"] for each in whole["shipments"]], whole["status"]) == (["delivered", "new"], "new")
    assert not whole["is_paid"]
    shown(await step(client, order, 1, "canceled", bazaar.frosts))
    whole = shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
    assert (whole["status"], whole["is_paid"], whole["total_price"]) == ("delivered", True, 398_000)
    assert steps(whole) == [("new", "buyer"), ("delivered", "shop")]


async def test_a_cancelled_shipment_gives_its_own_stock_back(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    body = shown(await step(client, order, 1, "canceled", bazaar.frosts))
    assert (body["status"], body["total_price"]) == ("canceled", 4_500)
    assert (await left(bazaar.kettle), await left(bazaar.ball)) == (12, 3)
    refused(await step(client, order, 1, "canceled", bazaar.frosts), 409, "invalid_transition")
    assert await left(bazaar.ball) == 3


@pytest.mark.parametrize("before", Status)
async def test_a_step_that_the_table_does_not_have_is_refused(
    client: AsyncClient, bazaar: Bazaar, before: Status
) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    for each in PROGRESS[1 : PROGRESS.index(before) + 1] if before in PROGRESS else [before]:
        shown(await step(client, order, 0, each, bazaar.hearths))
    for status in {*Status} - NEXT[before]:
        refused(await step(client, order, 0, status, bazaar.hearths), 409, "invalid_transition")


async def test_a_shop_does_not_confirm_what_is_to_be_paid_first(client: AsyncClient, bazaar: Bazaar) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.cup, 1)], PaymentMethod.ONLINE)
    refused(await step(client, order, 0, "confirmed", bazaar.hearths), 409, "invalid_transition")


async def test_an_administrator_steps_any_shipment_and_as_such(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    body = shown(await step(client, order, 1, "confirmed", admin))
    assert steps(body) == [("new", "buyer"), ("confirmed", "administrator")]


async def test_nobody_steps_anothers_shipment(
    client: AsyncClient, bazaar: Bazaar, order: Order, somebody_else: Headers
) -> None:
    refused(await step(client, order, 0, "confirmed", bazaar.frosts), 404, "not_found")
    for headers in (bazaar.buyers, somebody_else):
        refused(await step(client, order, 0, "confirmed", headers), 403, "forbidden")
    form = {"status": "confirmed"}
    crossed = f"/shops/{bazaar.frost.id}/shipments/{order.shipments[0].id}"
    refused(await client.patch(crossed, json=form, headers=bazaar.frosts), 404, "not_found")
    for path in (f"/shops/{bazaar.frost.id}/shipments/{NOBODY}", f"/shops/{NOBODY}/shipments/{NOBODY}"):
        refused(await client.patch(path, json=form, headers=bazaar.frosts), 404, "not_found")
    assert unauthorized(await client.patch(crossed, json=form))
    body = shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
    assert steps(body) == [("new", "buyer")]


@pytest.mark.parametrize("form", [{}, {"status": "lost"}, {"status": "sent", "shop": 1}, []])
async def test_a_step_that_is_none_is_refused(
    client: AsyncClient, bazaar: Bazaar, order: Order, form: object
) -> None:
    path = f"/shops/{bazaar.hearth.id}/shipments/{order.shipments[0].id}"
    assert refused(await client.patch(path, json=form, headers=bazaar.hearths), 422, "validation_error")


async def test_a_shop_lists_its_orders_by_the_status_of_its_shipment(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    later = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    shown(await step(client, order, 0, "confirmed", bazaar.hearths))
    path = f"/shops/{bazaar.hearth.id}/orders"
    everything = shown(await client.get(path, headers=bazaar.hearths))
    assert [each["id"] for each in everything["items"]] == [str(later.id), str(order.id)]
    for status, found in {"new": [later], "confirmed": [order], "sent": []}.items():
        page = shown(await client.get(path, params={"status": status}, headers=bazaar.hearths))
        assert [each["id"] for each in page["items"]] == [str(each.id) for each in found]
        assert page["total"] == len(found)


async def test_nobody_lists_anothers_orders(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    path = f"/shops/{bazaar.hearth.id}/orders"
    refused(await client.get(path, headers=bazaar.frosts), 404, "not_found")
    refused(await client.get(path, headers=bazaar.buyers), 403, "forbidden")
    refused(await client.get(f"/shops/{NOBODY}/orders", headers=bazaar.frosts), 404, "not_found")
    assert unauthorized(await client.get(path))
    assert shown(await client.get(path, headers=admin))["total"] == 1
    refused(await client.get(f"{path}?status=lost", headers=bazaar.hearths), 422, "validation_error")


async def test_administrators_list_everybodys_orders_with_their_buyers(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    page = shown(await client.get("/admin/orders", headers=admin))
    (found,) = page["items"]
    me = (await client.get("/me", headers=bazaar.buyers)).json()
    assert found.pop("user") == {name: me[name] for name in ("id", "full_name", "email", "phone")}
    assert found == shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
    assert (page["total"], page["pages"], page["next"]) == (1, 1, None)


async def test_administrators_filter_by_status_buyer_and_shop(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers, somebody_else: Headers
) -> None:
    other = (await client.get("/me", headers=somebody_else)).json()["id"]
    theirs = await ordered(other, [(bazaar.cup, 1)])
    shown(await step(client, order, 0, "confirmed", bazaar.hearths))
    for query, found in {
        f"user={other}": [theirs],
        f"user={bazaar.buyer}": [order],
        f"user={NOBODY}": [],
        f"shop={bazaar.hearth.id}": [theirs, order],
        f"shop={bazaar.frost.id}": [order],
        "status=new": [theirs, order],
        "status=confirmed": [],
        f"status=confirmed&shop={bazaar.hearth.id}": [order],
        f"status=new&shop={bazaar.hearth.id}&user={other}": [theirs],
    }.items():
        page = shown(await client.get(f"/admin/orders?{query}", headers=admin))
        assert [each["id"] for each in page["items"]] == [str(each.id) for each in found]


async def test_lists_of_many_orders_take_as_many_queries_as_those_of_one(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    lists = {
        "/orders": bazaar.buyers,
        f"/shops/{bazaar.hearth.id}/orders": bazaar.hearths,
        "/admin/orders": admin,
    }

    async def queries(path: str, headers: Headers, many: int) -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            assert len(shown(await client.get(path, headers=headers))["items"]) == many
        said = [record.getMessage() for record in caplog.records]
        return sum("order_" in each or "orders o" in each or '"users"' in each for each in said)

    await nothing_waits()
    few = [await queries(path, headers, 1) for path, headers in lists.items()]
    for nth in range(4):
        buyer = bazaar.buyer if nth else await user_of(client, admin)
        await ordered(buyer, [(bazaar.kettle, 1), (bazaar.cup, 1)])
    numbers = zip(lists.items(), (4, 5, 5), strict=True)
    await nothing_waits()
    assert [await queries(path, headers, many) for (path, headers), many in numbers] == few


async def test_everybodys_orders_are_for_administrators(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    for headers in (bazaar.buyers, bazaar.hearths):
        refused(await client.get("/admin/orders", headers=headers), 403, "forbidden")
    assert unauthorized(await client.get("/admin/orders"))
    for query in ("user=x", "shop=1", "status=lost", "size=0", "cursor=x", "number=1"):
        refused(await client.get(f"/admin/orders?{query}", headers=admin), 422, "validation_error")
