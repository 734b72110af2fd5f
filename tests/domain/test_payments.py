"""Payments: they only go on, are asked for alike every time, and give back no more than was paid."""

from datetime import timedelta
from uuid import UUID

import pytest
from builders import NOON, a_charge, new_id
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.errors import NotFound
from lavka.domain.money import ZERO, Money
from lavka.domain.payments import (
    KEYS_LIVE,
    NEXT,
    PASSED,
    Bill,
    Item,
    RefundId,
    RefundStatus,
    Status,
    given_back,
)
from lavka.domain.tasks import Hopeless

BILL = Bill("Заказ", "maria@example.com", (Item("Чайник", 2, Money(100)),))


@given(st.lists(st.sampled_from(Status), max_size=8))
def test_whatever_is_told_in_whatever_order_a_payment_never_goes_back(told: list[Status]) -> None:
    payment = a_charge()
    before = payment.status
    for status in told:
        try:
            is_news = payment.become(status)
        except Hopeless:
            is_news = False
            assert {before, status} == {Status.SUCCEEDED, Status.CANCELED}
        assert payment.status is (status if is_news else before)
        assert not is_news or status in NEXT[before]
        before = payment.status


@pytest.mark.parametrize("now", Status)
@pytest.mark.parametrize("told", Status)
def test_news_is_stale_or_new_or_impossible(now: Status, told: Status) -> None:
    payment = a_charge(status=now)
    if told is now or told in PASSED[now]:
        assert not payment.become(told)
    elif told in NEXT[now]:
        assert payment.become(told)
    else:
        with pytest.raises(Hopeless):
            payment.become(told)


@given(st.lists(st.integers(-5, 60), max_size=10))
def test_no_more_goes_back_than_was_paid(parts: list[int]) -> None:
    payment, given = a_charge(amount=100, status=Status.SUCCEEDED), []
    for part in parts:
        left = payment.refundable.minor
        try:
            given.append(payment.refund(RefundId(new_id()), Money(part), [], NOON))
        except NotFound:
            assert part <= 0 or part > left
    assert payment.refunded == sum((each.amount for each in given), ZERO)
    assert ZERO <= payment.refunded <= payment.amount
    assert given_back(given) == ZERO
    for each in given:
        each.become(RefundStatus.SUCCEEDED, str(each.id))
    assert given_back(given) == payment.refunded


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.SUCCEEDED])
def test_nothing_goes_back_of_what_was_not_paid(status: Status) -> None:
    with pytest.raises(NotFound):
        a_charge(status=status).refund(RefundId(new_id()), Money(1), [], NOON)


def test_the_till_is_asked_alike_every_time() -> None:
    payment = a_charge(amount=200)
    assert payment.ask(BILL, NOON) == BILL
    other = Bill("Другой", "ivan@example.com", BILL.items)
    assert payment.ask(other, NOON + KEYS_LIVE) == BILL
    assert (payment.bill, payment.asked_at) == (BILL, NOON)


def test_the_till_is_not_asked_again_when_it_has_forgotten_the_key() -> None:
    payment = a_charge(amount=200)
    payment.ask(BILL, NOON)
    with pytest.raises(Hopeless):
        payment.ask(BILL, NOON + KEYS_LIVE + timedelta(seconds=1))


def test_a_payment_waits_while_it_can_be_opened_or_paid() -> None:
    late = NOON + KEYS_LIVE + timedelta(seconds=1)
    payment = a_charge(amount=200)
    assert payment.waits(late)  # nobody was asked yet
    payment.ask(BILL, NOON)
    assert payment.waits(NOON + KEYS_LIVE)
    assert not payment.waits(late)
    payment.opened("one", None, NOON)
    assert payment.waits(late)
    payment.become(Status.CANCELED)
    assert not payment.waits(NOON)


def test_one_key_opens_one_payment() -> None:
    payment = a_charge(amount=200)
    payment.ask(BILL, NOON)
    payment.opened("one", "https://pay.test/1", NOON)
    payment.opened("one", None, NOON)
    assert payment.confirmation_url == "https://pay.test/1"
    with pytest.raises(Hopeless):
        payment.opened("two", None, NOON)


def test_what_was_given_up_too_early_is_followed_again() -> None:
    payment = a_charge(amount=200)
    payment.become(Status.CANCELED)
    payment.opened("one", "https://pay.test/1", NOON)
    assert (payment.status, bool(payment.look_at)) == (Status.PENDING, True)
    payment.become(Status.CANCELED)
    payment.opened("one", None, NOON)
    assert (payment.status, payment.look_at) == (Status.CANCELED, None)


def test_one_looks_ever_more_rarely_and_at_what_is_over_no_more() -> None:
    payment = a_charge(external_id="x")
    waits = []
    for minutes in (0, 1, 5, 60, 600):
        now = NOON + timedelta(minutes=minutes)
        payment.look_again(now)
        assert payment.look_at
        waits.append((payment.look_at - now).total_seconds())
    assert waits == [30, 60, 300, 600, 600]
    payment.become(Status.SUCCEEDED)
    payment.look_again(NOON)
    assert payment.look_at is None


def test_what_makes_no_sense_is_looked_at_no_more_until_somebody_says_so() -> None:
    payment = a_charge(external_id="x")
    payment.look_again(NOON)
    payment.look_no_more()
    assert payment.look_at is None
    payment.look_again(NOON)
    assert payment.look_at


def test_of_what_was_authorised_a_part_is_taken_and_no_more() -> None:
    payment = a_charge(amount=200, status=Status.WAITING_FOR_CAPTURE, bill=BILL, asked_at=NOON)
    for items in ([], [Item("Чайник", 1, Money(201))]):
        with pytest.raises(NotFound):
            payment.take(items)
    items = (Item("Чайник", 1, Money(100)), Item("Шар", 2, Money(25)))
    payment.take(items)
    assert payment.bill == Bill(BILL.description, BILL.email, items)
    assert payment.amount == payment.bill.total == Money(150)


def test_a_refund_that_was_given_stays_given() -> None:
    refund = a_charge(status=Status.SUCCEEDED).refund(RefundId(new_id()), Money(5), [], NOON)
    assert refund.key == refund.id
    assert not refund.become(RefundStatus.PENDING, "x")
    assert refund.external_id == "x"
    assert refund.become(RefundStatus.SUCCEEDED, "x")
    assert not refund.become(RefundStatus.CANCELED, "x")
    assert refund.status is RefundStatus.SUCCEEDED


def test_a_refused_refund_is_asked_for_as_another_request() -> None:
    refund = a_charge(status=Status.SUCCEEDED).refund(RefundId(new_id()), Money(5), [], NOON)
    first, second, late = refund.key, UUID(int=7), NOON + timedelta(hours=30)
    assert not refund.must_be_renewed(NOON + KEYS_LIVE)
    refund.refuse(second)
    assert refund.status is RefundStatus.PENDING
    refund.refuse(first)
    assert refund.must_be_renewed(NOON)
    refund.renew(second, first, late)
    assert (refund.key, refund.status, refund.external_id) == (second, RefundStatus.PENDING, None)
    assert not refund.must_be_renewed(late + KEYS_LIVE)
    for key in (first, UUID(int=8)):  # of two who were refused at once, one makes another request
        refund.renew(UUID(int=9), key, late)
        assert refund.key == second


def test_a_request_that_is_too_old_to_be_repeated_is_renewed_unless_it_is_known_there() -> None:
    refund = a_charge(status=Status.SUCCEEDED).refund(RefundId(new_id()), Money(5), [], NOON)
    late = NOON + KEYS_LIVE + timedelta(seconds=1)
    assert refund.must_be_renewed(late)
    refund.become(RefundStatus.PENDING, "x")
    assert not refund.must_be_renewed(late)


def test_what_has_gone_back_is_not_asked_for_anew_by_who_was_refused_before() -> None:
    refund = a_charge(status=Status.SUCCEEDED).refund(RefundId(new_id()), Money(5), [], NOON)
    refund.become(RefundStatus.SUCCEEDED, "x")
    refund.refuse(refund.key)
    refund.renew(UUID(int=7), refund.key, NOON)
    assert (refund.key, refund.status, refund.external_id) == (refund.id, RefundStatus.SUCCEEDED, "x")
