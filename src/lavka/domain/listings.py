"""What becomes of each row of a price list.

A row is about the shop's offer with its SKU. Which product it offers is decided once, and again when the list
calls it something else: the one of its category with the same name; or else the one with the same model, when
there is just one and the shop does not sell it yet; or else a new one. So two suppliers who name one thing
sell one product, while a supplier who names two things differently sells two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from lavka.domain.catalog import CategoryId, OfferId, ProductId, fold
from lavka.domain.imports import Change
from lavka.domain.money import Money
from lavka.domain.prices import Good


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list calls a good; `category` is its name there."""

    name: str
    model: str | None
    category: str

    @classmethod
    def of(cls, good: Good) -> "Listing":
        """Take it from a row."""
        return cls(good.name, good.model, good.category)


@dataclass(frozen=True, slots=True)
class Stored:
    """A shop's offer as it stands; `is_alone` when its product has no other.

    `is_by_hand` when no list has named it yet: then its listing is what its product is called.
    """

    offer: OfferId
    product: ProductId
    sku: str
    price: int
    recommended_price: int | None
    quantity: int
    attributes: Mapping[str, str]
    is_active: bool
    listing: Listing
    is_by_hand: bool
    is_alone: bool

    def good(self) -> Good:
        """Write it as a row; whatever is changed by hand since the last list is in it."""
        recommended = None if self.recommended_price is None else Money(self.recommended_price)
        return Good(
            0,
            self.sku,
            self.listing.name,
            self.listing.category,
            Money(self.price),
            self.quantity,
            self.listing.model,
            recommended,
            self.attributes,
        )

    def says(self, good: Good) -> bool:
        """Whether a row would change nothing."""
        recommended = good.recommended_price.minor if good.recommended_price else None
        return (
            self.is_active
            and not self.is_renamed_by(good)
            and (
                self.price,
                self.recommended_price,
                self.quantity,
            )
            == (good.price.minor, recommended, good.quantity)
        )

    def is_renamed_by(self, good: Good) -> bool:
        """Whether a row calls the good something else, or describes it in another way."""
        return self.listing != Listing.of(good) or self.attributes != good.attributes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that a row may mean; name and model folded. `is_ours` when the shop has an offer of it."""

    product: ProductId
    category: CategoryId
    name: str
    model: str | None
    is_ours: bool


class Shelf:
    """The products that the rows of a batch may mean, and those that they have made."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._by_name: dict[tuple[CategoryId, str], ProductId] = {}
        self._by_model: dict[tuple[CategoryId, str], list[Candidate]] = {}
        for each in sorted(candidates, key=lambda candidate: candidate.product):
            self.put(each)

    def put(self, candidate: Candidate) -> None:
        """Add one; of several with one name the oldest counts."""
        self._by_name.setdefault((candidate.category, candidate.name), candidate.product)
        if candidate.model:
            self._by_model.setdefault((candidate.category, candidate.model), []).append(candidate)

    def find(self, good: Good, category: CategoryId) -> ProductId | None:
        """Find the product that a row means."""
        named = self._by_name.get((category, fold(good.name)))
        if named or not good.model:
            return named
        match self._by_model.get((category, fold(good.model)), []):
            case [only] if not only.is_ours:
                return only.product
        return None


@dataclass(slots=True)
class Plan:
    """What a batch of rows changes. An offer's `Stored` is how it was; None for a new one."""

    products: list[tuple[ProductId, Good]] = field(default_factory=list)
    """New ones."""
    revised: list[tuple[ProductId, Good]] = field(default_factory=list)
    """Products that follow the list, since nobody else sells them."""
    emptied: list[ProductId] = field(default_factory=list)
    """Products whose only offer has gone to another one."""
    offers: list[tuple[OfferId, ProductId, Good, Stored | None]] = field(default_factory=list)

    def changes(self) -> Iterator[Change]:
        """Tell of each offer."""
        for _, _, good, stored in self.offers:
            action, old = ("updated", stored.price) if stored else ("created", None)
            yield Change(good.sku, good.name, action, old, good.price.minor)


@dataclass(frozen=True, slots=True)
class Planning:
    """Decides over batches of rows; `categories` says where the list's names stand in the common tree."""

    categories: Mapping[str, CategoryId]
    ids: Callable[[], UUID]

    def plan(self, goods: Iterable[Good], stored: Mapping[str, Stored], shelf: Shelf) -> Plan:
        """Say what a batch changes."""
        plan = Plan()
        for good in goods:
            known = stored.get(good.sku)
            if known is None:
                product = self._product(plan, shelf, good)
                plan.offers.append((OfferId(self.ids()), product, good, None))
            elif not known.says(good):
                plan.offers.append((known.offer, self._followed(plan, shelf, good, known), good, known))
        return plan

    def _followed(self, plan: Plan, shelf: Shelf, good: Good, known: Stored) -> ProductId:
        """The product that an offer is of, from now on."""
        if known.is_by_hand or not known.is_renamed_by(good):
            return known.product  # what was offered by hand stays where the shop has put it
        meant = shelf.find(good, self.categories[fold(good.category)])
        if known.is_alone and meant in (None, known.product):
            plan.revised.append((known.product, good))
            return known.product
        if known.is_alone:
            plan.emptied.append(known.product)
        return meant or self._product(plan, shelf, good)

    def _product(self, plan: Plan, shelf: Shelf, good: Good) -> ProductId:
        category = self.categories[fold(good.category)]
        if meant := shelf.find(good, category):
            return meant
        made = ProductId(self.ids())
        plan.products.append((made, good))
        model = fold(good.model) if good.model else None
        shelf.put(Candidate(made, category, fold(good.name), model, is_ours=True))
        return made
