"""One's own account and sessions over HTTP."""

import re
from datetime import datetime, timedelta

from builders import Goods, bearer, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient

from lavka.bootstrap import new_id


async def test_shows_the_account_that_signed_in(client: AsyncClient) -> None:
    form = {"full_name": "Иванова Мария Петровна", "email": "maria@example.com", "phone": "+79110000000"}
    await registered(client, **form, username="maria")
    answer = await client.get("/me", headers=bearer(await log_in(client, "maria")))
    user = answer.json()
    assert answer.status_code == 200
    assert set(user) - {"id", "created_at"} == {
        *form,
        *("username", "account_type", "is_admin", "email_verified", "avatar", "balance", "currency"),
    }
    assert form.items() <= user.items()
    assert (user["username"], user["account_type"], user["is_admin"]) == ("maria", "buyer", False)
    assert (user["avatar"], user["balance"], user["currency"]) == (None, 0, "RUB")


async def test_shows_the_same_as_registering_did(client: AsyncClient) -> None:
    form = {
        "full_name": "Петров Пётр",
        "email": "petr@example.com",
        "phone": "+79120000000",
        "password": "Correct-horse!",
        "password_confirm": "Correct-horse!",
    }
    made = (await client.post("/auth/register", json=form)).json()
    headers = bearer(await log_in(client, form["email"]))
    assert (await client.get("/me", headers=headers)).json() == made


async def test_without_a_token_it_is_the_exact_401(client: AsyncClient) -> None:
    answer = await client.get("/me")
    assert answer.status_code == 401
    assert answer.json() == {"code": 401, "message": "Unauthorized"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_lists_where_the_account_is_signed_in_the_last_used_first(
    client: AsyncClient, somebody_else: dict[str, str]
) -> None:
    form = await registered(client)
    login = {"login": form["email"], "password": form["password"]}
    for agent in ("phone", "desktop"):
        tokens = (await client.post("/auth/login", json=login, headers={"User-Agent": agent})).json()
    answer = await client.get("/me/sessions", headers=bearer(tokens))
    page = answer.json()
    assert answer.status_code == 200
    assert {name: page[name] for name in page if name != "items"} == {
        "total": 2,
        "page": 1,
        "size": 20,
        "pages": 1,
        "next": None,
    }
    assert [each["user_agent"] for each in page["items"]] == ["desktop", "phone"]
    assert [each["is_current"] for each in page["items"]] == [True, False]
    for each in page["items"]:
        assert set(each) == {
            "id",
            "user_agent",
            "ip",
            "created_at",
            "last_used_at",
            "expires_at",
            "is_current",
        }
        assert each["ip"] == "127.0.0.1"
        lifetime = datetime.fromisoformat(each["expires_at"]) - datetime.fromisoformat(each["created_at"])
        assert lifetime == timedelta(days=30)


async def test_times_are_written_as_lists_write_them(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    mine = (await client.get("/me", headers=signed_in)).json()["created_at"]
    session = (await client.get("/me/sessions", headers=signed_in)).json()["items"][0]
    listed = (await client.get("/products", headers=signed_in)).json()["items"][0]["created_at"]
    for time in (mine, session["created_at"], session["last_used_at"], session["expires_at"], listed):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00", time), time


async def test_sessions_come_in_pages(client: AsyncClient) -> None:
    form = await registered(client)
    for _ in range(3):
        headers = bearer(await log_in(client, form["email"]))
    everything = (await client.get("/me/sessions", headers=headers)).json()["items"]
    first = (await client.get("/me/sessions?size=2", headers=headers)).json()
    assert (first["total"], first["pages"], first["page"]) == (3, 2, 1)
    by_number = (await client.get("/me/sessions?size=2&page=2", headers=headers)).json()
    params = {"size": 2, "cursor": first["next"]}
    by_cursor = (await client.get("/me/sessions", headers=headers, params=params)).json()
    assert by_number == by_cursor
    assert by_cursor["next"] is None
    assert first["items"] + by_cursor["items"] == everything
    assert (await client.get("/me/sessions?size=2&page=3", headers=headers)).json()["items"] == []


async def test_a_walk_through_sessions_misses_none_though_others_come_and_go(client: AsyncClient) -> None:
    form = await registered(client)
    for _ in range(6):
        headers = bearer(await log_in(client, form["email"]))
    page = (await client.get("/me/sessions?size=2", headers=headers)).json()
    everything = (await client.get("/me/sessions", headers=headers)).json()["items"]
    seen = page["items"]
    await client.delete(f"/me/sessions/{seen[1]['id']}", headers=headers)
    await log_in(client, form["email"])
    while page["next"]:
        params = {"size": 2, "cursor": page["next"]}
        page = (await client.get("/me/sessions", headers=headers, params=params)).json()
        seen = [*seen, *page["items"]]
    assert seen == everything
    assert page["page"] == 3


async def test_a_strange_program_is_noted_harmlessly(client: AsyncClient) -> None:
    form = await registered(client)
    login = {"login": form["email"], "password": form["password"]}
    agent = b"a\x01\tb\xff\xfe" + b"x" * 5000
    answer = await client.post("/auth/login", json=login, headers=[(b"User-Agent", agent)])
    sessions = await client.get("/me/sessions", headers=bearer(answer.json()))
    noted = sessions.json()["items"][0]["user_agent"]
    assert noted.startswith("ab")
    assert len(noted) == 255
    assert noted.isprintable()


async def test_ending_another_session_of_mine_signs_it_out(client: AsyncClient) -> None:
    form = await registered(client)
    this, other = bearer(await log_in(client, form["email"])), bearer(await log_in(client, form["email"]))
    listed = (await client.get("/me/sessions", headers=this)).json()["items"]
    place = f"/me/sessions/{next(each['id'] for each in listed if not each['is_current'])}"
    answer = await client.delete(place, headers=this)
    assert (answer.status_code, answer.content) == (204, b"")
    assert unauthorized(await client.get("/me", headers=other))
    left = (await client.get("/me/sessions", headers=this)).json()["items"]
    assert [each["is_current"] for each in left] == [True]
    refused(await client.delete(place, headers=this), 404, "not_found")


async def test_ending_this_session_signs_me_out(client: AsyncClient, signed_in: dict[str, str]) -> None:
    session = (await client.get("/me/sessions", headers=signed_in)).json()["items"][0]["id"]
    assert (await client.delete(f"/me/sessions/{session}", headers=signed_in)).status_code == 204
    assert unauthorized(await client.get("/me", headers=signed_in))


async def test_somebody_elses_session_is_not_there_for_me(
    client: AsyncClient, signed_in: dict[str, str], somebody_else: dict[str, str]
) -> None:
    theirs = (await client.get("/me/sessions", headers=somebody_else)).json()["items"][0]["id"]
    for session in (theirs, new_id()):
        refused(await client.delete(f"/me/sessions/{session}", headers=signed_in), 404, "not_found")
    assert (await client.get("/me", headers=somebody_else)).status_code == 200
