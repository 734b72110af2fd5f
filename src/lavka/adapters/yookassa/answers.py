"""What the provider answers, read strictly: what is not as documented is not believed.

An Unreadable names the field that is wrong and quotes nothing of the answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from lavka.application.ports.payments import Seen, SeenRefund
from lavka.domain.money import CURRENCY, ZERO, Money
from lavka.domain.payments import PaymentId, RefundStatus, Status

Answer: TypeAlias = Mapping[str, Any]

NAME = re.compile(r"[0-9A-Za-z-]{36}")
"""What the provider calls payments and refunds."""
LONGEST_ADDRESS = 2048
LONGEST_CURSOR = 512
MOST_PATIENCE = 60
"""Seconds after which one asks again, whatever the provider recommends."""

_VALUE = re.compile(r"[0-9]{1,15}\.[0-9]{2}")
_WORD = re.compile(r"[a-z0-9_.-]{1,64}")
_PAID = frozenset({Status.WAITING_FOR_CAPTURE, Status.SUCCEEDED})


class Unreadable(Exception):
    """The answer is not what is documented; the message says where."""


class Foreign(Unreadable):
    """It is about money of another currency."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as the provider tells it, down to words that are safe to log."""

    code: str
    parameter: str
    retry_after: int
    """Seconds."""

    def __str__(self) -> str:
        return f"{self.code}: {self.parameter}" if self.parameter else self.code


def payment(answer: object) -> Seen:
    """Read a Payment."""
    fields = _object(answer, "payment")
    status = _status(fields)
    amount = _amount(fields, "amount")
    refunded = _amount(fields, "refunded_amount") if "refunded_amount" in fields else ZERO
    if refunded > amount:
        raise Unreadable("refunded_amount")
    return Seen(
        external_id=_name(fields, "id"),
        status=status,
        amount=amount,
        reference=_reference(fields),
        confirmation_url=_confirmation_url(fields) if status is Status.PENDING else None,
        refunded=refunded,
    )


def refund(answer: object, payment: str | None = None) -> SeenRefund:
    """Read a Refund, of this payment if it is given."""
    fields = _object(answer, "refund")
    if _name(fields, "payment_id") != payment and payment is not None:
        raise Unreadable("payment_id")
    try:
        status = RefundStatus(fields.get("status", ""))
    except ValueError:
        raise Unreadable("status") from None
    return SeenRefund(_name(fields, "id"), status, _amount(fields, "amount"))


def listed(answer: object) -> tuple[list[Any], str | None]:
    """Read a part of a list: its items, which are unread, and where the next part begins."""
    fields = _object(answer, "list")
    items, cursor = fields.get("items"), fields.get("next_cursor")
    if fields.get("type") != "list" or not isinstance(items, list):
        raise Unreadable("list")
    if cursor is not None and not (isinstance(cursor, str) and 0 < len(cursor) <= LONGEST_CURSOR):
        raise Unreadable("next_cursor")
    return items, cursor


def trouble(answer: object) -> Trouble:
    """Read an Error."""
    fields = _object(answer, "error")
    code = _word(fields.get("code"))
    if fields.get("type") != "error" or not code:
        raise Unreadable("error")
    return Trouble(code, _word(fields.get("parameter")), patience(answer))


def patience(answer: object) -> int:
    """Seconds after which the provider recommends to ask again (it writes milliseconds)."""
    told = answer.get("retry_after") if isinstance(answer, dict) else None
    if type(told) is not int:
        return 2
    return min(max(-(-told // 1000), 1), MOST_PATIENCE)


def _object(answer: object, what: str) -> Answer:
    if not isinstance(answer, dict):
        raise Unreadable(what)
    return answer


def _name(fields: Answer, field: str) -> str:
    name = fields.get(field)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Unreadable(field)
    return name


def _status(fields: Answer) -> Status:
    try:
        status = Status(fields.get("status", ""))
    except ValueError:
        raise Unreadable("status") from None
    paid = fields.get("paid")
    if type(paid) is not bool or (status in _PAID and not paid):
        raise Unreadable("paid")
    return status


def _amount(fields: Answer, field: str) -> Money:
    amount = _object(fields.get(field), field)
    value = amount.get("value")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise Unreadable(f"{field}.value")
    if amount.get("currency") != CURRENCY:
        raise Foreign(f"{field}.currency")
    return Money.from_major(value)


def _reference(fields: Answer) -> PaymentId | None:
    """Our own name of a payment; None where nobody of us has written one."""
    metadata = fields.get("metadata")
    told = metadata.get("payment_id") if isinstance(metadata, dict) else None
    try:
        return PaymentId(UUID(told)) if isinstance(told, str) and len(told) == 36 else None
    except ValueError:
        return None


def _confirmation_url(fields: Answer) -> str | None:
    confirmation = fields.get("confirmation")
    if confirmation is None:
        return None
    url = _object(confirmation, "confirmation").get("confirmation_url")
    if not isinstance(url, str) or not _is_address(url):
        raise Unreadable("confirmation.confirmation_url")
    return url


def _is_address(url: str) -> bool:
    """Whether a browser may be sent there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_plain = len(url) <= LONGEST_ADDRESS and url.isascii() and url.isprintable() and " " not in url
    return is_plain and parts.scheme in ("https", "http") and bool(parts.hostname)


def _word(told: object) -> str:
    word = told.lower() if isinstance(told, str) else ""
    return word if _WORD.fullmatch(word) else ""
