"""The local till alone: its files, its payers, and what it tells the shop."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from builders import NOBODY
from desks import PRICE, Hours, a_bill, a_part, a_place, a_refund, an_ask
from structlog.testing import capture_logs
from taking import Door

from lavka.adapters.local_till.till import LocalTill, local_till
from lavka.application.ports.payments import Decision, Seen
from lavka.domain.errors import NotFound
from lavka.domain.money import Money
from lavka.domain.payments import Status


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as listening:
        yield listening


@asynccontextmanager
async def a_till(folder: Path, door: Door, *, two_stage: bool = False) -> AsyncIterator[LocalTill]:
    async with local_till(a_place(folder, door.url, two_stage=two_stage), Hours()) as till:
        yield till


def events(door: Door) -> list[tuple[str, Any]]:
    return [(each["event"], each["object"]["status"]) for each in door.taken]


async def opened(till: LocalTill) -> Seen:
    return await till.open(an_ask())


async def test_the_shop_knows_before_the_payer_sees_the_next_page(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        seen = await opened(till)
        counter = await till.decide(seen.external_id, Decision.PAY)
        assert counter.status is Status.SUCCEEDED
        assert events(door) == [("payment.succeeded", "succeeded")]
        about = door.taken[0]["object"]
        assert (about["id"], about["paid"], about["test"]) == (seen.external_id, True, True)
        assert about["amount"] == {"value": "2290.00", "currency": "RUB"}
        assert about["metadata"] == {"payment_id": str(seen.reference)}
        other = await opened(till)
        await till.decide(other.external_id, Decision.DECLINE)
        assert events(door)[1:] == [("payment.canceled", "canceled")]


async def test_what_the_shop_does_is_told_too(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door, two_stage=True) as till:
        one, other = await opened(till), await opened(till)
        for each in (one, other):
            await till.decide(each.external_id, Decision.PAY)
        await till.cancel(other.external_id)
        await till.cancel(other.external_id)
        await till.capture(one.external_id, PRICE, a_bill())
        wanted = a_refund(one.external_id, a_part(100))
        for _ in range(2):
            await till.refund(wanted)
    assert sorted(events(door)) == [
        ("payment.canceled", "canceled"),
        ("payment.succeeded", "succeeded"),
        *[("payment.waiting_for_capture", "waiting_for_capture")] * 2,
        ("refund.succeeded", "succeeded"),
    ]


async def test_what_is_being_told_is_told_before_the_till_closes(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        seen = await opened(till)
        await till.decide(seen.external_id, Decision.PAY)
        door.seconds = 0.5
        began = time.monotonic()
        await till.refund(a_refund(seen.external_id))
        assert time.monotonic() - began < 0.4  # who refunds does not wait
    assert events(door)[1:] == [("refund.succeeded", "succeeded")]


async def test_who_closes_has_decided_nothing(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        seen = await opened(till)
        assert (await till.decide(seen.external_id, Decision.CLOSE)).status is Status.PENDING
        assert await till.look(seen.external_id) == seen
    assert door.taken == []


async def test_of_many_decisions_at_once_one_counts(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        seen = await opened(till)
        wanted = [Decision.PAY, Decision.DECLINE] * 10
        counters = await asyncio.gather(*(till.decide(seen.external_id, each) for each in wanted))
        assert len({counter.status for counter in counters}) == 1
    assert len(door.taken) == 1


async def test_a_shop_that_does_not_listen_changes_nothing(tmp_path: Path, door: Door) -> None:
    silent = create_server(("127.0.0.1", 0))  # the system takes connections, and nobody answers
    door.refused = 1
    for url in ("http://127.0.0.1:9/", door.url, f"http://127.0.0.1:{silent.getsockname()[1]}/"):
        with capture_logs() as logs:
            async with local_till(a_place(tmp_path, url), Hours()) as till:
                seen, began = await opened(till), time.monotonic()
                await till.decide(seen.external_id, Decision.PAY)
                assert time.monotonic() - began < 4
                found = await till.look(seen.external_id)
        assert found
        assert found.status is Status.SUCCEEDED
        assert [each["what"] for each in logs] == ["payment.succeeded"]
    silent.close()


async def test_names_are_not_guessed_from_keys(tmp_path: Path, door: Door) -> None:
    ask = an_ask()
    async with a_till(tmp_path / "one", door) as till:
        name = (await till.open(ask)).external_id
    assert name != str(ask.payment)
    place = a_place(tmp_path / "two", door.url)
    other_secret = type(place)(place.folder, place.origin, place.notify_url, "o" * 48)
    async with local_till(other_secret, Hours()) as till:
        assert (await till.open(ask)).external_id != name
    assert "k" * 48 not in repr(place)


async def test_two_processes_share_a_drawer(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as one, a_till(tmp_path, door) as other:
        ask = an_ask()
        seen = await asyncio.gather(*(till.open(ask) for till in (one, other) * 25))
        assert len({each.external_id for each in seen}) == 1
        await other.decide(seen[0].external_id, Decision.PAY)
        wanted = [a_refund(seen[0].external_id, a_part(50_000)) for _ in range(10)]
        tills = [one, other] * 5
        await asyncio.gather(
            *(till.refund(each) for till, each in zip(tills, wanted, strict=True)), return_exceptions=True
        )
        found = await one.look(seen[0].external_id)
    assert found
    assert found.refunded == Money(200_000)


async def test_what_a_crash_leaves_behind_is_no_slip(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        seen = await opened(till)
        (tmp_path / f"{seen.external_id}.part").write_text('{"id": "')
        (tmp_path / f"{NOBODY}.part").write_text("")
        assert await till.look(seen.external_id) == seen
        assert await till.look(NOBODY) is None
        assert (await till.decide(seen.external_id, Decision.PAY)).status is Status.SUCCEEDED


async def test_the_page_of_nothing_is_not_found(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path, door) as till:
        for name in (NOBODY, "../lock", "lock", ""):
            with pytest.raises(NotFound):
                await till.show(name)
            with pytest.raises(NotFound):
                await till.decide(name, Decision.PAY)


async def test_its_files_are_the_owners_alone(tmp_path: Path, door: Door) -> None:
    async with a_till(tmp_path / "till", door) as till:
        await opened(till)
    assert (tmp_path / "till").stat().st_mode & 0o077 == 0
