"""One's own wallet over HTTP, and how administrators adjust it."""

from typing import Any
from uuid import UUID

import pytest
from builders import NOBODY, Headers, a_payment, an_id, bring_in, made, refused
from httpx2 import AsyncClient

from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.orders import OrderId
from lavka.domain.wallet import DEAREST, FULLEST, LONGEST_REASON

CANARY = "cAnArY"
RIGHT: dict[str, Any] = {"amount": 50_000, "reason": "Чайник пришёл с трещиной"}


@pytest.fixture
async def masha(client: AsyncClient, signed_in: Headers) -> str:
    """The id of the buyer who is signed in."""
    return await an_id(client, signed_in)


async def entries(client: AsyncClient, who: Headers, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/wallet/entries{query}", headers=who)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_wallet_is_empty_at_first(client: AsyncClient, signed_in: Headers) -> None:
    answer = await client.get("/wallet", headers=signed_in)
    assert (answer.status_code, answer.json()) == (200, {"balance": 0, "currency": "RUB"})
    page = {"items": [], "total": 0, "page": 1, "size": 20, "pages": 0, "next": None}
    assert await entries(client, signed_in) == page


async def test_an_administrator_puts_money_in_and_takes_it_out(
    client: AsyncClient, signed_in: Headers, admin: Headers, masha: str
) -> None:
    place = f"/admin/users/{masha}/wallet/adjustments"
    come = made(await client.post(place, json=RIGHT, headers=admin))
    assert come == {
        "id": come["id"],
        "kind": "adjustment",
        "amount": 50_000,
        "balance": 50_000,
        "currency": "RUB",
        "order_id": None,
        "reason": "Чайник пришёл с трещиной",
        "created_at": come["created_at"],
    }
    gone = made(await client.post(place, json={"amount": -20_000, "reason": "Ошибка"}, headers=admin))
    assert (gone["amount"], gone["balance"]) == (-20_000, 30_000)
    assert (await entries(client, signed_in))["items"] == [gone, come]
    for path in ("/wallet", "/me"):
        assert (await client.get(path, headers=signed_in)).json()["balance"] == 30_000


async def test_an_entry_tells_of_the_order_that_it_was_for(
    client: AsyncClient, signed_in: Headers, admin: Headers, masha: str
) -> None:
    await bring_in(client, admin, masha, 500)
    order = OrderId(new_id())
    await TortoiseWallets().post(a_payment(UserId(UUID(masha)), 200, order=order))
    item = (await entries(client, signed_in))["items"][0]
    assert (item["kind"], item["amount"], item["balance"]) == ("payment", -200, 300)
    assert (item["order_id"], item["reason"]) == (str(order), None)


async def test_entries_come_in_pages(
    client: AsyncClient, signed_in: Headers, admin: Headers, masha: str
) -> None:
    for amount in (10, 20, 30):
        await bring_in(client, admin, masha, amount)
    everything = (await entries(client, signed_in))["items"]
    assert [item["balance"] for item in everything] == [60, 30, 10]
    first = await entries(client, signed_in, "?size=2")
    assert (first["total"], first["pages"], first["page"]) == (3, 2, 1)
    by_number = await entries(client, signed_in, "?size=2&page=2")
    assert by_number == await entries(client, signed_in, f"?size=2&cursor={first['next']}")
    assert first["items"] + by_number["items"] == everything
    assert (await entries(client, signed_in, "?page=1000000000&size=100"))["items"] == []


async def test_a_wallet_is_its_owners_alone(
    client: AsyncClient, signed_in: Headers, admin: Headers, masha: str, somebody_else: Headers
) -> None:
    await bring_in(client, admin, masha, 500)
    for who in (somebody_else, admin):
        assert (await client.get("/wallet", headers=who)).json()["balance"] == 0
        assert (await entries(client, who))["total"] == 0


async def test_more_than_there_is_is_not_taken_out(
    client: AsyncClient, signed_in: Headers, admin: Headers, masha: str
) -> None:
    await bring_in(client, admin, masha, 500)
    form = {"amount": -501, "reason": "Ошибка"}
    place = f"/admin/users/{masha}/wallet/adjustments"
    refused(await client.post(place, json=form, headers=admin), 409, "insufficient_funds")
    assert (await client.get("/wallet", headers=signed_in)).json()["balance"] == 500


async def test_a_wallet_holds_no_more_than_it_may(
    client: AsyncClient, admin: Headers, signed_in: Headers, masha: str
) -> None:
    for _ in range(9):
        await bring_in(client, admin, masha, DEAREST.minor)
    form = {"amount": 1, "reason": "Ещё"}
    answer = await client.post(f"/admin/users/{masha}/wallet/adjustments", json=form, headers=admin)
    refused(answer, 409, "wallet_full")
    assert (await client.get("/wallet", headers=signed_in)).json()["balance"] == FULLEST.minor


BAD_AMOUNTS = [0, DEAREST.minor + 1, -DEAREST.minor - 1, 10**30, 1.5, 1.0, "100", True, None, [1], {}]
BAD_REASONS = ["", " \t ", "x" * (LONGEST_REASON + 1), f"{CANARY}\x00", f"{CANARY}\u202e", 7, None, [CANARY]]


@pytest.mark.parametrize(
    ("field", "value"),
    [*(("amount", value) for value in BAD_AMOUNTS), *(("reason", value) for value in BAD_REASONS)],
)
async def test_what_is_no_adjustment_is_refused(
    client: AsyncClient, admin: Headers, masha: str, field: str, value: object
) -> None:
    place = f"/admin/users/{masha}/wallet/adjustments"
    answer = await client.post(place, json=RIGHT | {field: value}, headers=admin)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == [field]
    assert CANARY not in answer.text


async def test_an_adjustment_has_an_amount_and_a_reason_and_nothing_else(
    client: AsyncClient, admin: Headers, masha: str
) -> None:
    place = f"/admin/users/{masha}/wallet/adjustments"
    details = refused(await client.post(place, json={}, headers=admin), 422, "validation_error")
    assert {each["field"] for each in details} == {"amount", "reason"}
    for extra in ("balance", "kind", "currency", "order_id"):
        answer = await client.post(place, json=RIGHT | {extra: CANARY}, headers=admin)
        refused(answer, 422, "validation_error")
        assert CANARY not in answer.text


async def test_a_reason_is_written_on_one_line(client: AsyncClient, admin: Headers, masha: str) -> None:
    form = RIGHT | {"reason": "  Чайник\n пришёл  "}
    place = f"/admin/users/{masha}/wallet/adjustments"
    assert made(await client.post(place, json=form, headers=admin))["reason"] == "Чайник пришёл"


async def test_administrators_alone_adjust(
    client: AsyncClient, signed_in: Headers, seller: Headers, masha: str
) -> None:
    for who in (signed_in, seller):
        for user in (masha, NOBODY):
            answer = await client.post(f"/admin/users/{user}/wallet/adjustments", json=RIGHT, headers=who)
            refused(answer, 403, "forbidden")


async def test_nobody_has_no_wallet(client: AsyncClient, admin: Headers) -> None:
    answer = await client.post(f"/admin/users/{NOBODY}/wallet/adjustments", json=RIGHT, headers=admin)
    refused(answer, 404, "not_found")
    answer = await client.post("/admin/users/x/wallet/adjustments", json=RIGHT, headers=admin)
    refused(answer, 422, "validation_error")
