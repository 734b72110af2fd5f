"""Where payments and refunds are kept: every field comes back, and one is changed by one at a time."""

from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_charge, a_user, an_order, new_id
from overlapping import Overlap

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.payments import TortoisePayments, TortoiseRefunds
from lavka.application.ports.payments import Payments, Refunds
from lavka.domain.accounts import UserId
from lavka.domain.errors import NotFound
from lavka.domain.money import Money
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.payments import Item, Payment, PaymentId, RefundId, RefundStatus, Status


@pytest.fixture(params=[TortoisePayments])
def payments(request: pytest.FixtureRequest, store: None) -> Payments:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture(params=[TortoiseRefunds])
def refunds(request: pytest.FixtureRequest, store: None) -> Refunds:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def buyer(store: None) -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


@pytest.fixture
async def order(buyer: UserId) -> Order:
    order = an_order(buyer=buyer, payment_method=PaymentMethod.ONLINE)
    await TortoiseOrders().add(order)
    return order


def an_unusual_payment(order: Order, **changes: Any) -> Payment:
    """One that leaves no field at its default."""
    unusual = {
        "external_id": "22d6d597-000f-5000-9000-145f6df21d6f",
        "confirmation_url": "https://pay.test/1",
        "asked_at": NOON + timedelta(seconds=1),
        "look_at": NOON + timedelta(minutes=1),
        "status": Status.WAITING_FOR_CAPTURE,
    }
    return a_charge(order.buyer, 398_000, order=order.id, **(unusual | changes))


async def test_every_field_comes_back(payments: Payments, order: Order) -> None:
    bare = a_charge(order.buyer)
    unusual = an_unusual_payment(order)
    given_back = an_unusual_payment(
        order, external_id="2", status=Status.SUCCEEDED, look_at=None, refunded=Money(5)
    )
    for payment in (bare, unusual, given_back):
        await payments.add(payment)
        assert await payments.get(payment.id) == payment
    assert await payments.of_order(order.id) == [given_back, unusual]
    assert await payments.called("2") == given_back.id
    assert await payments.called("3") is None
    with pytest.raises(NotFound):
        await payments.get(PaymentId(new_id()))


@pytest.mark.parametrize("status", Status)
async def test_a_payment_of_every_status_comes_back(
    payments: Payments, buyer: UserId, status: Status
) -> None:
    payment = a_charge(buyer, status=status)
    await payments.add(payment)
    assert await payments.get(payment.id) == payment


async def test_whatever_is_changed_is_kept(payments: Payments, order: Order) -> None:
    payment = a_charge(order.buyer, 398_000, order=order.id)
    await payments.add(payment)
    wanted = an_unusual_payment(order, status=Status.SUCCEEDED, look_at=None, refunded=Money(7))
    wanted.id, wanted.amount = payment.id, Money(9)
    async with payments.change(payment.id) as lent:
        for name in ("status", "external_id", "confirmation_url", "bill", "asked_at", "refunded", "amount"):
            setattr(lent, name, getattr(wanted, name))
    assert await payments.get(payment.id) == wanted


async def test_a_change_that_fails_leaves_no_trace(payments: Payments, buyer: UserId) -> None:
    payment = a_charge(buyer)
    await payments.add(payment)

    async def fail() -> None:
        async with payments.change(payment.id) as lent:
            lent.become(Status.CANCELED)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await payments.get(payment.id) == payment


async def test_the_longest_due_is_named_first(payments: Payments, buyer: UserId) -> None:
    late, later, young, never = (
        a_charge(buyer, external_id=f"{minutes}", look_at=NOON + timedelta(minutes=minutes))
        for minutes in (1, 2, 4, 3)
    )
    never.look_at = None
    for each in (later, late, young, never):
        await payments.add(each)
    assert await payments.due(NOON + timedelta(minutes=3)) == [late.id, later.id]


async def test_what_was_asked_for_in_a_time_is_listed(payments: Payments, buyer: UserId) -> None:
    made = [a_charge(buyer, created_at=NOON + timedelta(hours=hours)) for hours in range(4)]
    for each in made:
        await payments.add(each)
    listed = await payments.opened(NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    assert listed == made[1:3]


async def test_an_order_comes_with_its_newest_payment(payments: Payments, order: Order) -> None:
    orders = TortoiseOrders()
    assert (await orders.get(order.id)).payment is None
    for payment in (a_charge(order.buyer, order=order.id), an_unusual_payment(order)):
        await payments.add(payment)
        assert (await orders.get(order.id)).payment == payment


async def test_an_order_is_added_with_its_payment(payments: Payments, buyer: UserId) -> None:
    order = an_order(buyer=buyer, payment_method=PaymentMethod.ONLINE)
    order.payment = a_charge(buyer, order=order.id)
    await TortoiseOrders().add(order)
    assert (await TortoiseOrders().get(order.id)) == order


async def test_every_field_of_a_refund_comes_back(
    payments: Payments, refunds: Refunds, buyer: UserId
) -> None:
    payment = a_charge(buyer, 1_000, status=Status.SUCCEEDED)
    await payments.add(payment)
    items = [Item("Чайник «Заря»", 2, Money(150)), Item("Чашка", 1, Money(100))]
    first = payment.refund(RefundId(new_id()), Money(400), items, NOON)
    second = payment.refund(RefundId(new_id()), Money(600), [], NOON)
    second.become(RefundStatus.SUCCEEDED, "back-2")
    for refund in (first, second):
        await refunds.add(refund)
        assert await refunds.get(refund.id) == refund
    assert await refunds.of(payment.id) == [first, second]
    assert (await refunds.called("back-2"), await refunds.called("x")) == (second.id, None)
    async with refunds.change(first.id) as lent:
        lent.renew(new_id(), lent.key, NOON + timedelta(days=1))
        lent.become(RefundStatus.CANCELED, "back-1")
    assert await refunds.get(first.id) == lent
    with pytest.raises(NotFound):
        await refunds.get(RefundId(new_id()))


@pytest.mark.postgres
async def test_who_changes_a_payment_is_waited_for(
    payments: Payments, buyer: UserId, overlap: Overlap
) -> None:
    payment = a_charge(buyer, external_id="x")
    await payments.add(payment)
    news: list[bool] = []

    async def follow() -> None:
        async with payments.change(payment.id) as lent:
            news.append(lent.become(Status.SUCCEEDED))

    await overlap(follow, follow)
    assert sorted(news) == [False, True]
