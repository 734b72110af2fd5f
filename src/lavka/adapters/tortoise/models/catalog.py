"""The catalogue. Stock has a narrow table of its own: orders must not bloat what visitors read."""

from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from lavka.adapters.tortoise.models.accounts import UserRow


class CategoryRow(Model):
    """A place in the tree."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(255)
    slug = fields.CharField(100, unique=True)
    parent: fields.ForeignKeyNullableRelation["CategoryRow"] = fields.ForeignKeyField(
        "models.CategoryRow", related_name="children", null=True, on_delete=fields.RESTRICT
    )

    checks: ClassVar[dict[str, str]] = {"categories_not_own_parent": "parent_id <> id"}

    class Meta:
        table = "categories"
        indexes = (("parent_id",),)


class ShopRow(Model):
    """A seller; `name_folded` as of products."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(255, unique=True)
    name_folded = fields.CharField(510)
    url = fields.CharField(2048, null=True)
    is_open = fields.BooleanField()
    owner: fields.ForeignKeyNullableRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="shops", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "shops"
        indexes = (("owner_id",),)


class ProductRow(Model):
    """A product. `price` (of its cheapest offer that can be bought) and `in_stock` are kept for lists.

    `name_folded` is what `fold` makes of the name: sorted and searched alike on both databases; `model` is
    folded too. `is_hidden` is an administrator's wish, `is_active` what follows from it and from the offers:
    what `was_offered` is shown as long as it is. `image` is kept too: the address of the first picture.
    """

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(255)
    name_folded = fields.CharField(510)
    slug = fields.CharField(100)
    description = fields.TextField()
    category: fields.ForeignKeyNullableRelation[CategoryRow] = fields.ForeignKeyField(
        "models.CategoryRow", related_name="products", null=True, on_delete=fields.RESTRICT
    )
    attributes: fields.JSONField[dict[str, Any]] = fields.JSONField()
    model = fields.CharField(510, null=True)
    image = fields.CharField(255, null=True)
    is_active = fields.BooleanField()
    is_hidden = fields.BooleanField(db_default=False)
    was_offered = fields.BooleanField(db_default=False)
    price = fields.BigIntField(null=True)
    in_stock = fields.BooleanField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    checks: ClassVar[dict[str, str]] = {"products_price": "price > 0"}

    class Meta:
        table = "products"
        indexes = (("category_id", "name_folded"), ("category_id", "model"))


class OfferRow(Model):
    """One shop's price of a product in one option; `listing` is what its price list calls it."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[ProductRow] = fields.ForeignKeyField(
        "models.ProductRow", related_name="offers", on_delete=fields.RESTRICT
    )
    shop: fields.ForeignKeyRelation[ShopRow] = fields.ForeignKeyField(
        "models.ShopRow", related_name="offers", on_delete=fields.RESTRICT
    )
    sku = fields.CharField(100)
    price = fields.BigIntField()
    recommended_price = fields.BigIntField(null=True)
    attributes: fields.JSONField[dict[str, Any]] = fields.JSONField()
    is_active = fields.BooleanField()
    listing: fields.JSONField[dict[str, Any]] = fields.JSONField(null=True)

    checks: ClassVar[dict[str, str]] = {
        "offers_price": "price > 0",
        "offers_recommended_price": "recommended_price > 0",
    }

    class Meta:
        table = "offers"
        unique_together = (("shop_id", "sku"),)
        indexes = (("product_id", "price"), ("shop_id", "product_id"))


class StockRow(Model):
    """How many of an offer there are."""

    offer: fields.OneToOneRelation[OfferRow] = fields.OneToOneField(
        "models.OfferRow", related_name="stock", primary_key=True, on_delete=fields.RESTRICT
    )
    quantity = fields.IntField()

    checks: ClassVar[dict[str, str]] = {"stock_not_negative": "quantity >= 0"}

    class Meta:
        table = "stock"


class CatalogVersion(Model):
    """One row: a number that grows with every change of what lists show, so that totals can be kept."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    version = fields.BigIntField()

    checks: ClassVar[dict[str, str]] = {"catalog_version_single": "id = 1"}

    class Meta:
        table = "catalog_version"


class PictureRow(Model):
    """A picture of a product. The files are named by the digest of what was sent, so one serves many rows."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[ProductRow] = fields.ForeignKeyField(
        "models.ProductRow", related_name="pictures", on_delete=fields.RESTRICT
    )
    digest = fields.CharField(64)
    position = fields.IntField()

    checks: ClassVar[dict[str, str]] = {
        "pictures_digest": "length(digest) = 64",
        "pictures_position": "position > 0",
    }

    class Meta:
        table = "pictures"
        unique_together = (("product_id", "digest"),)
        indexes = (("digest",),)
