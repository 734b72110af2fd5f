"""What every place where carts are kept must do: give back what was put in, at today's prices."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from builders import NOON, a_product, a_shop, a_user, an_offer

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.carts import TortoiseCarts
from lavka.adapters.tortoise.database import POSTGRES, database, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.cart import CartKey, Carts, Holder, key_of
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, CartItem, Ware
from lavka.domain.catalog import Offer, OfferId
from lavka.domain.errors import NotFound, Unauthorized
from lavka.domain.money import Money

LATER = NOON + timedelta(days=30)
TOKEN = CartKey(key_of("a token"))


@pytest.fixture(params=[TortoiseCarts])
def carts(request: pytest.FixtureRequest, store: None) -> Carts:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def buyer(store: None) -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


@pytest.fixture(params=["a user's", "an anonymous one"])
def holder(request: pytest.FixtureRequest, buyer: UserId) -> Holder:
    return buyer if request.param == "a user's" else TOKEN


@pytest.fixture
async def shelf(store: None) -> Sequence[Offer]:
    """Three offers of one product."""
    seller, product = (
        a_shop("Домашний очаг"),
        a_product("Чайник", attributes={"Объём": "1,7 л", "Цвет": "любой"}),
    )
    offers = [
        an_offer(product.id, seller.id, price=199_000, quantity=14, attributes={"Цвет": "белый"}),
        an_offer(product.id, seller.id, price=500, quantity=3, recommended_price=700),
        an_offer(product.id, seller.id, price=1, quantity=0),
    ]
    await TortoiseStockroom().bring(shops=[seller], products=[product], offers=offers)
    await execute("UPDATE products SET image = '/media/kettle.jpg'")
    return offers


async def put(carts: Carts, holder: Holder, *wishes: tuple[Offer, int]) -> None:
    async for lent in carts.attempts(holder, NOON, [offer.id for offer, _ in wishes]):
        lent.cart.add(CartItem(lent.wares[offer.id], quantity) for offer, quantity in wishes)


def told(cart: Cart[Ware]) -> list[tuple[OfferId, int]]:
    return [(item.offer.id, item.quantity) for item in cart]


async def written() -> dict[str, tuple[int, int]]:
    """The quantity and the place of every item that is stored."""
    rows = await fetch("SELECT offer_id, quantity, position FROM cart_items")
    return {str(row["offer_id"]): (row["quantity"], row["position"]) for row in rows}


async def test_what_was_put_in_is_there_in_its_order(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    await put(carts, holder, (shelf[1], 2), (shelf[0], 10_000))
    await put(carts, holder, (shelf[2], 1), (shelf[1], 1))
    wanted = [(shelf[1].id, 3), (shelf[0].id, 10_000), (shelf[2].id, 1)]
    assert told(await carts.get(holder, NOON)) == wanted
    async for lent in carts.attempts(holder, NOON):
        assert told(lent.cart) == wanted
        assert lent.wares == {}


async def test_a_ware_is_its_offer_with_all_that_a_buyer_sees(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    await put(carts, holder, (shelf[0], 1), (shelf[1], 1))
    kettle, other = [item.offer for item in await carts.get(holder, NOON)]
    assert kettle == Ware(
        id=shelf[0].id,
        product=shelf[0].product,
        shop=shelf[0].shop,
        sku=shelf[0].sku,
        price=Money(199_000),
        quantity=14,
        attributes={"Объём": "1,7 л", "Цвет": "белый"},
        name="Чайник",
        shop_name="Домашний очаг",
        image="/media/kettle.jpg",
        is_for_sale=True,
    )
    assert (other.recommended_price, other.attributes["Цвет"]) == (Money(700), "любой")


async def test_prices_and_stock_are_those_of_today(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    await put(carts, holder, (shelf[0], 2))
    async with TortoiseGoods().change_offer(shelf[0].id) as offer:
        offer.revise({"price": Money(777), "quantity": 1})
    cart = await carts.get(holder, NOON)
    assert (cart.total_price, [item.offer.quantity for item in cart]) == (Money(1554), [1])


@pytest.mark.parametrize("closed", ["the offer", "the shop", "the product"])
async def test_what_is_not_for_sale_says_so(
    carts: Carts, buyer: UserId, shelf: Sequence[Offer], closed: str
) -> None:
    await put(carts, buyer, (shelf[0], 1))
    if closed == "the offer":
        async with TortoiseGoods().change_offer(shelf[0].id) as offer:
            offer.revise({"is_active": False})
    elif closed == "the shop":
        async with TortoiseShops().change(shelf[0].shop) as seller:
            seller.revise({"is_open": False})
    else:
        async with TortoiseGoods().change(shelf[0].product) as product:
            product.revise({"is_active": False}, NOON)
    assert [item.offer.is_for_sale for item in await carts.get(buyer, NOON)] == [False]


async def test_offers_that_are_meant_are_lent_and_those_that_are_nowhere_are_not(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    await put(carts, holder, (shelf[0], 1))
    meant = [shelf[0].id, shelf[2].id, OfferId(new_id())]
    async for lent in carts.attempts(holder, NOON, meant):
        assert list(lent.wares) == meant[:2]
        assert lent.wares[shelf[2].id].quantity == 0
        assert told(lent.cart) == [(shelf[0].id, 1)]
    assert told(await carts.get(holder, NOON)) == [(shelf[0].id, 1)]


async def test_only_what_has_changed_is_written(carts: Carts, holder: Holder, shelf: Sequence[Offer]) -> None:
    await put(carts, holder, *((offer, 1) for offer in shelf))
    async for lent in carts.attempts(holder, NOON):
        lent.cart.change(shelf[1].id, 5)
    one, two, three = (str(offer.id) for offer in shelf)
    assert await written() == {one: (1, 0), two: (5, 1), three: (1, 2)}
    async for lent in carts.attempts(holder, NOON):
        lent.cart.remove(shelf[1].id)
        lent.cart.change(shelf[2].id, 4)
    assert await written() == {one: (1, 0), three: (4, 2)}
    await put(carts, holder, (shelf[1], 2))
    assert await written() == {one: (1, 0), three: (4, 2), two: (2, 3)}


async def test_what_is_taken_out_and_put_in_again_stands_last(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    await put(carts, holder, *((offer, 1) for offer in shelf))
    async for lent in carts.attempts(holder, NOON, [shelf[0].id]):
        lent.cart.remove(shelf[0].id)
        lent.cart.add(lent.wares[shelf[0].id])
    assert [offer for offer, _ in told(await carts.get(holder, NOON))] == [
        shelf[number].id for number in (1, 2, 0)
    ]


async def test_a_cart_that_was_cleared_is_empty(carts: Carts, holder: Holder, shelf: Sequence[Offer]) -> None:
    await put(carts, holder, *((offer, 1) for offer in shelf))
    async for lent in carts.attempts(holder, NOON):
        lent.cart.clear()
    assert told(await carts.get(holder, NOON)) == []
    assert await written() == {}


async def test_an_exception_leaves_no_trace(carts: Carts, holder: Holder, shelf: Sequence[Offer]) -> None:
    async def put_and_fail() -> None:
        async for lent in carts.attempts(holder, NOON, [shelf[0].id]):
            lent.cart.add(lent.wares[shelf[0].id])
            raise NotFound

    with pytest.raises(NotFound):
        await put_and_fail()
    assert await fetch("SELECT id FROM carts") == []


async def test_a_change_is_part_of_the_transaction_around_it(
    carts: Carts, holder: Holder, shelf: Sequence[Offer]
) -> None:
    async def put_and_fail() -> None:
        async with transaction():
            await put(carts, holder, (shelf[0], 1))
            raise NotFound

    with pytest.raises(NotFound):
        await put_and_fail()
    assert await fetch("SELECT id FROM carts") == []


async def test_each_holder_has_a_cart_of_its_own(carts: Carts, buyer: UserId, shelf: Sequence[Offer]) -> None:
    other = key_of("another token")
    for place, who in enumerate((buyer, TOKEN, other)):
        await put(carts, who, (shelf[place], place + 1))
    for place, who in enumerate((buyer, TOKEN, other)):
        assert told(await carts.get(who, NOON)) == [(shelf[place].id, place + 1)]


async def test_a_user_who_is_gone_has_no_cart(carts: Carts, shelf: Sequence[Offer]) -> None:
    with pytest.raises(Unauthorized):
        await put(carts, UserId(new_id()), (shelf[0], 1))


async def test_a_look_stores_nothing(carts: Carts, holder: Holder) -> None:
    assert told(await carts.get(holder, NOON)) == []
    assert await fetch("SELECT id FROM carts") == []


async def test_an_anonymous_cart_that_is_left_empty_is_not_kept(carts: Carts, shelf: Sequence[Offer]) -> None:
    await put(carts, TOKEN)
    assert await fetch("SELECT id FROM carts") == []
    await put(carts, TOKEN, (shelf[0], 1))
    async for lent in carts.attempts(TOKEN, NOON):
        lent.cart.clear()
    assert await fetch("SELECT id FROM carts") == []


async def test_an_anonymous_cart_is_kept_for_thirty_days_from_its_last_change(
    carts: Carts, shelf: Sequence[Offer]
) -> None:
    moment = timedelta(microseconds=1)
    await put(carts, TOKEN, (shelf[0], 1))
    assert len(await carts.get(TOKEN, LATER - moment)) == 1
    assert len(await carts.get(TOKEN, LATER)) == 0
    async for lent in carts.attempts(TOKEN, LATER - moment):
        lent.cart.change(shelf[0].id, 2)
    assert len(await carts.get(TOKEN, LATER + timedelta(days=29))) == 1


async def test_what_an_expired_cart_held_is_gone(carts: Carts, shelf: Sequence[Offer]) -> None:
    await put(carts, TOKEN, (shelf[0], 1))
    async for lent in carts.attempts(TOKEN, LATER, [shelf[1].id]):
        assert told(lent.cart) == []
        lent.cart.add(lent.wares[shelf[1].id])
    assert list(await written()) == [str(shelf[1].id)]
    assert len(await carts.take_over(TOKEN, LATER + timedelta(days=30))) == 0


async def test_a_users_cart_does_not_expire(carts: Carts, buyer: UserId, shelf: Sequence[Offer]) -> None:
    await put(carts, buyer, (shelf[0], 1))
    assert await carts.forget_expired(NOON + timedelta(days=3650)) == 0
    assert len(await carts.get(buyer, NOON + timedelta(days=3650))) == 1


async def test_a_cart_is_taken_over_once(carts: Carts, shelf: Sequence[Offer]) -> None:
    await put(carts, TOKEN, (shelf[0], 2), (shelf[1], 1))
    assert told(await carts.take_over(TOKEN, NOON)) == [(shelf[0].id, 2), (shelf[1].id, 1)]
    assert told(await carts.take_over(TOKEN, NOON)) == []
    assert await fetch("SELECT id FROM carts") == []
    assert await written() == {}


async def test_expired_carts_are_forgotten_with_what_they_hold(carts: Carts, shelf: Sequence[Offer]) -> None:
    await put(carts, TOKEN, (shelf[0], 2))
    await put(carts, key_of("another token"), (shelf[0], 1))
    async for lent in carts.attempts(TOKEN, NOON + timedelta(days=1)):
        lent.cart.change(shelf[0].id, 1)
    assert await carts.forget_expired(LATER) == 1
    assert await written() == {str(shelf[0].id): (1, 0)}
    assert await carts.forget_expired(LATER) == 0


@pytest.fixture
def statements(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Tell the first words of the statements since the last time it was asked."""
    caplog.set_level(logging.DEBUG, logger="tortoise.db_client")

    def since() -> list[str]:
        words = [" ".join(record.getMessage().split()[:3]) for record in caplog.records]
        caplog.clear()
        return words

    return since


READ = "SELECT ware.*, w.quantity,"


def writing(*steps: str) -> list[str]:
    """How a change is written: by one statement or, in the process itself, by its steps."""
    return ["WITH cart AS"] if dialect() == POSTGRES else list(steps)


async def test_a_change_is_one_look_and_one_write_however_much_is_in_it(
    carts: Carts, buyer: UserId, shelf: Sequence[Offer], statements: Callable[[], list[str]]
) -> None:
    statements()
    await put(carts, buyer, (shelf[0], 1))
    assert statements() == [READ, *writing("INSERT INTO carts", "INSERT INTO cart_items")]
    await put(carts, buyer, *((offer, 1) for offer in shelf))
    assert statements() == [READ, *writing("UPDATE carts SET", "INSERT INTO cart_items")]
    await carts.get(buyer, NOON)
    assert statements() == [READ]
    async for _ in carts.attempts(buyer, NOON):
        pass
    assert statements() == [READ]
    async for lent in carts.attempts(buyer, NOON):
        lent.cart.remove(shelf[0].id)
        lent.cart.change(shelf[1].id, 2)
    steps = ("UPDATE carts SET", "DELETE FROM cart_items", "INSERT INTO cart_items")
    assert statements() == [READ, *writing(*steps)]
    async for lent in carts.attempts(buyer, NOON):
        lent.cart.clear()
    assert statements() == [READ, *writing("UPDATE carts SET", "DELETE FROM cart_items")]


async def test_a_cart_that_somebody_changes_meanwhile_is_lent_again(
    carts: Carts, buyer: UserId, shelf: Sequence[Offer]
) -> None:
    await put(carts, buyer, (shelf[0], 1))
    seen = []
    async for lent in carts.attempts(buyer, NOON, [shelf[1].id]):
        seen.append(told(lent.cart))
        if len(seen) == 1:
            await put(carts, buyer, (shelf[0], 1))
        lent.cart.add(lent.wares[shelf[1].id])
    assert seen == [[(shelf[0].id, 1)], [(shelf[0].id, 2)]]
    assert told(await carts.get(buyer, NOON)) == [(shelf[0].id, 2), (shelf[1].id, 1)]


async def test_an_anonymous_cart_that_has_expired_is_forgotten_when_it_is_in_the_way(
    carts: Carts, shelf: Sequence[Offer], statements: Callable[[], list[str]]
) -> None:
    await put(carts, TOKEN, (shelf[0], 1))
    statements()
    async for lent in carts.attempts(TOKEN, LATER, [shelf[1].id]):
        lent.cart.add(lent.wares[shelf[1].id])
    first = writing("INSERT INTO carts")
    again = writing("INSERT INTO carts", "INSERT INTO cart_items")
    assert statements() == [READ, *first, "DELETE FROM carts", READ, *again]
    await carts.take_over(TOKEN, LATER)
    assert statements() == ["SELECT id FROM", READ, "DELETE FROM carts"]


@pytest.mark.postgres
async def test_a_cart_that_is_locked_needs_no_savepoint_and_is_written_as_the_transaction_ends(
    carts: Carts, buyer: UserId, shelf: Sequence[Offer]
) -> None:
    await put(carts, buyer, (shelf[0], 1))
    heard: list[str] = []
    async with transaction():
        connection = database()._connection._con  # type: ignore[attr-defined]  # lives longer than the block
        connection.add_query_logger(log := lambda record: heard.append(record.query.split()[0]))
        async with carts.change(buyer, NOON) as lent:
            lent.cart.clear()
    connection.remove_query_logger(log)
    assert heard == ["INSERT", "SELECT", "DELETE", "COMMIT;"]
