"""The tables. `checks` are written into the migrations of both dialects by `make migration`.

Indexes over expressions, which Tortoise cannot describe, stand in the migrations alone.
"""

from lavka.adapters.tortoise.models.accounts import (
    EmailToken,
    LoginFailure,
    RefreshToken,
    SessionRow,
    UserRow,
)
from lavka.adapters.tortoise.models.buying import CartRow, ContactRow, OrderRow, ShipmentRow
from lavka.adapters.tortoise.models.catalog import (
    CatalogVersion,
    CategoryRow,
    OfferRow,
    PictureRow,
    ProductRow,
    ShopRow,
    StockRow,
)
from lavka.adapters.tortoise.models.payments import LetterRow, PaymentRow, RefundRow, TaskRow
from lavka.adapters.tortoise.models.prices import PriceListRow, ShopCategoryRow
from lavka.adapters.tortoise.models.wallet import WalletAccountRow, WalletTransferRow

__all__ = [
    "CartRow",
    "CatalogVersion",
    "CategoryRow",
    "ContactRow",
    "EmailToken",
    "LetterRow",
    "LoginFailure",
    "OfferRow",
    "OrderRow",
    "PaymentRow",
    "PictureRow",
    "PriceListRow",
    "ProductRow",
    "RefreshToken",
    "RefundRow",
    "SessionRow",
    "ShipmentRow",
    "ShopCategoryRow",
    "ShopRow",
    "StockRow",
    "TaskRow",
    "UserRow",
    "WalletAccountRow",
    "WalletTransferRow",
]
