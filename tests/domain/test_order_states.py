"""The life of an order, model-checked: whatever anybody may do to it, from every state it can be in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from builders import NOON, a_line_of, an_order, new_id

from lavka.domain.accounts import UserId
from lavka.domain.errors import InvalidTransition, NotFound
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import Line, Order, PaymentMethod, Release
from lavka.domain.shipments import MAY, NEXT, PROGRESS, SYSTEM, Actor, Role, Status
from lavka.domain.shops import ShopId

LATER = NOON + timedelta(hours=1)
BUYER, SHOP, ADMINISTRATOR = (
    Actor(role, UserId(new_id())) for role in (Role.BUYER, Role.SHOP, Role.ADMINISTRATOR)
)
FINAL = {Status.DELIVERED, Status.CANCELED}
State = tuple[object, ...]
Verb = Callable[[Order], object]


def state(order: Order) -> State:
    """All of an order that decides what can be done to it."""
    statuses = tuple((each.id, each.status) for each in order.shipments)
    lines = tuple((line.offer, line.quantity) for line in order.lines)
    return statuses, lines, order.is_paid, order.expires_at


def copied(order: Order) -> Order:
    shipments = [replace(each) for each in order.shipments]
    return replace(order, lines=[*order.lines], shipments=shipments, history=[*order.history])


def verbs(order: Order) -> Iterator[tuple[str, Verb]]:
    """Everything that anybody may try."""
    yield "buyer cancels", lambda it: it.cancel(BUYER, LATER)
    yield "it is paid", lambda it: it.pay(LATER)
    yield "it expires", lambda it: it.expire(LATER)
    for status in Status:
        yield f"administrator: all {status}", partial(step_all, status=status)
        for shipment in order.shipments:
            for by in (BUYER, SHOP, ADMINISTRATOR, SYSTEM):
                yield (
                    f"{by.role}: {shipment.shop_name} {status}",
                    partial(step, shipment=shipment.id, status=status, by=by),
                )
    for line in order.lines:
        yield f"removes {line.name}", lambda it, offer=line.offer: it.remove(offer, BUYER, LATER)


def step_all(order: Order, status: Status) -> Release:
    return order.advance(status, ADMINISTRATOR, LATER)


def step(order: Order, shipment: object, status: Status, by: Actor) -> Release:
    return order.step(shipment, status, by, LATER)  # type: ignore[arg-type]


@dataclass
class Walk:
    """Every state that can be reached, with the steps between them."""

    orders: dict[State, Order] = field(default_factory=dict)
    steps: dict[State, set[State]] = field(default_factory=dict)
    taken: list[tuple[str, Order, Order, object]] = field(default_factory=list)
    refused: list[tuple[str, Order, Order]] = field(default_factory=list)


def walked(first: Order) -> Walk:
    walk, waiting = Walk({state(first): first}), [first]
    while waiting:
        before = waiting.pop()
        reached = walk.steps.setdefault(state(before), set())
        for name, verb in verbs(before):
            after = copied(before)
            try:
                came = verb(after)
            except (InvalidTransition, NotFound):
                walk.refused.append((name, before, after))
                continue
            walk.taken.append((name, before, after, came))
            reached.add(state(after))
            if state(after) not in walk.orders:
                walk.orders[state(after)] = after
                waiting.append(after)
    return walk


def a_kettle_and_a_fir(shop: ShopId) -> list[Line]:
    return [
        a_line_of(shop, price=199_000, quantity=2, name="чайник"),
        a_line_of(shop, price=50_000, name="ёлка"),
    ]


def walks() -> Mapping[str, Walk]:
    """Orders of one shop with two lines, and of two shops with three, paid in each way."""
    hearth, frost = ShopId(new_id()), ShopId(new_id())
    one = a_kettle_and_a_fir(hearth)
    two = [*one, a_line_of(frost, price=7, quantity=3, name="шар")]
    return {
        f"{method} {shops}": walked(an_order(*lines, payment_method=method))
        for method in PaymentMethod
        for shops, lines in {"one shop": one, "two shops": two}.items()
    }


WALKS = walks()
each_walk = pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())


def going(order: Order) -> list[Line]:
    """The lines that are not cancelled."""
    canceled = {each.shop for each in order.shipments if each.status is Status.CANCELED}
    return [line for line in order.lines if line.shop not in canceled]


def due(order: Order) -> Money:
    return sum((line.sum for line in going(order)), ZERO)


def told(order: Order) -> Sequence[Status]:
    """The order's own history."""
    return [event.status for event in order.history if event.shipment is None]


def test_every_status_of_one_shipment_and_every_pair_of_two_is_reached() -> None:
    for method in PaymentMethod:
        one, two = (
            {
                tuple(each.status for each in order.shipments)
                for order in WALKS[f"{method} {shops}"].orders.values()
            }
            for shops in ("one shop", "two shops")
        )
        assert one == {(status,) for status in Status}
        assert {pair for pair in two if len(pair) == 2} == {(a, b) for a in Status for b in Status}


@each_walk
def test_no_state_is_a_trap(walk: Walk) -> None:
    ends = {key for key, order in walk.orders.items() if {each.status for each in order.shipments} <= FINAL}
    free = set(ends)
    while more := {key for key, reached in walk.steps.items() if key not in free and reached & free}:
        free |= more
    assert ends
    assert free == walk.orders.keys()


@each_walk
def test_what_is_delivered_or_cancelled_stays_so(walk: Walk) -> None:
    for _, before, after, _ in walk.taken:
        ended = {each.id: each.status for each in before.shipments if each.status in FINAL}
        assert ended.items() <= {each.id: each.status for each in after.shipments}.items()


@each_walk
def test_an_orders_status_is_the_least_advanced_of_those_that_go_on(walk: Walk) -> None:
    for order in walk.orders.values():
        found = {each.status for each in order.shipments} - {Status.CANCELED}
        rank = min(
            (list(Status).index(status) for status in found), default=list(Status).index(Status.CANCELED)
        )
        assert order.status is list(Status)[rank]


@each_walk
def test_an_orders_status_never_goes_back(walk: Walk) -> None:
    for _, before, after, _ in walk.taken:
        is_back = after.status is not Status.CANCELED and PROGRESS.index(after.status) < PROGRESS.index(
            before.status
        )
        assert not is_back


@each_walk
def test_each_shipments_history_is_a_path_from_new_to_where_it_is(walk: Walk) -> None:
    for order in walk.orders.values():
        for shipment in order.shipments:
            path = [event.status for event in order.history if event.shipment == shipment.id]
            assert path[0] is Status.NEW
            assert path[-1] is shipment.status
            assert all(after in NEXT[before] for before, after in pairwise(path))


@each_walk
def test_an_orders_own_history_ends_where_it_is_and_repeats_nothing(walk: Walk) -> None:
    for order in walk.orders.values():
        assert told(order)[-1] is order.status
        assert len(set(told(order))) == len(told(order))


@each_walk
def test_history_only_grows_and_says_when_and_by_whom(walk: Walk) -> None:
    for _, before, after, _ in walk.taken:
        assert after.history[: len(before.history)] == before.history
        assert {event.at for event in after.history[len(before.history) :]} <= {LATER}
        assert all(event.by.user or event.by == SYSTEM for event in after.history)


@each_walk
def test_nobody_takes_a_step_that_is_not_theirs(walk: Walk) -> None:
    steps = [event for order in walk.orders.values() for event in order.history if event.at == LATER]
    by_shipment = {(event.by.role, event.status) for event in steps if event.shipment}
    assert by_shipment <= {(role, status) for role, statuses in MAY.items() for status in statuses}


@each_walk
def test_what_is_refused_changes_nothing(walk: Walk) -> None:
    assert walk.refused
    for _, before, after in walk.refused:
        assert after == before


@each_walk
def test_what_is_released_is_what_goes_on_no_more(walk: Walk) -> None:
    for _, before, after, came in walk.taken:
        released = list(came.lines) if isinstance(came, Release) else []
        kept = going(after)
        assert released == [line for line in going(before) if line not in kept]
        assert all(line in going(before) for line in kept)


@each_walk
def test_money_is_released_for_what_was_paid_only(walk: Walk) -> None:
    for _, before, after, came in walk.taken:
        released = came.money if isinstance(came, Release) else ZERO
        assert released == (due(before) - due(after) if before.is_paid else ZERO)


@each_walk
def test_the_total_is_that_of_what_goes_on_or_of_all_that_was_cancelled(walk: Walk) -> None:
    for order in walk.orders.values():
        everything = sum((line.sum for line in order.lines), ZERO)
        assert order.total == (everything if order.status is Status.CANCELED else due(order))


@each_walk
def test_an_order_always_has_a_line_and_a_shipment_for_it(walk: Walk) -> None:
    for order in walk.orders.values():
        assert {line.shop for line in order.lines} == {each.shop for each in order.shipments} != set()


@each_walk
def test_what_is_new_and_unpaid_online_runs_out_and_nothing_else_does(walk: Walk) -> None:
    for order in walk.orders.values():
        is_online = order.payment_method is PaymentMethod.ONLINE
        waits = is_online and not order.is_paid and order.status is Status.NEW
        assert (order.expires_at is not None) is waits


@each_walk
def test_what_has_run_out_can_be_cancelled_and_then_runs_out_no_more(walk: Walk) -> None:
    expired = [(before, after) for name, before, after, _ in walk.taken if name == "it expires"]
    waiting = [order for order in walk.orders.values() if order.expires_at is not None]
    assert {state(before) for before, _ in expired} == {state(order) for order in waiting}
    assert all(after.expires_at is None and after.status is not Status.NEW for _, after in expired)


@each_walk
def test_an_order_is_paid_as_its_method_says(walk: Walk) -> None:
    for order in walk.orders.values():
        match order.payment_method:
            case PaymentMethod.ON_DELIVERY:
                assert order.is_paid is (order.status is Status.DELIVERED)
            case PaymentMethod.WALLET:
                assert order.is_paid is (order.status is not Status.CANCELED)
            case PaymentMethod.ONLINE:
                assert not (order.is_paid and order.status in {Status.NEW, Status.CANCELED})


@each_walk
def test_a_shop_confirms_nothing_that_waits_for_its_payment(walk: Walk) -> None:
    for name, before, after, _ in walk.taken:
        if name.startswith("shop:") and name.endswith(" confirmed"):
            assert before.is_paid or before.payment_method is not PaymentMethod.ONLINE, (before, after)


@each_walk
def test_lines_are_removed_only_while_new_and_not_paid(walk: Walk) -> None:
    for name, before, after, _ in walk.taken:
        if len(after.lines) < len(before.lines):
            assert name.startswith("removes")
            assert (before.status, before.is_paid) == (Status.NEW, False)
