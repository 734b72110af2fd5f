"""One key is one order, also for a twin that comes while the first is just being answered."""

from dataclasses import replace
from datetime import datetime

import pytest
from builders import a_product, a_shop, a_user, an_offer, new_id

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.keys import TortoiseKeys
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.checkout import CheckoutWish
from lavka.application.once import Answer, Once
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop as LavkaShop
from lavka.domain.accounts import UserId
from lavka.domain.errors import CartEmpty
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
