"""Suppliers' price lists: who brought which, and what became of it.

What an import changed stands in `price_list_changes`, a row an offer, which has no model: it is written and
read by the thousand, and its key is of two columns.
"""

from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from lavka.adapters.tortoise.models.accounts import UserRow
from lavka.adapters.tortoise.models.catalog import CategoryRow, ShopRow


class ShopCategoryRow(Model):
    """Where a shop's own category stands in the common tree; `name_folded` is its name in price lists."""

    id = fields.UUIDField(primary_key=True)
    shop: fields.ForeignKeyRelation[ShopRow] = fields.ForeignKeyField(
        "models.ShopRow", related_name="own_categories", on_delete=fields.CASCADE
    )
    name_folded = fields.CharField(510)
    category: fields.ForeignKeyRelation[CategoryRow] = fields.ForeignKeyField(
        "models.CategoryRow", related_name="names_of_shops", on_delete=fields.CASCADE
    )

    class Meta:
        table = "shop_categories"
        unique_together = (("shop_id", "name_folded"),)
        indexes = (("category_id",),)


class PriceListRow(Model):
    """An import or a rollback, which is one too. `claim` is the token of the process at work on it.

    One that runs is alive while `claimed_until` has not passed; of a shop only one runs at a time, which an
    index in the migrations keeps.
    """

    id = fields.UUIDField(primary_key=True)
    shop: fields.ForeignKeyRelation[ShopRow] = fields.ForeignKeyField(
        "models.ShopRow", related_name="price_lists", on_delete=fields.RESTRICT
    )
    created_by: fields.ForeignKeyNullableRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="price_lists", null=True, on_delete=fields.SET_NULL
    )
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    status = fields.CharField(7)
    mode = fields.CharField(7)
    dry_run = fields.BooleanField()
    url = fields.CharField(2048, null=True)
    rolls_back_id = fields.UUIDField(null=True)
    sha256 = fields.CharField(64, null=True)
    rows = fields.IntField()
    processed = fields.IntField()
    created = fields.IntField()
    updated = fields.IntField()
    deactivated = fields.IntField()
    errors: fields.JSONField[list[Any]] = fields.JSONField()
    changes: fields.JSONField[list[Any]] = fields.JSONField()
    attempts = fields.IntField()
    claim = fields.UUIDField(null=True)
    claimed_until = fields.DatetimeField(null=True)

    checks: ClassVar[dict[str, str]] = {
        "price_lists_status": "status IN ('queued', 'running', 'done', 'failed')",
        "price_lists_mode": "mode IN ('whole', 'partial')",
        "price_lists_claim": "(status = 'running') = (claim IS NOT NULL)",
        "price_lists_counts": "processed >= 0 AND created >= 0 AND updated >= 0 AND deactivated >= 0",
    }

    class Meta:
        table = "price_lists"
        indexes = (("shop_id", "created_at", "id"), ("status", "created_at"), ("created_by_id",))
