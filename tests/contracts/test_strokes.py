"""An order at one stroke: the same as step by step, or nothing at all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from builders import a_product, a_shop, a_user, an_offer
from overlapping import Overlap

from lavka.adapters.tortoise import strokes
from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.strokes import TortoiseStroke
from lavka.application.checkout import CheckoutWish
from lavka.application.once import Once
from lavka.application.ports.cart import Lent
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.orders import KeptAnswer, Stroke
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import new_id, utc_now
from lavka.domain.accounts import UserId
from lavka.domain.catalog import Offer
from lavka.domain.checkout import Wish
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.sessions import SessionId
from lavka.domain.tasks import Task

PHONE = Phone("+79123456789")
PICK_UP = CheckoutWish(PaymentMethod.ON_DELIVERY, requires_delivery=False, phone=PHONE)
ANSWER = KeptAnswer("one", "1" * 64, "the answer")
TABLES = ("orders", "order_lines", "shipments", "order_history", "stock_movements", "idempotency_keys")


@pytest.fixture(params=[TortoiseStroke])
def stroke(request: pytest.FixtureRequest, shop: Shop) -> Stroke:
    return request.param(TortoiseOutbox())  # type: ignore[no-any-return]


@pytest.fixture
async def buyer(shop: Shop) -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


@pytest.fixture
async def tea(shop: Shop) -> Offer:
    """Five of something, of which the buyers want three."""
    seller, product = a_shop(), a_product()
    offer = an_offer(product.id, seller.id, quantity=5)
    await TortoiseStockroom().bring(shops=[seller], products=[product], offers=[offer])
    return offer


class NoStroke:
    """A store that has no short way."""

    async def keep(
        self, order: Order, seen: Lent, answer: KeptAnswer | None, tasks: Sequence[Task]
    ) -> bool | None:
        return None


def ordered_of(shop: Shop, seen: Lent, buyer: UserId, method: PaymentMethod) -> Order:
    """An order of a cart that was seen, not kept yet."""
    making = shop.ordering.making
    return making.order(seen.cart, Wish(method, PHONE), buyer, making.placing())


async def seen_and_ordered(
    shop: Shop, buyer: UserId, offer: Offer, quantity: int = 3, method: PaymentMethod = PaymentMethod.ONLINE
) -> tuple[Order, Lent]:
    """Put so many into the cart, look at it, and make an order that is not kept yet."""
    await shop.filling.put(buyer, [(offer.id, quantity)])
    seen = await TortoiseCarts().look(buyer, utc_now())
    return ordered_of(shop, seen, buyer, method), seen


async def everything() -> dict[str, Any]:
    counted = {table: (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in TABLES}
    stock = (await fetch("SELECT sum(quantity) AS n FROM stock"))[0]["n"]
    return counted | {"stock": stock, "items": await fetch("SELECT quantity FROM cart_items")}


async def broken(shop: Shop) -> set[str]:
    return {name async for name, rows in shop.checks.broken() if rows}


@pytest.mark.postgres
async def test_an_order_is_kept_with_all_that_goes_with_it(
    shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer
) -> None:
    order, seen = await seen_and_ordered(shop, buyer, tea)
    assert await stroke.keep(order, seen, ANSWER, []) is False
    assert await shop.following.orders.get(order.id) == order
    assert await everything() == {
        **dict.fromkeys(("orders", "order_lines", "shipments", "idempotency_keys"), 1),
        "order_history": 2,
        "stock_movements": 2,
        "stock": 2,
        "items": [],
    }
    assert await shop.ordering.repeating.keys.claim(buyer, "one", "1" * 64, order.created_at) == "the answer"
    assert await broken(shop) == set()


@pytest.mark.postgres
async def test_what_runs_out_by_it_is_told(shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer) -> None:
    order, seen = await seen_and_ordered(shop, buyer, tea, 5)
    assert await stroke.keep(order, seen, None, []) is True
    assert await fetch("SELECT offer_id FROM stock_turns") == [{"offer_id": tea.id}]


async def the_cart_changed(shop: Shop, buyer: UserId, tea: Offer) -> None:
    await shop.filling.put(buyer, [(tea.id, 1)])


async def the_cart_was_taken(shop: Shop, buyer: UserId, tea: Offer) -> None:
    await execute("DELETE FROM carts")


async def the_stock_is_short(shop: Shop, buyer: UserId, tea: Offer) -> None:
    await execute("UPDATE stock SET quantity = 2")


async def the_key_is_used(shop: Shop, buyer: UserId, tea: Offer) -> None:
    await shop.ordering.repeating.keys.keep(buyer, KeptAnswer("one", "2" * 64, "another"), utc_now())


async def the_user_is_gone(shop: Shop, buyer: UserId, tea: Offer) -> None:
    await execute("UPDATE carts SET user_id = NULL, token_digest = $1, expires_at = now()", ["0" * 64])
    await execute("DELETE FROM users WHERE id = $1", [buyer])


WAYS = [the_cart_changed, the_cart_was_taken, the_stock_is_short, the_key_is_used, the_user_is_gone]


@pytest.mark.postgres
@pytest.mark.parametrize("comes", WAYS, ids=lambda way: way.__name__)
async def test_when_something_is_in_the_way_nothing_is_done(
    shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer, comes: Any
) -> None:
    order, seen = await seen_and_ordered(shop, buyer, tea)
    await comes(shop, buyer, tea)
    before = await everything()
    assert await stroke.keep(order, seen, ANSWER, []) is None
    assert await everything() == before


@pytest.mark.postgres
async def test_a_key_that_another_request_holds_is_in_the_way(
    shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer, overlap: Overlap
) -> None:
    order, seen = await seen_and_ordered(shop, buyer, tea)
    told = []

    async def keep() -> None:
        told.append(await stroke.keep(order, seen, ANSWER, []))

    await overlap(lambda: shop.ordering.repeating.keys.claim(buyer, "one", "1" * 64, utc_now()), keep)
    assert told == [None]


@pytest.mark.parametrize("method", PaymentMethod)
async def test_a_store_without_the_short_way_says_so(
    shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer, method: PaymentMethod
) -> None:
    order, seen = await seen_and_ordered(shop, buyer, tea, 3, method)
    has_short_way = dialect() == POSTGRES and method is not PaymentMethod.WALLET
    assert (await stroke.keep(order, seen, None, []) is None) is not has_short_way


@pytest.fixture(params=["at a stroke", "step by step"])
def ways(request: pytest.FixtureRequest, shop: Shop) -> Shop:
    """The same shop, that orders in either way."""
    is_short = request.param == "at a stroke"
    return shop if is_short else replace(shop, ordering=replace(shop.ordering, stroke=NoStroke()))


async def test_either_way_makes_the_same_order(ways: Shop, buyer: UserId, tea: Offer) -> None:
    await ways.filling.put(buyer, [(tea.id, 3)])
    who = Access(buyer, SessionId(new_id()))
    once = Once("one", "1" * 64, lambda order: order.number)
    first = await ways.ordering.place_once(who, PICK_UP, once)
    (order,) = (await ways.following.own(who, None, PageWish())).items
    assert (first.text, first.is_replayed) == (order.number, False)
    assert (await ways.ordering.place_once(who, PICK_UP, once)).is_replayed
    assert (order.total.minor, len(order.lines), len(order.history)) == (3 * 199_000, 1, 2)
    assert (await everything())["stock"] == 2
    assert await broken(ways) == set()


async def test_what_is_in_the_way_does_not_end_the_transaction_around_it(
    ways: Shop, buyer: UserId, tea: Offer
) -> None:
    who, once = Access(buyer, SessionId(new_id())), Once("one", "1" * 64, lambda order: order.number)
    await ways.filling.put(buyer, [(tea.id, 1)])
    await ways.ordering.place_once(who, PICK_UP, once)
    await ways.filling.put(buyer, [(tea.id, 1)])
    async with transaction():
        assert (await ways.ordering.place_once(who, PICK_UP, once)).is_replayed
        await ways.ordering.place(who, PICK_UP)
    assert (await everything())["stock"] == 3


BLIND = strokes.STROKE.replace("AND version = $6", "AND $6 > 0")
"""The naive way: the cart is ordered as it was seen, whatever has become of it."""


async def order_what_was_seen(shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer) -> list[bool | None]:
    """Order twice what was seen once, as a double click does."""
    order, seen = await seen_and_ordered(shop, buyer, tea, 2)
    again = ordered_of(shop, seen, buyer, PaymentMethod.ONLINE)
    return [await stroke.keep(each, seen, None, []) for each in (order, again)]


@pytest.mark.postgres
async def test_a_cart_is_ordered_once(shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer) -> None:
    assert await order_what_was_seen(shop, stroke, buyer, tea) == [False, None]


@pytest.mark.postgres
async def test_a_stroke_that_looks_at_no_version_would_be_caught(
    shop: Shop, stroke: Stroke, buyer: UserId, tea: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strokes, "STROKE", BLIND)
    strokes.statement.cache_clear()
    assert await order_what_was_seen(shop, stroke, buyer, tea) == [False, False]
    strokes.statement.cache_clear()
