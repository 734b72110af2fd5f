"""What becomes of the rows of a price list: which product each offers, and when nothing is to be done."""

from dataclasses import replace
from itertools import count
from uuid import UUID

from builders import a_good
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.catalog import MOST_STOCK, CategoryId, OfferId, ProductId, fold, folded
from lavka.domain.imports import Action
from lavka.domain.listings import Candidate, Deed, Plan, Planning, Shelf, Stored, undone, withdrawn
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
    offer = Stored.of(OfferId(UUID(int=500 + good.row)), of, good)
    return replace(offer, **changes)  # type: ignore[arg-type]


def plan_for(good: Good, *candidates: Candidate, known: Stored | None = None) -> Plan:
    return planning().plan([good], {good.sku: known} if known else {}, Shelf(candidates))


def offered(plan: Plan) -> ProductId:
    """The product that the only row offers."""
    (alteration,) = plan.alterations
    return alteration.after.product


def test_a_thing_that_nobody_sells_becomes_a_product() -> None:
    plan = plan_for(a_good())
    ((made, _),) = plan.products
    assert offered(plan) == made
    (change,) = [each.change() for each in plan.alterations]
    assert (change.action, change.old_price, change.price) == (Action.CREATED, None, 199_000)


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
    assert len({each.after.product for each in plan.alterations}) == 2
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
    assert len({each.after.product for each in plan.alterations}) == 1


def test_a_model_that_the_shop_has_just_come_to_sell_is_not_sold_under_another_name_too() -> None:
    red, black = a_good(1, name="XR красный", model="XR"), a_good(2, name="XR чёрный", model="XR")
    plan = planning().plan([red, black], {}, Shelf([on_shelf(7, "XR", model="XR")]))
    assert [each.after.product == product(7) for each in plan.alterations] == [True, False]


def test_a_good_that_is_renamed_is_another_product_and_the_old_one_stays_as_it_is() -> None:
    known = stored(a_good(1, sku="K", name="Чайник"), of=product(7))
    plan = plan_for(a_good(1, sku="K", name="Самовар"), on_shelf(7, "Чайник", is_ours=True), known=known)
    assert [each for each, _ in plan.products] == [offered(plan)]
    assert offered(plan) != product(7)


def test_goods_that_swap_their_names_swap_their_products() -> None:
    kettle, teapot = a_good(1, sku="1", name="Чайник"), a_good(2, sku="2", name="Заварник")
    known = {"1": stored(kettle, of=product(7)), "2": stored(teapot, of=product(8))}
    shelf = Shelf([on_shelf(7, "Чайник", is_ours=True), on_shelf(8, "Заварник", is_ours=True)])
    plan = planning().plan([replace(kettle, name="Заварник"), replace(teapot, name="Чайник")], known, shelf)
    assert [each.after.product for each in plan.alterations] == [product(8), product(7)]
    assert plan.products == []


def test_a_name_that_one_good_gives_up_is_there_for_the_next() -> None:
    known = {"1": stored(a_good(1, sku="1", name="Чайник"), of=product(7))}
    shelf = Shelf([on_shelf(7, "Чайник", is_ours=True)])
    plan = planning().plan(
        [a_good(1, sku="1", name="Самовар"), a_good(2, sku="2", name="Чайник")], known, shelf
    )
    ((made, _),) = plan.products
    assert [each.after.product for each in plan.alterations] == [made, product(7)]


def test_names_too_long_for_a_column_are_told_apart() -> None:
    one, two = a_good(1, name="\ufdfa" * 254 + "а"), a_good(2, name="\ufdfa" * 254 + "б")
    assert len(planning().plan([one, two], {}, Shelf([])).products) == 2
    assert len(folded(one.name)) == 510


def test_what_was_offered_by_hand_stays_where_the_shop_has_put_it() -> None:
    good = a_good(1, sku="K", name="Самовар")
    known = replace(stored(a_good(1, sku="K"), of=product(7)), is_by_hand=True)
    plan = plan_for(good, on_shelf(8, "Самовар"), known=known)
    assert (offered(plan), plan.products) == (product(7), [])


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
    assert known.says(other) is (other == good)
    assert replace(known, is_by_hand=True).says(good)
    assert known.good() == replace(good, row=0)


def test_what_was_withdrawn_comes_back_when_it_is_named_again() -> None:
    good = a_good(1, sku="K")
    withdrawn_before = stored(good, of=product(7), is_active=False)
    assert not withdrawn_before.says(good)
    plan = plan_for(good, known=withdrawn_before)
    assert [each.action for each in plan.alterations] == [Action.UPDATED]
    assert plan.alterations[0].after.is_active


def test_what_is_not_named_is_withdrawn_and_otherwise_stays() -> None:
    known = stored(a_good(), of=product(7))
    alteration = withdrawn(known)
    assert (alteration.action, alteration.change().price) == (Action.DEACTIVATED, None)
    assert alteration.after == replace(known, is_active=False)


quantities = st.integers(0, MOST_STOCK)


@given(st.lists(quantities, min_size=1, max_size=5), st.integers(0, 1000))
def test_undoing_brings_back_what_was_before_but_for_what_was_sold(brought: list[int], sold: int) -> None:
    first = stored(a_good(quantity=brought[0]), of=product(7))
    deeds, now = [], first
    for quantity in brought[1:]:
        deeds.append(Deed(now, quantity - now.quantity))
        now = replace(now, quantity=quantity, price=now.price + 1)
    left = max(0, now.quantity - sold)
    really_sold = now.quantity - left
    if deeds:
        back = undone(replace(now, quantity=left), deeds).after
        assert back == replace(first, quantity=min(MOST_STOCK, max(0, brought[0] - really_sold)))


def test_undoing_what_made_an_offer_withdraws_it() -> None:
    made = stored(a_good(quantity=5), of=product(7))
    alteration = undone(made, [Deed(None, 5)])
    assert (alteration.action, alteration.after.quantity) == (Action.DEACTIVATED, 0)
