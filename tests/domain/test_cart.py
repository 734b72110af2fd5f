"""The cart, by examples and against a plain dict."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from builders import a_ware, an_offer
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lavka.domain.cart import MOST, MOST_ITEMS, Cart, CartItem, chosen, is_available, must_be_available
from lavka.domain.catalog import MOST_ATTRIBUTES
from lavka.domain.errors import CartFull, Invalid, NotFound, OutOfStock
from lavka.domain.money import ZERO, Money


def test_a_new_cart_is_empty_and_costs_nothing() -> None:
    assert len(Cart()) == 0
    assert list(Cart()) == []
    assert Cart().total_price == ZERO


def test_a_cart_adds_up_what_is_in_it() -> None:
    cart = Cart()
    cart.add(an_offer(price=199_000), 2)
    cart.add(an_offer(price=50))
    assert cart.total_price == Money(398_050)
    assert [item.sum for item in cart] == [Money(398_000), Money(50)]


def test_many_are_added_in_one_call() -> None:
    tea, cup = an_offer(), an_offer()
    cart = Cart()
    cart.add([CartItem(tea, 2), CartItem(cup), CartItem(tea, 3)])
    assert [(item.offer, item.quantity) for item in cart] == [(tea, 5), (cup, 1)]


def test_a_cart_is_opened_with_what_it_held_before() -> None:
    tea = an_offer()
    cart = Cart([CartItem(tea, 2)])
    cart.add(tea)
    assert [item.quantity for item in Cart(cart)] == [3]


def test_adding_an_offer_again_adds_to_it_and_keeps_its_place() -> None:
    tea, cup = an_offer(), an_offer()
    cart = Cart([CartItem(tea), CartItem(cup)])
    cart.add(tea, 4)
    assert [(item.offer.id, item.quantity) for item in cart] == [(tea.id, 5), (cup.id, 1)]


def test_an_offer_that_is_added_again_has_the_price_of_today() -> None:
    tea = an_offer(price=100)
    cart = Cart([CartItem(tea, 2)])
    cart.add(replace(tea, price=Money(150)))
    assert cart.total_price == Money(450)


@pytest.mark.parametrize("quantity", [0, -1, MOST + 1])
def test_a_quantity_out_of_bounds_is_refused(quantity: int) -> None:
    cart = Cart()
    with pytest.raises(Invalid) as refusal:
        cart.add(an_offer(), quantity)
    assert [detail.field for detail in refusal.value.details] == ["quantity"]
    assert len(cart) == 0


@pytest.mark.parametrize("quantity", [1.5, 2.0, "2"])
def test_a_quantity_is_a_whole_number(quantity: object) -> None:
    with pytest.raises((Invalid, TypeError)):
        Cart().add(an_offer(), quantity)  # type: ignore[call-overload]


def test_many_are_added_all_or_none() -> None:
    tea, cup = an_offer(), an_offer()
    cart = Cart([CartItem(tea, MOST)])
    with pytest.raises(Invalid):
        cart.add([CartItem(cup), CartItem(tea)])
    assert [(item.offer, item.quantity) for item in cart] == [(tea, MOST)]


def test_many_that_break_off_midway_leave_no_trace() -> None:
    cart = Cart()
    with pytest.raises(Invalid):
        cart.add(CartItem(an_offer(), quantity) for quantity in (1, 2, 0))
    assert len(cart) == 0


def test_removing_takes_an_offer_out_whole() -> None:
    tea, cup = an_offer(), an_offer()
    cart = Cart([CartItem(tea, 3), CartItem(cup)])
    cart.remove(tea.id)
    assert [item.offer for item in cart] == [cup]


def test_what_is_not_there_cannot_be_removed() -> None:
    cart = Cart([CartItem(an_offer())])
    with pytest.raises(NotFound):
        cart.remove(an_offer().id)
    assert len(cart) == 1


def test_a_cleared_cart_is_empty() -> None:
    cart = Cart([CartItem(an_offer()), CartItem(an_offer())])
    cart.clear()
    assert (list(cart), len(cart), cart.total_price) == ([], 0, ZERO)


def test_a_quantity_is_changed_in_its_place() -> None:
    tea, cup = an_offer(), an_offer()
    cart = Cart([CartItem(tea, 3), CartItem(cup)])
    cart.change(tea.id, 1)
    assert [(item.offer, item.quantity) for item in cart] == [(tea, 1), (cup, 1)]


@pytest.mark.parametrize("quantity", [0, -1, MOST + 1])
def test_a_quantity_is_not_changed_beyond_its_bounds(quantity: int) -> None:
    cart = Cart([CartItem(tea := an_offer(), 3)])
    with pytest.raises(Invalid):
        cart.change(tea.id, quantity)
    assert [item.quantity for item in cart] == [3]


def test_what_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        Cart([CartItem(an_offer())]).change(an_offer().id, 2)


def test_so_many_different_offers_fit_and_not_one_more() -> None:
    cart = Cart(CartItem(an_offer()) for _ in range(MOST_ITEMS))
    cart.must_fit()
    cart.add(an_offer())
    with pytest.raises(CartFull):
        cart.must_fit()


def test_what_cannot_be_bought_is_named_with_what_is_left() -> None:
    enough, few, none, closed = (
        a_ware(quantity=2),
        a_ware(quantity=1),
        a_ware(quantity=0),
        a_ware(is_for_sale=False),
    )
    cart = Cart(CartItem(ware, 2) for ware in (enough, few, none, closed))
    assert [is_available(item) for item in cart] == [True, False, False, False]
    with pytest.raises(OutOfStock) as refusal:
        must_be_available(cart)
    assert {detail.field: detail.message for detail in refusal.value.details} == {
        str(few.id): "There are 1 of this left.",
        str(none.id): "There are 0 of this left.",
        str(closed.id): "This is not for sale now.",
    }
    must_be_available(chosen(cart, [enough.id]))


def test_a_ware_has_the_characteristics_of_its_product_beside_its_own() -> None:
    many = {str(number): "x" for number in range(2 * MOST_ATTRIBUTES)}
    assert a_ware(attributes=many).attributes == many


OFFERS = [an_offer(price=price) for price in (1, 99, 199_000, 5_000_000)]
quantities = st.one_of(st.integers(-1, 5), st.integers(MOST - 3, MOST + 1))
numbers = st.integers(0, len(OFFERS) - 1)

held_quantities = st.one_of(st.integers(1, 5), st.integers(MOST - 3, MOST))
contents = st.dictionaries(numbers, held_quantities)


def a_cart(content: dict[int, int]) -> Cart:
    return Cart(CartItem(OFFERS[number], quantity) for number, quantity in content.items())


def counted(cart: Cart) -> Counter[int]:
    return Counter({OFFERS.index(item.offer): item.quantity for item in cart})


@given(mine=contents, others=st.lists(contents, max_size=4))
def test_merged_carts_lose_nothing_up_to_the_largest_quantity(
    mine: dict[int, int], others: list[dict[int, int]]
) -> None:
    cart = a_cart(mine)
    for other in others:
        cart.merge(a_cart(other))
    wanted = sum((Counter(each) for each in [mine, *others]), Counter[int]())
    assert counted(cart) == {number: min(MOST, quantity) for number, quantity in wanted.items()}
    assert [OFFERS.index(item.offer) for item in cart][: len(mine)] == list(mine)


@given(mine=contents, others=st.lists(contents, min_size=2, max_size=3))
def test_it_makes_no_difference_which_cart_is_merged_first(
    mine: dict[int, int], others: list[dict[int, int]]
) -> None:
    merged = []
    for order in permutations(others):
        cart = a_cart(mine)
        for other in order:
            cart.merge(a_cart(other))
        merged.append(counted(cart))
    together, rest = a_cart(mine), a_cart(others[0])
    for other in others[1:]:
        rest.merge(a_cart(other))
    together.merge(rest)
    assert all(each == counted(together) for each in merged)


@given(mine=contents, other=contents)
def test_a_cart_that_is_merged_into_another_stays_as_it_is(
    mine: dict[int, int], other: dict[int, int]
) -> None:
    merged = a_cart(other)
    a_cart(mine).merge(merged)
    assert counted(merged) == other


class CartBesideADict(RuleBasedStateMachine):
    """The cart must do what a dict from offer number to quantity does."""

    def __init__(self) -> None:
        super().__init__()
        self.cart, self.held = Cart(), dict[int, int]()

    @rule(number=numbers, quantity=quantities)
    def add_one(self, number: int, quantity: int) -> None:
        if quantity >= 1 and self.held.get(number, 0) + quantity <= MOST:
            self.cart.add(OFFERS[number], quantity)
            self.held[number] = self.held.get(number, 0) + quantity
        else:
            with pytest.raises(Invalid):
                self.cart.add(OFFERS[number], quantity)

    @rule(wishes=st.lists(st.tuples(numbers, st.one_of(st.integers(1, 5), st.just(MOST))), max_size=5))
    def add_many(self, wishes: list[tuple[int, int]]) -> None:
        after = dict(self.held)
        for number, quantity in wishes:
            after[number] = after.get(number, 0) + quantity
        items = [CartItem(OFFERS[number], quantity) for number, quantity in wishes]
        if max(after.values(), default=0) <= MOST:
            self.cart.add(iter(items))
            self.held = after
        else:
            with pytest.raises(Invalid):
                self.cart.add(items)

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        if number in self.held:
            self.cart.remove(OFFERS[number].id)
            del self.held[number]
        else:
            with pytest.raises(NotFound):
                self.cart.remove(OFFERS[number].id)

    @rule(number=numbers, quantity=quantities)
    def change(self, number: int, quantity: int) -> None:
        if number in self.held and 1 <= quantity <= MOST:
            self.cart.change(OFFERS[number].id, quantity)
            self.held[number] = quantity
        else:
            with pytest.raises(Invalid if number in self.held else NotFound):
                self.cart.change(OFFERS[number].id, quantity)

    @rule(content=contents)
    def merge(self, content: dict[int, int]) -> None:
        self.cart.merge(a_cart(content))
        for number, quantity in content.items():
            self.held[number] = min(MOST, self.held.get(number, 0) + quantity)

    @rule()
    def clear(self) -> None:
        self.cart.clear()
        self.held.clear()

    @invariant()
    def they_agree(self) -> None:
        held = [(OFFERS[number].id, quantity) for number, quantity in self.held.items()]
        assert [(item.offer.id, item.quantity) for item in self.cart] == held
        assert len(self.cart) == len(self.held)
        total = sum(OFFERS[number].price.minor * quantity for number, quantity in self.held.items())
        assert self.cart.total_price == Money(total)


TestCartBesideADict = CartBesideADict.TestCase
TestCartBesideADict.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
