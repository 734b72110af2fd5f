"""The client of YooKassa on a bad day: what is uncertain is not believed, nothing hangs or tells secrets."""

import asyncio
import base64
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from socket import create_server

import pytest
import structlog
from desks import (
    ITEMS,
    ONE_STAGE,
    PRICE,
    a_bill,
    a_part,
    a_refund,
    an_ask,
    client,
    everything,
    listed,
    yookassa_desk,
)
from structlog.testing import capture_logs
from yookassa_server import FAULTS, SECRET, SHOP, Asked, YooKassaServer

from lavka.adapters.yookassa import client as module
from lavka.adapters.yookassa.client import YooKassa, connected
from lavka.adapters.yookassa.wire import Account
from lavka.adapters.yookassa.words import Terms, positions
from lavka.application.ports.payments import Refused
from lavka.domain.errors import Unavailable
from lavka.domain.money import Money
from lavka.domain.payments import Item, RefundStatus, Status, total_of

Call = Callable[[YooKassa, str], Awaitable[object]]
SOON = 0.5
"""Seconds of patience where the server hangs."""
UNKNOWN = [each for each in FAULTS if each not in ("404", "other_id")]
"""Faults that leave the outcome of an open unknown: 404 is an answer, and nobody knows the id before."""
OF_NEW_PAYMENTS_ONLY = {"no_confirmation", "no_metadata", "other_reference", "script_for_url", "split_url"}
"""Faults that a payment which was paid does not show."""


async def a_paid_one(yookassa: YooKassaServer, till: YooKassa) -> str:
    opened = await till.open(an_ask())
    yookassa.pay(opened.external_id)
    return opened.external_id


@pytest.mark.parametrize("fault", UNKNOWN)
async def test_what_is_not_certain_is_unavailable_and_then_the_same(
    yookassa: YooKassaServer, fault: str
) -> None:
    ask = an_ask()
    async with client(yookassa, seconds=SOON) as till:
        yookassa.fault(fault)
        for _ in range(2):
            with pytest.raises(Unavailable):
                await till.open(ask)
        yookassa.fault(None)
        opened = await till.open(ask)
    assert list(yookassa.bank.payments) == [opened.external_id]
    assert {asked.key for asked in yookassa.requests} == {str(ask.payment)}
    assert all(asked.body == yookassa.requests[0].body for asked in yookassa.requests)


@pytest.mark.parametrize("fault", ["500_after", "hang_after", "cut", "garbage", "202_after"])
async def test_a_refund_of_unknown_outcome_is_repeated_and_given_once(
    yookassa: YooKassaServer, fault: str
) -> None:
    async with client(yookassa, seconds=SOON) as till:
        payment = await a_paid_one(yookassa, till)
        wanted = a_refund(payment, a_part(100))
        yookassa.fault(fault)
        with pytest.raises(Unavailable):
            await till.refund(wanted)
        yookassa.fault(None)
        given = await till.refund(wanted)
        seen = await till.look(payment)
    assert list(yookassa.bank.refunds) == [given.external_id]
    assert seen
    assert seen.refunded == Money(100)


@pytest.mark.parametrize("fault", ["500_after", "hang_after", "cut", "garbage", "202_after"])
async def test_a_capture_of_unknown_outcome_is_repeated_and_taken_once(
    yookassa: YooKassaServer, fault: str
) -> None:
    async with client(yookassa, Terms(two_stage=True), SOON) as till:
        payment = await a_paid_one(yookassa, till)
        yookassa.fault(fault)
        with pytest.raises(Unavailable):
            await till.capture(payment, PRICE, a_bill())
        yookassa.fault(None)
        yookassa.pass_time(timedelta(hours=25))  # the key is forgotten
        assert (await till.capture(payment, PRICE, a_bill())).status is Status.SUCCEEDED
    assert [each["event"] for each in yookassa.history(payment)] == [
        "payment.waiting_for_capture",
        "payment.succeeded",
    ]


@pytest.mark.parametrize("fault", sorted({*UNKNOWN, "other_id"} - OF_NEW_PAYMENTS_ONLY - {"amount"}))
async def test_a_look_that_makes_no_sense_is_unavailable(yookassa: YooKassaServer, fault: str) -> None:
    async with client(yookassa, seconds=SOON) as till:
        payment = await a_paid_one(yookassa, till)
        yookassa.fault(fault)
        with pytest.raises(Unavailable):
            await till.look(payment)


async def test_another_amount_of_what_is_looked_at_is_told_as_it_is(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        payment = await a_paid_one(yookassa, till)
        yookassa.fault("amount")
        seen = await till.look(payment)
    assert seen
    assert seen.amount == Money(101)


async def test_another_shops_payment_is_not_known(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        payment = await a_paid_one(yookassa, till)
        yookassa.fault("404")
        assert await till.look(payment) is None
        with pytest.raises(Refused, match=r"^not_found$"):
            await till.refund(a_refund(payment))


async def test_a_404_that_the_provider_has_not_written_is_no_answer(yookassa: YooKassaServer) -> None:
    astray = Account(SHOP, SECRET, yookassa.url.replace("/v3", "/elsewhere"))
    async with connected(astray, ONE_STAGE) as till:
        with pytest.raises(Unavailable):
            await till.look("21740069-000f-50be-b000-0486ffbf45b0")


async def test_a_provider_that_hangs_is_waited_for_five_seconds(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        yookassa.fault("hang")
        began = time.monotonic()
        calls = [till.open(an_ask()) for _ in range(20)]
        failed = await asyncio.gather(*calls, return_exceptions=True)
        assert 4.5 < time.monotonic() - began < 6
        assert [type(each) for each in failed] == [Unavailable] * 20


async def test_a_provider_that_drips_is_waited_for_no_longer(yookassa: YooKassaServer) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    slow = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with slow:
        url = f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/v3"
        async with connected(Account(SHOP, SECRET, url), ONE_STAGE, SOON) as till:
            began = time.monotonic()
            with pytest.raises(Unavailable):
                await till.open(an_ask())
            assert time.monotonic() - began < 2 * SOON


async def test_nobody_there_is_unavailable_at_once() -> None:
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with connected(Account(SHOP, SECRET, f"http://127.0.0.1:{port}/v3"), ONE_STAGE) as till:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await till.open(an_ask())
        assert time.monotonic() - began < 1


async def test_who_is_told_to_wait_waits_so_long(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        for fault, seconds in (("429", 2), ("202_after", 2), ("401", 60)):
            yookassa.fault(fault)
            with pytest.raises(Unavailable) as error:
                await till.open(an_ask())
            assert error.value.retry_after == seconds


async def test_wrong_credentials_are_an_error_of_ours_to_look_at(yookassa: YooKassaServer) -> None:
    with capture_logs() as logs:
        async with client(yookassa, secret="a-wrong-one") as till:
            with pytest.raises(Unavailable):
                await till.open(an_ask())
    assert [each["log_level"] for each in logs if "credentials" in each["event"]] == ["error"]
    assert "a-wrong-one" not in str(logs)


async def test_a_refusal_is_told_by_its_code_and_parameter_alone(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        with pytest.raises(Refused, match=r"^invalid_request: receipt\.customer$"):
            await till.open(an_ask(bill=a_bill(email="")))
        payment = await a_paid_one(yookassa, till)
        with pytest.raises(Refused, match=r"^invalid_request: amount$"):
            await till.refund(a_refund(payment, a_part(PRICE.minor + 1)))


async def test_logs_hold_no_secret_and_no_stranger_s_words(
    yookassa: YooKassaServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with client(yookassa, seconds=SOON) as till:
            for fault in (*UNKNOWN, "404"):
                yookassa.fault(fault)
                with pytest.raises((Unavailable, Refused)):
                    await till.open(an_ask())
    told = f"{logs} {caplog.text}"
    assert len(logs) > len(UNKNOWN)
    assert all(len(str(line)) < 300 for line in logs)
    for secret in (SECRET, base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode()):
        assert secret not in told
    for words in ("stranger", "\x1b", "javascript", "maria@example.com", "xxxxx"):
        assert words not in str(logs)
    assert SECRET not in repr(Account(SHOP, SECRET, yookassa.url))


async def test_a_part_of_a_list_is_not_taken_for_the_whole(
    yookassa: YooKassaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setattr(module, "MOST_PAGES", 3)
    async with client(yookassa) as till:
        for _ in range(6):
            await till.open(an_ask())
        assert len(await listed(till)) == 6
        await till.open(an_ask())
        with pytest.raises(Unavailable):
            await listed(till)


async def test_pages_of_payments_are_read_to_the_end(yookassa: YooKassaServer) -> None:
    async with client(yookassa) as till:
        opened = [(await till.open(an_ask())).external_id for _ in range(205)]
        assert sorted(await listed(till)) == sorted(opened)
        since, until = everything()
        pages = [asked for asked in yookassa.requests if asked.method == "GET"]
        assert len(pages) == 3
        for fault in ("no_id", "garbage", "array", "500", "number_for_amount"):
            yookassa.fault(fault)
            with pytest.raises(Unavailable):
                await listed(till, between=(since, until))
        yookassa.fault("currency")
        assert await listed(till) == []


async def test_a_refund_may_take_its_time(yookassa: YooKassaServer) -> None:
    yookassa.bank.refunds_wait = True
    async with yookassa_desk(yookassa) as desk:
        opened = await desk.till.open(an_ask())
        await desk.pay(opened.external_id)
        given = [await desk.till.refund(a_refund(opened.external_id, a_part(100))) for _ in range(2)]
        assert [each.status for each in given] == [RefundStatus.PENDING] * 2
        yookassa.finish_refund(given[0].external_id)
        yookassa.finish_refund(given[1].external_id, well=False)
        seen = [await desk.till.look_at_refund(each.external_id) for each in given]
        assert [each and each.status for each in seen] == [RefundStatus.SUCCEEDED, RefundStatus.CANCELED]


async def asked_by(yookassa: YooKassaServer, terms: Terms, call: Call) -> Asked:
    async with client(yookassa, terms) as till:
        await call(till, "")
    return yookassa.requests[-1]


async def test_a_payment_is_asked_for_with_its_receipt(yookassa: YooKassaServer) -> None:
    ask = an_ask(bill=a_bill(*ITEMS, description="Заказ\n7Q2K " + "ж" * 200))
    terms = Terms(two_stage=True, vat_code=4, tax_system_code=2)
    asked = await asked_by(yookassa, terms, lambda till, _: till.open(ask))
    assert (asked.method, asked.path, asked.key) == ("POST", "payments", str(ask.payment))
    body = asked.body
    assert body["amount"] == {"value": "2290.00", "currency": "RUB"}
    assert body["capture"] is False
    assert body["confirmation"] == {"type": "redirect", "return_url": ask.bill.return_url}
    assert body["metadata"] == {"payment_id": str(ask.payment)}
    assert body["description"].startswith("Заказ 7Q2K жжж")
    assert len(body["description"]) == 128
    receipt = body["receipt"]
    assert receipt["customer"] == {"email": "maria@example.com"}
    assert receipt["tax_system_code"] == 2
    assert receipt["items"][0] == {
        "description": "Чайник со свистком",
        "quantity": 2,
        "measure": "piece",
        "amount": {"value": "995.00", "currency": "RUB"},
        "vat_code": 4,
        "payment_subject": "commodity",
        "payment_mode": "full_payment",
    }


BILLS = {
    "as it is": a_bill(),
    "what is free": a_bill(a_part(100), Item("Подарок", 3, Money(0))),
    "eighty": a_bill(*[a_part(100 + each) for each in range(80)]),
    "too many": a_bill(*[a_part(100 + each) for each in range(300)]),
    "too many pieces": a_bill(Item("Гвоздь " + "х" * 200, 123_456, Money(3)), a_part(1)),
    "no name": a_bill(Item("  ", 1, Money(5))),
}


@pytest.mark.parametrize("name", BILLS)
async def test_a_receipt_fits_and_its_sum_is_exact(yookassa: YooKassaServer, name: str) -> None:
    bill = BILLS[name]
    listing = positions(bill, bill.total)
    assert 1 <= len(listing) <= 80
    assert total_of(listing) == bill.total
    async with client(yookassa) as till:
        await till.open(an_ask(bill=bill))  # the server adds it up


def test_a_receipt_of_another_sum_is_one_position() -> None:
    part = Money(12_345)
    assert list(positions(a_bill(), part)) == [Item("Заказ 7Q2K-M4XD", 1, part)]


async def test_times_are_asked_for_in_utc(yookassa: YooKassaServer) -> None:
    since = datetime(2026, 11, 26, 3, 4, 5, 678_900, UTC)
    async with client(yookassa) as till:
        assert await listed(till, between=(since, since + timedelta(hours=1))) == []
        await till.open(an_ask())
        assert await listed(till, between=(datetime.now(UTC) + timedelta(hours=1), everything()[1])) == []


def test_the_logs_of_a_test_can_be_read() -> None:
    with capture_logs() as logs:
        structlog.get_logger("lavka.yookassa").warning("x")
    assert logs == [{"event": "x", "log_level": "warning"}]
