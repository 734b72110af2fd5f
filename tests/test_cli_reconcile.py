"""`lavka reconcile`: what the provider has otherwise is told, and what is behind catches up."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from builders import a_user, new_id
from click.testing import Result
from typer.testing import CliRunner
from yookassa_server import SECRET, SHOP, YooKassaServer

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop
from lavka.cli import app
from lavka.domain.money import Money
from lavka.domain.payments import Payment, Status
from lavka.domain.sessions import SessionId
from lavka.settings import load_settings

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _own_place(
    db_url: str, yookassa: YooKassaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty folder and an empty database, a provider and a narrow terminal."""
    monkeypatch.chdir(tmp_path)
    places = {"DB_URL": db_url, "YOOKASSA_API_URL": yookassa.url, "COLUMNS": "40"}
    for name, value in {**places, "YOOKASSA_SHOP_ID": SHOP, "YOOKASSA_SECRET_KEY": SECRET}.items():
        monkeypatch.setenv(name, value)


def reconciled() -> Result:
    result = CliRunner().invoke(app, ["reconcile"])
    assert "Traceback" not in result.output
    return result


def in_the_shop(work: Callable[[Shop], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_shop(load_settings()) as shop:
            return await work(shop)

    return asyncio.run(run())


async def a_top_up(shop: Shop) -> Payment:
    user = a_user()
    await TortoiseUsers().add(user)
    return await shop.paying.top_up(Access(user.id, SessionId(new_id())), Money(50_000))


def test_what_is_behind_catches_up_and_is_alike_then(yookassa: YooKassaServer) -> None:
    payment = in_the_shop(a_top_up)
    (name,) = yookassa.bank.payments
    yookassa.pay(name)
    first, again = reconciled(), reconciled()
    assert (first.exit_code, first.stdout.splitlines()[0]) == (0, f"{name}  mended")
    assert (again.exit_code, again.stdout) == (0, "The provider has what the shop has.\n")
    assert in_the_shop(lambda shop: shop.opening.payments.get(payment.id)).status is Status.SUCCEEDED


def test_what_was_given_back_by_hand_is_left_to_a_person_by_its_whole_id(yookassa: YooKassaServer) -> None:
    in_the_shop(a_top_up)
    (name,) = yookassa.bank.payments
    yookassa.pay(name)
    reconciled()
    yookassa.bank.refund({"payment_id": name, "amount": {"value": "10.00", "currency": "RUB"}})
    result = reconciled()
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == f"{name}  look at it"
    assert "10.00 were given back there" in result.stdout
    assert "Left for a person: 1." in result.stderr


def test_a_provider_that_is_gone_is_not_taken_for_the_database(yookassa: YooKassaServer) -> None:
    yookassa.fault("500")
    result = reconciled()
    assert result.exit_code == os.EX_UNAVAILABLE
    assert "The provider gives no list" in result.stderr
