"""What is sold: categories in a tree, products one looks at, offers one buys."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID

from lavka.domain.errors import Detail, Invalid
from lavka.domain.money import Money
from lavka.domain.shops import ShopId

CategoryId = NewType("CategoryId", UUID)
ProductId = NewType("ProductId", UUID)
OfferId = NewType("OfferId", UUID)

DEAREST = Money(10**12)
"""The highest price, in minor units: ten thousand of it a line still fit into a BIGINT."""
MOST_STOCK = 2**31 - 1
"""The largest quantity of an offer: what an INT column holds."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_GOST = """а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u
    ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya"""
"""GOST 7.79-2000 (ISO 9), system B, shortened where a slug reads better without the second letter."""
_LATIN = dict(pair.split("=") for pair in _GOST.split())


def slugify(name: str) -> str:
    """Turn a name into an address: Latin letters, digits and single hyphens; `x` when none are left."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    plain = unicodedata.normalize("NFKD", latin).lower().encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-") or "x"


def fold(text: str) -> str:
    """The form in which names are compared, sorted and searched: no case, `ё` as `е`, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").split())


def _keep(rule: bool, field: str, message: str) -> None:
    if not rule:
        raise Invalid([Detail(field, message)])


def _keep_name_and_slug(name: str, slug: str) -> None:
    _keep(1 <= len(name) <= 255, "name", "Write a name, at most 255 characters.")
    is_slug = len(slug) <= 100 and _SLUG.fullmatch(slug) is not None
    _keep(is_slug, "slug", "A slug has up to 100 lower-case Latin letters, digits and single hyphens.")


@dataclass(slots=True)
class Category:
    """A place in the tree of categories."""

    id: CategoryId
    name: str
    slug: str
    parent: CategoryId | None = None

    def __post_init__(self) -> None:
        _keep_name_and_slug(self.name, self.slug)


@dataclass(slots=True)
class Product:
    """What one looks at: name, description, characteristics, pictures."""

    id: ProductId
    name: str
    slug: str
    created_at: datetime
    description: str = ""
    category: CategoryId | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True

    def __post_init__(self) -> None:
        _keep_name_and_slug(self.name, self.slug)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one buys (schema.org's term): one shop's price and quantity of a product, in one option."""

    id: OfferId
    product: ProductId
    shop: ShopId
    sku: str
    price: Money
    quantity: int
    recommended_price: Money | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True

    def __post_init__(self) -> None:
        _keep(1 <= len(self.sku) <= 100, "sku", "Write the seller's own code, at most 100 characters.")
        _keep_price(self.price, "price")
        if self.recommended_price is not None:
            _keep_price(self.recommended_price, "recommended_price")
        _keep(0 <= self.quantity <= MOST_STOCK, "quantity", f"A quantity is from 0 to {MOST_STOCK}.")


def _keep_price(price: Money, field: str) -> None:
    is_price = 0 < price.minor <= DEAREST.minor
    _keep(is_price, field, f"A price is more than nothing and at most {DEAREST} roubles.")
