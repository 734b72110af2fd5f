"""Paying online: with the order, later, into the wallet; and what the provider says of it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from builders import NOBODY, made, refused, unauthorized
from buying import ordering, put
from conftest import settings_for
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from ordering import Bazaar, a_bazaar, broken
from paying import an_online_order, carried_out, named, parked, told
from tills import PaperTill

from lavka.adapters import background
from lavka.adapters.tortoise.database import execute, fetch
from lavka.application.payments import opening
from lavka.bootstrap import System, utc_now, web
from lavka.domain.payments import RefundStatus
from lavka.settings import Settings

TOTAL = 199_000 * 2 + 1_500


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
    """Whatever a test does, every promise of the stored state holds afterwards."""
    yield
    await carried_out()
    assert await broken(app.state.shop) == {}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for the till, and who looks for work, waits for a moment only."""
    monkeypatch.setattr(opening, "PATIENCE", 0.3)
    monkeypatch.setattr(background, "PATIENCE", 0.1)


async def shown(client: AsyncClient, bazaar: Bazaar, order: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = (await client.get(f"/orders/{order['id']}", headers=bazaar.buyers)).json()
    return body


async def paid(client: AsyncClient, till: PaperTill, order: dict[str, Any]) -> str:
    """Let the buyer pay, and the shop hear of it."""
    name = till.pay(named(order["payment"]))
    await told(client, name)
    await carried_out()
    return name


async def test_an_order_to_be_paid_online_says_where(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    (ask,) = till.asked.values()
    seen = till.of(named(order["payment"]))
    assert order["payment"] == {
        "id": str(ask.payment),
        "status": "pending",
        "confirmation_url": seen.confirmation_url,
    }
    assert (ask.amount.minor, ask.bill.total.minor) == (TOTAL, TOTAL)
    assert order["id"] in ask.bill.return_url
    assert [(item.description, item.quantity, item.price.minor) for item in ask.bill.items] == [
        ("Чайник", 2, 199_000),
        ("Шар", 1, 1_500),
    ]
    assert (await shown(client, bazaar, order))["payment"] == order["payment"]
    mine = (await client.get(f"/payments/{order['payment']['id']}", headers=bazaar.buyers)).json()
    assert mine == order["payment"]


async def test_its_payment_confirms_it(client: AsyncClient, bazaar: Bazaar, till: PaperTill) -> None:
    order = await an_online_order(client, bazaar)
    await paid(client, till, order)
    body = await shown(client, bazaar, order)
    assert (body["status"], body["is_paid"], body["history"][-1]["by"]) == ("confirmed", True, "system")
    assert body["payment"] == {"id": order["payment"]["id"], "status": "succeeded", "confirmation_url": None}


async def test_a_repeated_order_is_answered_with_the_same_payment(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    await put(client, bazaar.buyers, (bazaar.ball, 1))
    first = await ordering(client, bazaar.buyers, key="once", payment_method="online")
    again = await ordering(client, bazaar.buyers, key="once", payment_method="online")
    assert made(first)["payment"]["confirmation_url"]
    assert (again.text, again.headers["Idempotent-Replayed"]) == (first.text, "true")
    assert len(till.asked) == 1


async def test_a_twin_that_comes_while_the_till_is_asked_is_told_so(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    await put(client, bazaar.buyers, (bazaar.ball, 1))
    till.fault = "hang"
    first = asyncio.create_task(ordering(client, bazaar.buyers, key="once", payment_method="online"))
    while "open" not in till.calls:  # noqa: ASYNC110  # the till of paper has no bell
        await asyncio.sleep(0.01)
    twin = await ordering(client, bazaar.buyers, key="once", payment_method="online")
    refused(twin, 409, "idempotency_key_in_use")
    await first
    last = await ordering(client, bazaar.buyers, key="once", payment_method="online")
    assert (last.text, last.headers["Idempotent-Replayed"]) == ((await first).text, "true")


@pytest.mark.parametrize("fault", ["hang", "lost", "acted"])
async def test_a_till_that_does_not_answer_keeps_no_order_from_being_placed(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill, fault: str
) -> None:
    till.fault = fault
    order = await an_online_order(client, bazaar)
    assert order["payment"]["confirmation_url"] is None
    till.fault = None
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'open_payment'", [utc_now()])
    await carried_out()
    body = await shown(client, bazaar, order)
    assert body["payment"]["confirmation_url"] == till.of(named(order["payment"])).confirmation_url
    assert len(till.kept) == 1


async def test_what_the_till_refuses_is_parked_and_another_payment_can_be_asked_for(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.fault = "refuse"
    order = await an_online_order(client, bazaar)
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'open_payment'", [utc_now()])
    await carried_out()
    assert [each["reason"] for each in await parked()] == ["invalid_request: receipt"]
    assert (await shown(client, bazaar, order))["payment"]["status"] == "canceled"
    till.fault = None
    another = made(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers))
    assert another["id"] != order["payment"]["id"]
    assert another["confirmation_url"]


async def test_paying_again_gives_the_payment_that_waits(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    twice = await asyncio.gather(
        *(client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers) for _ in range(5))
    )
    assert [made(each) for each in twice] == [order["payment"]] * 5
    assert len(till.asked) == 1


async def test_after_a_declined_payment_another_one_pays(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await told(client, till.decline(named(order["payment"])), "payment.canceled")
    await carried_out()
    assert (await shown(client, bazaar, order))["status"] == "new"
    another = made(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers))
    assert another["id"] != order["payment"]["id"]
    await paid(client, till, {"payment": another})
    assert (await shown(client, bazaar, order))["is_paid"]


async def test_a_key_makes_paying_happen_once(client: AsyncClient, bazaar: Bazaar) -> None:
    order = await an_online_order(client, bazaar)
    headers = bazaar.buyers | {"Idempotency-Key": "pay"}
    first = await client.post(f"/orders/{order['id']}/pay", headers=headers)
    again = await client.post(f"/orders/{order['id']}/pay", headers=headers)
    assert (again.status_code, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await an_online_order(client, bazaar)
    answer = await client.post(f"/orders/{other['id']}/pay", headers=headers)
    refused(answer, 422, "idempotency_key_reused")


async def test_only_what_is_owed_online_is_paid(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill, somebody_else: dict[str, str]
) -> None:
    order = await an_online_order(client, bazaar)
    refused(await client.post(f"/orders/{order['id']}/pay", headers=somebody_else), 404, "not_found")
    assert unauthorized(await client.post(f"/orders/{order['id']}/pay"))
    await paid(client, till, order)
    refused(await client.post(f"/orders/{order['id']}/pay", headers=bazaar.buyers), 409, "invalid_transition")
    await put(client, bazaar.buyers, (bazaar.ball, 1))
    cash = made(await ordering(client, bazaar.buyers))
    refused(await client.post(f"/orders/{cash['id']}/pay", headers=bazaar.buyers), 409, "invalid_transition")
    refused(await client.post(f"/orders/{NOBODY}/pay", headers=bazaar.buyers), 404, "not_found")
    assert cash["payment"] is None


async def test_anothers_payment_is_not_shown(
    client: AsyncClient, bazaar: Bazaar, somebody_else: dict[str, str]
) -> None:
    order = await an_online_order(client, bazaar)
    path = f"/payments/{order['payment']['id']}"
    refused(await client.get(path, headers=somebody_else), 404, "not_found")


async def test_a_late_payment_of_a_cancelled_order_goes_back_and_revives_nothing(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await client.post(f"/orders/{order['id']}/cancel", headers=bazaar.buyers)
    await paid(client, till, order)
    await carried_out()
    body = await shown(client, bazaar, order)
    assert (body["status"], body["is_paid"]) == ("canceled", False)
    assert till.of(named(order["payment"])).refunded.minor == TOTAL
    assert [each.amount.minor for each in till.wanted] == [TOTAL]


async def test_an_order_paid_twice_gives_one_payment_back(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    path = f"/orders/{order['id']}/items/{bazaar.ball.id}"
    await client.delete(path, headers=bazaar.buyers)
    body = await shown(client, bazaar, order)
    assert body["payment"]["id"] != order["payment"]["id"]
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'open_payment'", [utc_now()])
    await carried_out()
    await paid(client, till, order)  # of the amount before
    assert not (await shown(client, bazaar, order))["is_paid"]
    await paid(client, till, body)
    assert (await shown(client, bazaar, order))["is_paid"]
    assert till.of(named(order["payment"])).refunded.minor == TOTAL
    assert till.of(named(body["payment"])).refunded.minor == 0


async def test_what_is_cancelled_goes_back_whole_or_in_part_and_once(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await paid(client, till, order)
    ball = next(each["id"] for each in order["shipments"] if each["shop"]["name"] == "Мороз")
    path = f"/shops/{bazaar.frost.id}/shipments/{ball}"
    answer = await client.patch(path, json={"status": "canceled"}, headers=bazaar.frosts)
    assert (answer.status_code, answer.json()["payment"]) == (200, None)
    await carried_out()
    assert till.of(named(order["payment"])).refunded.minor == 1_500
    await client.post(f"/orders/{order['id']}/cancel", headers=bazaar.buyers)
    await carried_out()
    assert till.of(named(order["payment"])).refunded.minor == TOTAL
    assert [each.amount.minor for each in till.wanted] == [1_500, TOTAL - 1_500]
    assert not (await shown(client, bazaar, order))["is_paid"]


async def test_a_refund_whose_answer_was_lost_is_asked_for_again_and_given_once(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await paid(client, till, order)
    till.fault = "acted"
    await client.post(f"/orders/{order['id']}/cancel", headers=bazaar.buyers)
    await asyncio.sleep(0.2)
    till.fault = None
    await execute("UPDATE outbox SET due_at = $1 WHERE kind = 'refund_payment'", [utc_now()])
    await carried_out()
    assert [each.amount.minor for each in till.wanted] == [TOTAL]
    assert [each["status"] for each in await fetch("SELECT status FROM refunds")] == ["succeeded"]


async def test_a_refund_that_the_till_cancels_is_parked_and_another_try_is_another_request(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await paid(client, till, order)
    till.refunds_are = RefundStatus.CANCELED
    await client.post(f"/orders/{order['id']}/cancel", headers=bazaar.buyers)
    await carried_out()
    assert "cancelled the refund" in (await parked())[0]["reason"]
    till.refunds_are = RefundStatus.SUCCEEDED
    assert await app.state.shop.parked.retry(None, utc_now())
    await carried_out()
    assert len({each.key for each in till.wanted}) == 2
    assert till.of(named(order["payment"])).refunded.minor == TOTAL


async def test_a_refund_that_takes_its_time_is_looked_at_later(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    await paid(client, till, order)
    till.refunds_are = RefundStatus.PENDING
    await client.post(f"/orders/{order['id']}/cancel", headers=bazaar.buyers)
    await carried_out()
    assert [each["status"] for each in await fetch("SELECT status FROM refunds")] == ["pending"]
    till.refunds_are = RefundStatus.SUCCEEDED
    await told(client, next(iter(till.given.values())).external_id, "refund.succeeded")
    await carried_out()
    assert [each["status"] for each in await fetch("SELECT status FROM refunds")] == ["succeeded"]
    assert len(till.wanted) == 1


async def test_money_comes_into_the_wallet_once(client: AsyncClient, bazaar: Bazaar, till: PaperTill) -> None:
    headers = bazaar.buyers | {"Idempotency-Key": "top-up"}
    first = await client.post("/wallet/top-ups", json={"amount": 5000}, headers=headers)
    again = await client.post("/wallet/top-ups", json={"amount": 5000}, headers=headers)
    assert (again.status_code, again.text) == (201, first.text)
    payment = made(first)
    assert payment["confirmation_url"]
    name = till.pay(named(payment))
    for _ in range(3):
        await told(client, name)
    await carried_out()
    assert (await client.get("/wallet", headers=bazaar.buyers)).json()["balance"] == 5000
    (entry,) = (await client.get("/wallet/entries", headers=bazaar.buyers)).json()["items"]
    assert (entry["kind"], entry["amount"], entry["id"]) == ("top_up", 5000, payment["id"])


@pytest.mark.parametrize("amount", [0, -1, 10**8 + 1, 1.5, "100", None, True])
async def test_a_top_up_is_an_amount(client: AsyncClient, bazaar: Bazaar, amount: object) -> None:
    answer = await client.post("/wallet/top-ups", json={"amount": amount}, headers=bazaar.buyers)
    refused(answer, 422, "validation_error")


async def test_two_stages_take_what_is_owed_and_let_go_of_what_is_not(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.is_two_stage = True
    kept, gone = [await an_online_order(client, bazaar, quantity) for quantity in (1, 3)]
    await client.post(f"/orders/{gone['id']}/cancel", headers=bazaar.buyers)
    for order in (kept, gone):
        await told(client, till.pay(named(order["payment"])), "payment.waiting_for_capture")
    await carried_out()
    assert (await shown(client, bazaar, kept))["is_paid"]
    assert (await shown(client, bazaar, gone))["payment"]["status"] == "canceled"
    assert [till.of(named(each["payment"])).status for each in (kept, gone)] == ["succeeded", "canceled"]
    assert till.wanted == []


async def test_of_two_stages_less_is_taken_when_less_is_owed(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.is_two_stage = True
    order = await an_online_order(client, bazaar)
    name = till.pay(named(order["payment"]))
    await client.delete(f"/orders/{order['id']}/items/{bazaar.ball.id}", headers=bazaar.buyers)
    await told(client, name, "payment.waiting_for_capture")
    await carried_out()
    body = await shown(client, bazaar, order)
    assert (body["is_paid"], body["total_price"]) == (True, TOTAL - 1_500)
    assert till.of(named(order["payment"])).amount.minor == TOTAL - 1_500


async def test_a_payment_of_which_nothing_is_heard_is_asked_for(
    app: FastAPI, client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    order = await an_online_order(client, bazaar)
    till.pay(named(order["payment"]))
    assert not await app.state.shop.settling.poll_one()
    await execute("UPDATE payments SET look_at = $1", [utc_now()])
    assert await app.state.shop.settling.poll_one()
    assert not await app.state.shop.settling.poll_one()
    await carried_out()
    assert (await shown(client, bazaar, order))["is_paid"]


@pytest.mark.parametrize("amount", [TOTAL - 1, TOTAL + 1])
async def test_another_amount_than_was_asked_for_pays_nothing_and_is_looked_at(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill, amount: int
) -> None:
    order = await an_online_order(client, bazaar)
    name = till.pay(named(order["payment"]), amount=type(bazaar.ball.price)(amount))
    await told(client, name)
    await carried_out()
    assert not (await shown(client, bazaar, order))["is_paid"]
    assert "was asked for" in (await parked())[0]["reason"]
    await execute("DELETE FROM outbox WHERE parked_at IS NOT NULL")


async def test_a_notification_is_not_believed(client: AsyncClient, bazaar: Bazaar, till: PaperTill) -> None:
    order = await an_online_order(client, bazaar)
    await told(client, till.of(named(order["payment"])).external_id)
    await told(client, "another-shops-payment")
    await told(client, "unknown", "refund.succeeded")
    await told(client, "x", "payout.succeeded")
    await carried_out()
    body = await shown(client, bazaar, order)
    assert (body["is_paid"], body["payment"]["status"], await parked()) == (False, "pending", [])


async def test_a_payment_whose_opening_was_lost_is_known_by_its_notification(
    client: AsyncClient, bazaar: Bazaar, till: PaperTill
) -> None:
    till.fault = "acted"
    order = await an_online_order(client, bazaar)
    till.fault = None
    assert order["payment"]["confirmation_url"] is None
    await paid(client, till, order)
    assert (await shown(client, bazaar, order))["is_paid"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "payment.succeeded"},
        {"event": "payment.succeeded", "object": {}},
        {"event": "payment.succeeded", "object": {"id": "../../etc"}},
        {"event": "payment.succeeded", "object": {"id": "x" * 65}},
        {"event": "payment.succeeded\n", "object": {"id": "x"}},
        {"event": "payment.succeeded", "object": {"id": {"$ne": 1}}},
        [],
        "x",
    ],
)
async def test_what_is_no_notification_is_refused(client: AsyncClient, body: object) -> None:
    answer = await client.post("/payments/yookassa/notifications", json=body)
    refused(answer, 422, "validation_error")
    assert await fetch("SELECT id FROM outbox WHERE kind = 'settle_payment'") == []


async def test_a_notification_has_a_bounded_size(client: AsyncClient) -> None:
    body = {"event": "payment.succeeded", "object": {"id": "x"}, "more": "x" * 70_000}
    refused(await client.post("/payments/yookassa/notifications", json=body), 413, "too_large")


@pytest.mark.parametrize(
    ("peer", "is_heard"),
    [
        ("185.71.76.5", True),
        ("77.75.156.11", True),
        ("::ffff:77.75.156.35", True),
        ("2a02:5180::1", True),
        ("77.75.156.12", False),
        ("10.0.0.1", False),
        ("nonsense", False),
    ],
)
async def test_only_the_provider_is_heard(app: FastAPI, peer: str, is_heard: bool) -> None:
    transport = ASGITransport(app, client=(peer, 1))
    async with AsyncClient(transport=transport, base_url="http://shop.test/api/v1") as stranger:
        forged = {"X-Forwarded-For": "185.71.76.5"}
        body = {"event": "payment.succeeded", "object": {"id": str(UUID(int=1))}}
        answer = await stranger.post("/payments/yookassa/notifications", json=body, headers=forged)
        assert answer.status_code == (200 if is_heard else 403)
        if not is_heard:
            refused(answer, 403, "forbidden")
            assert (await stranger.post("/payments/yookassa/notifications", content="{")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "is_heard"),
    [({"local_till": False}, False), ({"yookassa_shop_id": "1", "yookassa_secret_key": "test_x"}, True)],
)
def test_where_nobody_takes_money_nobody_is_heard(
    settings: Settings, changes: dict[str, object], is_heard: bool
) -> None:
    application = web(settings_for(settings.db_url, **changes))
    assert bool(application.state.notification_networks) is is_heard
