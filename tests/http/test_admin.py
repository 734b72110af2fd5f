"""Accounts as administrators see to them over HTTP."""

import logging

import pytest
from builders import (
    GOOD,
    NOBODY,
    Headers,
    an_admin,
    an_id,
    bearer,
    bring_in,
    log_in,
    refused,
    registered,
    unauthorized,
)
from fastapi import FastAPI
from httpx2 import AsyncClient
from mailing import nothing_waits

CANARY = "cAnArY"


async def block(client: AsyncClient, admin: Headers, user: str, *, is_blocked: bool = True) -> None:
    """Block an account, or let it in again."""
    form = {"is_blocked": is_blocked}
    answer = await client.patch(f"/admin/users/{user}", json=form, headers=admin)
    assert (answer.status_code, answer.json()["is_blocked"]) == (200, is_blocked), answer.text


def queries(caplog: pytest.LogCaptureFixture) -> int:
    """How many there were, but for those of the sweep through pictures, which goes on beside."""
    return sum("pictures" not in record.getMessage() for record in caplog.records)


async def test_accounts_are_listed_the_newest_first_with_what_is_in_their_wallets(
    client: AsyncClient, admin: Headers
) -> None:
    masha = await registered(client, full_name="Иванова Мария")
    headers = bearer(await log_in(client, masha["email"]))
    me = (await client.get("/me", headers=headers)).json()
    await bring_in(client, admin, me["id"], 500)
    page = (await client.get("/admin/users", headers=admin)).json()
    assert {name: page[name] for name in page if name != "items"} == {
        "total": 2,
        "page": 1,
        "size": 20,
        "pages": 1,
        "next": None,
    }
    assert page["items"] == [
        me | {"balance": 500, "is_blocked": False},
        (await client.get("/me", headers=admin)).json() | {"is_blocked": False},
    ]


async def test_accounts_come_in_pages(client: AsyncClient, admin: Headers) -> None:
    for _ in range(4):
        await registered(client)
    everything = (await client.get("/admin/users", headers=admin)).json()["items"]
    first = (await client.get("/admin/users?size=3", headers=admin)).json()
    by_number = (await client.get("/admin/users?size=3&page=2", headers=admin)).json()
    by_cursor = (await client.get(f"/admin/users?size=3&cursor={first['next']}", headers=admin)).json()
    assert by_number == by_cursor
    assert first["items"] + by_cursor["items"] == everything
    assert (first["pages"], by_cursor["next"], len(everything)) == (2, None, 5)


async def test_a_list_of_accounts_takes_as_many_queries_whatever_its_size(
    client: AsyncClient, admin: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await registered(client)
    await nothing_waits()
    taken = []
    for query in ("size=1", "size=100", "page=99"):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await client.get(f"/admin/users?{query}", headers=admin)
        taken.append(queries(caplog))
    assert taken == [4, 4, 4]  # who asks, the accounts, their number, their wallets


async def test_showing_an_account_takes_two_queries(
    client: AsyncClient, signed_in: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    await nothing_waits()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await client.get("/me", headers=signed_in)
    assert queries(caplog) == 2


async def test_a_blocked_account_is_out_everywhere_and_does_not_come_in(
    client: AsyncClient, admin: Headers
) -> None:
    form = await registered(client)
    phone, desktop = await log_in(client, form["email"]), await log_in(client, form["email"])
    user = await an_id(client, bearer(phone))
    await block(client, admin, user)
    for tokens in (phone, desktop):
        assert unauthorized(await client.get("/me", headers=bearer(tokens)))
        token = {"refresh_token": tokens["refresh_token"]}
        assert unauthorized(await client.post("/auth/refresh", json=token))
    login = {"login": form["email"], "password": GOOD}
    refused(await client.post("/auth/login", json=login), 401, "invalid_credentials")
    assert (await client.get("/admin/users", headers=admin)).json()["items"][0]["is_blocked"]


async def test_an_account_that_is_let_in_again_signs_in_anew(client: AsyncClient, admin: Headers) -> None:
    form = await registered(client)
    tokens = await log_in(client, form["email"])
    user = await an_id(client, bearer(tokens))
    for is_blocked in (True, True, False, False):
        await block(client, admin, user, is_blocked=is_blocked)
    assert unauthorized(await client.get("/me", headers=bearer(tokens)))
    headers = bearer(await log_in(client, form["email"]))
    assert (await client.get("/me", headers=headers)).status_code == 200
    await block(client, admin, user, is_blocked=False)
    assert (await client.get("/me", headers=headers)).status_code == 200


async def test_nobody_locks_himself_out(client: AsyncClient, admin: Headers) -> None:
    place = f"/admin/users/{await an_id(client, admin)}"
    refused(await client.patch(place, json={"is_blocked": True}, headers=admin), 409, "own_account")
    assert (await client.patch(place, json={"is_blocked": False}, headers=admin)).status_code == 200
    assert (await client.get("/me", headers=admin)).status_code == 200


async def test_administrators_block_each_other(app: FastAPI, client: AsyncClient, admin: Headers) -> None:
    other = await an_admin(app.state.shop, client)
    await block(client, admin, await an_id(client, other))
    answer = await client.patch(f"/admin/users/{NOBODY}", json={"is_blocked": True}, headers=other)
    assert unauthorized(answer)


async def test_administrators_alone_see_to_accounts(
    client: AsyncClient, signed_in: Headers, seller: Headers
) -> None:
    user = await an_id(client, signed_in)
    for who in (signed_in, seller):
        refused(await client.get("/admin/users", headers=who), 403, "forbidden")
        for each in (user, NOBODY):
            form = {"is_blocked": True}
            refused(await client.patch(f"/admin/users/{each}", json=form, headers=who), 403, "forbidden")
    assert (await client.get("/me", headers=signed_in)).status_code == 200


async def test_nobody_is_not_found(client: AsyncClient, admin: Headers) -> None:
    form = {"is_blocked": True}
    refused(await client.patch(f"/admin/users/{NOBODY}", json=form, headers=admin), 404, "not_found")
    answer = await client.patch(f"/admin/users/{CANARY}", json=form, headers=admin)
    refused(answer, 422, "validation_error")
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "form",
    [{}, {"is_blocked": None}, {"is_blocked": "yes"}, {"is_blocked": 1}, {"is_blocked": [True]}],
)
async def test_what_does_not_say_whether_is_refused(
    client: AsyncClient, admin: Headers, form: dict[str, object]
) -> None:
    place = f"/admin/users/{await an_id(client, admin)}"
    answer = await client.patch(place, json=form, headers=admin)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["is_blocked"]


async def test_nothing_else_of_an_account_is_changed(client: AsyncClient, admin: Headers) -> None:
    place = f"/admin/users/{await an_id(client, admin)}"
    for field in ("is_admin", "balance", "email", CANARY):
        answer = await client.patch(place, json={"is_blocked": False, field: CANARY}, headers=admin)
        refused(answer, 422, "validation_error")
        assert CANARY not in answer.text


@pytest.mark.parametrize(
    "query", ["page=0", "size=101", "cursor=x", "cursor=%00", "search=a", "is_blocked=1"]
)
async def test_a_wrong_query_is_refused(client: AsyncClient, admin: Headers, query: str) -> None:
    refused(await client.get(f"/admin/users?{query}", headers=admin), 422, "validation_error")
