"""One order changed by two at once; beside it a store of orders that locks nothing, which goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from builders import a_product, a_shop, a_user, an_offer
from ordering import broken, left, ordered, paid_online
from overlapping import Overlap

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import execute_together, transaction
from lavka.adapters.tortoise.order_changes import Stored
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.application.orders import Amending, Fulfilling
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop as LavkaShop
from lavka.bootstrap import new_id, utc_now
from lavka.domain.accounts import AccountType
from lavka.domain.catalog import Offer
from lavka.domain.errors import InvalidTransition
from lavka.domain.money import Money
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.sessions import SessionId
from lavka.domain.shipments import Status

pytestmark = pytest.mark.postgres


class UnlockedOrders(TortoiseOrders):
    """The naive way: an order is looked at, but may become another before it is saved."""

    @asynccontextmanager
    async def change(self, order: OrderId) -> AsyncIterator[Order]:
        async with transaction():
            lent = await self.get(order)
            stored = Stored.of(lent)
            yield lent
            await execute_together(stored.changes(lent))


Case = TypeVar("Case", Fulfilling, Amending)


def unlocked(case: Case) -> Case:
    """The same use cases over orders that nobody locks."""
    return replace(case, changing=replace(case.changing, orders=UnlockedOrders()))


@pytest.fixture
async def buyer(shop: LavkaShop) -> Access:
    return await somebody()


@pytest.fixture
async def seller(shop: LavkaShop) -> Access:
    return await somebody(AccountType.SHOP)


async def somebody(kind: AccountType = AccountType.BUYER) -> Access:
    user = a_user(account_type=kind)
    await TortoiseUsers().add(user)
    return Access(user.id, SessionId(new_id()))


@pytest.fixture
async def kettle(seller: Access) -> Offer:
    """Ten of it."""
    shop, product = a_shop(owner=seller.user), a_product()
    offer = an_offer(product.id, shop.id, price=500, quantity=10)
    await TortoiseStockroom().bring(shops=[shop], products=[product], offers=[offer])
    return offer


async def cancel_twice(fulfilling: Fulfilling, who: Access, kettle: Offer, overlap: Overlap) -> None:
    """Cancel an order of three that the wallet has paid, twice at once."""
    order = await ordered(who.user, [(kettle, 3)], PaymentMethod.WALLET)

    async def cancel() -> None:
        with suppress(InvalidTransition):
            await fulfilling.cancel(who, order.id)

    await overlap(cancel, cancel)


async def test_of_two_cancels_at_once_one_gives_back(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    await cancel_twice(shop.fulfilling, buyer, kettle, overlap)
    assert await left(kettle) == 10
    assert await TortoiseWallets().balance(buyer.user) == Money(1500)
    assert await broken(shop) == {}


async def test_cancels_that_lock_nothing_would_be_caught(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    await cancel_twice(unlocked(shop.fulfilling), buyer, kettle, overlap)
    assert await left(kettle) == 13
    assert await TortoiseWallets().balance(buyer.user) == Money(3000)
    assert len(await broken(shop)) >= 3


async def send_and_cancel(
    fulfilling: Fulfilling, buyer: Access, seller: Access, kettle: Offer, overlap: Overlap
) -> Order:
    """Send an order while its buyer cancels it."""
    order = await ordered(buyer.user, [(kettle, 3)])
    (shipment,) = order.shipments
    for status in (Status.CONFIRMED, Status.ASSEMBLED):
        await fulfilling.step(seller, shipment.shop, shipment.id, status)
    with suppress(InvalidTransition):
        await overlap(
            lambda: fulfilling.step(seller, shipment.shop, shipment.id, Status.SENT),
            lambda: fulfilling.cancel(buyer, order.id),
        )
    return await TortoiseOrders().get(order.id)


async def test_what_is_being_sent_is_not_cancelled(
    shop: LavkaShop, buyer: Access, seller: Access, kettle: Offer, overlap: Overlap
) -> None:
    order = await send_and_cancel(shop.fulfilling, buyer, seller, kettle, overlap)
    assert (order.status, await left(kettle)) == (Status.SENT, 7)
    assert await broken(shop) == {}


async def test_a_cancel_of_what_is_being_sent_would_be_caught(
    shop: LavkaShop, buyer: Access, seller: Access, kettle: Offer, overlap: Overlap
) -> None:
    naive = unlocked(shop.fulfilling)
    order = await send_and_cancel(naive, buyer, seller, kettle, overlap)
    assert (order.status, await left(kettle)) == (Status.CANCELED, 10)
    assert set(await broken(shop)) == {"a shipment goes by the steps that there are, from new"}


async def pay_and_expire(fulfilling: Fulfilling, buyer: Access, kettle: Offer, overlap: Overlap) -> Order:
    """Pay an order in the moment in which its time is up."""
    long_ago = utc_now() - timedelta(minutes=31)
    order = await ordered(buyer.user, [(kettle, 3)], PaymentMethod.ONLINE, now=long_ago)

    async def pay() -> None:
        async with fulfilling.orders.change(order.id) as lent:
            lent.pay(utc_now())
            await paid_online(lent, utc_now())

    await overlap(pay, fulfilling.expire_one)
    return await TortoiseOrders().get(order.id)


async def test_what_is_paid_in_the_last_moment_does_not_expire(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    order = await pay_and_expire(shop.fulfilling, buyer, kettle, overlap)
    assert (order.status, order.is_paid, await left(kettle)) == (Status.CONFIRMED, True, 7)
    assert await broken(shop) == {}


async def test_an_expiry_of_what_is_being_paid_would_be_caught(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    naive = unlocked(shop.fulfilling)
    order = await pay_and_expire(naive, buyer, kettle, overlap)
    assert (order.status, await left(kettle)) == (Status.CANCELED, 10)
    assert await broken(shop)


async def change_twice(amending: Amending, buyer: Access, kettle: Offer, overlap: Overlap) -> Order:
    """Order five of a line instead of three, and eight instead of what it is, at once."""
    order = await ordered(buyer.user, [(kettle, 3)])
    await overlap(
        lambda: amending.change(buyer, order.id, kettle.id, 5),
        lambda: amending.change(buyer, order.id, kettle.id, 8),
    )
    return await TortoiseOrders().get(order.id)


async def test_of_two_changes_of_a_line_the_second_goes_on_from_the_first(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    order = await change_twice(shop.amending, buyer, kettle, overlap)
    assert (order.lines[0].quantity, await left(kettle)) == (8, 2)
    assert await broken(shop) == {}


async def test_changes_of_a_line_that_lock_nothing_would_be_caught(
    shop: LavkaShop, buyer: Access, kettle: Offer, overlap: Overlap
) -> None:
    order = await change_twice(unlocked(shop.amending), buyer, kettle, overlap)
    assert (order.lines[0].quantity, await left(kettle)) == (8, 0)
    assert await broken(shop)
