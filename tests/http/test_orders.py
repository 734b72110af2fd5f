"""A buyer's orders: looked at, cancelled, changed while they are new; administrators take them further."""

from datetime import timedelta
from typing import Any

import pytest
from builders import NOBODY, Headers, refused, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from ordering import ADDRESS, Bazaar, a_bazaar, broken, left, ordered, paid_online

from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.bootstrap import utc_now
from lavka.domain.errors import Invalid
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.shipments import NEXT, PROGRESS, SYSTEM, Status


@pytest.fixture
async def bazaar(client: AsyncClient) -> Bazaar:
    return await a_bazaar(client)


@pytest.fixture
async def order(bazaar: Bazaar) -> Order:
    """Two kettles, a cup, three balls."""
    return await ordered(bazaar.buyer, [(bazaar.kettle, 2), (bazaar.cup, 1), (bazaar.ball, 3)])


@pytest.fixture(autouse=True)
async def holds(app: FastAPI) -> Any:
    """Whatever a test does, every promise of the stored state holds afterwards."""
    yield
    assert await broken(app.state.shop) == {}


def shown(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def line(offer: Any, name: str, quantity: int) -> dict[str, Any]:
    price = offer.price.minor
    what = {"offer_id": str(offer.id), "product_id": str(offer.product), "name": name}
    return {**what, "price": price, "quantity": quantity, "sum": price * quantity}


async def test_an_order_is_shown_as_the_contract_says(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    kettles, cup = line(bazaar.kettle, "Чайник", 2), line(bazaar.cup, "Чашка", 1)
    balls, placed = line(bazaar.ball, "Шар", 3), order.created_at.isoformat()
    assert shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers)) == {
        "id": str(order.id),
        "number": order.number,
        "status": "new",
        "is_paid": False,
        "payment_method": "on_delivery",
        "requires_delivery": True,
        "delivery_address": ADDRESS,
        "phone": "+79123456789",
        "comment": "Позвоните.",
        "items": [kettles, cup, balls],
        "shipments": [
            {
                "id": str(order.shipments[0].id),
                "shop": {"id": str(bazaar.hearth.id), "name": "Домашний очаг"},
                "status": "new",
                "items": [kettles, cup],
            },
            {
                "id": str(order.shipments[1].id),
                "shop": {"id": str(bazaar.frost.id), "name": "Мороз"},
                "status": "new",
                "items": [balls],
            },
        ],
        "total_price": 427_500,
        "currency": "RUB",
        "created_at": placed,
        "history": [{"status": "new", "at": placed, "by": "buyer"}],
        "payment": None,
    }


async def test_what_is_picked_up_has_no_address(client: AsyncClient, bazaar: Bazaar) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.cup, 1)], address=None)
    body = shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
    assert (body["requires_delivery"], body["delivery_address"]) == (False, None)


async def test_a_buyer_lists_their_own_orders_newest_first(
    client: AsyncClient, bazaar: Bazaar, order: Order, somebody_else: Headers
) -> None:
    later = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    page = shown(await client.get("/orders", headers=bazaar.buyers))
    assert [each["id"] for each in page.pop("items")] == [str(later.id), str(order.id)]
    assert page == {"total": 2, "page": 1, "size": 20, "pages": 1, "next": None}
    assert shown(await client.get("/orders", headers=somebody_else))["items"] == []


async def test_orders_are_listed_by_status_and_page(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    later = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers)
    for status, found in {"new": later, "canceled": order}.items():
        page = shown(await client.get("/orders", params={"status": status}, headers=bazaar.buyers))
        assert [each["id"] for each in page["items"]] == [str(found.id)]
    first = shown(await client.get("/orders?size=1", headers=bazaar.buyers))
    assert (first["pages"], [each["id"] for each in first["items"]]) == (2, [str(later.id)])
    second = await client.get("/orders", params={"size": 1, "cursor": first["next"]}, headers=bazaar.buyers)
    assert [each["id"] for each in shown(second)["items"]] == [str(order.id)]
    assert shown(await client.get("/orders?page=9", headers=bazaar.buyers))["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "status=NEW",
        "status=",
        "page=0",
        "size=101",
        "cursor=x",
        "user=1",
        "status=new&status=new",
    ],
)
async def test_a_list_that_is_asked_for_wrongly_is_refused(
    client: AsyncClient, bazaar: Bazaar, query: str
) -> None:
    assert refused(await client.get(f"/orders?{query}", headers=bazaar.buyers), 422, "validation_error")


async def test_nobody_reads_or_changes_anothers_order(
    client: AsyncClient, bazaar: Bazaar, order: Order, somebody_else: Headers
) -> None:
    item = f"/orders/{order.id}/items/{bazaar.cup.id}"
    for headers in (somebody_else, bazaar.hearths):
        refused(await client.get(f"/orders/{order.id}", headers=headers), 404, "not_found")
        refused(await client.post(f"/orders/{order.id}/cancel", headers=headers), 404, "not_found")
        refused(await client.patch(item, json={"quantity": 2}, headers=headers), 404, "not_found")
        refused(await client.delete(item, headers=headers), 404, "not_found")
    assert await TortoiseOrders().get(order.id) == order


async def test_without_a_token_there_is_nothing(client: AsyncClient, order: Order) -> None:
    for method, path in (
        ("GET", "/orders"),
        ("GET", f"/orders/{order.id}"),
        ("POST", f"/orders/{order.id}/cancel"),
        ("PATCH", f"/orders/{order.id}"),
        ("PATCH", f"/orders/{order.id}/items/{NOBODY}"),
        ("DELETE", f"/orders/{order.id}/items/{NOBODY}"),
    ):
        assert unauthorized(await client.request(method, path))


async def test_what_is_not_there_is_not_found(client: AsyncClient, bazaar: Bazaar, admin: Headers) -> None:
    for headers in (bazaar.buyers, admin):
        refused(await client.get(f"/orders/{NOBODY}", headers=headers), 404, "not_found")
        refused(await client.post(f"/orders/{NOBODY}/cancel", headers=headers), 404, "not_found")
        path = f"/orders/{NOBODY}/items/{NOBODY}"
        refused(await client.patch(path, json={"quantity": 1}, headers=headers), 404, "not_found")
    form = {"status": "confirmed"}
    refused(await client.patch(f"/orders/{NOBODY}", json=form, headers=admin), 404, "not_found")
    refused(await client.get("/orders/x", headers=bazaar.buyers), 422, "validation_error")


async def test_a_cancelled_order_gives_its_stock_back_once(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    offers = (bazaar.kettle, bazaar.cup, bazaar.ball)
    assert [await left(each) for each in offers] == [12, 8, 0]
    body = shown(await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers))
    assert (body["status"], body["total_price"], body["is_paid"]) == ("canceled", 427_500, False)
    assert [each["status"] for each in body["shipments"]] == ["canceled", "canceled"]
    assert [(each["status"], each["by"]) for each in body["history"]] == [
        ("new", "buyer"),
        ("canceled", "buyer"),
    ]
    again = await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers)
    refused(again, 409, "invalid_transition")
    assert [await left(each) for each in offers] == [14, 9, 3]


async def test_what_was_sold_out_is_on_sale_again_after_a_cancel(
    client: AsyncClient, app: FastAPI, bazaar: Bazaar, order: Order
) -> None:
    await app.state.shop.fulfilling.changing.show()
    path = "/products?in_stock=true"
    before = shown(await client.get(path, headers=bazaar.buyers))
    await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers)
    after = shown(await client.get(path, headers=bazaar.buyers))
    assert ({each["name"] for each in before["items"]}, after["total"]) == ({"Чайник", "Чашка"}, 3)


async def test_an_order_paid_from_the_wallet_is_refunded_when_it_is_cancelled(
    client: AsyncClient, bazaar: Bazaar
) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.kettle, 2), (bazaar.ball, 1)], PaymentMethod.WALLET)
    wallets, ball = TortoiseWallets(), order.shipments[1].id
    assert await wallets.balance(bazaar.buyer) == ZERO
    path = f"/shops/{bazaar.frost.id}/shipments/{ball}"
    shown(await client.patch(path, json={"status": "canceled"}, headers=bazaar.frosts))
    assert await wallets.balance(bazaar.buyer) == Money(1_500)
    shown(await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers))
    assert await wallets.balance(bazaar.buyer) == Money(399_500)


async def test_nothing_is_refunded_into_a_wallet_that_has_not_paid(
    client: AsyncClient, bazaar: Bazaar
) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.kettle, 2)], PaymentMethod.ONLINE)
    await paid_online(order, utc_now())
    async with TortoiseOrders().change(order.id) as lent:
        lent.pay(utc_now())
    shown(await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers))
    assert await TortoiseWallets().balance(bazaar.buyer) == ZERO


async def test_a_buyer_does_not_cancel_what_is_sent(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    for status in ("confirmed", "assembled", "sent"):
        shown(await client.patch(f"/orders/{order.id}", json={"status": status}, headers=admin))
    answer = await client.post(f"/orders/{order.id}/cancel", headers=bazaar.buyers)
    refused(answer, 409, "invalid_transition")


async def test_administrators_take_an_order_all_the_way(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    for status in ("confirmed", "assembled", "sent", "delivered"):
        body = shown(await client.patch(f"/orders/{order.id}", json={"status": status}, headers=admin))
        assert body["status"] == status
        assert {each["status"] for each in body["shipments"]} == {status}
        assert body["history"][-1]["by"] == "administrator"
    assert body["is_paid"]
    assert shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers)) == body


async def test_administrators_cancel_anybodys_order(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    other = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    form = {"status": "canceled"}
    one = shown(await client.patch(f"/orders/{order.id}", json=form, headers=admin))
    two = shown(await client.post(f"/orders/{other.id}/cancel", headers=admin))
    assert [each["history"][-1]["by"] for each in (one, two)] == ["administrator"] * 2
    assert await left(bazaar.cup) == 9


async def test_an_administrator_who_buys_cancels_as_a_buyer(
    client: AsyncClient, bazaar: Bazaar, admin: Headers
) -> None:
    me = (await client.get("/me", headers=admin)).json()["id"]
    order = await ordered(me, [(bazaar.cup, 1)])
    body = shown(await client.post(f"/orders/{order.id}/cancel", headers=admin))
    assert body["history"][-1]["by"] == "buyer"


@pytest.mark.parametrize("before", Status)
async def test_a_step_that_the_table_does_not_have_is_refused(
    client: AsyncClient, bazaar: Bazaar, admin: Headers, before: Status
) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.cup, 1)])
    for each in PROGRESS[1 : PROGRESS.index(before) + 1] if before in PROGRESS else [before]:
        shown(await client.patch(f"/orders/{order.id}", json={"status": each}, headers=admin))
    for status in {*Status} - NEXT[before]:
        answer = await client.patch(f"/orders/{order.id}", json={"status": status}, headers=admin)
        refused(answer, 409, "invalid_transition")


async def test_only_administrators_take_an_order_further(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    for headers in (bazaar.buyers, bazaar.hearths):
        answer = await client.patch(f"/orders/{order.id}", json={"status": "confirmed"}, headers=headers)
        refused(answer, 403, "forbidden")


@pytest.mark.parametrize(
    "form",
    [{}, {"status": None}, {"status": "lost"}, {"status": 1}, {"status": "new", "is_paid": True}, [], "new"],
)
async def test_a_step_that_is_none_is_refused(
    client: AsyncClient, order: Order, admin: Headers, form: object
) -> None:
    answer = await client.patch(f"/orders/{order.id}", json=form, headers=admin)
    assert refused(answer, 422, "validation_error")


async def test_more_and_less_is_ordered_while_the_order_is_new(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    more = shown(await client.patch(item, json={"quantity": 14}, headers=bazaar.buyers))
    assert (more["items"][0]["quantity"], more["total_price"]) == (14, 14 * 199_000 + 25_000 + 4_500)
    assert await left(bazaar.kettle) == 0
    less = shown(await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers))
    assert (less["items"][0]["sum"], less["total_price"]) == (199_000, 228_500)
    assert await left(bazaar.kettle) == 13
    same = shown(await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers))
    assert same == less == shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))


async def test_more_than_there_is_cannot_be_ordered(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    answer = await client.patch(item, json={"quantity": 15}, headers=bazaar.buyers)
    (detail,) = refused(answer, 409, "out_of_stock")
    assert detail["field"] == str(bazaar.kettle.id)
    assert await left(bazaar.kettle) == 12
    assert await TortoiseOrders().get(order.id) == order


async def test_more_is_ordered_at_the_price_of_the_order_only(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    dearer = await client.patch(
        f"/offers/{bazaar.kettle.id}", json={"price": 200_000}, headers=bazaar.hearths
    )
    assert dearer.status_code == 200
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    answer = await client.patch(item, json={"quantity": 3}, headers=bazaar.buyers)
    details = refused(answer, 409, "price_changed")
    assert {each["field"]: each["message"] for each in details} == {
        "expected_price": "199000",
        "price": "200000",
    }
    less = shown(await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers))
    assert less["items"][0]["price"] == 199_000


@pytest.mark.parametrize("how", ["withdrawn", "closed", "hidden"])
async def test_no_more_is_ordered_of_what_is_not_for_sale(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers, how: str
) -> None:
    withdrawn = {
        "withdrawn": client.delete(f"/offers/{bazaar.kettle.id}", headers=bazaar.hearths),
        "closed": client.patch(f"/shops/{bazaar.hearth.id}", json={"is_open": False}, headers=bazaar.hearths),
        "hidden": client.delete(f"/products/{bazaar.kettle.product}", headers=admin),
    }
    for name, call in withdrawn.items():
        if name == how:
            assert (await call).status_code in {200, 204}
        else:
            call.close()
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    answer = await client.patch(item, json={"quantity": 3}, headers=bazaar.buyers)
    assert refused(answer, 409, "out_of_stock")[0]["field"] == str(bazaar.kettle.id)
    assert shown(await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers))["status"] == "new"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 10_001},
        {"quantity": 10**18},
        {"quantity": 1.5},
        {"quantity": "1"},
        {"quantity": True},
        {"quantity": None},
        {"quantity": 1, "price": 1},
        [],
    ],
)
async def test_a_quantity_that_is_none_is_refused(
    client: AsyncClient, bazaar: Bazaar, order: Order, form: object
) -> None:
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    assert refused(await client.patch(item, json=form, headers=bazaar.buyers), 422, "validation_error")


async def test_a_line_is_removed_with_its_shipment_and_at_last_the_order_is_cancelled(
    client: AsyncClient, bazaar: Bazaar, order: Order
) -> None:
    items = f"/orders/{order.id}/items"
    body = shown(await client.delete(f"{items}/{bazaar.ball.id}", headers=bazaar.buyers))
    assert [each["name"] for each in body["items"]] == ["Чайник", "Чашка"]
    assert [each["shop"]["name"] for each in body["shipments"]] == ["Домашний очаг"]
    refused(await client.delete(f"{items}/{bazaar.ball.id}", headers=bazaar.buyers), 404, "not_found")
    shown(await client.delete(f"{items}/{bazaar.kettle.id}", headers=bazaar.buyers))
    last = shown(await client.delete(f"{items}/{bazaar.cup.id}", headers=bazaar.buyers))
    assert (last["status"], last["total_price"]) == ("canceled", 25_000)
    assert [await left(each) for each in (bazaar.kettle, bazaar.cup, bazaar.ball)] == [14, 9, 3]


async def test_lines_of_a_confirmed_order_stay(
    client: AsyncClient, bazaar: Bazaar, order: Order, admin: Headers
) -> None:
    shown(await client.patch(f"/orders/{order.id}", json={"status": "confirmed"}, headers=admin))
    item = f"/orders/{order.id}/items/{bazaar.kettle.id}"
    answer = await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers)
    refused(answer, 409, "invalid_transition")
    refused(await client.delete(item, headers=bazaar.buyers), 409, "invalid_transition")


async def test_lines_of_a_paid_order_stay(client: AsyncClient, bazaar: Bazaar) -> None:
    order = await ordered(bazaar.buyer, [(bazaar.cup, 2)], PaymentMethod.WALLET)
    item = f"/orders/{order.id}/items/{bazaar.cup.id}"
    answer = await client.patch(item, json={"quantity": 1}, headers=bazaar.buyers)
    refused(answer, 409, "invalid_transition")
    refused(await client.delete(item, headers=bazaar.buyers), 409, "invalid_transition")


async def test_unpaid_orders_expire_one_by_one_and_give_their_stock_back(
    client: AsyncClient, app: FastAPI, bazaar: Bazaar
) -> None:
    fulfilling, long_ago = app.state.shop.fulfilling, utc_now() - timedelta(minutes=31)
    late = [
        await ordered(bazaar.buyer, [(bazaar.ball, 1)], PaymentMethod.ONLINE, now=long_ago) for _ in range(2)
    ]
    waiting = await ordered(bazaar.buyer, [(bazaar.ball, 1)], PaymentMethod.ONLINE)
    assert [await fulfilling.expire_one() for _ in range(3)] == [True, True, False]
    assert await left(bazaar.ball) == 2
    for order in late:
        body = shown(await client.get(f"/orders/{order.id}", headers=bazaar.buyers))
        assert (body["status"], body["history"][-1]["by"]) == ("canceled", "system")
    body = shown(await client.get(f"/orders/{waiting.id}", headers=bazaar.buyers))
    assert body["status"] == "new"


async def test_what_is_paid_in_time_does_not_expire(app: FastAPI, bazaar: Bazaar) -> None:
    long_ago = utc_now() - timedelta(minutes=31)
    order = await ordered(bazaar.buyer, [(bazaar.ball, 1)], PaymentMethod.ONLINE, now=long_ago)
    async with TortoiseOrders().change(order.id) as lent:
        lent.pay(utc_now(), SYSTEM)
    await paid_online(order, utc_now())
    assert not await app.state.shop.fulfilling.expire_one()


async def test_an_order_that_cannot_be_cancelled_keeps_no_other_from_expiring(
    app: FastAPI, bazaar: Bazaar
) -> None:
    long_ago = utc_now() - timedelta(minutes=31)
    spoilt, other = [
        await ordered(bazaar.buyer, [(bazaar.ball, 1)], PaymentMethod.ONLINE, now=long_ago) for _ in range(2)
    ]
    await execute("UPDATE orders SET phone = '?' WHERE id = $1", [spoilt.id])
    assert await app.state.shop.fulfilling.expire_one()
    assert (await TortoiseOrders().get(other.id)).status is Status.CANCELED
    with pytest.raises(Invalid):
        await app.state.shop.fulfilling.expire_one()
