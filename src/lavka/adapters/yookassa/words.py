"""What the provider is asked, in its words: payments, captures and refunds with their receipts (54-FZ)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lavka.application.ports.payments import Ask, GiveBack
from lavka.domain.money import CURRENCY, ZERO, Money
from lavka.domain.payments import Bill, Item, total_of

LONGEST_TEXT = 128
"""Characters of a description, of a payment as of a position."""
MOST_POSITIONS = 80
"""Positions of one receipt, where YooKassa itself registers it."""
MOST_PIECES = 99_999
"""Pieces of one position."""
UNNAMED = "Товар"
REST = "Другие товары"


@dataclass(frozen=True, slots=True)
class Terms:
    """How the shop takes money: in one stage or two; and its taxes (54-FZ, tags 1199 and 1055)."""

    two_stage: bool = False
    vat_code: int = 1
    tax_system_code: int | None = None

    def payment(self, ask: Ask) -> dict[str, Any]:
        """Write a CreatePaymentRequest: who pays is sent to the provider's page and comes back."""
        return {
            "amount": _amount(ask.amount),
            "capture": not self.two_stage,
            "confirmation": {"type": "redirect", "return_url": ask.bill.return_url},
            "description": _text(ask.bill.description),
            "metadata": {"payment_id": str(ask.payment)},
            "receipt": self._receipt(ask.bill, ask.amount),
        }

    def capture(self, amount: Money, bill: Bill) -> dict[str, Any]:
        """Write a PaymentCaptureRequest."""
        return {"amount": _amount(amount), "receipt": self._receipt(bill, amount)}

    def refund(self, wanted: GiveBack) -> dict[str, Any]:
        """Write a RefundRequest."""
        bill = Bill(wanted.items[0].description if wanted.items else "", wanted.email, tuple(wanted.items))
        return {
            "payment_id": wanted.payment,
            "amount": _amount(wanted.amount),
            "receipt": self._receipt(bill, wanted.amount),
        }

    def _receipt(self, bill: Bill, amount: Money) -> dict[str, Any]:
        receipt: dict[str, Any] = {
            "customer": {"email": bill.email},
            "items": [self._position(item) for item in positions(bill, amount)],
        }
        if self.tax_system_code is not None:
            receipt["tax_system_code"] = self.tax_system_code
        return receipt

    def _position(self, item: Item) -> dict[str, Any]:
        return {
            "description": _text(item.description),
            "quantity": item.quantity,
            "measure": "piece",
            "amount": _amount(item.price),
            "vat_code": self.vat_code,
            "payment_subject": "commodity",
            "payment_mode": "full_payment",
        }


def positions(bill: Bill, amount: Money) -> Sequence[Item]:
    """What a receipt lists: as many positions as it may have, and their sum is the amount exactly.

    What is free is left out. A bill of another sum becomes one position, which is named after it.
    """
    if bill.total != amount:
        return [Item(bill.description, 1, amount)]
    items = [_countable(item) for item in bill.items if item.price > ZERO]
    if len(items) <= MOST_POSITIONS:
        return items
    kept, rest = items[: MOST_POSITIONS - 1], items[MOST_POSITIONS - 1 :]
    return [*kept, Item(f"{REST}: {len(rest)}", 1, total_of(rest))]


def _countable(item: Item) -> Item:
    """One of the many, where there are more pieces than a receipt can count."""
    if item.quantity <= MOST_PIECES:
        return item
    tail = f" × {item.quantity}"
    return Item(item.description[: LONGEST_TEXT - len(tail)] + tail, 1, item.price * item.quantity)


def _amount(money: Money) -> dict[str, str]:
    return {"value": str(money), "currency": CURRENCY}


def _text(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT].rstrip() or UNNAMED
