"""Opening an account over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from builders import a_form, bearer, log_in, refused, registered
from httpx2 import AsyncClient

TAKEN = [("email", "email_taken"), ("phone", "phone_taken"), ("username", "username_taken")]
WEAK = {
    "Short:1": 1,
    "A:" + "a" * 71: 1,
    "Пароль-A:aa": 1,
    "lower-case:only": 1,
    "No-mark-at-all": 1,
    "абв": 4,
    "": 3,
}
"""Passwords and how many rules each breaks."""


async def test_shows_the_new_account_whole(client: AsyncClient) -> None:
    form = a_form(username="Maria", account_type="shop")
    answer = await client.post("/auth/register", json=form)
    user = answer.json()
    assert answer.status_code == 201
    assert UUID(user.pop("id")).version == 7
    made = datetime.fromisoformat(user.pop("created_at"))
    assert made.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)
    assert user == {
        "full_name": form["full_name"],
        "email": form["email"],
        "phone": form["phone"],
        "username": "maria",
        "account_type": "shop",
        "is_admin": False,
        "email_verified": False,
        "avatar": None,
        "balance": 0,
        "currency": "RUB",
    }


async def test_a_buyer_without_a_username_is_the_default(client: AsyncClient) -> None:
    user = (await client.post("/auth/register", json=a_form(username=None))).json()
    assert (user["account_type"], user["username"]) == ("buyer", None)


async def test_the_new_account_can_sign_in_at_once(client: AsyncClient) -> None:
    form = await registered(client)
    tokens = await log_in(client, form["email"])
    assert (await client.get("/me", headers=bearer(tokens))).json()["email"] == form["email"]


async def test_an_email_is_kept_in_lower_case(client: AsyncClient) -> None:
    answer = await client.post("/auth/register", json=a_form(email="Maria.Ivanova@Example.COM"))
    assert answer.json()["email"] == "maria.ivanova@example.com"


ONE_MAILBOX = [
    ("x@пример.рф", "x@xn--e1afmkfd.xn--p1ai"),
    ("wide@ＥＸＡＭＰＬＥ.com", "wide@example.com"),
    ("J\u030cane@example.com", "\u01f0ane@example.com"),
]


@pytest.mark.parametrize(("one", "other"), ONE_MAILBOX)
async def test_one_mailbox_is_one_account_however_it_is_written(
    client: AsyncClient, one: str, other: str
) -> None:
    form = a_form(email=one)
    kept = (await client.post("/auth/register", json=form)).json()["email"]
    refused(await client.post("/auth/register", json=a_form(email=other)), 409, "email_taken")
    for login in (one, other, kept):
        answer = await client.post("/auth/login", json={"login": login, "password": form["password"]})
        assert answer.status_code == 200, login


@pytest.mark.parametrize(("field", "kind"), TAKEN)
async def test_what_is_taken_is_a_conflict_that_says_so(client: AsyncClient, field: str, kind: str) -> None:
    first = await registered(client, username="maria")
    second = a_form(username="petr") | {field: first[field]}
    refused(await client.post("/auth/register", json=second), 409, kind)


@pytest.mark.parametrize(("field", "kind"), [TAKEN[0], TAKEN[2]])
async def test_another_case_does_not_make_it_free(client: AsyncClient, field: str, kind: str) -> None:
    first = await registered(client, username="maria")
    second = a_form() | {field: str(first[field]).upper()}
    refused(await client.post("/auth/register", json=second), 409, kind)


async def test_a_refused_form_opens_no_account(client: AsyncClient) -> None:
    first = await registered(client)
    second = a_form(phone=first["phone"])
    refused(await client.post("/auth/register", json=second), 409, "phone_taken")
    login = {"login": second["email"], "password": second["password"]}
    refused(await client.post("/auth/login", json=login), 401, "invalid_credentials")


@pytest.mark.parametrize("password", WEAK)
async def test_a_weak_password_gets_one_detail_a_broken_rule(client: AsyncClient, password: str) -> None:
    form = a_form(password=password, password_confirm=password)
    details = refused(await client.post("/auth/register", json=form), 422, "validation_error")
    assert {each["field"] for each in details} == {"password"}
    assert len({each["message"] for each in details}) == len(details) == WEAK[password]


async def test_the_longest_password_is_taken(client: AsyncClient) -> None:
    password = "A:" + "a" * 70
    form = await registered(client, password=password, password_confirm=password)
    assert await log_in(client, form["email"], password)


async def test_the_password_has_to_be_repeated(client: AsyncClient) -> None:
    form = a_form(password_confirm="Another-horse!")
    details = refused(await client.post("/auth/register", json=form), 422, "validation_error")
    assert [each["field"] for each in details] == ["password_confirm"]


async def test_every_problem_of_the_form_is_reported_at_once(client: AsyncClient) -> None:
    wrong = {
        "full_name": "  ",
        "email": "nobody",
        "phone": "89123456789",
        "username": "1st",
        "password": "Short:1",
        "password_confirm": "Shorter:",
        "account_type": "admin",
    }
    details = refused(await client.post("/auth/register", json=wrong), 422, "validation_error")
    assert {each["field"] for each in details} == set(wrong)


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"full_name": ""}, {"account_type": "admin"}])
async def test_a_flaw_in_one_field_hides_none_in_another(client: AsyncClient, wrong: dict[str, str]) -> None:
    form = a_form(phone="112", password="weak", password_confirm="weak") | wrong
    details = refused(await client.post("/auth/register", json=form), 422, "validation_error")
    assert {each["field"] for each in details} == {"phone", "password", *wrong}


async def test_every_mandatory_field_is_asked_for(client: AsyncClient) -> None:
    details = refused(await client.post("/auth/register", json={}), 422, "validation_error")
    assert sorted(each["field"] for each in details) == sorted(a_form())


@pytest.mark.parametrize(
    "phone", ["89123456789", "+7912345678", "+791234567890", "+7 912 345-67-89", "+7912345678a", ""]
)
async def test_a_phone_is_plus_seven_and_ten_digits(client: AsyncClient, phone: str) -> None:
    details = refused(await client.post("/auth/register", json=a_form(phone=phone)), 422, "validation_error")
    assert [each["field"] for each in details] == ["phone"]


@pytest.mark.parametrize(
    "email", ["", "a", "a@", "@b.ru", "a b@c.ru", "a@b@c.ru", "a@b..ru", "a" * 250 + "@b.ru"]
)
async def test_an_email_is_an_address(client: AsyncClient, email: str) -> None:
    details = refused(await client.post("/auth/register", json=a_form(email=email)), 422, "validation_error")
    assert {each["field"] for each in details} == {"email"}


@pytest.mark.parametrize("username", ["", "ab", "1st", "мария", "a b c", "+79110000000", "a@b.ru", "a" * 33])
async def test_a_username_cannot_be_mistaken_for_another_login(client: AsyncClient, username: str) -> None:
    form = a_form(username=username)
    details = refused(await client.post("/auth/register", json=form), 422, "validation_error")
    assert [each["field"] for each in details] == ["username"]


@pytest.mark.parametrize("field", ["is_admin", "id", "balance", "email_verified", "canary-Qx7"])
async def test_an_unknown_field_is_refused_and_not_repeated(client: AsyncClient, field: str) -> None:
    answer = await client.post("/auth/register", json=a_form() | {field: "canary-value-Qx8"})
    assert refused(answer, 422, "validation_error")
    assert "canary" not in answer.text
