"""The pay page of the local till, and the page that payers come back to."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from builders import NOBODY
from conftest import settings_for
from desks import a_bill, a_part, an_ask
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from lavka.adapters.local_till.till import LocalTill
from lavka.application.ports.payments import Seen
from lavka.bootstrap import web
from lavka.domain.payments import Status

RUSSIAN, ENGLISH = {"Accept-Language": "ru-RU,ru"}, {"Accept-Language": "en-GB,en;q=0.9,ru;q=0.1"}


@pytest.fixture
def till(app: FastAPI) -> LocalTill:
    """The till of the shop, which is the local one in development."""
    page = app.state.shop.pay_page
    assert isinstance(page, LocalTill)
    return page


@pytest.fixture
async def people(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A browser."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://shop.test") as browser:
        yield browser


async def to_pay(till: LocalTill, description: str = "Заказ 7Q2K-M4XD") -> Seen:
    return await till.open(an_ask(bill=a_bill(a_part(123_456_789), description=description)))


def buttons(text: str) -> list[str]:
    return re.findall(r'<button name="decision" value="(\w+)">', text)


async def test_it_shows_what_is_to_be_paid_and_that_no_money_moves(
    people: AsyncClient, till: LocalTill
) -> None:
    seen = await to_pay(till)
    assert seen.confirmation_url == f"http://127.0.0.1:8000/pay/{seen.external_id}"
    answer = await people.get(f"/pay/{seen.external_id}", headers=RUSSIAN)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ('lang="ru"', "Заказ 7Q2K-M4XD", "1\xa0234\xa0567,89\xa0₽", "деньги не списываются"):
        assert words in answer.text
    assert buttons(answer.text) == ["pay", "decline", "close"]
    assert "<script" not in answer.text
    english = (await people.get(f"/pay/{seen.external_id}", headers=ENGLISH)).text
    for words in ('lang="en"', "1,234,567.89\xa0RUB", "no money moves"):
        assert words in english


@pytest.mark.parametrize(
    ("decision", "status", "words"),
    [("pay", Status.SUCCEEDED, "Оплачено."), ("decline", Status.CANCELED, "Оплата отменена")],
)
async def test_who_has_decided_sees_what_has_become_of_it(
    people: AsyncClient, till: LocalTill, decision: str, status: Status, words: str
) -> None:
    seen = await to_pay(till)
    place = f"/pay/{seen.external_id}"
    answer = await people.post(place, data={"decision": decision})
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    found = await till.look(seen.external_id)
    assert found
    assert found.status is status
    shown = (await people.get(place)).text
    assert words in shown
    assert buttons(shown) == []
    assert 'href="https://shop.example/orders/0197a3c2"' in shown
    again = await people.post(place, data={"decision": "pay" if decision == "decline" else "decline"})
    assert again.status_code == 303
    assert await till.look(seen.external_id) == found


async def test_who_closes_goes_back_to_the_shop(people: AsyncClient, till: LocalTill) -> None:
    seen = await to_pay(till)
    answer = await people.post(f"/pay/{seen.external_id}", data={"decision": "close"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://shop.example/orders/0197a3c2")
    assert await till.look(seen.external_id) == seen


async def test_what_goods_are_called_is_text_and_nothing_else(people: AsyncClient, till: LocalTill) -> None:
    seen = await to_pay(till, "<script>alert(1)</script>")
    answer = await people.get(f"/pay/{seen.external_id}")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_bad_decisions_are_refused_and_decide_nothing(people: AsyncClient, till: LocalTill) -> None:
    seen = await to_pay(till)
    place = f"/pay/{seen.external_id}"
    for bad in ({}, {"decision": ""}, {"decision": "PAY"}, {"decision": "pay", "more": "1"}):
        answer = await people.post(place, data=bad)
        assert (answer.status_code, answer.json()["type"]) in ((422, "validation_error"),), bad
    assert (await people.post(place, json={"decision": "pay"})).status_code == 415
    assert (await people.delete(place)).headers["Allow"] == "GET, POST"
    for name in (NOBODY, "x", "%2e%2e", "%00", "a" * 5000):
        for answer in (
            await people.get(f"/pay/{name}"),
            await people.post(f"/pay/{name}", data={"decision": "pay"}),
        ):
            assert (answer.status_code, answer.json()["type"]) == (404, "not_found")
    assert await till.look(seen.external_id) == seen


async def test_who_comes_back_reads_what_comes_next_and_nothing_of_the_order(people: AsyncClient) -> None:
    answer = await people.get(f"/orders/{NOBODY}", headers=RUSSIAN)
    assert answer.status_code == 200
    assert "мы напишем вам, как только оплата поступит" in answer.text
    assert NOBODY not in answer.text
    english = (await people.get(f"/orders/{NOBODY}", headers=ENGLISH)).text
    assert "we write to you once the payment has come in" in english
    assert (await people.get("/orders/no-id")).status_code == 422


async def test_who_has_filled_a_wallet_comes_back_to_a_page(people: AsyncClient, app: FastAPI) -> None:
    back = urlsplit(app.state.shop.paying.opening.return_url.format(order="")).path
    answer = await people.get(back, headers=RUSSIAN)
    assert (answer.status_code, "Деньги будут на балансе" in answer.text) == (200, True)
    assert "in the wallet" in (await people.get(back, headers=ENGLISH)).text


async def test_a_sellers_link_leads_to_a_page(people: AsyncClient) -> None:
    answer = await people.get(f"/shops/{NOBODY}/orders", headers=RUSSIAN)
    assert (answer.status_code, "Заказы магазина" in answer.text) == (200, True)
    assert "The shop’s orders" in (await people.get(f"/shops/{NOBODY}/orders", headers=ENGLISH)).text
    assert (await people.get("/shops/no-id/orders")).status_code == 422


@pytest.mark.parametrize(
    "settings",
    [
        {"yookassa_shop_id": "100500", "yookassa_secret_key": "test_of-nobody"},
        {"local_till": False},
        {"environment": "production", "password_cost": 10},
    ],
)
async def test_where_there_is_no_local_till_there_is_no_pay_page(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object]
) -> None:
    monkeypatch.chdir(tmp_path)
    application = web(settings_for(db_url, **settings))
    async with application.router.lifespan_context(application):
        transport = ASGITransport(application)
        async with AsyncClient(transport=transport, base_url="http://shop.test") as browser:
            for answer in (
                await browser.get(f"/pay/{NOBODY}"),
                await browser.post(f"/pay/{NOBODY}", data={"decision": "pay"}),
            ):
                assert answer.status_code == 404
            assert (await browser.get(f"/orders/{NOBODY}")).status_code == 200
