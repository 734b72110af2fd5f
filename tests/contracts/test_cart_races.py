"""Carts that two change, take over or sign in with at once; beside each a naive variant that goes wrong."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from builders import GOOD, a_product, a_shop, a_user, an_offer
from overlapping import Overlap

from lavka.adapters.tortoise import cart_writes
from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.database import execute, fetch, transaction
from lavka.adapters.tortoise.models import UserRow
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.cart import CartKey, Holder, key_of
from lavka.application.sessions import SigningIn
from lavka.application.shop import Shop as LavkaShop
from lavka.bootstrap import utc_now
from lavka.domain.accounts import User, UserId
from lavka.domain.cart import Cart, Ware
from lavka.domain.catalog import Offer
from lavka.domain.errors import Unavailable
from lavka.domain.passwords import Password
from lavka.domain.sessions import Device

pytestmark = pytest.mark.postgres

DEVICE = Device("a program", "127.0.0.1")
TOKEN = key_of("a token")


@pytest.fixture
async def tea(shop: LavkaShop) -> Offer:
    """One of two offers in the shop."""
    return (await two_offers())[0]


async def two_offers() -> tuple[Offer, Offer]:
    seller, product = a_shop(), a_product()
    tea, cup = (an_offer(product.id, seller.id, quantity=1000) for _ in range(2))
    await TortoiseStockroom().bring(shops=[seller], products=[product], offers=[tea, cup])
    return tea, cup


async def a_member(shop: LavkaShop) -> User:
    user = a_user(password_hash=await shop.joining.passwords.hash(Password(GOOD)))
    await TortoiseUsers().add(user)
    return user


async def held(shop: LavkaShop, holder: Holder) -> dict[Any, int]:
    """How many of each offer are in a cart."""
    return {item.offer.id: item.quantity for item in await shop.filling.show(holder)}


BLIND = "UPDATE carts SET version = version + 1, expires_at = $3 WHERE id = $1 AND $2 > 0 RETURNING id"
"""The naive way: a cart is written whatever has become of it since it was looked at."""


async def put_twice(shop: LavkaShop, who: UserId, tea: Offer, overlap: Overlap) -> dict[Any, int]:
    """Put one more of what is in a cart into it, twice at once; what there is then."""
    await overlap(lambda: shop.filling.put(who, [(tea.id, 1)]), lambda: shop.filling.put(who, [(tea.id, 1)]))
    return await held(shop, who)


async def test_of_two_that_are_put_in_at_once_both_are_there(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    who = (await a_member(shop)).id
    await shop.filling.put(who, [(tea.id, 1)])
    assert await put_twice(shop, who, tea, overlap) == {tea.id: 3}


async def test_a_cart_that_is_written_blindly_would_be_caught(
    shop: LavkaShop, tea: Offer, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = (await a_member(shop)).id
    await shop.filling.put(who, [(tea.id, 1)])
    monkeypatch.setattr(cart_writes, "MARK", BLIND)
    assert await put_twice(shop, who, tea, overlap) == {tea.id: 2}


@pytest.mark.parametrize("is_anonymous", [False, True])
async def test_two_that_begin_a_cart_at_once_fill_the_same(
    shop: LavkaShop, overlap: Overlap, is_anonymous: bool
) -> None:
    tea, cup = await two_offers()
    who: Holder = TOKEN if is_anonymous else (await a_member(shop)).id
    await overlap(lambda: shop.filling.put(who, [(tea.id, 1)]), lambda: shop.filling.put(who, [(cup.id, 2)]))
    assert await held(shop, who) == {tea.id: 1, cup.id: 2}


async def test_a_cart_that_somebody_fills_as_it_expires_is_kept(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    await shop.filling.put(TOKEN, [(tea.id, 1)])
    expiry = utc_now()
    await execute("UPDATE carts SET expires_at = $1", [expiry])
    late = replace(shop.filling, clock=lambda: expiry.replace(year=expiry.year - 1))
    forgotten = []

    async def sweep() -> None:
        forgotten.append(await shop.filling.carts.forget_expired(utc_now()))

    await overlap(lambda: late.put(TOKEN, [(tea.id, 1)]), sweep)
    assert forgotten == [0]
    assert await fetch("SELECT quantity FROM cart_items") == [{"quantity": 2}]


class UnlockedCarts(TortoiseCarts):
    """The naive way: a cart is looked at and then forgotten."""

    async def take_over(self, key: CartKey, now: datetime) -> Cart[Ware]:
        found = await self.get(key, now)
        await execute("DELETE FROM carts WHERE token_digest = $1", [key])
        return found


async def bring_to_two_accounts(shop: LavkaShop, signing_in: SigningIn, tea: Offer, overlap: Overlap) -> int:
    """Sign in to two accounts at once with the same cart; how many there are in both."""
    one, other = [await a_member(shop) for _ in range(2)]
    await shop.filling.put(TOKEN, [(tea.id, 3)])
    await overlap(
        lambda: signing_in.log_in(one.email.address, GOOD, DEVICE, TOKEN),
        lambda: signing_in.log_in(other.email.address, GOOD, DEVICE, TOKEN),
    )
    return sum([sum((await held(shop, each.id)).values()) for each in (one, other)])


async def test_a_cart_that_is_brought_to_two_accounts_at_once_is_not_doubled(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    assert await bring_to_two_accounts(shop, shop.signing_in, tea, overlap) == 3


async def test_a_cart_that_is_taken_over_without_a_lock_would_be_caught(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    naive = replace(shop.signing_in, carts=UnlockedCarts())
    assert await bring_to_two_accounts(shop, naive, tea, overlap) == 6


async def sign_in_with(shop: LavkaShop, signing_in: SigningIn, who: User, tokens: list[CartKey]) -> None:
    """Sign in with each of these carts, all at once."""
    await asyncio.gather(*(signing_in.log_in(who.email.address, GOOD, DEVICE, token) for token in tokens))


async def test_twenty_sign_ins_at_once_lose_nothing_and_double_nothing(shop: LavkaShop) -> None:
    tea, cup = await two_offers()
    who = await a_member(shop)
    await shop.filling.put(who.id, [(cup.id, 5)])
    tokens = [key_of(f"token {number}") for number in range(20)]
    wanted = Counter({tea.id: 0, cup.id: 5})
    for number, token in enumerate(tokens, 1):
        await shop.filling.put(token, [(tea.id, number), (cup.id, 1)])
        wanted += Counter({tea.id: number, cup.id: 1})
    await sign_in_with(shop, shop.signing_in, who, tokens)
    assert await held(shop, who.id) == wanted
    assert await fetch("SELECT id FROM carts WHERE token_digest IS NOT NULL") == []


async def test_twenty_sign_ins_at_once_with_one_cart_bring_it_once(shop: LavkaShop, tea: Offer) -> None:
    who = await a_member(shop)
    await shop.filling.put(TOKEN, [(tea.id, 7)])
    await sign_in_with(shop, shop.signing_in, who, [TOKEN] * 20)
    assert await held(shop, who.id) == {tea.id: 7}


class ExclusiveUsers(TortoiseUsers):
    """The naive way: nobody may even refer to a user who signs in."""

    @asynccontextmanager
    async def change(self, user: UserId) -> AsyncIterator[User]:
        async with transaction():
            await UserRow.select_for_update().get(id=user)
            yield await self.get(user)


@dataclass
class HaltingCarts(TortoiseCarts):
    """Something else begins while a cart is brought along."""

    overlap: Overlap
    other: asyncio.Task[object]
    may_begin: asyncio.Event

    async def take_over(self, key: CartKey, now: datetime) -> Cart[Ware]:
        taken = await super().take_over(key, now)
        await self.overlap.meet(self.may_begin, self.other)
        return taken


async def sign_in_and_put(shop: LavkaShop, signing_in: SigningIn, tea: Offer, overlap: Overlap) -> list[Any]:
    """Begin a user's cart while the user signs in with another one; what became of both."""
    who = await a_member(shop)
    await shop.filling.put(TOKEN, [(tea.id, 3)])
    may_begin = asyncio.Event()
    other = overlap.later(may_begin, lambda: shop.filling.put(who.id, [(tea.id, 1)]))
    halting = replace(signing_in, carts=HaltingCarts(overlap, other, may_begin))
    signed_in = halting.log_in(who.email.address, GOOD, DEVICE, TOKEN)
    done = await asyncio.gather(signed_in, other, return_exceptions=True)
    return [*(type(each) for each in done if isinstance(each, Exception)), await held(shop, who.id)]


async def test_a_cart_that_is_begun_while_its_user_signs_in_waits_in_no_ring(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    assert await sign_in_and_put(shop, shop.signing_in, tea, overlap) == [{tea.id: 4}]


async def test_a_user_who_is_locked_against_references_would_be_caught(
    shop: LavkaShop, tea: Offer, overlap: Overlap
) -> None:
    naive = replace(shop.signing_in, users=ExclusiveUsers())
    failed = await sign_in_and_put(shop, naive, tea, overlap)
    assert failed[0] is Unavailable
