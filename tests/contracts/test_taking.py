"""Who takes the money is said by the settings, and so is how."""

from pathlib import Path
from typing import Any

import pytest
from conftest import settings_for
from desks import an_ask
from taking import Door
from yookassa_server import SECRET, SHOP, YooKassaServer

from lavka.adapters.local_till.till import LocalTill
from lavka.adapters.yookassa.client import YooKassa
from lavka.application.ports.payments import Decision
from lavka.bootstrap import utc_now
from lavka.bootstrap.tills import NOTIFICATIONS, taking
from lavka.domain.payments import Status
from lavka.settings import Settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(**changes: object) -> Settings:
    return settings_for("sqlite://var/lavka.db", **changes)


async def test_with_credentials_it_is_yookassa_by_the_terms_of_the_settings(yookassa: YooKassaServer) -> None:
    account: dict[str, Any] = {"yookassa_shop_id": SHOP, "yookassa_secret_key": SECRET}
    terms = {"yookassa_two_stage": True, "receipt_vat_code": 7, "receipt_tax_system_code": 6}
    asked = settings(**account, **terms, yookassa_api_url=yookassa.url, local_till=True)
    assert SECRET not in repr(asked)
    async with taking(asked, utc_now) as opened:
        assert isinstance(opened.till, YooKassa)
        assert opened.page is None
        await opened.till.open(an_ask())
    body = yookassa.requests[0].body
    assert (body["capture"], body["receipt"]["tax_system_code"]) == (False, 6)
    assert {item["vat_code"] for item in body["receipt"]["items"]} == {7}


async def test_without_them_it_is_the_local_till_that_tells_this_very_server() -> None:
    with Door() as door:
        port = int(door.url.rsplit(":", 1)[1].strip("/"))
        asked = settings(
            host="0.0.0.0",  # noqa: S104  # which is no address to connect to
            port=port,
            public_url="https://shop.example/",
            yookassa_two_stage=True,
        )
        async with taking(asked, utc_now) as opened:
            assert isinstance(opened.till, LocalTill)
            assert opened.page is opened.till
            seen = await opened.till.open(an_ask())
            assert seen.confirmation_url == f"https://shop.example/pay/{seen.external_id}"
            counter = await opened.page.decide(seen.external_id, Decision.PAY)
        assert counter.status is Status.WAITING_FOR_CAPTURE
        assert [each["event"] for each in door.taken] == ["payment.waiting_for_capture"]
        assert door.paths == [NOTIFICATIONS]


@pytest.mark.parametrize("asked", [{"local_till": False}, {"environment": "production", "password_cost": 10}])
async def test_nobody_takes_money_where_nothing_is_set(asked: dict[str, object]) -> None:
    async with taking(settings(**asked), utc_now) as opened:
        assert (opened.till, opened.page) == (None, None)
    assert not Path("var/till").exists()  # noqa: ASYNC240
