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

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_GOST = """а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u
    ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya"""
"""GOST 7.79-2000 (ISO 9), system B, shortened where a slug reads better without the second letter."""
_LATIN = dict(pair.split("=") for pair in _GOST.split())


def slugify(name: str) -> str:
    """Turn a name into an address: Latin letters, digits and single hyphens."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    plain = unicodedata.normalize("NFKD", latin).lower().encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-")


def fold(text: str) -> str:
    """The form in which names are compared, sorted and searched: no case, `ё` as `е`, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").split())


@dataclass(slots=True)
class Category:
    """A place in the tree of categories."""

    id: CategoryId
    name: str
    slug: str
    parent: CategoryId | None = None

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            raise Invalid([Detail("slug", "A slug has lower-case Latin letters, digits and single hyphens.")])


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
        if not 1 <= len(self.name) <= 255:
            raise Invalid([Detail("name", "A product has a name, at most 255 characters.")])


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
        if self.price.minor <= 0:
            raise Invalid([Detail("price", "A price is more than nothing.")])
        if self.quantity < 0:
            raise Invalid([Detail("quantity", "A quantity is nothing or more.")])
