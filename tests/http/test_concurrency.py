"""What many do at once; the races show on PostgreSQL, and hold on SQLite too."""

from asyncio import gather
from collections import Counter

from builders import GOOD, a_form, bearer, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient, Response


def told(answers: list[Response]) -> Counter[int]:
    """How many answers had each status."""
    return Counter(answer.status_code for answer in answers)


async def test_of_two_registrations_with_one_email_one_wins(client: AsyncClient) -> None:
    for _ in range(5):
        one = a_form()
        forms = [one, a_form(email=str(one["email"]).upper())]
        answers = await gather(*(client.post("/auth/register", json=form) for form in forms))
        assert told(answers) == {201: 1, 409: 1}
        refused(next(each for each in answers if each.status_code == 409), 409, "email_taken")


async def test_of_many_registrations_with_one_phone_or_username_one_wins(client: AsyncClient) -> None:
    for field, value in (("phone", "+79990000000"), ("username", "maria")):
        forms = [a_form(**{field: value}) for _ in range(8)]
        answers = await gather(*(client.post("/auth/register", json=form) for form in forms))
        assert told(answers) == {201: 1, 409: 7}
        assert {each.json().get("type") for each in answers} == {None, f"{field}_taken"}


async def test_a_refresh_token_used_ten_times_at_once_has_one_winner(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    sent = {"refresh_token": tokens["refresh_token"]}
    answers = await gather(*(client.post("/auth/refresh", json=sent) for _ in range(10)))
    assert told(answers) == {200: 1, 401: 9}
    assert all(unauthorized(each) for each in answers if each.status_code == 401)
    won = next(each.json() for each in answers if each.status_code == 200)
    assert unauthorized(await client.get("/me", headers=bearer(won)))
    assert unauthorized(await client.post("/auth/refresh", json={"refresh_token": won["refresh_token"]}))


async def test_right_passwords_at_once_all_get_in(client: AsyncClient) -> None:
    form = await registered(client)
    sent = {"login": form["email"], "password": GOOD}
    answers = await gather(*(client.post("/auth/login", json=sent) for _ in range(20)))
    assert told(answers) == {200: 20}
    headers = bearer(answers[0].json())
    assert (await client.get("/me/sessions", headers=headers)).json()["total"] == 20


async def test_of_forty_guesses_at_once_no_more_than_ten_are_answered(client: AsyncClient) -> None:
    form = await registered(client)
    sent = [{"login": form["email"], "password": f"Wrong-{number}!"} for number in range(40)]
    answers = await gather(*(client.post("/auth/login", json=each) for each in sent))
    assert set(told(answers)) <= {401, 429}
    assert told(answers)[401] <= 10
    right = await client.post("/auth/login", json={"login": form["email"], "password": GOOD})
    refused(right, 429, "rate_limited")
    closed = [right, *(each for each in answers if each.status_code == 429)]
    assert all(int(each.headers["Retry-After"]) > 0 for each in closed)


async def test_leaving_at_once_leaves_once(client: AsyncClient, tokens: dict[str, str]) -> None:
    headers = bearer(tokens)
    answers = await gather(*(client.post("/auth/logout", headers=headers) for _ in range(8)))
    assert set(told(answers)) <= {204, 401}
    assert told(answers)[204] >= 1
    assert unauthorized(await client.get("/me", headers=headers))


async def test_refreshing_and_leaving_at_once_leaves_nobody_in(client: AsyncClient) -> None:
    form = await registered(client)
    for _ in range(10):
        tokens = await log_in(client, form["email"])
        renewed, left = await gather(
            client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}),
            client.post("/auth/logout", headers=bearer(tokens)),
        )
        assert left.status_code == 204
        assert renewed.status_code in (200, 401)
        assert unauthorized(await client.get("/me", headers=bearer(tokens)))
        if renewed.status_code == 200:
            new = renewed.json()
            assert unauthorized(await client.get("/me", headers=bearer(new)))
            again = {"refresh_token": new["refresh_token"]}
            assert unauthorized(await client.post("/auth/refresh", json=again))


async def test_two_password_changes_at_once_leave_one_password(client: AsyncClient) -> None:
    form = await registered(client)
    headers = bearer(await log_in(client, form["email"]))
    new = ["Battery-staple%", "Battery-stable%"]
    sent = [{"current_password": GOOD, "password": each, "password_confirm": each} for each in new]
    answers = await gather(
        *(client.post("/auth/password/change", json=each, headers=headers) for each in sent)
    )
    assert told(answers) == {204: 1, 422: 1}
    logins = [{"login": form["email"], "password": each} for each in [GOOD, *new]]
    opened = [await client.post("/auth/login", json=each) for each in logins]
    assert told(opened) == {200: 1, 401: 2}
    assert opened[0].status_code == 401
