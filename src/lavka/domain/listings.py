"""What becomes of each row of a price list.

A row is about the shop's offer with its SKU. Which product it offers is decided once, and again when the list
calls it something else: the one of its category with the same name; or else the one with the same model, when
there is just one and the shop does not sell it yet; or else a new one. So two suppliers who name one thing
sell one product, while a supplier who names two things differently sells two. Products that are there are
never changed: they may be others' too, and administrators look after them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from lavka.domain.catalog import MOST_STOCK, CategoryId, OfferId, ProductId, folded
from lavka.domain.imports import Action, Change
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

    def means_what(self, other: "Listing") -> bool:
        """Whether another listing means the same product: name and category count, however written."""
        mine, theirs = (self.name, self.category), (other.name, other.category)
        return [*map(folded, mine)] == [*map(folded, theirs)]


@dataclass(frozen=True, slots=True)
class Stored:
    """A shop's offer as it stands.

    `is_by_hand` when no list has described it yet: then its listing is what its product is called.
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

    @classmethod
    def of(cls, offer: OfferId, product: ProductId, good: Good) -> "Stored":
        """The offer as a row describes it."""
        return cls(
            offer,
            product,
            good.sku,
            good.price.minor,
            good.recommended_price.minor if good.recommended_price else None,
            good.quantity,
            good.attributes,
            is_active=True,
            listing=Listing.of(good),
            is_by_hand=False,
        )

    def good(self) -> Good:
        """Write it as a row; whatever was changed by hand since the last list is in it."""
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

    def stays(self, good: Good) -> bool:
        """Whether it is still of the same product; what was offered by hand is where the shop has put it."""
        return self.is_by_hand or self.listing.means_what(Listing.of(good))

    def says(self, good: Good) -> bool:
        """Whether a row would change nothing."""
        return replace(self, is_by_hand=False) == Stored.of(self.offer, self.product, good)


@dataclass(frozen=True, slots=True)
class Alteration:
    """An offer before and after; before it was made it was None."""

    before: Stored | None
    after: Stored

    @property
    def action(self) -> Action:
        """What is done to the offer."""
        if self.before is None:
            return Action.CREATED
        is_withdrawn = self.before.is_active and not self.after.is_active
        return Action.DEACTIVATED if is_withdrawn else Action.UPDATED

    def change(self) -> Change:
        """Tell of it in a report."""
        after, action = self.after, self.action
        old = None if self.before is None else self.before.price
        new = None if action is Action.DEACTIVATED else after.price
        return Change(after.sku, after.listing.name, action, old, new)


def withdrawn(offer: Stored) -> Alteration:
    """What becomes of an offer that a list does not name."""
    return Alteration(offer, replace(offer, is_active=False))


@dataclass(frozen=True, slots=True)
class Deed:
    """What an import did to an offer: how it was before, None for new; and how many it put into stock."""

    before: Stored | None
    brought: int


def undone(now: Stored, deeds: Sequence[Deed]) -> Alteration:
    """Bring an offer back to before these deeds, the earliest first; what was sold since stays sold."""
    left = min(MOST_STOCK, max(0, now.quantity - sum(deed.brought for deed in deeds)))
    first = deeds[0].before or replace(now, is_active=False)
    return Alteration(now, replace(first, quantity=left))


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
        self._by_model: dict[tuple[CategoryId, str], list[ProductId]] = {}
        self._ours: set[ProductId] = set()
        for each in sorted(candidates, key=lambda candidate: candidate.product):
            self.put(each)

    def put(self, candidate: Candidate) -> None:
        """Add one; of several with one name the oldest counts."""
        self._by_name.setdefault((candidate.category, candidate.name), candidate.product)
        if candidate.model:
            self._by_model.setdefault((candidate.category, candidate.model), []).append(candidate.product)
        if candidate.is_ours:
            self._ours.add(candidate.product)

    def find(self, good: Good, category: CategoryId) -> ProductId | None:
        """Find the product that a row means, which is then the shop's too."""
        meant = self._by_name.get((category, folded(good.name))) or self._by_its_model(good, category)
        if meant:
            self._ours.add(meant)
        return meant

    def _by_its_model(self, good: Good, category: CategoryId) -> ProductId | None:
        alike = self._by_model.get((category, folded(good.model)), []) if good.model else []
        return alike[0] if len(alike) == 1 and alike[0] not in self._ours else None


@dataclass(slots=True)
class Plan:
    """What a batch of rows makes: new products, each as a row describes it, and alterations of offers."""

    products: list[tuple[ProductId, Good]] = field(default_factory=list)
    alterations: list[Alteration] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planning:
    """Decides over batches of rows; `categories` says where the list's names stand in the common tree."""

    categories: Mapping[str, CategoryId]
    ids: Callable[[], UUID]

    def plan(self, goods: Iterable[Good], stored: Mapping[str, Stored], shelf: Shelf) -> Plan:
        """Say what becomes of rows that change something."""
        plan = Plan()
        for good in goods:
            known = stored.get(good.sku)
            product = known.product if known and known.stays(good) else self._product(plan, shelf, good)
            offer = known.offer if known else OfferId(self.ids())
            plan.alterations.append(Alteration(known, Stored.of(offer, product, good)))
        return plan

    def _product(self, plan: Plan, shelf: Shelf, good: Good) -> ProductId:
        category = self.categories[folded(good.category)]
        if meant := shelf.find(good, category):
            return meant
        made = ProductId(self.ids())
        plan.products.append((made, good))
        model = folded(good.model) if good.model else None
        shelf.put(Candidate(made, category, folded(good.name), model, is_ours=True))
        return made
