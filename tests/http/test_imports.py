"""Price lists over HTTP: brought in, followed, refused, rolled back, written out."""

from typing import Any

import pytest
from builders import NOBODY, Headers, a_listed_good, a_seller, made, refused, unauthorized
from httpx2 import AsyncClient
from importing import brought, counts, ended, on_sale, send

from lavka.adapters.tortoise.database import fetch

KETTLE = a_listed_good(id="K", name="Чайник", price="1990.50", price_rrc="2290", model="Zarya-17")
TREE = a_listed_good(id="T", name="Ёлка", price="500", category="2", quantity="0")
BALL = a_listed_good("parameters:\n  Цвет: NO\n  Время: 12:30\n  Код: 0123\n", id="B", name="Шар", price="15")


@pytest.fixture
async def hearth(client: AsyncClient, seller: Headers) -> str:
    """A shop of the seller's, by its address."""
    return f"/shops/{made(await client.post('/shops', json={'name': 'Очаг'}, headers=seller))['id']}"


TABLES = ("categories", "products", "offers", "stock", "catalog_version")


async def test_a_list_brings_products_and_offers(client: AsyncClient, seller: Headers, hearth: str) -> None:
    answer = await send(client, seller, hearth, KETTLE, TREE, BALL)
    queued = answer.json()
    assert answer.headers["Location"] == f"/api/v1{hearth}/price-lists/{queued['id']}"
    assert (queued["status"], queued["errors"]) == ("queued", [])
    report = await ended(client, seller, hearth, answer)
    assert counts(report) == ("done", 3, 3, 0, 0)
    assert (report["processed"], report["errors"], len(report["sha256"])) == (3, [], 64)
    assert await on_sale(client, seller) == {"Чайник": 199_050, "Ёлка": 50_000, "Шар": 1_500}
    (item,) = (await client.get("/products?category=chayniki&sort=price", headers=seller)).json()["items"][1:]
    card = (await client.get(f"/products/{item['id']}", headers=seller)).json()
    (offer,) = card["offers"]
    assert (offer["sku"], offer["price"], offer["recommended_price"]) == ("K", 199_050, 229_000)
    assert (offer["quantity"], offer["shop"]["name"]) == (14, "Очаг")


async def test_what_yaml_would_take_for_something_else_stays_text(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, BALL)
    item = (await client.get("/products", headers=seller)).json()["items"][0]
    card = (await client.get(f"/products/{item['id']}", headers=seller)).json()
    told = {"Цвет": "NO", "Время": "12:30", "Код": "0123"}
    assert (card["attributes"], card["offers"][0]["attributes"]) == (told, told)


async def test_a_second_import_of_the_same_list_changes_nothing_and_says_so(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, BALL)
    before = (
        (await client.get("/products", headers=seller)).json(),
        await fetch("SELECT * FROM catalog_version"),
    )
    assert counts(await brought(client, seller, hearth, KETTLE, BALL)) == ("done", 2, 0, 0, 0)
    after = (
        (await client.get("/products", headers=seller)).json(),
        await fetch("SELECT * FROM catalog_version"),
    )
    assert after == before


async def test_what_a_list_no_longer_names_leaves_the_shop_and_comes_back(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, BALL)
    assert counts(await brought(client, seller, hearth, KETTLE)) == ("done", 1, 0, 0, 1)
    assert await on_sale(client, seller) == {"Чайник": 199_050}
    assert len(await fetch("SELECT id FROM offers")) == 2  # nothing is deleted
    assert counts(await brought(client, seller, hearth, KETTLE, BALL)) == ("done", 2, 0, 1, 0)
    assert await on_sale(client, seller) == {"Чайник": 199_050, "Шар": 1_500}
    assert len(await fetch("SELECT id FROM products")) == 2


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"price": "2000"}, {"Чайник": 200_000}),
        ({"name": "Самовар"}, {"Самовар": 199_050}),
        ({"quantity": "0"}, {"Чайник": 199_050}),
        ({"category": "2"}, {"Чайник": 199_050}),
    ],
)
async def test_what_a_list_changes_of_a_good_is_changed(
    client: AsyncClient, seller: Headers, hearth: str, change: dict[str, str], shown: dict[str, int]
) -> None:
    row = {"id": "K", "name": "Чайник", "price": "1990.50"}
    await brought(client, seller, hearth, a_listed_good(**row))
    assert counts(await brought(client, seller, hearth, a_listed_good(**row | change))) == (
        "done",
        1,
        0,
        1,
        0,
    )
    assert await on_sale(client, seller) == shown
    item = (await client.get("/products", headers=seller)).json()["items"][0]
    assert item["in_stock"] is (change.get("quantity") != "0")
    assert item["category"]["name"] == ("Ёлки" if "category" in change else "Чайники")


async def test_a_list_with_a_bad_row_changes_nothing_and_every_error_is_listed(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    bad = a_listed_good(id="X", name="", price="-5", quantity="сто", category="9")
    report = await brought(client, seller, hearth, KETTLE, bad, BALL)
    assert counts(report) == ("failed", 3, 0, 0, 0)
    assert {(each["row"], each["field"]) for each in report["errors"]} == {
        (2, "name"),
        (2, "price"),
        (2, "quantity"),
        (2, "category"),
    }
    assert await on_sale(client, seller) == {}
    assert await fetch("SELECT id FROM categories") == []


async def test_in_partial_mode_bad_rows_are_left_out_and_what_they_name_stays(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, TREE)
    bad = a_listed_good(id="T", name="Ёлка", price="сто")
    report = await brought(client, seller, hearth, KETTLE, bad, BALL, query="?mode=partial")
    assert counts(report) == ("done", 3, 1, 0, 0)
    assert [(each["row"], each["field"]) for each in report["errors"]] == [(2, "price")]
    assert await on_sale(client, seller) == {"Чайник": 199_050, "Ёлка": 50_000, "Шар": 1_500}


async def test_a_dry_run_changes_nothing_and_says_what_would(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, TREE)
    dearer = KETTLE.replace("1990.50", "2000")
    report = await brought(client, seller, hearth, dearer, BALL, query="?dry_run=true")
    assert counts(report) == ("done", 2, 1, 1, 1)
    assert {each["sku"]: tuple(each.values())[2:] for each in report["changes"]} == {
        "K": ("updated", 199_050, 200_000),
        "B": ("created", None, 1_500),
        "T": ("deactivated", 50_000, None),
    }
    assert await on_sale(client, seller) == {"Чайник": 199_050, "Ёлка": 50_000}
    assert len(await fetch("SELECT id FROM categories")) == 2  # of what was brought in before


async def test_several_suppliers_of_one_thing_sell_one_product(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    other = await a_seller(client)
    frost = f"/shops/{made(await client.post('/shops', json={'name': 'Мороз'}, headers=other))['id']}"
    await brought(client, seller, hearth, KETTLE, TREE)
    by_model = a_listed_good(id="9", name="Чайник электрический", price="1800", model="ZARYA-17")
    by_name = a_listed_good(id="8", name="елка", price="700", category="2")
    await brought(client, other, frost, by_model, by_name)
    assert await on_sale(client, seller) == {"Чайник": 180_000, "Ёлка": 50_000}
    for item in (await client.get("/products", headers=seller)).json()["items"]:
        card = (await client.get(f"/products/{item['id']}", headers=seller)).json()
        assert {each["shop"]["name"] for each in card["offers"]} == {"Очаг", "Мороз"}
    assert len(await fetch("SELECT id FROM categories")) == 2


async def test_a_category_that_was_renamed_is_found_under_its_old_name(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE)
    category = next(
        each["id"]
        for each in (await client.get("/categories", headers=admin)).json()
        if each["name"] == "Чайники"
    )
    await client.patch(f"/categories/{category}", json={"name": "Для чая"}, headers=admin)
    await brought(client, seller, hearth, KETTLE, BALL)
    names = [each["name"] for each in (await client.get("/categories", headers=admin)).json()]
    assert names == ["Для чая"]  # and none for «Ёлки», in which nothing stands


async def test_a_rollback_brings_back_what_was_before(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, TREE)
    before = await on_sale(client, seller), await fetch("SELECT * FROM stock ORDER BY offer_id")
    second = await brought(
        client, seller, hearth, KETTLE.replace("1990.50", "1").replace("quantity: 14", "quantity: 3"), BALL
    )
    await brought(client, seller, hearth, a_listed_good(id="K", name="Самовар", price="7"))
    answer = await client.post(f"{hearth}/price-lists/{second['id']}/rollback", headers=seller)
    report = await ended(client, seller, hearth, answer)
    assert (report["status"], report["rolls_back"]) == ("done", second["id"])
    assert await on_sale(client, seller) == before[0]
    stock = await fetch("SELECT * FROM stock ORDER BY offer_id")
    assert [row for row in stock if row in before[1]] == before[1]
    again = await client.post(f"{hearth}/price-lists/{report['id']}/rollback", headers=seller)
    await ended(client, seller, hearth, again)
    assert await on_sale(client, seller) == {"Самовар": 700}


async def test_what_changed_nothing_cannot_be_rolled_back(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    failed = await brought(client, seller, hearth, a_listed_good(price="сто"))
    dry = await brought(client, seller, hearth, KETTLE, query="?dry_run=true")
    for report in (failed, dry):
        answer = await client.post(f"{hearth}/price-lists/{report['id']}/rollback", headers=seller)
        refused(answer, 409, "nothing_to_roll_back")
    unknown = await client.post(f"{hearth}/price-lists/{NOBODY}/rollback", headers=seller)
    refused(unknown, 404, "not_found")


async def test_the_history_is_a_page_with_the_newest_first(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    me = (await client.get("/me", headers=seller)).json()["id"]
    done = [await brought(client, seller, hearth, KETTLE) for _ in range(3)]
    first = (await client.get(f"{hearth}/price-lists?size=2", headers=seller)).json()
    rest = (await client.get(f"{hearth}/price-lists?cursor={first['next']}", headers=seller)).json()
    ids = [each["id"] for page in (first, rest) for each in page["items"]]
    assert ids == [each["id"] for each in reversed(done)]
    assert (first["total"], first["pages"], rest["next"], rest["page"]) == (3, 2, None, 2)
    assert {each["created_by"] for each in first["items"]} == {me}
    assert {each["sha256"] for each in first["items"]} == {done[0]["sha256"]}


async def test_what_is_written_out_changes_nothing_when_it_is_brought_in(
    client: AsyncClient, admin: Headers, seller: Headers, hearth: str
) -> None:
    await brought(client, seller, hearth, KETTLE, TREE, BALL)
    by_hand = made(await client.post("/products", json={"name": 'Ложка "№ 1": стальная'}, headers=admin))[
        "id"
    ]
    terms = {"sku": "00012", "price": 12_345, "quantity": 3, "attributes": {"Вес": "~", "null": "NO"}}
    made(await client.post(f"/products/{by_hand}/offers", json=terms, headers=seller))
    written = await client.get(f"{hearth}/price-list", headers=seller)
    assert (written.status_code, written.headers["Content-Type"]) == (200, "application/yaml")
    files = {"file": ("back.yaml", written.content)}
    answer = await client.post(f"{hearth}/price-lists", files=files, headers=seller)
    assert counts(await ended(client, seller, hearth, answer)) == ("done", 4, 0, 0, 0)


CALLS = [
    ("POST", "/price-lists"),
    ("GET", "/price-lists"),
    ("GET", f"/price-lists/{NOBODY}"),
    ("POST", f"/price-lists/{NOBODY}/rollback"),
    ("GET", "/price-list"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_lists_are_the_shops_and_nobody_elses(
    client: AsyncClient, signed_in: Headers, hearth: str, method: str, path: str
) -> None:
    body = (
        {"json": {"url": "https://example.com/prices.yaml"}}
        if path == "/price-lists" and method == "POST"
        else {}
    )
    assert unauthorized(await client.request(method, f"{hearth}{path}", **body))
    refused(await client.request(method, f"{hearth}{path}", headers=signed_in, **body), 403, "forbidden")
    stranger = await a_seller(client)
    refused(await client.request(method, f"{hearth}{path}", headers=stranger, **body), 404, "not_found")
    nowhere = f"/shops/{NOBODY}{path}"
    refused(await client.request(method, nowhere, headers=stranger, **body), 404, "not_found")
    assert await fetch("SELECT id FROM price_lists") == []


async def test_an_administrator_brings_a_list_in_for_any_shop(
    client: AsyncClient, admin: Headers, hearth: str
) -> None:
    assert counts(await brought(client, admin, hearth, KETTLE)) == ("done", 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"json": {}}, 422, "url"),
        ({"json": {"url": "file:///etc/passwd"}}, 422, "url"),
        ({"json": {"url": "gopher://example.com/"}}, 422, "url"),
        ({"json": {"url": "https://example.com/", "mode": "partial"}}, 422, "body"),
        ({"json": [1]}, 422, "body"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "body"),
        ({"content": b"shop: x", "headers": {"Content-Type": "application/yaml"}}, 415, None),
        ({"files": {"file": ("a", b"")}}, 422, "file"),
        ({"files": {"list": ("a", b"shop: x")}}, 422, "file"),
        ({"data": {"file": "text"}, "files": {"other": ("a", b"x")}}, 422, "file"),
    ],
)
async def test_what_is_no_list_is_refused_before_it_waits(
    client: AsyncClient, seller: Headers, hearth: str, sent: dict[str, Any], status: int, field: str | None
) -> None:
    headers = seller | sent.pop("headers", {})
    answer = await client.post(f"{hearth}/price-lists", headers=headers, **sent)
    details = refused(answer, status, "validation_error" if status == 422 else "unsupported_media_type")
    assert [each["field"] for each in details][:1] == ([field] if field else [])
    assert await fetch("SELECT id FROM price_lists") == []


@pytest.mark.parametrize(
    "query", ["?mode=half", "?dry_run=perhaps", "?mode=whole&mode=partial", "?force=true"]
)
async def test_terms_that_are_none_are_refused(
    client: AsyncClient, seller: Headers, hearth: str, query: str
) -> None:
    refused(await send(client, seller, hearth, KETTLE, query=query), 422, "validation_error")


async def test_a_list_by_an_address_within_is_refused_with_a_report(
    client: AsyncClient, seller: Headers, hearth: str
) -> None:
    for url in (
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://2130706433/",
    ):
        answer = await client.post(f"{hearth}/price-lists", json={"url": url}, headers=seller)
        report = await ended(client, seller, hearth, answer)
        assert (report["status"], report["url"]) == ("failed", url)
        assert [(each["row"], each["field"]) for each in report["errors"]] == [(None, "url")]
