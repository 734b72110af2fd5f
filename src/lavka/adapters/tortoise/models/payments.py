"""Payments and refunds, what must happen after a commit, and which letters have gone out."""

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from lavka.adapters.tortoise.models.accounts import UserRow
from lavka.adapters.tortoise.models.buying import OrderRow


class PaymentRow(Model):
    """Money asked of a user: for an order or, without one, to be put into the wallet.

    `external_id` is what the provider calls it, `bill` the JSON that it was asked with; `look_at` is when to
    ask what has become of it.
    """

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="payments", on_delete=fields.RESTRICT
    )
    order: fields.ForeignKeyNullableRelation[OrderRow] = fields.ForeignKeyField(
        "models.OrderRow", related_name="payments", null=True, on_delete=fields.RESTRICT
    )
    amount = fields.BigIntField()
    refunded = fields.BigIntField()
    status = fields.CharField(19)
    external_id = fields.CharField(64, null=True, unique=True)
    confirmation_url = fields.CharField(2048, null=True)
    bill = fields.TextField(null=True)
    created_at = fields.DatetimeField(db_index=True)
    asked_at = fields.DatetimeField(null=True)
    look_at = fields.DatetimeField(null=True)

    checks: ClassVar[dict[str, str]] = {
        "payments_amount": "amount > 0",
        "payments_status": "status IN ('pending', 'waiting_for_capture', 'succeeded', 'canceled')",
        "payments_refunded": "refunded >= 0 AND refunded <= amount",
        "payments_refunded_of_paid": "refunded = 0 OR status = 'succeeded'",
        "payments_asked": "(bill IS NULL) = (asked_at IS NULL)",
        "payments_opened": "external_id IS NULL OR asked_at IS NOT NULL",
        "payments_paid": "status IN ('pending', 'canceled') OR external_id IS NOT NULL",
        "payments_look": "look_at IS NULL OR status IN ('pending', 'waiting_for_capture')",
    }

    class Meta:
        table = "payments"
        indexes = (("order_id", "id"), ("user_id", "id"))


class RefundRow(Model):
    """Money of a payment that goes back; `items` is JSON, `key` the request under which it is asked for."""

    id = fields.UUIDField(primary_key=True)
    payment: fields.ForeignKeyRelation[PaymentRow] = fields.ForeignKeyField(
        "models.PaymentRow", related_name="refunds", on_delete=fields.RESTRICT
    )
    amount = fields.BigIntField()
    status = fields.CharField(9)
    key = fields.UUIDField(unique=True)
    external_id = fields.CharField(64, null=True, unique=True)
    items = fields.TextField()
    created_at = fields.DatetimeField()

    checks: ClassVar[dict[str, str]] = {
        "refunds_amount": "amount > 0",
        "refunds_status": "status IN ('pending', 'succeeded', 'canceled')",
        "refunds_given": "status <> 'succeeded' OR external_id IS NOT NULL",
    }

    class Meta:
        table = "refunds"
        indexes = (("payment_id",),)


class TaskRow(Model):
    """What must happen after a commit; gone when it has happened. Who has the claim may do it until then."""

    id = fields.UUIDField(primary_key=True)
    queue = fields.CharField(8)
    kind = fields.CharField(20)
    about = fields.TextField()
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    tries = fields.IntField()
    claim = fields.UUIDField(null=True)
    claimed_until = fields.DatetimeField(null=True)
    parked_at = fields.DatetimeField(null=True)
    reason = fields.CharField(500, null=True)

    checks: ClassVar[dict[str, str]] = {
        "outbox_queue": "queue IN ('payments', 'letters')",
        "outbox_tries": "tries >= 0",
        "outbox_claim": "(claim IS NULL) = (claimed_until IS NULL)",
        "outbox_parked": "parked_at IS NULL OR claim IS NULL",
    }

    class Meta:
        table = "outbox"


class LetterRow(Model):
    """A letter that is going or has gone; its id is that of its task."""

    id = fields.UUIDField(primary_key=True)
    begun_at = fields.DatetimeField(db_index=True)
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "letters"
