"""What is sold: categories in a tree, products one looks at, offers one buys."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import NewType, TypedDict
from uuid import UUID

from lavka.domain.errors import CategoryCycle, Detail, Invalid
from lavka.domain.money import Money
from lavka.domain.shops import ShopId

CategoryId = NewType("CategoryId", UUID)
ProductId = NewType("ProductId", UUID)
OfferId = NewType("OfferId", UUID)

DEAREST = Money(10**12)
"""The highest price, in minor units: ten thousand of it a line still fit into a BIGINT."""
MOST_STOCK = 10**9
"""The largest quantity of an offer: an INT column holds it, and twice as much when orders give back."""
DEEPEST = 100
"""Levels of the tree of categories: what readers of JSON take without complaint."""
LONGEST_DESCRIPTION = 20_000
MOST_ATTRIBUTES, LONGEST_ATTRIBUTE, LONGEST_VALUE = 100, 100, 500
"""Characteristics of one thing; characters of their names, and of their values."""

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


def numbered(slug: str, taken: Collection[str], after: int = 0) -> str:
    """Give this slug, or with the first number behind it that is free and comes after that many."""
    if slug not in taken:
        return slug
    numbers = (f"{slug[:90].rstrip('-')}-{number}" for number in count(after + 1 if after else 2))
    return next(each for each in numbers if each not in taken)


def fold(text: str) -> str:
    """The form in which names are compared, sorted and searched: no case, `ё` as `е`, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").split())


LONGEST_FOLDED = 510


def folded(name: str) -> str:
    """What `fold` makes of a name, as far as a column holds it; what is longer ends in its digest."""
    whole = fold(name)
    if len(whole) <= LONGEST_FOLDED:
        return whole
    digest = sha256(whole.encode()).hexdigest()
    return whole[: LONGEST_FOLDED - len(digest)] + digest


def _keep(rule: bool, field: str, message: str) -> None:
    if not rule:
        raise Invalid([Detail(field, message)])


def _keep_name_and_slug(name: str, slug: str) -> None:
    _keep(1 <= len(name) <= 255, "name", "Write a name, at most 255 characters.")
    is_slug = len(slug) <= 100 and _SLUG.fullmatch(slug) is not None
    _keep(is_slug, "slug", "A slug has up to 100 lower-case Latin letters, digits and single hyphens.")


def _keep_attributes(attributes: Mapping[str, str]) -> None:
    _keep(
        len(attributes) <= MOST_ATTRIBUTES, "attributes", f"Write at most {MOST_ATTRIBUTES} characteristics."
    )
    are_short = all(
        1 <= len(name) <= LONGEST_ATTRIBUTE and len(value) <= LONGEST_VALUE
        for name, value in attributes.items()
    )
    rule = f"The name of a characteristic has 1 to {LONGEST_ATTRIBUTE} characters, its value {LONGEST_VALUE}."
    _keep(are_short, "attributes", rule)


class CategoryChanges(TypedDict, total=False):
    """What may be changed of a category; what is not named stays."""

    name: str
    slug: str
    parent: CategoryId | None


@dataclass(slots=True)
class Category:
    """A place in the tree of categories."""

    id: CategoryId
    name: str
    slug: str
    parent: CategoryId | None = None

    def __post_init__(self) -> None:
        _keep_name_and_slug(self.name, self.slug)

    def revise(self, changes: CategoryChanges, line: Sequence[CategoryId] = (), height: int = 1) -> None:
        """Change what is named, all or nothing; raise Invalid, or CategoryCycle.

        `line` is the new parent with all above it, `height` the levels of this category and what is in it.
        """
        if self.id in line:
            raise CategoryCycle
        _keep(len(line) + height <= DEEPEST, "parent_id", f"Categories stand at most {DEEPEST} deep.")
        revised = replace(self, **changes)
        self.name, self.slug, self.parent = revised.name, revised.slug, revised.parent


class ProductChanges(TypedDict, total=False):
    """What may be changed of a product; what is not named stays."""

    name: str
    description: str
    category: CategoryId | None
    attributes: Mapping[str, str]
    is_active: bool


@dataclass(slots=True)
class Product:
    """What one looks at: name, description, characteristics, pictures.

    Not `is_active`, it is hidden; otherwise it is shown unless all its offers are withdrawn.
    """

    id: ProductId
    name: str
    slug: str
    created_at: datetime
    description: str = ""
    category: CategoryId | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True
    updated_at: datetime | None = None
    """When it was last revised; None for never."""

    def __post_init__(self) -> None:
        _keep_name_and_slug(self.name, self.slug)
        is_short = len(self.description) <= LONGEST_DESCRIPTION
        _keep(is_short, "description", f"Write at most {LONGEST_DESCRIPTION} characters.")
        _keep_attributes(self.attributes)

    def revise(self, changes: ProductChanges, now: datetime) -> None:
        """Change what is named, all or nothing; the slug follows the name. Raise Invalid."""
        slug = slugify(changes["name"]) if "name" in changes else self.slug
        revised = replace(self, **changes, slug=slug, updated_at=now)
        for name in (*changes, "slug", "updated_at"):
            setattr(self, name, getattr(revised, name))


class OfferChanges(TypedDict, total=False):
    """What may be changed of an offer; what is not named stays."""

    sku: str
    price: Money
    quantity: int
    recommended_price: Money | None
    attributes: Mapping[str, str]
    is_active: bool


@dataclass(slots=True)
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
        _keep_attributes(self.attributes)

    def revise(self, changes: OfferChanges) -> None:
        """Change what is named, all or nothing; raise Invalid."""
        revised = replace(self, **changes)
        for name in changes:
            setattr(self, name, getattr(revised, name))


def _keep_price(price: Money, field: str) -> None:
    is_price = 0 < price.minor <= DEAREST.minor
    _keep(is_price, field, f"A price is more than nothing and at most {DEAREST} roubles.")
