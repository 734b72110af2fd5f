"""Confirming an address and a forgotten password over HTTP, by the letters that come."""

import re
from pathlib import Path
from typing import Any

import pytest
from builders import GOOD, a_form, bearer, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient, Response
from mailing import letters_to, text_of, token_of

from lavka.adapters.tortoise.database import fetch
from lavka.settings import Settings

NEW = "Battery-staple%"
NO_LINK = "q5JPVWmKX1rSE0fIh5pEZ3vXJm0xV0y8n7b8r2S1k3A"
CALLS: dict[str, dict[str, object]] = {
    "/auth/email/confirm": {"token": NO_LINK},
    "/auth/email/resend": {"email": "maria@example.com"},
    "/auth/password/forgot": {"email": "maria@example.com"},
    "/auth/password/reset": {"token": NO_LINK, "password": NEW, "password_confirm": NEW},
}


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """A shop that people reach at an address of its own."""
    return settings.model_copy(update={"public_url": "https://shop.example"})


async def me(client: AsyncClient, form: dict[str, Any], password: str = GOOD) -> dict[str, Any]:
    answer = await client.get("/me", headers=bearer(await log_in(client, form["email"], password)))
    body: dict[str, Any] = answer.json()
    return body


def reset(client: AsyncClient, token: str, password: str = NEW) -> Any:
    sent = {"token": token, "password": password, "password_confirm": password}
    return client.post("/auth/password/reset", json=sent)


async def test_who_joins_confirms_the_address_by_a_letter(client: AsyncClient) -> None:
    form = await registered(client)
    (letter,) = await letters_to(form["email"])
    assert (await me(client, form))["email_verified"] is False
    answer = await client.post("/auth/email/confirm", json={"token": token_of(letter)})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await me(client, form))["email_verified"] is True
    again = await client.post("/auth/email/confirm", json={"token": token_of(letter)})
    refused(again, 400, "invalid_token")


async def test_links_lead_to_the_shop_whatever_host_was_asked(client: AsyncClient) -> None:
    form = await registered(client)
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    await client.post("/auth/password/forgot", json={"email": form["email"]}, headers=forged)
    for letter in await letters_to(form["email"], 2):
        links = re.findall(r"https?://[^\s]+", text_of(letter))
        assert links
        assert all(link.startswith("https://shop.example") for link in links)
        assert "evil" not in letter.as_string()


@pytest.mark.parametrize(("accepted", "subject"), [("en-GB,en;q=0.9", "Confirm"), ("de", "Подтвердите")])
async def test_letters_are_in_the_language_that_the_registration_accepts(
    client: AsyncClient, accepted: str, subject: str
) -> None:
    client.headers["Accept-Language"] = accepted
    form = await registered(client)
    (letter,) = await letters_to(form["email"])
    assert letter["Subject"].startswith(subject)


async def test_another_link_can_be_asked_for(client: AsyncClient) -> None:
    form = await registered(client)
    answer = await client.post("/auth/email/resend", json={"email": form["email"]})
    assert answer.status_code == 202
    first, second = map(token_of, await letters_to(form["email"], 2))
    assert first != second
    assert (await client.post("/auth/email/confirm", json={"token": second})).status_code == 204
    refused(await client.post("/auth/email/confirm", json={"token": first}), 400, "invalid_token")


async def test_a_new_password_ends_every_session(client: AsyncClient) -> None:
    form = await registered(client)
    sessions = [await log_in(client, form["email"]) for _ in range(2)]
    await client.post("/auth/password/forgot", json={"email": form["email"]})
    _, letter = await letters_to(form["email"], 2)
    answer = await reset(client, token_of(letter))
    assert (answer.status_code, answer.content) == (204, b"")
    for tokens in sessions:
        assert unauthorized(await client.get("/me", headers=bearer(tokens)))
        renewal = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert unauthorized(renewal)
    assert (await me(client, form, NEW))["email_verified"] is True
    old = await client.post("/auth/login", json={"login": form["email"], "password": GOOD})
    refused(old, 401, "invalid_credentials")
    refused(await reset(client, token_of(letter)), 400, "invalid_token")
    *_, told = await letters_to(form["email"], 3)
    assert told["Subject"] == "Пароль изменён"


@pytest.mark.parametrize("path", ["/auth/email/resend", "/auth/password/forgot"])
async def test_the_answer_does_not_tell_whether_there_is_an_account(client: AsyncClient, path: str) -> None:
    form = await registered(client)

    def said(answer: Response) -> tuple[int, Any, dict[str, str]]:
        headers = {name: text for name, text in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, answer.json(), headers

    known = said(await client.post(path, json={"email": form["email"]}))
    unknown = said(await client.post(path, json={"email": "nobody@example.com"}))
    assert known == unknown
    assert known[0] == 202
    for _ in range(8):
        assert said(await client.post(path, json={"email": form["email"]})) == known
    await letters_to(form["email"], 6)
    await letters_to("nobody@example.com", 0)


@pytest.mark.parametrize("token", ["a", NO_LINK, "ы", "../../etc/passwd", "' OR 1=1 --", "a" * 512])
async def test_a_bad_token_is_one_answer_and_not_echoed(client: AsyncClient, token: str) -> None:
    for answer in (
        await client.post("/auth/email/confirm", json={"token": token}),
        await reset(client, token),
    ):
        refused(answer, 400, "invalid_token")
        assert len(token) < 2 or token not in answer.text


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        *((path, {"token": token}) for path in CALLS for token in ("", "a" * 513, 7, None, "a\x00b", ["a"])),
        *((path, {"email": text}) for path in CALLS for text in ("", "maria", "a@b\r\nBcc: c@d", 7, None)),
        *((path, {"surprise": 1}) for path in CALLS),
    ],
)
async def test_what_is_no_form_is_not_valid(client: AsyncClient, path: str, changes: dict[str, Any]) -> None:
    (name,) = changes
    answer = await client.post(path, json=CALLS[path] | changes)
    details = refused(answer, 422, "validation_error")
    assert details
    assert name == "surprise" or name not in CALLS[path] or details[0]["field"] == name


@pytest.mark.parametrize("path", CALLS)
async def test_other_bodies_are_refused(client: AsyncClient, path: str) -> None:
    refused(await client.post(path, content=b"<a/>", headers={"Content-Type": "text/xml"}), 415,
            "unsupported_media_type")  # fmt: skip
    refused(await client.post(path, content=b"{", headers={"Content-Type": "application/json"}), 422,
            "validation_error")  # fmt: skip
    refused(await client.get(path), 405, "method_not_allowed")


@pytest.mark.parametrize(("password", "rules"), [("weak", 3), ("A:" + "a" * 71, 1)])
async def test_a_new_password_keeps_every_rule_and_uses_no_link_up(
    client: AsyncClient, password: str, rules: int
) -> None:
    form = await registered(client)
    await client.post("/auth/password/forgot", json={"email": form["email"]})
    _, letter = await letters_to(form["email"], 2)
    details = refused(await reset(client, token_of(letter), password), 422, "validation_error")
    assert [each["field"] for each in details] == ["password"] * rules
    mismatch = {"token": token_of(letter), "password": NEW, "password_confirm": GOOD}
    details = refused(await client.post("/auth/password/reset", json=mismatch), 422, "validation_error")
    assert [each["field"] for each in details] == ["password_confirm"]
    assert (await reset(client, token_of(letter))).status_code == 204


async def test_a_name_writes_no_header_and_no_page(client: AsyncClient) -> None:
    name = "Мария\r\nBcc: all@example.com <script>alert(1)</script>"
    form = await registered(client, full_name=name)
    (letter,) = await letters_to(form["email"])
    assert letter["Bcc"] is None
    assert "alert" not in letter.as_string()
    assert len(list(Path("var/mail").glob("*"))) == 1  # noqa: ASYNC240  # a test


async def test_an_address_in_another_script_gets_its_letter(client: AsyncClient) -> None:
    form = await registered(client, email="maria@пример.рф")
    (letter,) = await letters_to("maria@xn--e1afmkfd.xn--p1ai")
    assert (await client.post("/auth/email/confirm", json={"token": token_of(letter)})).status_code == 204
    assert (await me(client, form))["email_verified"] is True


@pytest.mark.parametrize("path", ["/auth/register", "/auth/email/resend", "/auth/password/forgot"])
async def test_an_address_that_decodes_to_a_header_is_none(client: AsyncClient, path: str) -> None:
    email = "=?utf-8?q?a=0d=0abcc=3aall=40example.com?=@example.com"
    body = a_form(email=email) if path == "/auth/register" else {"email": email}
    (detail,) = refused(await client.post(path, json=body), 422, "validation_error")
    assert detail["field"] == "email"
    assert await fetch("SELECT id FROM outbox") == []
