"""Carts, orders and what they hold.

Rows that orders write by the dozen stand in tables without a model, with keys of several columns:
`cart_items`, `order_lines`, `order_history`, `stock_movements`, `stock_turns`, `idempotency_keys`. None of
these refers to the catalogue by a foreign key: lines are snapshots, and checking one locks a row that every
buyer of the same offer needs.
"""

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from lavka.adapters.tortoise.models.accounts import UserRow


class ContactRow(Model):
    """A phone of a user's, and the address to deliver to if there is one."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="contacts", on_delete=fields.CASCADE
    )
    phone = fields.CharField(12)
    city = fields.CharField(100, null=True)
    street = fields.CharField(200, null=True)
    house = fields.CharField(20, null=True)
    building = fields.CharField(20, null=True)
    apartment = fields.CharField(20, null=True)
    postal_code = fields.CharField(20, null=True)
    comment = fields.CharField(1000, null=True)

    checks: ClassVar[dict[str, str]] = {
        "contacts_phone": "phone LIKE '+7__________'",
        "contacts_address": "(city IS NULL) = (street IS NULL)",
    }

    class Meta:
        table = "contacts"
        indexes = (("user_id", "id"),)


class CartRow(Model):
    """A cart: a user's, or that of whoever holds the token whose SHA-256 this is, until it expires."""

    id = fields.UUIDField(primary_key=True)
    user: fields.OneToOneNullableRelation[UserRow] = fields.OneToOneField(
        "models.UserRow", related_name="cart", null=True, on_delete=fields.CASCADE
    )
    token_digest = fields.CharField(64, null=True, unique=True)
    expires_at = fields.DatetimeField(null=True, db_index=True)

    checks: ClassVar[dict[str, str]] = {
        "carts_owner": "(user_id IS NULL) = (token_digest IS NOT NULL)",
        "carts_expiry": "(expires_at IS NULL) = (token_digest IS NULL)",
        "carts_token_digest": "length(token_digest) = 64",
    }

    class Meta:
        table = "carts"


class OrderRow(Model):
    """An order. `status` and `total` are kept: they follow from its shipments and lines.

    Unpaid after `expires_at`, it is cancelled.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(11, unique=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="orders", on_delete=fields.RESTRICT
    )
    status = fields.CharField(9)
    payment_method = fields.CharField(11)
    is_paid = fields.BooleanField()
    requires_delivery = fields.BooleanField()
    delivery_address = fields.CharField(600, null=True)
    phone = fields.CharField(12)
    comment = fields.CharField(1000, null=True)
    total = fields.BigIntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)

    checks: ClassVar[dict[str, str]] = {
        "orders_status": "status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled')",
        "orders_payment_method": "payment_method IN ('online', 'on_delivery', 'wallet')",
        "orders_total": "total >= 0",
        "orders_delivery": "requires_delivery = (delivery_address IS NOT NULL)",
    }

    class Meta:
        table = "orders"
        indexes = (("user_id", "id"), ("status", "id"))


class ShipmentRow(Model):
    """What one shop sends of an order; the shop's name is that of the day."""

    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[OrderRow] = fields.ForeignKeyField(
        "models.OrderRow", related_name="shipments", on_delete=fields.RESTRICT
    )
    shop_id = fields.UUIDField()
    shop_name = fields.CharField(255)
    status = fields.CharField(9)

    checks: ClassVar[dict[str, str]] = {
        "shipments_status": "status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled')",
    }

    class Meta:
        table = "shipments"
        unique_together = (("order_id", "shop_id"),)
        indexes = (("shop_id", "order_id"),)
