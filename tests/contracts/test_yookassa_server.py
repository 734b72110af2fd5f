"""The YooKassa of our tests is faithful: the official SDK works with it, and it does what is documented."""

import asyncio
import sys
import warnings
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient
from taking import Door
from yookassa_server import SECRET, SHOP, YooKassaServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK itself, and what it imports
    from yookassa import Configuration, Payment, Refund
    from yookassa.domain.exceptions import BadRequestError, NotFoundError, UnauthorizedError

TESTS = Path(__file__).resolve().parents[1]
ASKED: dict[str, Any] = {
    "amount": {"value": "100.00", "currency": "RUB"},
    "capture": True,
    "confirmation": {"type": "redirect", "return_url": "https://www.example.com/return_url"},
    "description": "Заказ №1",
    "metadata": {"order_id": "37"},
}
HELD = ASKED | {"capture": False}


@pytest.fixture
def sdk(yookassa: YooKassaServer) -> YooKassaServer:
    """The SDK, told to talk to a server of ours."""
    Configuration.configure(SHOP, SECRET, api_url=yookassa.url)
    return yookassa


def rub(value: str) -> dict[str, str]:
    return {"value": value, "currency": "RUB"}


def test_a_payment_goes_from_pending_to_succeeded(sdk: YooKassaServer) -> None:
    made = Payment.create(ASKED, "key-1")
    assert (made.status, made.paid, made.test) == ("pending", False, True)
    assert made.confirmation.confirmation_url.endswith(made.id)
    assert made.metadata["order_id"] == "37"
    sdk.pay(made.id)
    found = Payment.find_one(made.id)
    assert (found.status, found.paid, found.amount.value) == ("succeeded", True, 100)
    assert found.payment_method.card.last4 == "4477"


def test_the_same_key_is_the_same_payment_for_a_day(sdk: YooKassaServer) -> None:
    first = Payment.create(ASKED, "key-1")
    assert Payment.create(ASKED, "key-1").id == first.id
    assert Payment.create(ASKED, "key-2").id != first.id
    with pytest.raises(BadRequestError) as error:
        Payment.create(ASKED | {"amount": rub("2.00")}, "key-1")
    assert error.value.content["parameter"] == "Idempotence-Key"
    sdk.pass_time(timedelta(hours=24, seconds=1))
    assert Payment.create(ASKED, "key-1").id != first.id


def test_what_is_held_is_captured_in_part_or_let_go(sdk: YooKassaServer) -> None:
    one, other = Payment.create(HELD), Payment.create(HELD)
    for each in (one, other):
        assert sdk.pay(each.id)["status"] == "waiting_for_capture"
    with pytest.raises(BadRequestError):
        Payment.capture(one.id, {"amount": rub("100.01")})
    taken = Payment.capture(one.id, {"amount": rub("2.00")})
    assert (taken.status, taken.amount.value) == ("succeeded", 2)
    assert Payment.cancel(other.id).status == "canceled"
    for late in (Payment.cancel, Payment.capture):
        with pytest.raises(BadRequestError):
            late(one.id)


def test_what_is_not_held_is_not_cancelled(sdk: YooKassaServer) -> None:
    made = Payment.create(ASKED)
    with pytest.raises(BadRequestError):
        Payment.cancel(made.id)
    sdk.decline(made.id)
    found = Payment.find_one(made.id)
    assert (found.status, found.cancellation_details.reason) == ("canceled", "general_decline")
    expired = Payment.create(ASKED)
    sdk.expire(expired.id)
    assert Payment.find_one(expired.id).cancellation_details.reason == "expired_on_confirmation"


def test_refunds_never_go_above_what_was_paid(sdk: YooKassaServer) -> None:
    made = Payment.create(ASKED)
    with pytest.raises(BadRequestError):
        Refund.create({"payment_id": made.id, "amount": rub("1.00")})
    sdk.pay(made.id)
    part = {"payment_id": made.id, "amount": rub("60.00")}
    given = Refund.create(part, "key-r")
    assert Refund.create(part, "key-r").id == given.id
    assert (given.status, Refund.find_one(given.id).amount.value) == ("succeeded", 60)
    with pytest.raises(BadRequestError):
        Refund.create({"payment_id": made.id, "amount": rub("40.01")})
    sdk.bank.refunds_wait = True
    waiting = Refund.create({"payment_id": made.id, "amount": rub("40.00")})
    assert waiting.status == "pending"
    with pytest.raises(BadRequestError):
        Refund.create({"payment_id": made.id, "amount": rub("0.01")})
    sdk.finish_refund(waiting.id)
    assert Payment.find_one(made.id).refunded_amount.value == 100
    assert len(Refund.list({"payment_id": made.id}).items) == 2


def test_payments_are_listed_by_pages_the_newest_first(sdk: YooKassaServer) -> None:
    made = [Payment.create(ASKED).id for _ in range(5)]
    sdk.pay(made[3])
    first = Payment.list({"limit": 2})
    assert [each.id for each in first.items] == [made[4], made[3]]
    second = Payment.list({"limit": 2, "cursor": first.next_cursor})
    assert [each.id for each in second.items] == [made[2], made[1]]
    last = Payment.list({"limit": 2, "cursor": second.next_cursor})
    assert ([each.id for each in last.items], last.next_cursor) == ([made[0]], None)
    assert [each.id for each in Payment.list({"status": "succeeded"}).items] == [made[3]]


def test_strangers_and_unknown_payments_are_refused(sdk: YooKassaServer) -> None:
    with pytest.raises(NotFoundError):
        Payment.find_one("21740069-000f-50be-b000-0486ffbf45b0")
    Configuration.configure(SHOP, "wrong", api_url=sdk.url)
    with pytest.raises(UnauthorizedError):
        Payment.create(ASKED)
    assert sdk.bank.payments == {}


BAD: list[dict[str, Any]] = [
    {},
    ASKED | {"amount": rub("0.00")},
    ASKED | {"amount": rub("1.001")},
    ASKED | {"amount": {"value": "1.00", "currency": "USD"}},
    ASKED | {"amount": rub("NaN")},
    ASKED | {"description": "x" * 129},
    ASKED | {"confirmation": {"type": "redirect"}},
    ASKED | {"receipt": {"items": []}},
]


@pytest.fixture
async def bare(yookassa: YooKassaServer) -> AsyncIterator[AsyncClient]:
    """A client that sends what it is told."""
    async with AsyncClient(base_url=yookassa.url, auth=(SHOP, SECRET), trust_env=False) as client:
        yield client


async def test_what_is_wrong_with_a_request_is_said_as_documented(
    yookassa: YooKassaServer, bare: AsyncClient
) -> None:
    for number, body in enumerate(BAD):
        answer = await bare.post("/payments", json=body, headers={"Idempotence-Key": str(number)})
        assert answer.status_code == 400, body
        assert answer.json().keys() >= {"type", "id", "code", "description", "parameter"}
    for headers in ({}, {"Idempotence-Key": "x" * 65}):
        answer = await bare.post("/payments", json=ASKED, headers=headers)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "Idempotence-Key")
    assert (await bare.put("/payments")).status_code == 405
    assert (await bare.get("/nothing")).status_code == 404
    assert (await bare.get("/payments?limit=0")).status_code == 400
    assert yookassa.bank.payments == {}


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as listening:
        yield listening


async def test_notifications_come_repeatedly_at_once_in_any_order_and_until_taken(
    sdk: YooKassaServer, door: Door
) -> None:
    made = await asyncio.to_thread(Payment.create, HELD)
    sdk.pay(made.id)
    await asyncio.to_thread(Payment.capture, made.id)
    sdk.webhook = door.url
    events = [each["event"] for each in sdk.history(made.id)]
    assert events == ["payment.waiting_for_capture", "payment.succeeded"]
    assert await asyncio.to_thread(sdk.notify, made.id, 3) == [200] * 3
    assert await asyncio.to_thread(sdk.deliver, sdk.history(made.id)[::-1] * 5, at_once=True) == [200] * 10
    assert len(door.taken) == 13
    door.refused = 2
    await asyncio.to_thread(Refund.create, {"payment_id": made.id, "amount": rub("1.00")})
    async with asyncio.timeout(5):
        while len(door.taken) < 14:  # noqa: ASYNC110  # another thread takes them
            await asyncio.sleep(0.02)
    assert door.taken[-1]["event"] == "refund.succeeded"


async def test_it_is_a_process_of_its_own_too(door: Door) -> None:
    program = [sys.executable, "-m", "yookassa_server", "0", door.url]
    running = await asyncio.create_subprocess_exec(*program, cwd=TESTS, stdout=PIPE)
    assert running.stdout
    try:
        url = (await running.stdout.readline()).decode().strip()
        async with AsyncClient(auth=(SHOP, SECRET), trust_env=False) as client:
            made = await client.post(f"{url}/payments", json=ASKED, headers={"Idempotence-Key": "1"})
            control, name = url.replace("/v3", "/control"), made.json()["id"]
            assert (await client.post(f"{control}/pay/{name}")).json()["status"] == "succeeded"
            assert (await client.post(f"{control}/notify/{name}?times=2")).json() == [200, 200]
            await client.post(f"{control}/fault/500")
            assert (await client.get(f"{url}/payments/{name}")).status_code == 500
            await client.post(f"{control}/fault/none")
            assert (await client.get(f"{url}/payments/{name}")).json()["paid"] is True
    finally:
        running.kill()
        await running.wait()
    assert {each["event"] for each in door.taken} == {"payment.succeeded"}
    assert len(door.taken) in (2, 3)  # the first is also sent by itself
