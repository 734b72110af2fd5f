"""What becomes of the rows of a price list: which product each offers, and when nothing is to be done."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from uuid import UUID

from builders import a_good
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.catalog import CategoryId, OfferId, ProductId, fold
from lavka.domain.listings import Candidate, Listing, Plan, Planning, Shelf, Stored
from lavka.domain.prices import Good

KETTLES, TREES = CategoryId(UUID(int=1)), CategoryId(UUID(int=2))
PLACES = {fold("Чайники"): KETTLES, fold("Ёлки"): TREES}


def planning() -> Planning:
    numbers = count(1000)
    return Planning(PLACES, lambda: UUID(int=next(numbers)))


def product(number: int) -> ProductId:
    return ProductId(UUID(int=number))


def on_shelf(
    number: int, name: str, *, model: str | None = None, category: CategoryId = KETTLES, is_ours: bool = False
) -> Candidate:
    return Candidate(product(number), category, fold(name), model and fold(model), is_ours)


def stored(good: Good, *, of: ProductId, **changes: object) -> Stored:
    """The offer that an import of this row has left."""
    offer = Stored(
        offer=OfferId(UUID(int=500 + good.row)),
        product=of,
        sku=good.sku,
        price=good.price.minor,
        recommended_price=good.recommended_price.minor if good.recommended_price else None,
        quantity=good.quantity,
        attributes=good.attributes,
        is_active=True,
        listing=Listing.of(good),
        is_by_hand=False,
        is_alone=True,
    )
    return replace(offer, **changes)  # type: ignore[arg-type]


def plan_for(good: Good, *candidates: Candidate, known: Stored | None = None) -> Plan:
    return planning().plan([good], {good.sku: known} if known else {}, Shelf(candidates))


def offered(plan: Plan) -> ProductId:
    """The product that the only row offers."""
    ((_, which, _, _),) = plan.offers
    return which


def test_a_thing_that_nobody_sells_becomes_a_product() -> None:
    plan = plan_for(a_good())
    ((made, _),) = plan.products
    assert offered(plan) == made
    assert [(each.action, each.old_price, each.price) for each in plan.changes()] == [
        ("created", None, 199_000)
    ]


def test_who_names_a_thing_alike_sells_the_same() -> None:
    plan = plan_for(a_good(name="ЧАЙНИК ёж"), on_shelf(7, "чайник еж"))
    assert (offered(plan), plan.products) == (product(7), [])


def test_who_names_a_model_alike_sells_the_same() -> None:
    plan = plan_for(a_good(name="Чайник новый", model="zarya 17"), on_shelf(7, "Чайник", model="ZARYA 17"))
    assert offered(plan) == product(7)


def test_a_name_counts_before_a_model() -> None:
    good = a_good(name="Чайник красный", model="Z")
    plan = plan_for(good, on_shelf(7, "Чайник", model="Z"), on_shelf(8, "Чайник красный"))
    assert offered(plan) == product(8)


def test_the_same_name_in_another_category_is_another_thing() -> None:
    plan = plan_for(a_good(model="Z"), on_shelf(7, "Чайник", model="Z", category=TREES))
    assert len(plan.products) == 1


def test_a_supplier_who_names_two_things_differently_sells_two() -> None:
    red, black = a_good(1, name="XR красный", model="XR"), a_good(2, name="XR чёрный", model="XR")
    plan = planning().plan([red, black], {}, Shelf([]))
    assert len({which for _, which, _, _ in plan.offers}) == 2
    later = plan_for(black, on_shelf(7, "XR красный", model="XR", is_ours=True))
    assert len(later.products) == 1


def test_a_model_that_several_products_share_says_nothing() -> None:
    plan = plan_for(
        a_good(name="XR", model="XR"), on_shelf(7, "XR красный", model="XR"), on_shelf(8, "XR б", model="XR")
    )
    assert len(plan.products) == 1


def test_one_name_in_one_list_is_one_product_in_two_options() -> None:
    small, large = a_good(1, sku="S"), a_good(2, sku="L")
    plan = planning().plan([small, large], {}, Shelf([]))
    assert len(plan.products) == 1
    assert len({which for _, which, _, _ in plan.offers}) == 1


def test_what_one_shop_alone_sells_follows_its_list() -> None:
    before = a_good(1, sku="K", name="Чайнек")
    plan = plan_for(a_good(1, sku="K", name="Чайник"), known=stored(before, of=product(7)))
    assert [each for each, _ in plan.revised] == [product(7)]
    assert (offered(plan), plan.products, plan.emptied) == (product(7), [], [])


def test_what_others_sell_too_is_not_renamed_and_the_offer_goes_elsewhere() -> None:
    before = a_good(1, sku="K", name="Чайник")
    known = stored(before, of=product(7), is_alone=False)
    plan = plan_for(a_good(1, sku="K", name="Самовар"), on_shelf(7, "Чайник", is_ours=True), known=known)
    assert (plan.revised, plan.emptied) == ([], [])
    assert [each for each, _ in plan.products] == [offered(plan)]


def test_a_product_whose_only_offer_goes_elsewhere_is_emptied() -> None:
    before = a_good(1, sku="K", name="Чайник")
    plan = plan_for(
        a_good(1, sku="K", name="Самовар"), on_shelf(8, "Самовар"), known=stored(before, of=product(7))
    )
    assert (offered(plan), plan.emptied, plan.revised) == (product(8), [product(7)], [])


def test_what_was_offered_by_hand_stays_where_the_shop_has_put_it() -> None:
    good = a_good(1, sku="K", name="Самовар")
    known = replace(stored(a_good(1, sku="K"), of=product(7)), is_by_hand=True)
    plan = plan_for(good, on_shelf(8, "Самовар"), known=known)
    assert (offered(plan), plan.revised, plan.emptied) == (product(7), [], [])


goods = st.builds(
    a_good,
    row=st.just(1),
    sku=st.just("K"),
    name=st.sampled_from(["Чайник", "Самовар"]),
    price=st.integers(1, 10**12),
    quantity=st.integers(0, 100),
    model=st.none() | st.just("Z"),
    recommended_price=st.none() | st.integers(1, 10**12),
    attributes=st.dictionaries(st.sampled_from(["Цвет", "Вес"]), st.text(max_size=3)),
)


@given(goods, goods)
def test_a_row_changes_something_exactly_when_it_says_something_else(good: Good, other: Good) -> None:
    known = stored(good, of=product(7))
    said: Mapping[str, Stored] = {"K": known}
    assert (planning().plan([other], said, Shelf([])).offers == []) is (other == good)
    assert known.good() == replace(good, row=0)


def test_what_was_withdrawn_comes_back_when_it_is_named_again() -> None:
    good = a_good(1, sku="K")
    plan = plan_for(good, known=stored(good, of=product(7), is_active=False))
    assert [each.action for each in plan.changes()] == ["updated"]
