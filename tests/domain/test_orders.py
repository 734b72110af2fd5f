"""Orders, by examples; tests/domain/test_order_states.py walks through all of their states."""

from datetime import timedelta

import pytest
from builders import NOON, a_line_of, an_order, new_id
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.accounts import UserId
from lavka.domain.cart import MOST
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Invalid, InvalidTransition, NotFound
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import NOTHING, Order, PaymentMethod, Release
from lavka.domain.parts import part_of
from lavka.domain.shipments import MAY, NEXT, Actor, Event, Role, ShipmentId, Status, is_before
from lavka.domain.shops import ShopId

LATER = NOON + timedelta(minutes=30)
ADMIN, SELLER, BUYER = (Actor(role, UserId(new_id())) for role in (Role.ADMINISTRATOR, Role.SHOP, Role.BUYER))
HEARTH, FROST = ShopId(new_id()), ShopId(new_id())


def of_two_shops(**changes: object) -> Order:
    """Two kettles of one shop, three balls of another."""
    lines = [a_line_of(HEARTH, price=1000, quantity=2), a_line_of(FROST, price=10, quantity=3)]
    return an_order(*lines, **changes)  # type: ignore[arg-type]


def own(order: Order) -> list[tuple[Status, Role]]:
    return [(event.status, event.by.role) for event in order.history if event.shipment is None]


def test_an_order_goes_from_new_to_delivered() -> None:
    order = an_order()
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT, Status.DELIVERED):
        assert order.advance(status, ADMIN, LATER) == NOTHING
        assert order.status is order.shipments[0].status is status
    assert order.is_paid


def test_an_order_is_as_far_as_the_slowest_of_its_shipments() -> None:
    order = of_two_shops()
    order.step(order.shipments[0].id, Status.CONFIRMED, SELLER, LATER)
    assert order.status is Status.NEW
    order.step(order.shipments[1].id, Status.CONFIRMED, SELLER, LATER)
    assert order.status is Status.CONFIRMED
    assert own(order) == [(Status.NEW, Role.BUYER), (Status.CONFIRMED, Role.SHOP)]


def test_a_cancelled_shipment_holds_nothing_up_and_costs_nothing() -> None:
    order = of_two_shops(payment_method=PaymentMethod.WALLET)
    order.step(order.shipments[0].id, Status.CONFIRMED, SELLER, LATER)
    release = order.step(order.shipments[1].id, Status.CANCELED, SELLER, LATER)
    assert release == Release([order.lines[1]], Money(30))
    assert (order.status, order.total, order.is_paid) == (Status.CONFIRMED, Money(2000), True)


def test_a_cancelled_order_gives_everything_back_once() -> None:
    order = of_two_shops(payment_method=PaymentMethod.WALLET)
    assert order.cancel(BUYER, LATER) == Release(order.lines, Money(2030))
    assert (order.status, order.total, order.is_paid) == (Status.CANCELED, Money(2030), False)
    with pytest.raises(InvalidTransition):
        order.cancel(BUYER, LATER)


def test_a_cancel_leaves_out_what_was_cancelled_before() -> None:
    order = of_two_shops(payment_method=PaymentMethod.WALLET)
    order.step(order.shipments[0].id, Status.CANCELED, SELLER, LATER)
    assert order.cancel(BUYER, LATER) == Release([order.lines[1]], Money(30))


def test_what_is_not_paid_gives_no_money_back() -> None:
    assert an_order().cancel(BUYER, LATER).money == ZERO


def test_nothing_is_cancelled_once_a_part_is_sent() -> None:
    order = of_two_shops()
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT):
        order.step(order.shipments[0].id, status, SELLER, LATER)
    with pytest.raises(InvalidTransition):
        order.cancel(BUYER, LATER)
    assert order.step(order.shipments[1].id, Status.CANCELED, SELLER, LATER).lines == [order.lines[1]]
    assert order.status is Status.SENT


def test_a_step_of_the_whole_takes_those_that_are_behind() -> None:
    order = of_two_shops()
    for status in (Status.CONFIRMED, Status.ASSEMBLED):
        order.step(order.shipments[0].id, status, SELLER, LATER)
    order.advance(Status.CONFIRMED, ADMIN, LATER)
    assert [each.status for each in order.shipments] == [Status.ASSEMBLED, Status.CONFIRMED]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("before", Status)
def test_a_step_is_one_of_the_table_or_refused(before: Status, status: Status) -> None:
    order = an_order()
    order.shipments[0].status = before
    if status in NEXT[before]:
        order.advance(status, ADMIN, LATER)
        assert order.status is status
    else:
        with pytest.raises(InvalidTransition):
            order.advance(status, ADMIN, LATER)
        assert order.status is before


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_each_takes_the_steps_that_are_theirs(role: Role, status: Status) -> None:
    order = an_order()
    order.shipments[0].status = next((each for each in Status if status in NEXT[each]), Status.NEW)
    by = Actor(role, None if role is Role.SYSTEM else UserId(new_id()))
    if status in MAY[role]:
        order.step(order.shipments[0].id, status, by, LATER)
        assert order.history[-2:] == [
            Event(status, LATER, by, order.shipments[0].id),
            Event(status, LATER, by),
        ]
    else:
        with pytest.raises(InvalidTransition):
            order.step(order.shipments[0].id, status, by, LATER)


def test_a_buyer_only_cancels_and_nobody_makes_new_again() -> None:
    assert MAY[Role.BUYER] == {Status.CANCELED}
    assert not any(Status.NEW in statuses for statuses in [*MAY.values(), *NEXT.values()])


def test_a_shipment_of_another_order_is_not_there() -> None:
    with pytest.raises(NotFound):
        an_order().step(ShipmentId(new_id()), Status.CONFIRMED, SELLER, LATER)


def test_a_payment_confirms_what_was_to_be_paid_online() -> None:
    order = of_two_shops(payment_method=PaymentMethod.ONLINE)
    order.pay(LATER)
    assert (order.is_paid, order.expires_at, order.status) == (True, None, Status.CONFIRMED)
    assert own(order)[-1] == (Status.CONFIRMED, Role.SYSTEM)
    with pytest.raises(InvalidTransition):
        order.pay(LATER)


def test_a_payment_of_what_an_administrator_has_confirmed_is_noted() -> None:
    order = an_order(payment_method=PaymentMethod.ONLINE)
    order.advance(Status.CONFIRMED, ADMIN, LATER)
    assert order.expires_at is None
    order.pay(LATER)
    assert (order.is_paid, order.status) == (True, Status.CONFIRMED)


def test_a_shop_does_not_confirm_what_is_to_be_paid_online_first() -> None:
    order = an_order(payment_method=PaymentMethod.ONLINE)
    with pytest.raises(InvalidTransition):
        order.step(order.shipments[0].id, Status.CONFIRMED, SELLER, LATER)
    order.pay(LATER)
    order.step(order.shipments[0].id, Status.ASSEMBLED, SELLER, LATER)


def test_an_order_paid_from_the_wallet_stays_new() -> None:
    order = an_order(payment_method=PaymentMethod.WALLET, is_paid=False)
    order.pay(NOON, BUYER)
    assert (order.is_paid, order.status) == (True, Status.NEW)


@pytest.mark.parametrize("method", [PaymentMethod.ONLINE, PaymentMethod.WALLET])
def test_a_cancelled_order_is_not_paid_any_more(method: PaymentMethod) -> None:
    order = an_order(payment_method=method, is_paid=False)
    order.cancel(BUYER, LATER)
    with pytest.raises(InvalidTransition):
        order.pay(LATER)


def test_what_is_paid_at_the_door_is_paid_when_it_is_delivered() -> None:
    order = an_order()
    with pytest.raises(InvalidTransition):
        order.pay(LATER)
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT):
        order.advance(status, ADMIN, LATER)
        assert not order.is_paid
    order.advance(Status.DELIVERED, ADMIN, LATER)
    assert order.is_paid


def test_an_order_expires_when_its_time_is_up_and_not_before() -> None:
    order = of_two_shops(payment_method=PaymentMethod.ONLINE)
    with pytest.raises(InvalidTransition):
        order.expire(LATER - timedelta(microseconds=1))
    assert order.expire(LATER) == Release(order.lines, ZERO)
    assert own(order)[-1] == (Status.CANCELED, Role.SYSTEM)
    with pytest.raises(InvalidTransition):
        order.expire(LATER)


@pytest.mark.parametrize("method", [PaymentMethod.ON_DELIVERY, PaymentMethod.WALLET])
def test_an_order_that_is_not_paid_online_does_not_expire(method: PaymentMethod) -> None:
    with pytest.raises(InvalidTransition):
        an_order(payment_method=method).expire(LATER + timedelta(days=999))


def test_a_paid_order_does_not_expire() -> None:
    order = an_order(payment_method=PaymentMethod.ONLINE)
    order.pay(NOON)
    with pytest.raises(InvalidTransition):
        order.expire(LATER)


def test_what_an_administrator_has_confirmed_unpaid_does_not_expire_with_the_rest() -> None:
    order = of_two_shops(payment_method=PaymentMethod.ONLINE)
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT):
        order.step(order.shipments[0].id, status, ADMIN, NOON)
    assert order.expire(LATER).lines == [order.lines[1]]
    assert (order.status, order.expires_at) == (Status.SENT, None)


def test_more_or_less_is_ordered_of_a_line() -> None:
    order = of_two_shops()
    kettles = order.lines[0]
    assert order.change(kettles.offer, 5) == (kettles, 3)
    assert (order.lines[0].quantity, order.total) == (5, Money(5030))
    assert order.change(kettles.offer, 1)[1] == -4
    assert order.total == Money(1030)
    assert len(order.history) == 3


@pytest.mark.parametrize("quantity", [0, -1, MOST + 1, True])
def test_a_quantity_out_of_bounds_is_refused(quantity: int) -> None:
    order = an_order()
    before = list(order.lines)
    with pytest.raises(Invalid):
        order.change(order.lines[0].offer, quantity)
    assert order.lines == before


def test_what_was_not_ordered_cannot_be_changed() -> None:
    for change in (
        lambda order: order.change(OfferId(new_id()), 1),
        lambda order: order.remove(OfferId(new_id()), BUYER, LATER),
    ):
        with pytest.raises(NotFound):
            change(an_order())


def test_a_line_is_removed_and_a_shipment_goes_with_its_last() -> None:
    order = of_two_shops()
    balls = order.lines[1]
    assert order.remove(balls.offer, BUYER, LATER) == Release([balls])
    assert [line.shop for line in order.lines] == [each.shop for each in order.shipments] == [HEARTH]
    assert (order.total, order.status) == (Money(2000), Status.NEW)


def test_with_its_last_line_an_order_is_cancelled() -> None:
    order = an_order()
    (line,) = order.lines
    assert order.remove(line.offer, BUYER, LATER) == Release([line])
    assert (order.status, order.lines) == (Status.CANCELED, [line])


def test_with_its_last_line_that_is_not_cancelled_an_order_is_cancelled() -> None:
    order = of_two_shops()
    order.step(order.shipments[0].id, Status.CANCELED, SELLER, NOON)
    balls = order.lines[1]
    assert order.remove(balls.offer, BUYER, LATER) == Release([balls])
    assert own(order)[-1] == (Status.CANCELED, Role.BUYER)
    assert (order.total, order.expires_at) == (Money(2030), None)


def test_when_what_was_behind_is_removed_an_order_is_as_far_as_the_rest() -> None:
    order = of_two_shops()
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT, Status.DELIVERED):
        order.step(order.shipments[0].id, status, SELLER, NOON)
    order.remove(order.lines[1].offer, BUYER, LATER)
    assert (order.status, order.is_paid) == (Status.DELIVERED, True)


def test_lines_stay_as_they_are_once_their_shipment_is_confirmed() -> None:
    order = of_two_shops()
    order.step(order.shipments[0].id, Status.CONFIRMED, SELLER, LATER)
    with pytest.raises(InvalidTransition):
        order.change(order.lines[0].offer, 1)
    with pytest.raises(InvalidTransition):
        order.remove(order.lines[0].offer, BUYER, LATER)
    order.change(order.lines[1].offer, 1)


def test_lines_stay_as_they_are_once_they_are_paid() -> None:
    order = an_order(payment_method=PaymentMethod.WALLET)
    with pytest.raises(InvalidTransition):
        order.change(order.lines[0].offer, 1)
    with pytest.raises(InvalidTransition):
        order.remove(order.lines[0].offer, BUYER, LATER)


def test_a_shop_sees_its_part_of_an_order_alone() -> None:
    order = of_two_shops()
    order.step(order.shipments[1].id, Status.CONFIRMED, SELLER, LATER)
    part = part_of(order, FROST)
    assert (part.lines, part.shipments) == ([order.lines[1]], [order.shipments[1]])
    assert (part.total, part.status) == (Money(30), Status.CONFIRMED)
    assert own(part) == [(Status.NEW, Role.BUYER), (Status.CONFIRMED, Role.SHOP)]
    assert len(part.history) == 2
    assert (order.status, len(order.history)) == (Status.NEW, 4)


def test_a_shops_part_is_paid_as_if_there_were_no_other() -> None:
    paid, cash = of_two_shops(), of_two_shops()
    paid.payment_method, paid.is_paid = PaymentMethod.WALLET, True
    paid.step(paid.shipments[1].id, Status.CANCELED, SELLER, LATER)
    assert (paid.is_paid, part_of(paid, HEARTH).is_paid, part_of(paid, FROST).is_paid) == (True, True, False)
    for status in (Status.CONFIRMED, Status.ASSEMBLED, Status.SENT, Status.DELIVERED):
        assert not part_of(cash, FROST).is_paid
        cash.step(cash.shipments[1].id, status, SELLER, LATER)
    assert (cash.is_paid, part_of(cash, HEARTH).is_paid, part_of(cash, FROST).is_paid) == (False, False, True)


def test_a_shop_has_no_part_of_others_orders() -> None:
    with pytest.raises(NotFound):
        part_of(an_order(), FROST)


def test_statuses_come_one_before_the_other() -> None:
    assert is_before(Status.NEW, Status.CONFIRMED)
    assert not is_before(Status.SENT, Status.SENT)
    assert not is_before(Status.DELIVERED, Status.SENT)


SHOPS = [ShopId(new_id()) for _ in range(3)]
lines = st.builds(
    lambda shop, price, quantity: a_line_of(SHOPS[shop], price=price, quantity=quantity),
    st.integers(0, 2),
    st.integers(1, 10**12),
    st.integers(1, MOST),
)


@given(st.lists(lines, min_size=1, max_size=8), st.sets(st.integers(0, 2)), st.sampled_from(PaymentMethod))
def test_what_is_paid_back_and_what_is_due_are_what_was_ordered(
    ordered: list[object], canceled: set[int], method: PaymentMethod
) -> None:
    order = an_order(*ordered, payment_method=method, is_paid=method is PaymentMethod.WALLET)  # type: ignore[arg-type]
    everything, released = order.total, ZERO
    assert everything.minor == sum(line.price.minor * line.quantity for line in order.lines)
    for shipment in order.shipments:
        if SHOPS.index(shipment.shop) in canceled:
            released += order.step(shipment.id, Status.CANCELED, SELLER, LATER).money
    is_whole = order.status is Status.CANCELED
    going = [line for line in order.lines if is_whole or SHOPS.index(line.shop) not in canceled]
    assert order.total == sum((line.sum for line in going), ZERO)
    due = ZERO if is_whole else order.total
    assert released == (everything - due if method is PaymentMethod.WALLET else ZERO)
