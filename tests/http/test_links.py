"""The pages where links in letters lead."""

import re
from html import unescape

import pytest
from builders import GOOD, bearer, log_in, registered
from httpx2 import AsyncClient, Response
from mailing import letters_to, token_of

from lavka.adapters.http.links import RUSSIAN
from lavka.domain.passwords import broken_rules

ORIGIN = "http://shop.test"
NEW = "Battery-staple%"
NO_LINK = "q5JPVWmKX1rSE0fIh5pEZ3vXJm0xV0y8n7b8r2S1k3A"
PAGES = ["/confirm-email", "/reset-password"]
ENGLISH = {"Accept-Language": "en"}


async def a_link(client: AsyncClient, page: str) -> tuple[str, str]:
    """Somebody's address and the token of a link to a page."""
    form = await registered(client)
    if page == "/confirm-email":
        (letter,) = await letters_to(form["email"])
    else:
        await client.post("/auth/password/forgot", json={"email": form["email"]})
        _, letter = await letters_to(form["email"], 2)
    return str(form["email"]), token_of(letter)


def shown(answer: Response, status: int = 200) -> str:
    """Claim that this is a page of ours, and give its text."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    (policy,) = answer.headers.get_list("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
    assert "script" not in policy
    assert not re.search(r"<script|<img|https?://|\son\w+=", answer.text)
    return unescape(answer.text)


async def fill(client: AsyncClient, answer: Response, **fields: str) -> Response:
    """Send the form of a page as a browser does."""
    page = answer.text
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', page)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return await client.post(ORIGIN + action, data=hidden | fields)


async def is_verified(client: AsyncClient, email: str, password: str = GOOD) -> bool:
    answer = await client.get("/me", headers=bearer(await log_in(client, email, password)))
    return bool(answer.json()["email_verified"])


async def test_looking_at_a_link_uses_nothing_up_and_a_button_does(client: AsyncClient) -> None:
    email, token = await a_link(client, "/confirm-email")
    for _ in range(3):
        page = await client.get(f"{ORIGIN}/confirm-email?token={token}")
        assert "Подтвердить" in shown(page)
    assert (await client.head(f"{ORIGIN}/confirm-email?token={token}")).status_code == 200
    assert not await is_verified(client, email)
    assert "Адрес подтверждён" in shown(await fill(client, page))
    assert await is_verified(client, email)
    assert "Ссылка не действует" in shown(await fill(client, page), 400)
    assert "Ссылка не действует" in shown(await client.get(f"{ORIGIN}/confirm-email?token={token}"), 400)


async def test_a_new_password_is_set_without_a_script(client: AsyncClient) -> None:
    email, token = await a_link(client, "/reset-password")
    tokens = await log_in(client, email)
    page = await client.get(f"{ORIGIN}/reset-password?token={token}")
    assert "Новый пароль" in shown(page)
    assert "Пароль изменён" in shown(await fill(client, page, password=NEW, password_confirm=NEW))
    assert (await client.get("/me", headers=bearer(tokens))).status_code == 401
    assert await is_verified(client, email, NEW)
    again = await fill(client, page, password=GOOD, password_confirm=GOOD)
    assert "Ссылка не действует" in shown(again, 400)


@pytest.mark.parametrize(
    ("password", "repeated", "rules"),
    [
        ("weak", "weak", 3),
        ("ёёёёёё", "ёёёёёё", 4),
        ("A:" + "a" * 71, "A:" + "a" * 71, 1),
        (NEW, GOOD, 1),
        ("", "a", 4),
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_form_comes_again_with_the_rules_that_are_broken(
    client: AsyncClient, password: str, repeated: str, rules: int, language: str
) -> None:
    _, token = await a_link(client, "/reset-password")
    client.headers["Accept-Language"] = language
    page = await client.get(f"{ORIGIN}/reset-password?token={token}")
    answer = await fill(client, page, password=password, password_confirm=repeated)
    text = shown(answer, 422)
    said = re.findall("<li>([^<]+)</li>", text)
    assert len(said) == rules
    known = RUSSIAN.values() if language == "ru" else RUSSIAN.keys()
    assert set(said) <= set(known)
    assert len(password) < 5 or password not in text
    shown(await fill(client, answer, password=NEW, password_confirm=NEW))


@pytest.mark.parametrize("secret", ["", "weak", "Пароль", "a" * 100, "A:" + "ы" * 80])
def test_every_rule_is_known_in_russian(secret: str) -> None:
    assert set(broken_rules(secret)) <= RUSSIAN.keys()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query", ["", "token=", "token=a", f"token={NO_LINK}", "token=%22%3E%3Cscript%3E", "token=" + "a" * 5000]
)
async def test_a_bad_link_is_said_in_the_readers_language_and_not_echoed(
    client: AsyncClient, page: str, query: str
) -> None:
    russian = shown(await client.get(f"{ORIGIN}{page}?{query}"), 400)
    assert "Ссылка не действует" in russian
    english = shown(await client.get(f"{ORIGIN}{page}?{query}", headers=ENGLISH), 400)
    assert "This link does not work" in english
    assert '<html lang="en">' in english
    assert not re.search("[а-яё]", english)
    assert NO_LINK not in russian


@pytest.mark.parametrize("page", PAGES)
async def test_pages_in_english_say_nothing_in_russian(client: AsyncClient, page: str) -> None:
    _, token = await a_link(client, page)
    text = shown(await client.get(f"{ORIGIN}{page}?token={token}", headers=ENGLISH))
    assert not re.search("[а-яё]", text)
    assert token in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"token": ""},
        {"token": NO_LINK, "password": NEW, "password_confirm": NEW, "surprise": "1"},
        {"token": "a" * 600, "password": NEW, "password_confirm": NEW},
        {"token": NO_LINK, "password": NEW, "password_confirm": NEW},
        {"token": NO_LINK, "password": "A:" + "a" * 2000, "password_confirm": NEW},
        {"token": "\x00", "password": NEW, "password_confirm": NEW},
    ],
)
async def test_a_form_that_no_page_of_ours_sends_is_a_bad_link(
    client: AsyncClient, page: str, data: dict[str, str]
) -> None:
    answer = await client.post(ORIGIN + page, data=data)
    assert "Ссылка не действует" in shown(answer, 400)


@pytest.mark.parametrize("page", PAGES)
async def test_only_forms_are_taken(client: AsyncClient, page: str) -> None:
    for media_type in ("application/json", "text/plain", "multipart/form-data; boundary=a", ""):
        answer = await client.post(ORIGIN + page, content=b"{}", headers={"Content-Type": media_type})
        assert answer.status_code == 415, media_type
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"\xff\xfe%ff", b"&" * 100_000, b"a=1&" * 100_000, b"token=%ED%A0%80"):
        assert 400 <= (await client.post(ORIGIN + page, content=body, headers=form)).status_code < 500


async def test_the_document_does_not_list_pages(client: AsyncClient) -> None:
    paths = (await client.get(f"{ORIGIN}/openapi.json")).json()["paths"]
    assert not set(PAGES) & paths.keys()
