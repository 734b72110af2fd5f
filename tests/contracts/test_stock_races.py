"""Many who take the same at once, imports and sellers beside them; next to it naive stocks that go wrong."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from builders import NOON, a_line, a_listed_good, a_price_list, a_product, a_shop, an_offer
from overlapping import PATIENCE, Overlap

from lavka.adapters.tortoise import movements
from lavka.adapters.tortoise.database import execute, fetch, transaction
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.orders import Reason, Stock
from lavka.application.shop import Shop as LavkaShop
from lavka.bootstrap import new_id
from lavka.domain.catalog import Offer, OfferId
from lavka.domain.errors import OutOfStock, Unavailable
from lavka.domain.imports import Import, Status, Terms
from lavka.domain.orders import Line, OrderId
from lavka.domain.shops import Shop

pytestmark = pytest.mark.postgres

WHOLE = "an order has the stock of what it is not cancelled of, and no other"
"""Stock is taken here for orders that nobody has kept."""
AT_ONCE = 8
READ = "SELECT quantity FROM stock WHERE offer_id = $1"
SOLD = "SELECT -COALESCE(sum(change), 0) AS sold FROM stock_movements WHERE reason = 'order'"


class UncheckedStock(TortoiseStock):
    """The naive way: what there is is read, looked at, and written less so many."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> None:
        for line in lines:
            (row,) = await fetch(READ, [line.offer])
            if row["quantity"] < line.quantity:
                raise OutOfStock([])
            await execute(
                "UPDATE stock SET quantity = $2 WHERE offer_id = $1",
                [line.offer, row["quantity"] - line.quantity],
            )


class UnorderedStock(TortoiseStock):
    """Another naive way: each line is taken as it comes."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> None:
        for line in lines:
            await super().take(order, [line], now)


@pytest.fixture
async def seller(shop: LavkaShop) -> Shop:
    seller = a_shop()
    await TortoiseStockroom().bring(shops=[seller])
    return seller


async def offers_of(seller: Shop, *quantities: int) -> list[Offer]:
    """As many offers, each of a product of its own; SKUs are 0, 1, 2 and so on."""
    products = [a_product(f"Товар {number}") for number, _ in enumerate(quantities)]
    offers = [
        an_offer(product.id, seller.id, sku=str(number), quantity=quantity)
        for number, (product, quantity) in enumerate(zip(products, quantities, strict=True))
    ]
    await TortoiseStockroom().bring(products=products, offers=offers)
    return offers


async def take(stock: Stock, *lines: Line) -> OrderId:
    order = OrderId(new_id())
    async with transaction():
        await stock.take(order, lines, NOON)
    return order


async def in_turn(each: Sequence[Awaitable[Any]]) -> list[Any]:
    """Do all of them, so many at once; give what each gave or raised."""
    room = asyncio.Semaphore(AT_ONCE)

    async def do(one: Awaitable[Any]) -> Any:
        async with room:
            return await one

    return await asyncio.gather(*map(do, each), return_exceptions=True)


def raised(done: Sequence[Any]) -> Counter[type[BaseException]]:
    """How often each error was raised."""
    return Counter(type(each) for each in done if isinstance(each, BaseException))


async def broken(shop: LavkaShop) -> set[str]:
    return {name async for name, rows in shop.checks.broken() if rows} - {WHOLE}


async def left(*offers: Offer) -> list[int]:
    return [(await fetch(READ, [offer.id]))[0]["quantity"] for offer in offers]


async def two_hundred_want_one_of_fifty(stock: Stock, seller: Shop) -> int:
    """How many of them get one."""
    (tea,) = await offers_of(seller, 50)
    done = await in_turn([take(stock, a_line(tea)) for _ in range(200)])
    assert raised(done).keys() <= {OutOfStock}
    return 200 - raised(done)[OutOfStock]


async def test_of_two_hundred_who_want_one_of_fifty_exactly_fifty_get_it(
    shop: LavkaShop, seller: Shop
) -> None:
    for _ in range(3):
        assert await two_hundred_want_one_of_fifty(TortoiseStock(), seller) == 50
        await execute("UPDATE offers SET sku = id::text")
    assert await fetch(SOLD) == [{"sold": 150}]
    assert await fetch("SELECT DISTINCT quantity FROM stock") == [{"quantity": 0}]
    assert await broken(shop) == set()


async def test_a_stock_that_looks_first_would_be_caught_overselling(shop: LavkaShop, seller: Shop) -> None:
    assert await two_hundred_want_one_of_fifty(UncheckedStock(), seller) > 50
    assert await broken(shop) >= {"an offer's stock is the sum of its movements"}


async def cross(stock: Stock, seller: Shop, times: int) -> Counter[type[BaseException]]:
    """Take two offers in either order at once, so many times each; what was raised."""
    one, other = (a_line(offer) for offer in await offers_of(seller, 10**6, 10**6))
    wishes = [take(stock, one, other) for _ in range(times)], [take(stock, other, one) for _ in range(times)]
    return raised(await in_turn([wish for pair in zip(*wishes, strict=True) for wish in pair]))


async def test_whoever_takes_the_same_in_another_order_waits_and_nobody_deadlocks(
    shop: LavkaShop, seller: Shop
) -> None:
    assert await cross(TortoiseStock(), seller, 500) == {}
    assert await fetch("SELECT DISTINCT quantity FROM stock") == [{"quantity": 10**6 - 1000}]
    assert await broken(shop) == set()


async def test_a_stock_that_is_locked_in_the_order_of_the_lines_would_be_caught(
    shop: LavkaShop, seller: Shop
) -> None:
    assert (await cross(UnorderedStock(), seller, 10)).keys() == {Unavailable}


async def test_what_comes_back_while_somebody_waits_for_it_is_taken(
    shop: LavkaShop, seller: Shop, overlap: Overlap
) -> None:
    (tea,) = await offers_of(seller, 1)
    stock = TortoiseStock()
    order = await take(stock, a_line(tea))
    await overlap(
        lambda: stock.give_back(order, [a_line(tea)], Reason.CANCELLATION, NOON),
        lambda: take(stock, a_line(tea)),
    )
    assert await left(tea) == [0]
    assert await broken(shop) == set()


async def test_a_stock_that_believes_what_it_saw_before_it_waited_would_be_caught(
    shop: LavkaShop, seller: Shop, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = "ORDER BY s.offer_id FOR NO KEY UPDATE OF s"
    assert lock in movements.MOVE
    naive = movements.MOVE.replace(lock, "")
    monkeypatch.setattr(movements, "MOVE", naive)
    with pytest.raises(OutOfStock):
        await test_what_comes_back_while_somebody_waits_for_it_is_taken(shop, seller, overlap)


async def test_of_two_who_want_the_last_the_second_hears_that_none_is_left(
    shop: LavkaShop, seller: Shop, overlap: Overlap
) -> None:
    tea, cup = await offers_of(seller, 2, 1)
    stock = TortoiseStock()
    with pytest.raises(OutOfStock) as refused:
        await overlap(
            lambda: take(stock, a_line(tea), a_line(cup)), lambda: take(stock, a_line(cup), a_line(tea))
        )
    assert [(each.field, each.message) for each in refused.value.details] == [
        (str(cup.id), "There are 0 of this left.")
    ]
    assert await left(tea, cup) == [1, 0]


async def test_of_two_who_take_the_last_two_lists_hear_once(
    shop: LavkaShop, seller: Shop, overlap: Overlap
) -> None:
    (tea,) = await offers_of(seller, 2)
    stock = TortoiseStock()
    await overlap(lambda: take(stock, a_line(tea)), lambda: take(stock, a_line(tea)))
    assert await left(tea) == [0]
    assert await fetch("SELECT count(*) AS turns FROM stock_turns") == [{"turns": 1}]
    assert await stock.show()
    assert await broken(shop) == set()


class HeldListings(TortoiseListings):
    """An import that has written everything and waits to be let go on."""

    def __init__(self) -> None:
        super().__init__(new_id)
        self.has_written, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def settle(self, work: Import) -> None:
        await super().settle(work)
        self.has_written.set()
        await self.may_go_on.wait()


@asynccontextmanager
async def held_import(
    shop: LavkaShop, seller: Shop, folder: Path, *goods: str
) -> AsyncIterator[HeldListings]:
    """An import of these goods, all written when the block begins, that goes on when it ends or before."""
    file, held = folder / "prices.yaml", HeldListings()
    file.write_text(a_price_list(*goods))
    work = asyncio.create_task(replace(shop.carrying_out, listings=held).carry_now(seller.id, file, Terms()))
    await held.has_written.wait()
    yield held
    held.may_go_on.set()
    assert (await work).status is Status.DONE


def listed(sku: str, quantity: int) -> str:
    return a_listed_good(id=sku, name=f"Товар {sku}", quantity=str(quantity))


async def test_buyers_of_what_an_import_leaves_as_it_is_do_not_wait_for_it(
    shop: LavkaShop, seller: Shop, tmp_path: Path
) -> None:
    tea, cup = await offers_of(seller, 5, 5)
    stock = TortoiseStock()
    async with held_import(
        shop, seller, tmp_path, listed("0", 7), a_listed_good(id="1", quantity="5")
    ) as held:
        async with asyncio.timeout(PATIENCE):
            await take(stock, a_line(cup, 5))
            assert await stock.show() is False  # the import holds the product: the next time
        waiting = asyncio.create_task(take(stock, a_line(tea, 6)))
        await asyncio.wait([waiting], timeout=PATIENCE / 4)
        assert not waiting.done()
        held.may_go_on.set()
        await waiting
    assert await left(tea, cup) == [1, 0]
    while await stock.show():
        pass
    assert await broken(shop) == set()


ENOUGH = {"bought": 200, "brought": 5, "shown": 5}
"""How often each is done in a storm at least."""


class Storm:
    """Buyers, a seller, lists and imports at the same few goods for a while."""

    def __init__(self, shop: LavkaShop, seller: Shop, offers: Sequence[Offer], folder: Path) -> None:
        self.shop, self.seller, self.offers, self.folder = shop, seller, offers, folder
        self.stock, self.chance = TortoiseStock(), random.Random(7)
        self.has_raged, self.done = asyncio.Event(), Counter[str]()

    async def buy(self) -> None:
        """Take some, and give most of it back."""
        lines = [a_line(offer, 1) for offer in self.chance.sample(self.offers, 3)]
        with suppress(OutOfStock):
            order = await take(self.stock, *lines)
            self.done["bought"] += 1
            if self.chance.random() < 0.9:
                async with transaction():
                    await self.stock.give_back(order, lines[::-1], Reason.CANCELLATION, NOON)

    async def sell(self) -> None:
        """Change an offer's quantity by hand."""
        async with TortoiseGoods().change_offer(OfferId(self.chance.choice(self.offers).id)) as lent:
            lent.revise({"quantity": self.chance.randint(0, 3)})

    async def show(self) -> None:
        """Let lists show what has turned."""
        self.done["shown"] += await self.stock.show()
        await asyncio.sleep(0.01)

    async def bring(self) -> None:
        """Import other quantities of everything."""
        file = self.folder / "prices.yaml"
        goods = [listed(offer.sku, self.chance.randint(0, 3)) for offer in self.offers]
        file.write_text(a_price_list(*goods))
        work = await self.shop.carrying_out.carry_now(self.seller.id, file, Terms())
        assert work.status is Status.DONE
        self.done["brought"] += 1

    async def keep_on(self, what: str) -> None:
        """Do one thing again and again until all has been done often enough."""
        while not self.has_raged.is_set():
            await getattr(self, what)()
            if all(self.done[each] >= times for each, times in ENOUGH.items()):
                self.has_raged.set()


async def rage(storm: Storm) -> None:
    """Let everybody at it; raise what anybody meets."""
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for what in ("buy", "buy", "buy", "sell", "show", "show", "bring"):
            group.create_task(storm.keep_on(what))


async def test_buyers_sellers_lists_and_imports_at_once_deadlock_nobody_and_break_nothing(
    shop: LavkaShop, seller: Shop, tmp_path: Path
) -> None:
    storm = Storm(shop, seller, await offers_of(seller, *[3] * 12), tmp_path)
    await rage(storm)
    while await storm.stock.show():
        pass
    assert await fetch("SELECT count(*) AS turns FROM stock_turns") == [{"turns": 0}]
    assert await broken(shop) == set()


async def test_a_storm_on_a_stock_in_the_order_of_the_lines_would_be_caught(
    shop: LavkaShop, seller: Shop, tmp_path: Path
) -> None:
    storm = Storm(shop, seller, await offers_of(seller, *[3] * 12), tmp_path)
    storm.stock = UnorderedStock()
    with pytest.RaisesGroup(Unavailable, allow_unwrapped=True, flatten_subgroups=True):
        await rage(storm)
