"""The ledger of the wallets: accounts, transfers between them, and the two entries of each.

A wallet has the id of its user. The house's own accounts, one of each kind but `wallet`, are made by the
migration; their balance is not kept: every wallet would wait for its row. `wallet_entries` has no model.
Within a wallet its ids follow each other as the balance changed; those of transfers at one time may not.
"""

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from lavka.adapters.tortoise.models.accounts import UserRow


class WalletAccountRow(Model):
    """A user's wallet, or an account of the house against which wallets are filled and emptied."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(11)
    user: fields.OneToOneNullableRelation[UserRow] = fields.OneToOneField(
        "models.UserRow", related_name="wallet", null=True, on_delete=fields.RESTRICT
    )
    balance = fields.BigIntField()

    checks: ClassVar[dict[str, str]] = {
        "wallet_accounts_balance": "balance >= 0",
        "wallet_accounts_kind": "kind IN ('wallet', 'sales', 'adjustments', 'top_ups')",
        "wallet_accounts_owner": "(kind = 'wallet') = (user_id IS NOT NULL)",
    }

    class Meta:
        table = "wallet_accounts"


class WalletTransferRow(Model):
    """Money that went from one account to another; `order_id` and `reason` say what for."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(10)
    order_id = fields.UUIDField(null=True)
    reason = fields.CharField(500, null=True)
    by: fields.ForeignKeyNullableRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="transfers", null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField()

    checks: ClassVar[dict[str, str]] = {
        "wallet_transfers_kind": "kind IN ('payment', 'refund', 'adjustment', 'top_up')",
        "wallet_transfers_order": "(kind IN ('payment', 'refund')) = (order_id IS NOT NULL)",
        "wallet_transfers_reason": "kind <> 'adjustment' OR (reason IS NOT NULL AND by_id IS NOT NULL)",
    }

    class Meta:
        table = "wallet_transfers"
        indexes = (("order_id",), ("by_id",))
