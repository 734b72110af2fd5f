"""Signing in and out over HTTP."""

import pytest
from builders import GOOD, a_form, bearer, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient, Response

JSON_LOGIN, FORM_LOGIN = "/auth/login", "/auth/token"
TOO_LONG = ["a" * 73, "ы" * 37, "a" * 2000]
"""Passwords of more than the 72 bytes that bcrypt reads."""


async def try_to_log_in(
    client: AsyncClient, login: object, password: str, door: str = JSON_LOGIN
) -> Response:
    """Knock at either door."""
    if door == JSON_LOGIN:
        return await client.post(door, json={"login": login, "password": password})
    return await client.post(door, data={"username": login, "password": password})


@pytest.mark.parametrize("door", [JSON_LOGIN, FORM_LOGIN])
async def test_gives_a_pair_of_tokens(client: AsyncClient, door: str) -> None:
    form = await registered(client)
    answer = await try_to_log_in(client, form["email"], GOOD, door)
    tokens = answer.json()
    assert answer.status_code == 200
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 15 * 60)
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await client.get("/me", headers=bearer(tokens))).json()["email"] == form["email"]


@pytest.mark.parametrize("door", [JSON_LOGIN, FORM_LOGIN])
@pytest.mark.parametrize("field", ["email", "phone", "username"])
async def test_any_login_in_any_case_will_do(client: AsyncClient, door: str, field: str) -> None:
    form = await registered(client, email="maria@example.com", username="maria.ivanova")
    login = str(form[field])
    for written in (login, login.upper(), login.title(), f" {login} "):
        assert (await try_to_log_in(client, written, GOOD, door)).status_code == 200, written


@pytest.mark.parametrize("door", [JSON_LOGIN, FORM_LOGIN])
async def test_an_unknown_account_gets_the_answer_to_a_wrong_password(client: AsyncClient, door: str) -> None:
    form = await registered(client)
    known = await try_to_log_in(client, form["email"], "Wrong-horse!", door)
    unknown = await try_to_log_in(client, "nobody@example.com", "Wrong-horse!", door)
    refused(known, 401, "invalid_credentials")
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    names = {"x-request-id"}
    assert {**unknown.headers, **dict.fromkeys(names)} == {**known.headers, **dict.fromkeys(names)}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("door", [JSON_LOGIN, FORM_LOGIN])
async def test_ten_failures_close_both_doors_for_a_while(client: AsyncClient, known: bool, door: str) -> None:
    form = await registered(client) if known else a_form()
    for _ in range(10):
        refused(await try_to_log_in(client, form["email"], "Wrong-horse!", door), 401, "invalid_credentials")
    for again in (JSON_LOGIN, FORM_LOGIN):
        for password in ("Wrong-horse!", GOOD):
            answer = await try_to_log_in(client, form["email"], password, again)
            refused(answer, 429, "rate_limited")
            assert 14 * 60 < int(answer.headers["Retry-After"]) <= 15 * 60


async def test_another_case_of_the_login_gives_no_more_guesses(client: AsyncClient) -> None:
    await registered(client, email="maria@example.com")
    for number in range(10):
        login = "maria@example.com" if number % 2 else " MARIA@example.com"
        await try_to_log_in(client, login, "Wrong-horse!")
    refused(await try_to_log_in(client, "Maria@Example.com", GOOD), 429, "rate_limited")


async def test_the_failures_of_one_account_do_not_lock_out_another(client: AsyncClient) -> None:
    one, other = await registered(client), await registered(client)
    for _ in range(11):
        await try_to_log_in(client, one["email"], "Wrong-horse!")
    assert await log_in(client, other["email"])


async def test_a_right_password_wipes_out_the_failures_before_it(client: AsyncClient) -> None:
    form = await registered(client)
    for _ in range(2):
        for _ in range(9):
            await try_to_log_in(client, form["email"], "Wrong-horse!")
        assert await log_in(client, form["email"])


@pytest.mark.parametrize("door", [JSON_LOGIN, FORM_LOGIN])
@pytest.mark.parametrize("password", TOO_LONG, ids=len)
@pytest.mark.parametrize("known", [True, False])
async def test_a_password_over_72_bytes_is_not_valid(
    client: AsyncClient, door: str, password: str, known: bool
) -> None:
    form = await registered(client) if known else a_form()
    details = refused(await try_to_log_in(client, form["email"], password, door), 422, "validation_error")
    assert [each["field"] for each in details] == ["password"]


async def test_the_token_door_takes_what_oauth2_clients_add(client: AsyncClient) -> None:
    form = await registered(client)
    sent = {"grant_type": "password", "scope": "", "client_id": "docs", "client_secret": "x"}
    answer = await client.post(FORM_LOGIN, data={"username": form["email"], "password": GOOD, **sent})
    assert answer.status_code == 200


@pytest.mark.parametrize("missing", ["username", "password"])
async def test_the_token_door_names_what_is_missing(client: AsyncClient, missing: str) -> None:
    sent = {"username": "maria@example.com", "password": GOOD}
    del sent[missing]
    details = refused(await client.post(FORM_LOGIN, data=sent), 422, "validation_error")
    assert [each["field"] for each in details] == [missing]


async def test_refreshing_gives_a_new_pair_that_works(client: AsyncClient, tokens: dict[str, str]) -> None:
    answer = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    new = answer.json()
    assert answer.status_code == 200
    assert set(new) == set(tokens)
    assert new["refresh_token"] != tokens["refresh_token"]
    assert new["access_token"] != tokens["access_token"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await client.get("/me", headers=bearer(new))).status_code == 200
    again = await client.post("/auth/refresh", json={"refresh_token": new["refresh_token"]})
    assert again.status_code == 200


async def test_refreshing_keeps_the_session(client: AsyncClient, tokens: dict[str, str]) -> None:
    before = (await client.get("/me/sessions", headers=bearer(tokens))).json()["items"]
    answer = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    after = (await client.get("/me/sessions", headers=bearer(answer.json()))).json()["items"]
    assert [each["id"] for each in after] == [each["id"] for each in before]
    assert after[0]["last_used_at"] > before[0]["last_used_at"]
    assert after[0]["expires_at"] > before[0]["expires_at"]


async def test_a_refresh_token_used_twice_ends_the_whole_session(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    used = {"refresh_token": tokens["refresh_token"]}
    new = (await client.post("/auth/refresh", json=used)).json()
    assert unauthorized(await client.post("/auth/refresh", json=used))
    assert unauthorized(await client.get("/me", headers=bearer(new)))
    assert unauthorized(await client.get("/me", headers=bearer(tokens)))
    assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": new["refresh_token"]}))


async def test_a_stolen_token_ends_no_session_but_its_own(client: AsyncClient) -> None:
    form = await registered(client)
    robbed, other = await log_in(client, form["email"]), await log_in(client, form["email"])
    for _ in range(2):
        await client.post("/auth/refresh", json={"refresh_token": robbed["refresh_token"]})
    assert (await client.get("/me", headers=bearer(other))).status_code == 200


async def test_a_token_nobody_gave_refreshes_nothing(client: AsyncClient, tokens: dict[str, str]) -> None:
    for unknown in ("nonsense", tokens["access_token"], tokens["refresh_token"] + "="):
        assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": unknown}))


async def test_a_refresh_token_opens_nothing_by_itself(client: AsyncClient, tokens: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert unauthorized(await client.get("/me", headers=headers))


async def test_logging_out_ends_the_session_on_the_next_request(client: AsyncClient) -> None:
    form = await registered(client)
    leaving, staying = await log_in(client, form["email"]), await log_in(client, form["email"])
    answer = await client.post("/auth/logout", headers=bearer(leaving))
    assert (answer.status_code, answer.content) == (204, b"")
    assert unauthorized(await client.get("/me", headers=bearer(leaving)))
    assert unauthorized(await client.post("/auth/logout", headers=bearer(leaving)))
    assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": leaving["refresh_token"]}))
    assert (await client.get("/me", headers=bearer(staying))).status_code == 200


async def test_an_older_access_token_of_the_session_is_refused_too(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    new = (await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})).json()
    await client.post("/auth/logout", headers=bearer(new))
    assert unauthorized(await client.get("/me", headers=bearer(tokens)))


async def test_logging_out_everywhere_ends_every_session_of_this_account_only(
    client: AsyncClient, somebody_else: dict[str, str]
) -> None:
    form = await registered(client)
    mine = [await log_in(client, form["email"]) for _ in range(3)]
    answer = await client.post("/auth/logout-all", headers=bearer(mine[0]))
    assert (answer.status_code, answer.content) == (204, b"")
    for tokens in mine:
        assert unauthorized(await client.get("/me", headers=bearer(tokens)))
        assert unauthorized(
            await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        )
    assert (await client.get("/me", headers=somebody_else)).status_code == 200
    assert await log_in(client, form["email"])
