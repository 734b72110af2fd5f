"""What we send to YooKassa, and what our own server answers, is what its published document says."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from desks import Desk, a_bill, a_part, a_refund, an_ask, client, listed, yookassa_desk
from yookassa_server import Body, YooKassaServer

from lavka.adapters.local_till import notices
from lavka.adapters.local_till.slips import GivenBack, Slip
from lavka.adapters.yookassa import answers
from lavka.adapters.yookassa.words import Terms
from lavka.application.ports.payments import Refused
from lavka.domain.payments import Status

PLACE = Path(__file__).resolve().parents[3] / "shared" / "data" / "yookassa"
DOCUMENT = PLACE / "openapi.yaml"
pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="the provider's document is not here")

SCHEMAS = "#/components/schemas/"
CLOSED = ("ReceiptData", "ReceiptDataCustomer", "ReceiptDataItem", "MonetaryAmount", "Payment", "Refund")
"""What may have no fields but the documented ones."""


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` is a type; one of several is told by `type`, so any will do."""
    if isinstance(node, list):
        return [as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {
        {"oneOf": "anyOf"}.get(key, key): as_json_schema(value)
        for key, value in node.items()
        if key not in ("discriminator", "nullable", "example")
    }
    if node.get("nullable") and isinstance(node.get("type"), str):
        made["type"] = [node["type"], "null"]
    return made


@cache
def document() -> Any:
    read = yaml.load(DOCUMENT.read_bytes(), yaml.CSafeLoader)
    for name in CLOSED:
        read["components"]["schemas"][name]["additionalProperties"] = False
    return read


@cache
def validator(path: str, method: str, answer: str = "") -> Any:
    """The schema of a request's body, or of an answer to it."""
    operation = document()["paths"][path][method]
    found = operation["responses"][answer] if answer else operation["requestBody"]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema = dict(found["content"]["application/json"]["schema"])
    if not answer:
        schema["additionalProperties"] = False
    return checking(schema)


@cache
def named(name: str) -> Any:
    return checking({"$ref": SCHEMAS + name})


def checking(schema: Mapping[str, Any]) -> Any:
    whole = as_json_schema(dict(schema) | {"components": {"schemas": document()["components"]["schemas"]}})
    return jsonschema_rs.Draft4Validator(whole, validate_formats=True)


def recorded(name: str) -> Any:
    return json.loads((PLACE / name).read_text())


async def a_day(desk: Desk, yookassa: YooKassaServer) -> None:
    """Everything that a till does."""
    opened = [await desk.till.open(an_ask()) for _ in range(3)]
    for each in opened[:2]:
        await desk.pay(each.external_id)
    await desk.decline(opened[2].external_id)
    part = a_bill(a_part(99_500))
    await desk.till.capture(opened[0].external_id, part.total, part)
    await desk.till.refund(a_refund(opened[0].external_id, a_part(100)))
    await desk.till.cancel(opened[1].external_id)
    await listed(desk.till)
    assert len(yookassa.requests) == 7


PATHS = {"capture": "/payments/{payment_id}/capture", "payments": "/payments", "refunds": "/refunds"}


@pytest.mark.parametrize("tax", [None, 3])
async def test_what_we_ask_is_as_documented(yookassa: YooKassaServer, tax: int | None) -> None:
    async with yookassa_desk(yookassa, two_stage=True) as desk:
        await a_day(desk, yookassa)
    async with client(yookassa, Terms(vat_code=12, tax_system_code=tax)) as till:
        await till.open(an_ask(bill=a_bill(description="Ж" * 500, email="b@example.com")))
    bodies = [asked for asked in yookassa.requests if asked.body]
    assert len(bodies) == 6
    for asked in bodies:
        validator(PATHS[asked.path.rpartition("/")[2]], "post").validate(asked.body)
        if confirmation := asked.body.get("confirmation"):
            named("ConfirmationDataRedirect").validate(confirmation)
    keys = [asked.key for asked in yookassa.requests if asked.method == "POST"]
    assert all(key and len(key) <= 64 for key in keys)


def test_the_check_sees_what_is_not_documented() -> None:
    good = recorded("payment_create_request.quick-start.json")
    check = validator("/payments", "post")
    assert check.is_valid(good)
    assert not check.is_valid(good | {"order": "1"})
    assert not check.is_valid({key: value for key, value in good.items() if key != "amount"})
    receipt: dict[str, Any] = {"customer": {"email": "a@example.com"}, "items": [{"description": "x"}]}
    assert not check.is_valid(good | {"receipt": receipt})
    assert not named("ConfirmationDataRedirect").is_valid({"type": "redirect"})


async def test_what_our_server_answers_is_as_documented(yookassa: YooKassaServer) -> None:
    async with yookassa_desk(yookassa, two_stage=True) as desk:
        await a_day(desk, yookassa)
        with pytest.raises(Refused):
            await desk.till.open(an_ask(bill=a_bill(email="")))
    bank = yookassa.bank
    for payment in bank.payments.values():
        validator("/payments/{payment_id}", "get", "200").validate(payment)
    for refund in bank.refunds.values():
        validator("/refunds", "post", "200").validate(refund)
    validator("/payments", "get", "200").validate(bank.listed(bank.payments, {"limit": "1"}))


def shape(body: Any) -> Any:
    """The fields of a body, and of what is in it."""
    return {key: shape(value) for key, value in body.items()} if isinstance(body, dict) else None


def without(body: Body, *fields: str) -> Body:
    return {key: value for key, value in body.items() if key not in fields}


async def test_our_server_s_notifications_look_like_recorded_ones(yookassa: YooKassaServer) -> None:
    async with yookassa_desk(yookassa) as desk:
        opened = [await desk.till.open(an_ask()) for _ in range(2)]
    yookassa.pay(opened[0].external_id)
    yookassa.expire(opened[1].external_id)
    for each, name in zip(opened, ("succeeded", "canceled"), strict=True):
        (ours,) = yookassa.history(each.external_id)
        theirs = recorded(f"payment.{name}.live-test-shop-2025-10-18.json")
        assert without(ours, "object") == without(theirs, "object")
        assert shape(without(ours["object"], "metadata")) == shape(without(theirs["object"], "metadata"))
    created = recorded("payment_create_response.quick-start.json")
    async with yookassa_desk(yookassa) as desk:
        fresh = await desk.till.open(an_ask())
    assert shape(yookassa.bank.find(fresh.external_id)) == shape(created) | {"metadata": {"payment_id": None}}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("payment.succeeded.live-test-shop-2025-10-18.json", Status.SUCCEEDED),
        ("payment.canceled.live-test-shop-2025-10-18.json", Status.CANCELED),
        ("payment.waiting_for_capture.sdk-doc-example.json", Status.WAITING_FOR_CAPTURE),
    ],
)
def test_recorded_payments_are_read(name: str, status: Status) -> None:
    told = recorded(name)["object"]
    seen = answers.payment(told)
    assert (seen.external_id, seen.status, seen.reference) == (told["id"], status, None)
    assert str(seen.amount) == told["amount"]["value"]


def test_a_recorded_answer_and_a_recorded_error_are_read() -> None:
    seen = answers.payment(recorded("payment_create_response.quick-start.json"))
    assert seen.confirmation_url
    assert seen.confirmation_url.startswith("https://yoomoney.ru/")
    assert str(answers.trouble(recorded("error_response.docs.json"))) == "invalid_request: idempotence-key"


async def test_requests_that_the_sdk_has_sent_are_understood(yookassa: YooKassaServer) -> None:
    for asked in recorded("captured_sdk_requests_yookassa-3.13.0.json"):
        if asked["method"] == "POST" and asked["path"] == "/v3/payments":
            made = yookassa.bank.once(
                asked["headers"]["Idempotence-Key"], "payments", asked["body"], yookassa.bank.create
            )
            assert made["status"] == "pending"


def test_what_the_local_till_tells_is_as_documented() -> None:
    slip = Slip(
        *("21740069-000f-50be-b000-0486ffbf45b0", "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4dff", 100, 100),
        *("Заказ", "https://shop.example/orders/1", False, "2026-11-26T03:04:05.678901+00:00"),
    )
    given = GivenBack("21740069-000f-50be-b000-0486ffbf45b1", 50, slip.created_at)
    for status in ("waiting_for_capture", "succeeded", "canceled"):
        slip.status, slip.captured_at = status, slip.created_at if status == "succeeded" else None
        slip.reason = "general_decline" if status == "canceled" else None
        told = notices.of_payment(slip)
        assert told["event"] == f"payment.{status}"
        named("Payment").validate(told["object"])
        assert answers.payment(told["object"]).status == status
    named("Refund").validate(notices.of_refund(slip, given)["object"])
