"""Our payments beside the till's: what is behind catches up, and what cannot is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import a_charge, a_user, new_id
from paying import carried_out
from tills import PaperTill

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.payments import TortoisePayments, TortoiseRefunds
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import System, open_shop, serving, utc_now
from lavka.domain.errors import OnlinePaymentOff
from lavka.domain.money import Money
from lavka.domain.payments import Payment, RefundId, Status
from lavka.domain.sessions import SessionId
from lavka.domain.tasks import Hopeless, Kind, Task, TaskId
from lavka.settings import Settings

DAY = timedelta(days=1)


@pytest.fixture
def till() -> PaperTill:
    return PaperTill()


@pytest.fixture
async def shop(settings: Settings, till: PaperTill) -> AsyncIterator[Shop]:
    async with serving(settings, System(till=till)) as opened:
        yield opened


@pytest.fixture
async def topped_up(shop: Shop) -> Payment:
    """A payment into a wallet, open."""
    user = a_user()
    await TortoiseUsers().add(user)
    return await shop.paying.top_up(Access(user.id, SessionId(new_id())), Money(500))


async def found(shop: Shop, *, ago: timedelta = timedelta()) -> list[tuple[str, bool]]:
    now = utc_now() - ago
    differences = await shop.reconciling.compare(now - DAY, now)
    return [(each.message, each.is_mended) for each in differences]


async def test_what_both_sides_have_alike_is_no_difference(shop: Shop, topped_up: Payment) -> None:
    assert await found(shop) == []


async def test_a_payment_of_which_nothing_was_heard_catches_up(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    till.pay(topped_up.id)
    ((message, is_mended),) = await found(shop)
    assert ("succeeded" in message, is_mended) == (True, True)
    await carried_out()
    assert (await shop.banking.wallets.balance(topped_up.payer)) == Money(500)
    assert await found(shop) == []


async def test_a_payment_whose_opening_was_lost_is_found(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    await execute("UPDATE payments SET external_id = NULL, confirmation_url = NULL, look_at = NULL")
    till.pay(topped_up.id)
    assert [is_mended for _, is_mended in await found(shop)] == [True]
    await carried_out()
    assert (await shop.banking.wallets.balance(topped_up.payer)) == Money(500)


async def test_money_of_a_payment_that_nobody_asked_for_is_told(shop: Shop, till: PaperTill) -> None:
    user = a_user()
    await TortoiseUsers().add(user)
    payment = await shop.paying.top_up(Access(user.id, SessionId(new_id())), Money(500))
    name = till.of(payment.id).external_id
    till.kept["other"] = replace(till.kept[name], external_id="other", reference=None)
    assert await found(shop) == []
    till.kept["other"] = replace(till.kept["other"], status=Status.SUCCEEDED)
    text = "5.00 were paid by a payment that this shop did not ask for."
    assert await found(shop) == [(text, False)]


async def test_money_given_back_past_the_shop_is_told(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    name = till.pay(topped_up.id)
    await found(shop)
    await carried_out()
    till.kept[name] = replace(till.kept[name], refunded=Money(120))
    assert await found(shop) == [("1.20 were given back there, 0.00 here.", False)]


async def test_what_is_just_going_back_is_no_difference(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    name = till.pay(topped_up.id)
    await found(shop)
    await carried_out()
    async with TortoisePayments().change(topped_up.id) as lent:
        await TortoiseRefunds().add(lent.refund(RefundId(new_id()), Money(120), [], utc_now()))
    assert await found(shop) == []
    till.kept[name] = replace(till.kept[name], refunded=Money(120))
    assert await found(shop) == []


async def test_what_is_over_here_and_otherwise_there_is_told(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    till.decline(topped_up.id)
    await found(shop)
    await carried_out()
    till.pay(topped_up.id)
    assert await found(shop) == [("It is succeeded there, and canceled here.", False)]


async def test_what_never_came_to_the_till_is_cancelled_after_an_hour(shop: Shop, till: PaperTill) -> None:
    user = a_user()
    await TortoiseUsers().add(user)
    young, old = (
        a_charge(user.id, created_at=utc_now() - timedelta(minutes=minutes)) for minutes in (50, 70)
    )
    for each in (young, old):
        await TortoisePayments().add(each)
    assert await found(shop) == [("It never came to the provider, and is cancelled.", True)]
    assert (await TortoisePayments().get(old.id)).status is Status.CANCELED
    assert (await TortoisePayments().get(young.id)).status is Status.PENDING


async def test_what_was_given_up_and_came_to_the_till_after_all_is_followed(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    nothing_known = "external_id = NULL, confirmation_url = NULL, look_at = NULL"
    await execute(f"UPDATE payments SET status = 'canceled', {nothing_known}")
    till.pay(topped_up.id)
    assert [is_mended for _, is_mended in await found(shop)] == [True]
    await carried_out()
    assert (await shop.banking.wallets.balance(topped_up.payer)) == Money(500)


async def test_what_the_till_has_lost_is_told(shop: Shop, till: PaperTill) -> None:
    user = a_user()
    await TortoiseUsers().add(user)
    lost = a_charge(user.id, external_id="lost", created_at=utc_now() - timedelta(hours=2))
    await TortoisePayments().add(lost)
    assert await found(shop) == [("The provider does not list it.", False)]


async def test_a_night_in_which_something_is_left_is_looked_at(
    shop: Shop, till: PaperTill, topped_up: Payment
) -> None:
    night = Task(TaskId(new_id()), Kind.RECONCILE, {}, utc_now())
    await shop.reconciling.work(night)
    till.pay(topped_up.id)
    await shop.reconciling.work(night)
    await carried_out()
    till.kept = {name: replace(seen, refunded=Money(1)) for name, seen in till.kept.items()}
    with pytest.raises(Hopeless, match="lavka reconcile"):
        await shop.reconciling.work(night)


async def test_every_night_has_one_task_at_three(shop: Shop) -> None:
    await execute("DELETE FROM outbox")
    for _ in range(3):
        await shop.reconciling.plan()
    (row,) = await fetch("SELECT due_at FROM outbox WHERE kind = 'reconcile'")
    assert "03:00:00" in str(row["due_at"])


async def test_where_nobody_takes_money_there_is_nothing_to_compare(settings: Settings) -> None:
    async with open_shop(settings.model_copy(update={"local_till": False})) as shop:
        with pytest.raises(OnlinePaymentOff):
            await found(shop)
        await shop.reconciling.plan()
        assert await fetch("SELECT id FROM outbox") == []
