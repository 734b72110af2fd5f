"""One key is one order, also for a twin that comes at a bad moment; and no order writes no letter."""

from dataclasses import replace
from datetime import datetime

import pytest
from builders import a_product, a_shop, a_user, an_offer, new_id

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import execute, fetch, transaction
from lavka.adapters.tortoise.keys import TortoiseKeys
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.checkout import CheckoutWish
from lavka.application.once import Answer, Once
from lavka.application.ports.orders import KeptAnswer
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop as LavkaShop
from lavka.domain.accounts import UserId
from lavka.domain.errors import CartEmpty, OutOfStock, Unavailable
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.sessions import SessionId

PICK_UP = CheckoutWish(PaymentMethod.ON_DELIVERY, requires_delivery=False, phone=Phone("+79123456789"))


class EarlyKeys(TortoiseKeys):
    """Keys as a statement finds them that began before the first had ended, and got its lock after that."""

    has_looked = False

    async def claim(self, user: UserId, key: str, digest: str, now: datetime) -> str | None:
        kept = await super().claim(user, key, digest, now)
        is_early, self.has_looked = not self.has_looked, True
        return None if is_early else kept


class BrokenKeys(TortoiseKeys):
    """Keys that break down when all else of an order is written."""

    async def keep(self, user: UserId, answer: KeptAnswer, now: datetime) -> None:
        raise Unavailable


class NoStroke:
    """A store that has no short way."""

    async def keep(self, *_: object) -> bool | None:
        return None


@pytest.fixture
async def maria(shop: LavkaShop) -> Access:
    """Who has a kettle in the cart."""
    user, hearth, kettle = a_user(), a_shop(), a_product()
    offer = an_offer(kettle.id, hearth.id, price=500, quantity=10)
    await TortoiseUsers().add(user)
    await TortoiseStockroom().bring(shops=[hearth], products=[kettle], offers=[offer])
    await shop.filling.put(user.id, [(offer.id, 1)])
    return Access(user.id, SessionId(new_id()))


def once(key: str) -> Once[Order]:
    return Once(key, "1" * 64, lambda order: order.number)


async def test_a_twin_that_has_just_missed_the_first_answer_gets_it_all_the_same(
    shop: LavkaShop, maria: Access
) -> None:
    first = await shop.ordering.place_once(maria, PICK_UP, once("k"))
    twins = replace(shop.ordering, repeating=replace(shop.ordering.repeating, keys=EarlyKeys()))
    assert await twins.place_once(maria, PICK_UP, once("k")) == Answer(first.text, is_replayed=True)
    assert len(await fetch("SELECT id FROM orders")) == 1


async def test_a_key_of_its_own_finds_the_cart_empty(shop: LavkaShop, maria: Access) -> None:
    await shop.ordering.place_once(maria, PICK_UP, once("k"))
    with pytest.raises(CartEmpty):
        await shop.ordering.place_once(maria, PICK_UP, once("another"))
    assert await fetch("SELECT key FROM idempotency_keys WHERE key = 'another'") == []


async def written_about() -> list[str]:
    """What waits to be told of orders."""
    return [row["kind"] for row in await fetch("SELECT kind FROM outbox")]


async def test_an_order_that_comes_to_nothing_at_the_last_moment_writes_no_letter(
    shop: LavkaShop, maria: Access
) -> None:
    repeating = replace(shop.ordering.repeating, keys=BrokenKeys())
    broken = replace(shop.ordering, repeating=repeating, stroke=NoStroke())
    with pytest.raises(Unavailable):
        await broken.place_once(maria, PICK_UP, once("k"))
    assert await written_about() == []
    await shop.ordering.place_once(maria, PICK_UP, once("k"))
    assert await written_about() == ["send_letter", "send_letter"]


async def test_an_order_of_what_has_just_run_out_writes_no_letter(shop: LavkaShop, maria: Access) -> None:
    await execute("UPDATE stock SET quantity = 0")
    with pytest.raises(OutOfStock):
        await shop.ordering.place_once(maria, PICK_UP, once("k"))
    assert await written_about() == []


async def roll_back(shop: LavkaShop, buyer: Access) -> None:
    async with transaction():
        await shop.ordering.place(buyer, PICK_UP)
        raise Unavailable


async def test_an_order_that_is_rolled_back_from_outside_writes_no_letter(
    shop: LavkaShop, maria: Access
) -> None:
    with pytest.raises(Unavailable):
        await roll_back(shop, maria)
    assert await written_about() == []
