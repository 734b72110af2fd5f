"""What is stored of each thing of the catalogue, and the thing that a row tells of."""

from typing import Any

from lavka.adapters.tortoise.models import CategoryRow, OfferRow, ProductRow, ShopRow
from lavka.domain.accounts import UserId
from lavka.domain.catalog import Category, CategoryId, Offer, OfferId, Product, ProductId, folded
from lavka.domain.money import Money
from lavka.domain.shops import Shop, ShopId


def category_columns(category: Category) -> dict[str, Any]:
    """What is stored of a category."""
    return {
        "id": category.id,
        "name": category.name,
        "slug": category.slug,
        "parent_id": category.parent,
    }


def category_of(row: CategoryRow) -> Category:
    """The category of a row."""
    parent: Any = row.parent_id  # type: ignore[attr-defined]
    return Category(CategoryId(row.id), row.name, row.slug, parent)


def shop_columns(shop: Shop) -> dict[str, Any]:
    """What is stored of a shop."""
    return {
        "id": shop.id,
        "name": shop.name,
        "name_folded": folded(shop.name),
        "url": shop.url,
        "is_open": shop.is_open,
        "owner_id": shop.owner,
    }


def shop_of(row: ShopRow) -> Shop:
    """The shop of a row."""
    owner: UserId | None = row.owner_id  # type: ignore[attr-defined]
    return Shop(ShopId(row.id), row.name, row.url, row.is_open, owner)


def product_columns(product: Product) -> dict[str, Any]:
    """What is stored of a product, but for what is kept because it follows from offers and pictures."""
    return {
        "id": product.id,
        "name": product.name,
        "name_folded": folded(product.name),
        "slug": product.slug,
        "description": product.description,
        "category_id": product.category,
        "attributes": dict(product.attributes),
        "is_hidden": not product.is_active,
        "created_at": product.created_at,
        "updated_at": product.updated_at or product.created_at,
    }


def new_product(product: Product) -> dict[str, Any]:
    """What is stored of a product that nobody offers and that has no pictures yet."""
    kept = {"image": None, "is_active": product.is_active, "price": None, "in_stock": False}
    return product_columns(product) | kept


def product_of(row: ProductRow) -> Product:
    """The product of a row."""
    category: CategoryId | None = row.category_id  # type: ignore[attr-defined]
    return Product(
        id=ProductId(row.id),
        name=row.name,
        slug=row.slug,
        created_at=row.created_at,
        description=row.description,
        category=category,
        attributes=row.attributes,
        is_active=not row.is_hidden,
        updated_at=row.updated_at,
    )


def offer_columns(offer: Offer) -> dict[str, Any]:
    """What is stored of an offer, but for its stock."""
    return {
        "id": offer.id,
        "product_id": offer.product,
        "shop_id": offer.shop,
        "sku": offer.sku,
        "price": offer.price.minor,
        "recommended_price": offer.recommended_price.minor if offer.recommended_price else None,
        "attributes": dict(offer.attributes),
        "is_active": offer.is_active,
    }


def offer_of(row: OfferRow, quantity: int) -> Offer:
    """The offer of a row, with its stock."""
    product: ProductId = row.product_id  # type: ignore[attr-defined]
    shop: ShopId = row.shop_id  # type: ignore[attr-defined]
    return Offer(
        id=OfferId(row.id),
        product=product,
        shop=shop,
        sku=row.sku,
        price=Money(row.price),
        quantity=quantity,
        recommended_price=None if row.recommended_price is None else Money(row.recommended_price),
        attributes=row.attributes,
        is_active=row.is_active,
    )


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The columns whose values differ."""
    return {name: value for name, value in after.items() if before[name] != value}
