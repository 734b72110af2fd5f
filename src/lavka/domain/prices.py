"""Suppliers' price lists: what a row must say, and all that can be wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lavka.domain.catalog import (
    DEAREST,
    LONGEST_ATTRIBUTE,
    LONGEST_VALUE,
    MOST_ATTRIBUTES,
    MOST_STOCK,
    fold,
)
from lavka.domain.money import Money
from lavka.domain.texts import FORBIDDEN

MOST_BYTES = 100 * 1024 * 1024
"""Of a list's file."""
LONGEST_NAME = 255
"""Characters of a name, a model, a shop's or a category's name."""
LONGEST_ID = 100
"""Characters of a good's or a category's id."""
MOST_OF_ONE_ID = 10
"""Goods of different names that may share an id."""

_ROUBLES = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,9}")

PRICE_RULE = f"Write roubles from 0.01 to {DEAREST}, no spaces and a point before kopecks: 1990 or 1990.50."
QUANTITY_RULE = f"Write a whole number in digits, from 0 to {MOST_STOCK}."
GIVEN_TWICE = "This good stands in the list twice: leave one of the two rows."
SHARED_ID = "Too many goods share this id: give each one an id of its own."
NO_CATEGORY = "No such category is declared: write the id of one that stands under categories."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a list: in which row (from 1; None is the document), which field, what to do."""

    row: int | None
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ListedCategory:
    """A category as a list declares it; `id` is the supplier's own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Good:
    """One row that keeps every rule; made by `Row.good`. `category` is a name, `row` its place from 1."""

    row: int
    sku: str
    name: str
    category: str
    price: Money
    quantity: int
    model: str | None = None
    recommended_price: Money | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def own_id(sku: str) -> str:
    """The supplier's own id in a good's code, which `Skus` may have numbered."""
    return re.sub(r" \([0-9]+\)$", "", sku)


def tidy(text: str, longest: int) -> str:
    """Write a text with single spaces; raise ValueError that says what to change."""
    if FORBIDDEN.search(text):
        raise ValueError("Leave out control characters.")
    plain = " ".join(text.split())
    if len(plain) > longest:
        raise ValueError(f"Write at most {longest} characters.")
    return plain


class Categories:
    """The categories of one list, found as its rows name them."""

    def __init__(self, listed: Iterable[ListedCategory]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for each in listed:
            self._by_id.setdefault(each.id, each.name)
            self._by_name.setdefault(fold(each.name), each.name)

    def name_of(self, reference: str) -> str | None:
        """The name of the category with this id or, when no id fits, with this name."""
        return self._by_id.get(reference) or self._by_name.get(fold(reference))


class Skus:
    """The codes of one list's goods: an id, and `id (2)` for the next good of another name under it."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}  # digests: a hundred thousand names would fill memory

    def give(self, id: str, name: str) -> str:  # noqa: A002  # the list's own word
        """Give a good its code; raise ValueError when it was here before or the id has no room left."""
        folded = hash(fold(name))
        for number in range(1, MOST_OF_ONE_ID + 1):
            sku = id if number == 1 else f"{id} ({number})"
            other = self._names.get(sku)
            if other == folded:
                raise ValueError(GIVEN_TWICE)
            if other is None and len(sku) <= LONGEST_ID:
                self._names[sku] = folded
                return sku
        raise ValueError(SHARED_ID)


@dataclass(slots=True)
class Row:
    """One row as it was written (None: nothing was), and all that is found wrong with it."""

    number: int
    texts: Mapping[str, str | None]
    parameters: Sequence[tuple[str | None, str | None]] = ()
    faults: list[Fault] = field(default_factory=list)

    def blame(self, field: str, message: str) -> None:
        """Note what is wrong with a field; the first thing counts."""
        if all(fault.field != field for fault in self.faults):
            self.faults.append(Fault(self.number, field, message))

    def good(self, categories: Categories, skus: Skus) -> Good | None:
        """Read it as a good; None when `faults` say why not. A bad row keeps its code all the same."""
        own_id = self._text("id", LONGEST_ID, "Write the good's id, at most 100 characters.")
        category = self._category(categories)
        model = self._text("model", LONGEST_NAME)
        name = self._text("name", LONGEST_NAME, "Write the good's name, at most 255 characters.")
        price = self._price("price", PRICE_RULE)
        recommended = self._price("price_rrc")
        quantity = self._quantity()
        attributes = self._attributes()
        sku = self._sku(skus, own_id, name)
        if self.faults or price is None:
            return None
        return Good(self.number, sku, name, category, price, quantity, model or None, recommended, attributes)

    def _tidy(self, field: str, text: str | None, longest: int, rule: str = "") -> str:
        """A text by its rules; one that says nothing is a fault where a rule asks for it."""
        try:
            plain = tidy(text or "", longest)
        except ValueError as error:
            self.blame(field, str(error))
            return ""
        if rule and not plain:
            self.blame(field, rule)
        return plain

    def _text(self, field: str, longest: int, rule: str = "") -> str:
        return self._tidy(field, self.texts.get(field), longest, rule)

    def _category(self, categories: Categories) -> str:
        reference = self._text("category", LONGEST_NAME, NO_CATEGORY)
        name = categories.name_of(reference) if reference else None
        if name is None:
            self.blame("category", NO_CATEGORY)
        return name or ""

    def _price(self, field: str, rule: str = "") -> Money | None:
        """A price in minor units; without a rule it may be absent."""
        text = (self.texts.get(field) or "").strip()
        if not text and not rule:
            return None
        price = Money.from_major(text) if _ROUBLES.fullmatch(text) else None
        if price is None or not 0 < price.minor <= DEAREST.minor:
            self.blame(field, PRICE_RULE)
        return price

    def _quantity(self) -> int:
        text = (self.texts.get("quantity") or "").strip()
        quantity = int(text) if _WHOLE.fullmatch(text) else -1
        if not 0 <= quantity <= MOST_STOCK:
            self.blame("quantity", QUANTITY_RULE)
        return quantity

    def _attributes(self) -> Mapping[str, str]:
        """Characteristics; one without a value is left out, an empty text in quotes is a value."""
        attributes: dict[str, str] = {}
        if len(self.parameters) > MOST_ATTRIBUTES:
            self.blame("parameters", f"Write at most {MOST_ATTRIBUTES} parameters.")
        for place, (written, value) in enumerate(self.parameters[:MOST_ATTRIBUTES], 1):
            field = f"parameters.{place}"
            name = self._tidy(
                field, written, LONGEST_ATTRIBUTE, "Write the parameter's name, at most 100 characters."
            )
            if name in attributes:
                self.blame(field, "An earlier parameter has this name: leave one of the two.")
            if value is not None:
                attributes[name] = self._tidy(field, value, LONGEST_VALUE)
        return attributes

    def _sku(self, skus: Skus, own_id: str, name: str) -> str:
        if not (own_id and name):
            return own_id
        try:
            return skus.give(own_id, name)
        except ValueError as error:
            self.blame("id", str(error))
            return own_id
