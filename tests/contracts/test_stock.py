"""What every stock must do: take all or none, give back, keep a ledger, let lists show what has run out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from builders import NOON, a_line, a_product, a_shop, an_offer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise import movements
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.goods import TortoiseGoods
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import PageWish, ProductFilter
from lavka.application.ports.orders import Reason, Stock
from lavka.bootstrap import new_id, utc_now
from lavka.domain.catalog import MOST_STOCK, Offer
from lavka.domain.errors import OutOfStock
from lavka.domain.orders import Line, OrderId

WHOLE = "an order has the stock of what it is not cancelled of, and no other"
"""The only promise that is broken here: stock is taken for orders that nobody has kept."""


@pytest.fixture(params=[TortoiseStock])
def stock(request: pytest.FixtureRequest, store: None) -> Stock:
    return request.param()  # type: ignore[no-any-return]


async def offers_with(*quantities: int) -> list[Offer]:
    """As many offers, each of a product of its own."""
    shop, products = a_shop(), [a_product(f"Товар {number}") for number, _ in enumerate(quantities)]
    offers = [
        an_offer(product.id, shop.id, quantity=quantity)
        for product, quantity in zip(products, quantities, strict=True)
    ]
    await TortoiseStockroom().bring(shops=[shop], products=products, offers=offers)
    return offers


async def left(*offers: Offer) -> list[int]:
    """How many there are of each."""
    rows = {str(row["offer_id"]): row["quantity"] for row in await fetch("SELECT * FROM stock")}
    return [rows[str(offer.id)] for offer in offers]


async def ledger(offer: Offer) -> list[tuple[int, str]]:
    """What has changed, and why, in its order."""
    sql = "SELECT change, reason FROM stock_movements WHERE offer_id = $1 ORDER BY id"
    return [(row["change"], row["reason"]) for row in await fetch(sql, [offer.id])]


async def take(stock: Stock, *lines: Line) -> OrderId:
    order = OrderId(new_id())
    async with transaction():
        await stock.take(order, lines, NOON)
    return order


async def give_back(stock: Stock, order: OrderId, *lines: Line, why: Reason = Reason.CANCELLATION) -> None:
    async with transaction():
        await stock.give_back(order, lines, why, NOON)


async def turns() -> set[str]:
    return {str(row["offer_id"]) for row in await fetch("SELECT offer_id FROM stock_turns")}


async def shown(offers: Sequence[Offer]) -> list[bool]:
    """Whether lists show each offer's product to be in stock."""
    rows = await fetch("SELECT id, in_stock FROM products")
    known = {str(row["id"]): bool(row["in_stock"]) for row in rows}
    return [known[str(offer.product)] for offer in offers]


async def version(table: str) -> int:
    return int((await fetch(f"SELECT version FROM {table}"))[0]["version"])


async def broken() -> set[str]:
    return {name async for name, rows in TortoiseChecks().broken() if rows}


async def test_what_is_taken_is_there_no_more_and_stands_in_the_ledger(stock: Stock) -> None:
    tea, cup, spoon = await offers_with(10, 5, 3)
    order = await take(stock, a_line(tea, 4), a_line(cup, 5))
    assert await left(tea, cup, spoon) == [6, 0, 3]
    assert await ledger(tea) == [(10, "initial"), (-4, "order")]
    assert await ledger(spoon) == [(3, "initial")]
    rows = await fetch("SELECT order_id, at FROM stock_movements WHERE offer_id = $1 ORDER BY id", [cup.id])
    assert str(rows[1]["order_id"]) == str(order)
    assert str(rows[1]["at"]).startswith("2026-11-24 12:00:00")
    assert await broken() == {WHOLE}


@pytest.mark.parametrize("places", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_when_something_is_short_nothing_is_taken_and_it_is_named_with_what_is_left(
    stock: Stock, places: tuple[int, int, int]
) -> None:
    offers = await offers_with(10, 2, 0)
    lines = [a_line(offers[0], 10), a_line(offers[1], 3), a_line(offers[2], 1)]
    with pytest.raises(OutOfStock) as refused:
        await take(stock, *(lines[place] for place in places))
    assert [(each.field, each.message) for each in refused.value.details] == [
        (str(offers[place].id), f"There are {(10, 2, 0)[place]} of this left.") for place in places if place
    ]
    assert await left(*offers) == [10, 2, 0]
    assert [await ledger(each) for each in offers] == [[(10, "initial")], [(2, "initial")], []]
    assert await turns() == set()


async def test_nothing_of_what_is_short_is_taken_even_without_a_transaction_around_it(stock: Stock) -> None:
    tea, cup = await offers_with(10, 2)
    with pytest.raises(OutOfStock):
        await stock.take(OrderId(new_id()), [a_line(tea), a_line(cup, 3)], NOON)
    assert await left(tea, cup) == [10, 2]


async def test_of_an_offer_that_is_not_there_nothing_is_left(stock: Stock) -> None:
    (tea,) = await offers_with(10)
    gone = an_offer()
    with pytest.raises(OutOfStock) as refused:
        await take(stock, a_line(tea), a_line(gone))
    assert [(each.field, each.message) for each in refused.value.details] == [
        (str(gone.id), "There are 0 of this left.")
    ]
    assert await left(tea) == [10]


async def test_two_lines_of_one_offer_take_what_both_say(stock: Stock) -> None:
    (tea,) = await offers_with(10)
    await take(stock, a_line(tea, 3), a_line(tea, 4))
    assert await left(tea) == [3]
    with pytest.raises(OutOfStock):
        await take(stock, a_line(tea, 2), a_line(tea, 2))
    assert await left(tea) == [3]


async def test_the_whole_stock_may_be_taken_and_not_one_more(stock: Stock) -> None:
    (tea,) = await offers_with(3)
    await take(stock, a_line(tea, 3))
    with pytest.raises(OutOfStock):
        await take(stock, a_line(tea))
    assert await left(tea) == [0]


@pytest.mark.parametrize("why", Reason)
async def test_what_is_given_back_is_there_again_and_the_ledger_says_why(stock: Stock, why: Reason) -> None:
    tea, cup = await offers_with(10, 2)
    order = await take(stock, a_line(tea, 4), a_line(cup, 2))
    await give_back(stock, order, a_line(cup, 2), why=why)
    assert await left(tea, cup) == [6, 2]
    assert await ledger(cup) == [(2, "initial"), (-2, "order"), (2, why.value)]
    assert await broken() == {WHOLE}


async def test_what_is_rolled_back_has_not_been_taken(stock: Stock) -> None:
    (tea,) = await offers_with(1)

    async def take_and_fail() -> None:
        async with transaction():
            await stock.take(OrderId(new_id()), [a_line(tea)], NOON)
            raise LookupError

    with pytest.raises(LookupError):
        await take_and_fail()
    assert (await left(tea), await ledger(tea), await turns()) == ([1], [(1, "initial")], set())


async def test_only_what_runs_out_or_is_there_again_is_left_for_lists(stock: Stock) -> None:
    tea, cup, spoon = await offers_with(10, 2, 2)
    order = await take(stock, a_line(tea, 4), a_line(cup, 2), a_line(spoon))
    assert await turns() == {str(cup.id)}
    await stock.show()
    await give_back(stock, order, a_line(tea, 4), a_line(spoon))
    assert await turns() == set()
    await give_back(stock, order, a_line(cup))
    assert await turns() == {str(cup.id)}


async def test_lists_are_shown_what_has_run_out_and_what_is_there_again(stock: Stock) -> None:
    offers = await offers_with(1, 2)
    order = await take(stock, a_line(offers[0]))
    assert await shown(offers) == [True, True]
    assert await broken() == {WHOLE}
    assert await stock.show() is True
    assert await shown(offers) == [False, True]
    assert await stock.show() is False
    await give_back(stock, order, a_line(offers[0]))
    assert await stock.show() is True
    assert await shown(offers) == [True, True]
    assert await turns() == set()


async def test_a_product_with_another_offer_stays_in_stock(stock: Stock) -> None:
    (tea,) = await offers_with(1)
    other = replace(an_offer(tea.product, tea.shop, quantity=1), sku="other")
    await TortoiseStockroom().bring(offers=[other])
    await take(stock, a_line(tea))
    before = await version("stock_version")
    assert await stock.show() is True
    assert await shown([tea]) == [True]
    assert await version("stock_version") == before
    await take(stock, a_line(other))
    await stock.show()
    assert await shown([tea]) == [False]


async def test_what_is_shown_raises_the_version_of_the_stock_and_never_the_catalogues(stock: Stock) -> None:
    offers = await offers_with(1, 1, 1)
    before = await version("catalog_version"), await version("stock_version")
    await take(stock, *map(a_line, offers))
    assert (await version("catalog_version"), await version("stock_version")) == before
    await stock.show()
    assert (await version("catalog_version"), await version("stock_version")) == (before[0], before[1] + 1)


IN_STOCK, SOLD_OUT = ProductFilter(in_stock=True), ProductFilter(in_stock=False)


async def test_lists_by_stock_count_anew_when_it_is_shown(stock: Stock) -> None:
    offers, catalog = await offers_with(1, 2, 3), TortoiseCatalog()
    wishes = [IN_STOCK, SOLD_OUT, ProductFilter(), ProductFilter(search="товар", in_stock=True)]
    wishes.append(ProductFilter(search="товар"))

    async def totals() -> list[tuple[int, int]]:
        pages = [await catalog.products(which, None, PageWish()) for which in wishes]
        facets = [await catalog.facets(which) for which in wishes]
        counts = [told.values["total"] for told in facets]
        return list(zip([page.total for page in pages], counts, strict=True))

    def told(*counts: int) -> list[tuple[int, int]]:
        return [(count, count) for count in counts]

    assert await totals() == told(3, 0, 3, 3, 3)
    await take(stock, a_line(offers[0]))
    assert await totals() == told(3, 0, 3, 3, 3)
    await stock.show()
    assert await totals() == told(2, 1, 3, 2, 3)


async def test_an_offer_that_holds_more_than_a_shop_may_say_can_still_be_changed(stock: Stock) -> None:
    (tea,) = await offers_with(5)
    order = await take(stock, a_line(tea, 5))
    async with TortoiseGoods().change_offer(tea.id) as lent:
        lent.revise({"quantity": MOST_STOCK})
    await give_back(stock, order, a_line(tea, 5))
    assert await left(tea) == [MOST_STOCK + 5]
    async with TortoiseGoods().change_offer(tea.id) as lent:
        lent.revise({"quantity": 7})
    assert await left(tea) == [7]
    assert await broken() == set()


async def test_a_turn_of_an_offer_that_is_not_there_any_more_hinders_nobody(stock: Stock) -> None:
    (tea,) = await offers_with(1)
    await execute("INSERT INTO stock_turns (offer_id, at) VALUES ($1, $2)", [new_id(), utc_now()])
    await take(stock, a_line(tea))
    await stock.show()
    assert await shown([tea]) == [False]


@pytest.mark.parametrize("sql", ["UPDATE stock_movements SET change = 1", "DELETE FROM stock_movements"])
async def test_the_ledger_only_grows(stock: Stock, sql: str) -> None:
    (tea,) = await offers_with(5)
    with pytest.raises(IntegrityError):
        await execute(sql)
    assert await ledger(tea) == [(5, "initial")]


@pytest.mark.parametrize("lines", [1, 3])
async def test_what_is_taken_costs_a_fixed_number_of_statements(
    stock: Stock, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    offers, sent = await offers_with(*[5] * lines), list[str]()
    for name in ("fetch", "execute"):
        said = getattr(movements, name)
        monkeypatch.setattr(
            movements, name, lambda sql, given, said=said: sent.append(sql) or said(sql, given)
        )
    order = await take(stock, *map(a_line, offers))
    await give_back(stock, order, *map(a_line, offers))
    assert len(sent) == 2 * (1 if dialect() == POSTGRES else 4)


STEP = st.tuples(
    st.sampled_from(["take", "take", "back", "show", "correct"]),
    st.dictionaries(st.integers(0, 2), st.integers(1, 6), min_size=1, max_size=3),
)


class Model:
    """The stock as a plain dict, and what each order holds."""

    def __init__(self, quantities: Sequence[int]) -> None:
        self.left = dict(enumerate(quantities))
        self.orders: list[tuple[OrderId, dict[int, int]]] = []

    def can_give(self, wish: dict[int, int]) -> bool:
        return all(self.left[place] >= quantity for place, quantity in wish.items())

    def change(self, wish: dict[int, int], sign: int) -> None:
        for place, quantity in wish.items():
            self.left[place] += sign * quantity


async def follow(stock: Stock, model: Model, offers: list[Offer], what: str, wish: dict[int, int]) -> Any:
    """Do a step to both."""
    lines = [a_line(offers[place], quantity) for place, quantity in wish.items()]
    if what == "take" and not model.can_give(wish):
        with pytest.raises(OutOfStock) as refused:
            await take(stock, *lines)
        short = [place for place in wish if wish[place] > model.left[place]]
        assert [each.field for each in refused.value.details] == [str(offers[each].id) for each in short]
    elif what == "take":
        model.orders.append((await take(stock, *lines), wish))
        model.change(wish, -1)
    elif what == "back" and model.orders:
        order, taken = model.orders.pop()
        await give_back(stock, order, *(a_line(offers[place], many) for place, many in taken.items()))
        model.change(taken, 1)
    elif what == "correct":
        place, quantity = next(iter(wish.items()))
        async with TortoiseGoods().change_offer(offers[place].id) as lent:
            lent.revise({"quantity": quantity - 1})
        model.left[place] = quantity - 1
    elif what == "show":
        await stock.show()
        assert await shown(offers) == [model.left[place] > 0 for place in range(3)]


@given(st.lists(st.integers(0, 8), min_size=3, max_size=3), st.lists(STEP, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_the_stock_is_a_dict_with_a_ledger(
    stock: Stock, quantities: list[int], steps: list[tuple[str, dict[int, int]]]
) -> None:
    offers, model = await offers_with(*quantities), Model(quantities)
    for what, wish in steps:
        await follow(stock, model, offers, what, wish)
        assert dict(enumerate(await left(*offers))) == model.left
        assert [sum(change for change, _ in await ledger(offer)) for offer in offers] == [
            *model.left.values()
        ]
    assert await broken() <= {WHOLE}
