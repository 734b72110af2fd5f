"""What YooKassa knows and does, as its documentation says: payments, refunds, keys. No network in here."""

import json
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from uuid import uuid4

Body = dict[str, Any]

KEYS_LIVE = timedelta(hours=24)
CARD = {
    "first6": "555555",
    "last4": "4477",
    "expiry_year": "2030",
    "expiry_month": "12",
    "card_type": "MasterCard",
    "card_product": {"code": "E"},
    "issuer_country": "US",
}
AUTHORIZED = {
    "rrn": "869559887526342",
    "auth_code": "910915",
    "three_d_secure": {
        "applied": True,
        "protocol": "v1",
        "method_completed": False,
        "challenge_completed": True,
    },
}
EXPIRED = "expired_on_confirmation"


class Refusal(Exception):
    """An error as documented."""

    def __init__(self, status: int, code: str, parameter: str = "", description: str = "") -> None:
        super().__init__(code, parameter)
        self.status = status
        self.body = {"type": "error", "id": str(uuid4()), "code": code, "description": description or code}
        if parameter:
            self.body["parameter"] = parameter


def invalid(parameter: str, description: str = "") -> Refusal:
    return Refusal(400, "invalid_request", parameter, description)


@dataclass
class Clock:
    """The time of the bank, which tests may put forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def written(self) -> str:
        return self().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Bank:
    """Every payment of every shop; one thing happens at a time."""

    shop: str = "100500"
    clock: Clock = field(default_factory=Clock)
    refunds_wait: bool = False
    """Whether refunds stay pending until they are finished."""
    on_change: Callable[[Body], None] = lambda _: None
    """Is told each notification, when it comes to be."""
    payments: dict[str, Body] = field(default_factory=dict)
    refunds: dict[str, Body] = field(default_factory=dict)
    history: dict[str, list[Body]] = field(default_factory=dict)
    """The notifications about each payment, its refunds' too, the first first."""
    _capture: dict[str, bool] = field(default_factory=dict)
    _keys: dict[str, tuple[str, datetime, Body]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def once(self, key: str | None, what: str, body: Body, act: Callable[[Body], Body]) -> Body:
        """Act, or give the answer that was given to the same key before."""
        if not key:
            raise invalid("Idempotence-Key", "Idempotence key is missing")
        if len(key) > 64:
            raise invalid("Idempotence-Key", "Idempotence key is too long")
        digest = sha256(json.dumps([what, body], sort_keys=True).encode()).hexdigest()
        with self._lock:
            known = self._keys.get(key)
            if known and self.clock() < known[1] + KEYS_LIVE:
                if known[0] != digest:
                    raise invalid("Idempotence-Key", "Idempotence key duplicated")
                return deepcopy(known[2])
            answer = deepcopy(act(body))
            self._keys[key] = (digest, self.clock(), answer)
            return deepcopy(answer)

    def create(self, body: Body) -> Body:
        value = amount_of(body)
        check_receipt(body, value)
        confirmation = body.get("confirmation") or {}
        if confirmation.get("type") != "redirect" or not confirmation.get("return_url"):
            raise invalid("confirmation")
        if len(body.get("description") or "") > 128:
            raise invalid("description")
        name, metadata = new_name(), body.get("metadata") or {}
        if len(metadata) > 16 or any(len(str(each)) > 512 for each in metadata.values()):
            raise invalid("metadata")
        payment = {
            "id": name,
            "status": "pending",
            "amount": {"value": f"{value:.2f}", "currency": "RUB"},
            "description": body.get("description"),
            "recipient": {"account_id": self.shop, "gateway_id": "100700"},
            "created_at": self.clock.written(),
            "confirmation": {
                "type": "redirect",
                "confirmation_url": f"https://yoomoney.ru/payments/checkout?orderId={name}",
            },
            "test": True,
            "paid": False,
            "refundable": False,
            "metadata": metadata,
        }
        if payment["description"] is None:
            del payment["description"]
        self.payments[name], self._capture[name] = payment, bool(body.get("capture", False))
        self.history[name] = []
        return payment

    def find(self, name: str) -> Body:
        with self._lock:
            if name not in self.payments:
                raise Refusal(404, "not_found", "payment_id", "Payment doesn't exist")
            return deepcopy(self.payments[name])

    def capture(self, name: str, body: Body) -> Body:
        payment = self._own(name)
        if payment["status"] != "waiting_for_capture":
            raise invalid("payment_id", "Payment is not waiting for capture")
        value = amount_of(body) if body.get("amount") else Decimal(payment["amount"]["value"])
        if value > Decimal(payment["amount"]["value"]):
            raise invalid("amount", "Payment amount is too large")
        check_receipt(body, value)
        payment["amount"]["value"] = f"{value:.2f}"  # the rest is released
        self._succeed(payment)
        return payment

    def cancel(self, name: str, _: Body) -> Body:
        payment = self._own(name)
        if payment["status"] != "waiting_for_capture":
            raise invalid("payment_id", "Incorrect payment status")
        self._cancel(payment, "merchant", "canceled_by_merchant")
        return payment

    def refund(self, body: Body) -> Body:
        if body.get("payment_id") not in self.payments:
            raise invalid("payment_id", "Payment doesn't exist")
        payment, value = self.payments[body["payment_id"]], amount_of(body)
        check_receipt(body, value)
        if payment["status"] != "succeeded":
            raise invalid("payment_id", "Payment is not refundable")
        taken = sum(
            Decimal(each["amount"]["value"])
            for each in self.refunds.values()
            if each["payment_id"] == payment["id"] and each["status"] != "canceled"
        )
        if value > Decimal(payment["amount"]["value"]) - taken:
            raise invalid("amount", "Refund amount is too large")
        refund = {
            "id": new_name(),
            "payment_id": payment["id"],
            "status": "pending",
            "created_at": self.clock.written(),
            "amount": {"value": f"{value:.2f}", "currency": "RUB"},
        }
        self.refunds[refund["id"]] = refund
        if not self.refunds_wait:
            self.finish_refund(refund["id"])
        return refund

    def find_refund(self, name: str) -> Body:
        with self._lock:
            if name not in self.refunds:
                raise Refusal(404, "not_found", "refund_id", "Refund doesn't exist")
            return deepcopy(self.refunds[name])

    def listed(self, rows: Mapping[str, Body], query: Mapping[str, str]) -> Body:
        """A part of a list, the newest first."""
        try:
            limit = int(query.get("limit", 10))
            start = int(query.get("cursor", "0"))
        except ValueError:
            raise invalid("cursor") from None
        if not 1 <= limit <= 100:
            raise invalid("limit")
        with self._lock:
            found = [deepcopy(row) for row in reversed(rows.values()) if _matches(row, query)]
        answer: Body = {"type": "list", "items": found[start : start + limit]}
        if len(found) > start + limit:
            answer["next_cursor"] = str(start + limit)
        return answer

    def pay(self, name: str) -> Body:
        """The payer pays."""
        with self._lock:
            payment = self._pending(name)
            payment["payment_method"] = card(name)
            payment["authorization_details"] = deepcopy(AUTHORIZED)
            payment["paid"] = True
            del payment["confirmation"]
            if self._capture[name]:
                self._succeed(payment)
            else:
                payment["status"] = "waiting_for_capture"
                payment["expires_at"] = (self.clock() + timedelta(days=7)).isoformat()
                self._note("payment.waiting_for_capture", payment)
            return deepcopy(payment)

    def decline(self, name: str, reason: str = "general_decline") -> Body:
        """The payer's bank says no, or time runs out."""
        with self._lock:
            payment = self._pending(name)
            payment["payment_method"] = {key: card(name)[key] for key in ("type", "id", "saved", "status")}
            del payment["confirmation"]
            self._cancel(payment, "yoo_money" if reason == EXPIRED else "payment_network", reason)
            return deepcopy(payment)

    def finish_refund(self, name: str, *, well: bool = True) -> Body:
        """A pending refund comes to its end."""
        with self._lock:
            refund = self.refunds[name]
            if not well:
                refund["status"] = "canceled"
                refund["cancellation_details"] = {"party": "yoo_money", "reason": "insufficient_funds"}
                return deepcopy(refund)
            payment = self.payments[refund["payment_id"]]
            refund["status"] = "succeeded"
            back = Decimal(payment["refunded_amount"]["value"]) + Decimal(refund["amount"]["value"])
            payment["refunded_amount"]["value"] = f"{back:.2f}"
            payment["refundable"] = back < Decimal(payment["amount"]["value"])
            self._note("refund.succeeded", refund)
            return deepcopy(refund)

    def _own(self, name: str) -> Body:
        if name not in self.payments:
            raise Refusal(404, "not_found", "payment_id", "Payment doesn't exist")
        return self.payments[name]

    def _pending(self, name: str) -> Body:
        payment = self.payments[name]
        assert payment["status"] == "pending", payment["status"]
        return payment

    def _succeed(self, payment: Body) -> None:
        value = Decimal(payment["amount"]["value"])
        payment.pop("expires_at", None)
        payment |= {
            "status": "succeeded",
            "income_amount": {"value": f"{value * Decimal('0.965'):.2f}", "currency": "RUB"},
            "captured_at": self.clock.written(),
            "refunded_amount": {"value": "0.00", "currency": "RUB"},
            "refundable": True,
        }
        self._note("payment.succeeded", payment)

    def _cancel(self, payment: Body, party: str, reason: str) -> None:
        payment.pop("expires_at", None)
        payment.pop("authorization_details", None)
        payment |= {"status": "canceled", "paid": False, "refundable": False}
        payment["cancellation_details"] = {"party": party, "reason": reason}
        self._note("payment.canceled", payment)

    def _note(self, event: str, about: Body) -> None:
        notice = a_notification(event, about)
        self.history[about.get("payment_id", about["id"])].append(notice)
        self.on_change(deepcopy(notice))


def a_notification(event: str, about: Mapping[str, Any]) -> Body:
    """What YooKassa sends about an event, with the object as it is now."""
    return {"type": "notification", "event": event, "object": deepcopy(dict(about))}


def new_name() -> str:
    """An id as YooKassa makes them."""
    chance = uuid4().hex
    return f"{chance[:8]}-000f-5000-8000-{chance[8:20]}"


def card(name: str) -> Body:
    return {
        "type": "bank_card",
        "id": name,
        "saved": False,
        "status": "inactive",
        "title": "Bank card *4477",
        "card": deepcopy(CARD),
    }


def amount_of(body: Body) -> Decimal:
    amount = body.get("amount")
    if not isinstance(amount, dict):
        raise invalid("amount")
    if amount.get("currency") != "RUB":
        raise invalid("amount.currency")
    try:
        value = Decimal(amount.get("value"))  # type: ignore[arg-type]
    except (InvalidOperation, TypeError, ValueError):
        raise invalid("amount.value") from None
    if not value.is_finite() or value <= 0 or value != round(value, 2) or value > 10**9:
        raise invalid("amount.value")
    return value


def check_receipt(body: Body, total: Decimal) -> None:
    """A receipt is for the very amount, for somebody, and not too long."""
    receipt = body.get("receipt")
    if not receipt:
        return
    customer, items = receipt.get("customer") or {}, receipt.get("items") or []
    if not (customer.get("email") or customer.get("phone")):
        raise invalid("receipt.customer")
    if not 1 <= len(items) <= 80:
        raise invalid("receipt.items")
    for item in items:
        if not 1 <= len(item.get("description") or "") <= 128:
            raise invalid("receipt.items.description")
        if not 0 < Decimal(str(item["quantity"])) < 100_000 or item.get("vat_code") not in range(1, 13):
            raise invalid("receipt.items")
    if sum(amount_of(item) * Decimal(str(item["quantity"])) for item in items) != total:
        raise invalid("receipt", "The sum of the receipt is not the amount")


def _matches(row: Body, query: Mapping[str, str]) -> bool:
    made = datetime.fromisoformat(row["created_at"])
    tests = {
        "gte": lambda moment: made >= moment,
        "gt": lambda moment: made > moment,
        "lte": lambda moment: made <= moment,
        "lt": lambda moment: made < moment,
    }
    for name, compare in tests.items():
        asked = query.get(f"created_at.{name}")
        try:
            if asked and not compare(datetime.fromisoformat(asked)):
                return False
        except (ValueError, TypeError):
            raise invalid(f"created_at.{name}") from None
    return all(row[name] == query[name] for name in ("status", "payment_id") if name in query)
