"""The tables. `checks` are written into the migrations of both dialects by `make migration`.

Indexes over expressions, which Tortoise cannot describe, stand in the migrations alone.
"""

from lavka.adapters.tortoise.models.accounts import LoginFailure, RefreshToken, SessionRow, UserRow
from lavka.adapters.tortoise.models.catalog import (
    CatalogVersion,
    CategoryRow,
    OfferRow,
    PictureRow,
    ProductRow,
    ShopRow,
    StockRow,
)
from lavka.adapters.tortoise.models.prices import PriceListRow, ShopCategoryRow

__all__ = [
    "CatalogVersion",
    "CategoryRow",
    "LoginFailure",
    "OfferRow",
    "PictureRow",
    "PriceListRow",
    "ProductRow",
    "RefreshToken",
    "SessionRow",
    "ShopCategoryRow",
    "ShopRow",
    "StockRow",
    "UserRow",
]
