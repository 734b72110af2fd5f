"""What becomes of goods over several lists, several suppliers and an administrator in between."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from builders import NOON, Headers, a_line, a_listed_good, a_seller, an_offer, an_order, made
from httpx2 import AsyncClient
from importing import brought, counts, ended, on_sale, send

from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.domain.accounts import UserId
from lavka.domain.catalog import OfferId
from lavka.domain.shops import ShopId


@pytest.fixture
async def hearth(client: AsyncClient, seller: Headers) -> str:
    """A shop of the seller's, by its address."""
    return f"/shops/{made(await client.post('/shops', json={'name': 'Очаг'}, headers=seller))['id']}"


@pytest.fixture
async def frost(client: AsyncClient, stranger: Headers) -> str:
    """Another seller's shop."""
    return f"/shops/{made(await client.post('/shops', json={'name': 'Мороз'}, headers=stranger))['id']}"


@pytest.fixture
async def stranger(client: AsyncClient) -> Headers:
    return await a_seller(client)


@pytest.fixture(autouse=True)
async def _promises(hearth: str) -> Any:
    """After each story every promise of the stored state holds."""
    yield
    assert {name: rows async for name, rows in TortoiseChecks().broken() if rows} == {}


def row(sku: str, name: str, price: str = "10", **more: str) -> str:
    return a_listed_good(id=sku, name=name, price=price, **more)


async def sold(quantity: int) -> None:
    """Order so many of the only offer that there is."""
    (row,) = await fetch("SELECT o.id, o.shop_id, s.owner_id FROM offers o JOIN shops s ON s.id = o.shop_id")
    offer, shop, buyer = (UUID(str(each)) for each in row.values())
    line = a_line(replace(an_offer(shop=ShopId(shop)), id=OfferId(offer)), quantity)
    order = an_order(line, buyer=UserId(buyer))
    await TortoiseOrders().add(order)
    await TortoiseStock().take(order.id, order.lines, NOON)


async def ledger() -> list[tuple[str, int]]:
    """Every change of the stock, and why."""
    rows = await fetch("SELECT reason, change FROM stock_movements ORDER BY id")
    return [(row["reason"], row["change"]) for row in rows]


async def sold_as(client: AsyncClient, who: Headers) -> dict[str, list[str]]:
    """The SKUs that are sold under each name that is shown."""
    items = (await client.get("/products?size=100", headers=who)).json()["items"]
    cards = [(await client.get(f"/products/{item['id']}", headers=who)).json() for item in items]
    return {card["name"]: sorted(offer["sku"] for offer in card["offers"]) for card in cards}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"1": "Чайник", "2": "Заварник"}, {"1": "Заварник", "2": "Чайник"}),
        ({"1": "Чайник", "2": "Заварник"}, {"1": "Заварник", "2": "Заварник"}),
        ({"1": "Чайник"}, {"1": "Заварник", "2": "Чайник"}),
        ({"1": "Чайник", "2": "Чайник"}, {"1": "Чайник", "2": "Самовар"}),
        ({"1": "Чайник"}, {"1": "Чайник 2"}),
        ({"1": "А", "2": "Б", "3": "В"}, {"1": "Б", "2": "В", "3": "А"}),
    ],
)
async def test_every_good_is_sold_under_the_name_that_the_last_list_gives_it(
    client: AsyncClient, seller: Headers, hearth: str, before: dict[str, str], after: dict[str, str]
) -> None:
    for names in (before, after, before, after):
        report = await brought(client, seller, hearth, *[row(sku, name) for sku, name in names.items()])
        assert report["status"] == "done", report
        expected: dict[str, list[str]] = {}
        for sku, name in names.items():
            expected.setdefault(name, []).append(sku)
        assert await sold_as(client, seller) == expected
    again = await brought(client, seller, hearth, *[row(sku, name) for sku, name in after.items()])
    assert counts(again) == ("done", len(after), 0, 0, 0)


async def test_a_list_in_another_order_of_goods_that_share_an_id_loses_none(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    first, second = row("A", "Первый"), row("A", "Второй")
    await brought(client, seller, hearth, first, second)
    await brought(client, seller, hearth, second, first)
    assert await sold_as(client, seller) == {"Первый": ["A (2)"], "Второй": ["A"]}


@pytest.mark.parametrize("bad", [0, 1])
async def test_a_bad_row_spares_every_good_that_shares_its_id(
    client: AsyncClient, seller: Headers, hearth: str, bad: int
) -> None:
    names = ["Первый", "Второй"]
    await brought(client, seller, hearth, *[row("A", name) for name in names])
    rows = [row("A", name, price="20" if number != bad else "сто") for number, name in enumerate(names)]
    report = await brought(client, seller, hearth, *rows, row("B", "Третий"), query="?mode=partial")
    assert counts(report) == ("done", 3, 1, 0, 0)
    assert await on_sale(client, seller) == {"Первый": 1000, "Второй": 1000, "Третий": 1000}


async def test_what_an_administrator_hides_no_list_brings_back(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"))
    product = (await client.get("/products", headers=admin)).json()["items"][0]["id"]
    await client.delete(f"/products/{product}", headers=admin)
    for price in ("20", "30"):
        more = a_listed_good("parameters:\n  Цвет: белый\n", id="1", name="Чайник", price=price)
        await brought(client, seller, hearth, more)
    assert await on_sale(client, seller) == {}
    await client.patch(f"/products/{product}", json={"is_active": True}, headers=admin)
    assert await on_sale(client, seller) == {"Чайник": 3000}


async def test_what_an_administrator_puts_right_stays_right(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайнек"))
    product = (await client.get("/products", headers=admin)).json()["items"][0]["id"]
    right = {"name": "Чайник", "attributes": {"Цвет": "белый"}}
    await client.patch(f"/products/{product}", json=right, headers=admin)
    await brought(client, seller, hearth, row("1", "Чайнек", price="20"))
    card = (await client.get(f"/products/{product}", headers=admin)).json()
    assert (card["name"], card["attributes"], card["price"]) == ("Чайник", {"Цвет": "белый"}, 2000)


async def test_the_characteristics_of_what_a_list_brings_follow_the_list(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    for colour in ("красный", "алый"):
        await brought(client, seller, hearth, a_listed_good(f"parameters:\n  Цвет: {colour}\n", id="1"))
        item = (await client.get("/products", headers=seller)).json()["items"][0]
        card = (await client.get(f"/products/{item['id']}", headers=seller)).json()
        assert card["attributes"] == {"Цвет": colour}
        found = await client.get("/products", params={"attr.Цвет": colour}, headers=seller)
        assert found.json()["total"] == 1
    gone = await client.get("/products", params={"attr.Цвет": "красный"}, headers=seller)
    assert gone.json()["total"] == 0


async def test_a_name_that_was_given_up_is_there_for_another_supplier(
    client: AsyncClient, seller: Headers, stranger: Headers, hearth: str, frost: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"))
    await brought(client, seller, hearth, row("1", "Заварник"))
    await brought(client, stranger, frost, row("9", "Чайник"))
    assert await sold_as(client, seller) == {"Чайник": ["9"], "Заварник": ["1"]}


async def test_a_rollback_leaves_other_suppliers_goods_alone(
    client: AsyncClient, seller: Headers, stranger: Headers, hearth: str, frost: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"))
    second = await brought(client, seller, hearth, row("1", "Заварник"))
    await brought(client, stranger, frost, row("9", "Заварник", price="20"))
    answer = await client.post(f"{hearth}/price-lists/{second['id']}/rollback", headers=seller)
    assert (await ended(client, seller, hearth, answer))["status"] == "done"
    assert await sold_as(client, seller) == {"Чайник": ["1"], "Заварник": ["9"]}
    same = await brought(client, stranger, frost, row("9", "Заварник", price="20"))
    assert counts(same) == ("done", 1, 0, 0, 0)


async def test_what_was_sold_since_stays_sold_after_a_rollback(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник", quantity="10"))
    second = await brought(client, seller, hearth, row("1", "Чайник", quantity="30"))
    await sold(4)
    answer = await client.post(f"{hearth}/price-lists/{second['id']}/rollback", headers=seller)
    await ended(client, seller, hearth, answer)
    assert [each["quantity"] for each in await fetch("SELECT quantity FROM stock")] == [6]
    assert await ledger() == [("initial", 10), ("import", 20), ("order", -4), ("import", -20)]


async def test_the_ledger_tells_of_every_change_of_the_stock_and_of_nothing_else(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    told = [("initial", 10)]
    await brought(client, seller, hearth, row("1", "Чайник", quantity="10"), row("2", "Ёлка", quantity="0"))
    assert await ledger() == told
    await brought(client, seller, hearth, row("1", "Чайник", quantity="10", price="20"), row("2", "Ёлка"))
    assert await ledger() == (told := [*told, ("import", 14)])
    await brought(client, seller, hearth, row("1", "Чайник", quantity="3"), query="?dry_run=true")
    await brought(client, seller, hearth, row("2", "Ёлка"))
    assert await ledger() == told
    (offer,) = await fetch("SELECT id FROM offers WHERE sku = '2'")
    for change in ({"quantity": 20}, {"quantity": 20, "price": 5}, {"quantity": 0}):
        assert (await client.patch(f"/offers/{offer['id']}", json=change, headers=seller)).status_code == 200
    assert await ledger() == [*told, ("correction", 6), ("correction", -20)]


async def test_a_rollback_never_leaves_what_a_column_cannot_hold(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    most = str(10**9)
    await brought(client, seller, hearth, row("1", "Чайник", quantity=most))
    second = await brought(client, seller, hearth, row("1", "Чайник", quantity="0"))
    offer = (await fetch("SELECT id FROM offers"))[0]["id"]
    await client.patch(f"/offers/{offer}", json={"quantity": 10**9}, headers=seller)
    answer = await client.post(f"{hearth}/price-lists/{second['id']}/rollback", headers=seller)
    assert (await ended(client, seller, hearth, answer))["status"] == "done"
    assert [each["quantity"] for each in await fetch("SELECT quantity FROM stock")] == [10**9]


async def test_many_new_categories_are_made_at_once(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    names = [chr(0x4E00 + number) * 2 for number in range(1000)]  # all of them become the slug x
    declared = "".join(f"  - name: {name}\n" for name in names)
    goods = "".join(
        f"  - {{id: {number}, category: {name}, name: {name}, price: 1, quantity: 1}}\n"
        for number, name in enumerate(names)
    )
    files = {"file": ("prices.yaml", f"shop: x\ncategories:\n{declared}goods:\n{goods}".encode())}
    async with asyncio.timeout(20):
        answer = await client.post(f"{hearth}/price-lists", files=files, headers=seller)
        assert counts(await ended(client, seller, hearth, answer)) == ("done", 1000, 1000, 0, 0)
    assert len({each["slug"] for each in (await client.get("/categories", headers=seller)).json()}) == 1000


async def test_names_too_long_to_be_kept_whole_are_still_told_apart(
    client: AsyncClient, seller: Headers, stranger: Headers, hearth: str, frost: str
) -> None:
    long, longer = "\ufdfa" * 254 + "а", "\ufdfa" * 254 + "б"
    for who, shop in ((seller, hearth), (stranger, frost)):
        assert counts(await brought(client, who, shop, row("1", long), row("2", longer)))[:3] == (
            "done",
            2,
            2,
        )
    assert await sold_as(client, seller) == {long: ["1", "1"], longer: ["2", "2"]}


async def test_a_shop_has_twenty_lists_waiting_at_most(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"))
    await execute(
        "UPDATE price_lists SET status = 'running', claim = id, claimed_until = '2999-01-01 00:00:00+00:00'"
    )
    answers = [await send(client, seller, hearth, row("1", "Чайник")) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [202] * 20 + [409]
    assert answers[-1].json()["type"] == "too_many_imports"
    await execute("UPDATE price_lists SET status = 'done', claim = NULL WHERE status <> 'done'")


async def test_a_rollback_takes_no_terms(client: AsyncClient, seller: Headers, hearth: str) -> None:
    report = await brought(client, seller, hearth, row("1", "Чайник"))
    answer = await client.post(f"{hearth}/price-lists/{report['id']}/rollback?dry_run=true", headers=seller)
    assert answer.status_code == 422
    assert await on_sale(client, seller) == {"Чайник": 1000}


@pytest.mark.parametrize(
    "change", [{"name": "ЧАЙНИК"}, {"model": "M9"}, {"name": "чайник", "category": "чайники"}]
)
async def test_what_is_only_written_in_another_way_stays_the_same_product(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str, change: dict[str, str]
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"))
    product = (await client.get("/products", headers=admin)).json()["items"][0]["id"]
    await client.patch(f"/products/{product}", json={"name": "Чайник «Заря»"}, headers=admin)
    report = await brought(client, seller, hearth, a_listed_good(**{"id": "1", "price": "10"} | change))
    assert counts(report) == ("done", 1, 0, 1, 0)
    assert await sold_as(client, seller) == {"Чайник «Заря»": ["1"]}
    again = await brought(client, seller, hearth, a_listed_good(**{"id": "1", "price": "10"} | change))
    assert counts(again) == ("done", 1, 0, 0, 0)


async def test_a_bad_row_that_does_not_say_which_good_it_is_withdraws_none(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, row("1", "Чайник"), row("2", "Ёлка"))
    for nameless in (row("", "Ёлка"), row("Ё" * 101, "Ёлка")):
        report = await brought(client, seller, hearth, row("1", "Чайник"), nameless, query="?mode=partial")
        assert counts(report) == ("done", 2, 0, 0, 0)


async def test_a_category_is_made_when_something_stands_in_it_and_for_nothing_else(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str
) -> None:
    spoon = made(await client.post("/products", json={"name": "Ложка"}, headers=admin))["id"]
    terms = {"sku": "1", "price": 100, "quantity": 1}
    made(await client.post(f"/products/{spoon}/offers", json=terms, headers=seller))
    written = (await client.get(f"{hearth}/price-list", headers=seller)).content
    for query in ("?dry_run=true", ""):
        files = {"file": ("back.yaml", written)}
        answer = await client.post(f"{hearth}/price-lists{query}", files=files, headers=seller)
        assert counts(await ended(client, seller, hearth, answer)) == ("done", 1, 0, 0, 0)
    assert (await client.get("/categories", headers=seller)).json() == []


async def test_one_shops_many_lists_let_anothers_through(
    client: AsyncClient, seller: Headers, stranger: Headers, hearth: str, frost: str
) -> None:
    many = [await send(client, seller, hearth, row("1", "Чайник"), query="?dry_run=true") for _ in range(6)]
    one = await send(client, stranger, frost, row("1", "Ёлка"))
    await ended(client, stranger, frost, one)
    last = (await client.get(f"{hearth}/price-lists/{many[-1].json()['id']}", headers=seller)).json()
    assert last["status"] != "done"
    await ended(client, seller, hearth, many[-1])
