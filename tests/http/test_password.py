"""Changing one's password over HTTP."""

import pytest
from builders import GOOD, bearer, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient

NEW = "Battery-staple%"
CHANGE = {"current_password": GOOD, "password": NEW, "password_confirm": NEW}


async def test_the_new_password_opens_and_the_old_one_does_not(client: AsyncClient) -> None:
    form = await registered(client)
    headers = bearer(await log_in(client, form["email"]))
    answer = await client.post("/auth/password/change", json=CHANGE, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    old = await client.post("/auth/login", json={"login": form["email"], "password": GOOD})
    refused(old, 401, "invalid_credentials")
    assert await log_in(client, form["email"], NEW)


async def test_other_sessions_end_and_this_one_stays(
    client: AsyncClient, somebody_else: dict[str, str]
) -> None:
    form = await registered(client)
    this, other = await log_in(client, form["email"]), await log_in(client, form["email"])
    await client.post("/auth/password/change", json=CHANGE, headers=bearer(this))
    assert (await client.get("/me", headers=bearer(this))).status_code == 200
    assert unauthorized(await client.get("/me", headers=bearer(other)))
    assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": other["refresh_token"]}))
    renewed = await client.post("/auth/refresh", json={"refresh_token": this["refresh_token"]})
    assert renewed.status_code == 200
    assert (await client.get("/me", headers=somebody_else)).status_code == 200


@pytest.mark.parametrize("wrong", ["Wrong-horse!", "", "a" * 73, "ы" * 40], ids=len)
async def test_a_wrong_current_password_changes_nothing(client: AsyncClient, wrong: str) -> None:
    form = await registered(client)
    this, other = await log_in(client, form["email"]), await log_in(client, form["email"])
    sent = CHANGE | {"current_password": wrong}
    answer = await client.post("/auth/password/change", json=sent, headers=bearer(this))
    details = refused(answer, 422, "validation_error")
    assert [each["field"] for each in details] == ["current_password"]
    assert (await client.get("/me", headers=bearer(other))).status_code == 200
    assert await log_in(client, form["email"])


@pytest.mark.parametrize(("password", "rules"), [("weak", 3), ("A:" + "a" * 71, 1)])
async def test_the_new_one_keeps_every_rule(
    client: AsyncClient, signed_in: dict[str, str], password: str, rules: int
) -> None:
    sent = {"current_password": GOOD, "password": password, "password_confirm": password}
    answer = await client.post("/auth/password/change", json=sent, headers=signed_in)
    details = refused(answer, 422, "validation_error")
    assert [each["field"] for each in details] == ["password"] * rules


async def test_the_new_one_has_to_be_repeated(client: AsyncClient, signed_in: dict[str, str]) -> None:
    sent = CHANGE | {"password_confirm": "Battery-stable%"}
    answer = await client.post("/auth/password/change", json=sent, headers=signed_in)
    details = refused(answer, 422, "validation_error")
    assert [each["field"] for each in details] == ["password_confirm"]


async def test_guessing_the_current_one_ends_after_ten_tries(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    wrong = CHANGE | {"current_password": "Wrong-horse!"}
    for _ in range(10):
        answer = await client.post("/auth/password/change", json=wrong, headers=signed_in)
        assert answer.status_code == 422
    for sent in (wrong, CHANGE):
        answer = await client.post("/auth/password/change", json=sent, headers=signed_in)
        refused(answer, 429, "rate_limited")
        assert 14 * 60 < int(answer.headers["Retry-After"]) <= 15 * 60
