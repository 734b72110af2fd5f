"""What every till must do: take money once, give it back once, and never more than there was."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from builders import NOBODY
from desks import (
    PRICE,
    Desk,
    a_bill,
    a_part,
    a_refund,
    an_ask,
    everything,
    listed,
    local_desk,
    other,
    yookassa_desk,
)

from lavka.application.ports.payments import Refused, Seen
from lavka.domain.money import ZERO, Money
from lavka.domain.payments import RefundStatus, Status
from lavka.domain.tasks import Hopeless

Opening = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture(params=["yookassa", "local"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Every till, closed yet."""
    if request.param == "local":
        return partial(local_desk, tmp_path / "till")
    return partial(yookassa_desk, request.getfixturevalue("yookassa"))


@pytest.fixture
async def desk(opening: Opening) -> AsyncIterator[Desk]:
    """A till that takes money in one stage."""
    async with opening() as opened:
        yield opened


@pytest.fixture
async def holding(opening: Opening) -> AsyncIterator[Desk]:
    """A till that holds what is paid until it is captured."""
    async with opening(two_stage=True) as opened:
        yield opened


async def paid(desk: Desk) -> Seen:
    opened = await desk.till.open(an_ask())
    await desk.pay(opened.external_id)
    return opened


async def look(desk: Desk, payment: str) -> Seen:
    seen = await desk.till.look(payment)
    assert seen is not None
    return seen


async def test_money_is_asked_for_at_an_address(desk: Desk) -> None:
    ask = an_ask()
    seen = await desk.till.open(ask)
    assert (seen.status, seen.amount, seen.reference) == (Status.PENDING, PRICE, ask.payment)
    assert seen.refunded == ZERO
    assert seen.confirmation_url
    assert seen.confirmation_url.endswith(seen.external_id)
    assert await look(desk, seen.external_id) == seen


async def test_the_same_payment_again_opens_nothing_new(desk: Desk) -> None:
    ask = an_ask()
    first = await desk.till.open(ask)
    assert [await desk.till.open(ask) for _ in range(3)] == [first] * 3
    assert (await desk.till.open(an_ask())).external_id != first.external_id


async def test_a_hundred_at_once_with_one_key_open_one_payment(desk: Desk) -> None:
    ask = an_ask()
    opened = await asyncio.gather(*(desk.till.open(ask) for _ in range(100)))
    assert len({seen.external_id for seen in opened}) == 1
    assert await listed(desk.till) == [opened[0].external_id]


async def test_a_key_stands_for_one_amount(desk: Desk) -> None:
    ask = an_ask()
    await desk.till.open(ask)
    with pytest.raises(Refused, match=r"^invalid_request: idempotence-key$"):
        await desk.till.open(other(ask, 100))
    assert issubclass(Refused, Hopeless)


async def test_what_nobody_has_opened_is_not_known(desk: Desk) -> None:
    for name in (NOBODY, "", "..", "../lock", "lock", "x" * 10_000, "a/b", "?", "Ж" * 36, "\x00"):
        assert await desk.till.look(name) is None
        assert await desk.till.look_at_refund(name) is None
        for call in (
            desk.till.capture(name, PRICE, a_bill()),
            desk.till.cancel(name),
            desk.till.refund(a_refund(name)),
        ):
            with pytest.raises(Refused):
                await call


async def test_who_pays_has_paid(desk: Desk) -> None:
    opened = await paid(desk)
    seen = await look(desk, opened.external_id)
    assert (seen.status, seen.amount, seen.confirmation_url) == (Status.SUCCEEDED, PRICE, None)
    assert seen.reference == opened.reference


async def test_who_declines_or_never_comes_has_not(desk: Desk) -> None:
    for leave in (desk.decline, desk.expire):
        opened = await desk.till.open(an_ask())
        await leave(opened.external_id)
        assert (await look(desk, opened.external_id)).status is Status.CANCELED
        with pytest.raises(Refused):
            await desk.till.refund(a_refund(opened.external_id))


async def test_in_two_stages_money_is_held_then_taken(holding: Desk) -> None:
    opened = await paid(holding)
    assert (await look(holding, opened.external_id)).status is Status.WAITING_FOR_CAPTURE
    for _ in range(2):
        taken = await holding.till.capture(opened.external_id, PRICE, a_bill())
        assert (taken.status, taken.amount) == (Status.SUCCEEDED, PRICE)
    with pytest.raises(Refused):
        await holding.till.cancel(opened.external_id)


async def test_a_part_may_be_taken_and_the_rest_goes_back(holding: Desk) -> None:
    opened = await paid(holding)
    part = a_bill(a_part(99_500))
    with pytest.raises(Refused):
        await holding.till.capture(opened.external_id, PRICE + Money(1), a_bill(a_part(229_001)))
    taken = await holding.till.capture(opened.external_id, part.total, part)
    assert (taken.status, taken.amount) == (Status.SUCCEEDED, Money(99_500))
    assert await look(holding, opened.external_id) == taken
    with pytest.raises(Refused):
        await holding.till.refund(a_refund(opened.external_id, a_part(99_501)))


async def test_what_is_held_may_be_let_go(holding: Desk) -> None:
    opened = await paid(holding)
    for _ in range(2):
        assert (await holding.till.cancel(opened.external_id)).status is Status.CANCELED
    with pytest.raises(Refused):
        await holding.till.capture(opened.external_id, PRICE, a_bill())


async def test_what_is_not_held_can_be_neither_taken_nor_let_go(holding: Desk) -> None:
    opened = await holding.till.open(an_ask())
    with pytest.raises(Refused):
        await holding.till.capture(opened.external_id, PRICE, a_bill())
    with pytest.raises(Refused):
        await holding.till.cancel(opened.external_id)
    assert (await look(holding, opened.external_id)).status is Status.PENDING


async def test_all_of_it_may_go_back(desk: Desk) -> None:
    opened = await paid(desk)
    given = await desk.till.refund(a_refund(opened.external_id))
    assert (given.status, given.amount) == (RefundStatus.SUCCEEDED, PRICE)
    assert await desk.till.look_at_refund(given.external_id) == given
    assert (await look(desk, opened.external_id)).refunded == PRICE


async def test_parts_go_back_and_never_more_than_was_paid(desk: Desk) -> None:
    opened = await paid(desk)
    for part in (99_500, 99_500):
        await desk.till.refund(a_refund(opened.external_id, a_part(part)))
    with pytest.raises(Refused):
        await desk.till.refund(a_refund(opened.external_id, a_part(30_001)))
    await desk.till.refund(a_refund(opened.external_id, a_part(30_000)))
    assert (await look(desk, opened.external_id)).refunded == PRICE


async def test_a_refund_repeated_with_its_key_gives_nothing_back_twice(desk: Desk) -> None:
    opened = await paid(desk)
    wanted = a_refund(opened.external_id, a_part(100))
    given = await asyncio.gather(*(desk.till.refund(wanted) for _ in range(20)))
    assert len({each.external_id for each in given}) == 1
    assert (await look(desk, opened.external_id)).refunded == Money(100)
    with pytest.raises(Refused):
        await desk.till.refund(a_refund(opened.external_id, a_part(200), key=wanted.key))


async def test_refunds_at_once_never_give_more_than_was_paid(desk: Desk) -> None:
    opened = await paid(desk)
    wanted = [a_refund(opened.external_id, a_part(50_000)) for _ in range(20)]
    done = await asyncio.gather(*map(desk.till.refund, wanted), return_exceptions=True)
    assert sum(not isinstance(each, Refused) for each in done) == 4
    assert (await look(desk, opened.external_id)).refunded == Money(200_000)


async def test_what_was_opened_in_a_time_is_listed(desk: Desk) -> None:
    since, until = everything()
    opened = [await desk.till.open(an_ask()) for _ in range(3)]
    await desk.pay(opened[1].external_id)
    found = {seen.external_id: seen async for seen in desk.till.opened(since, until)}
    assert set(found) == {seen.external_id for seen in opened}
    assert found[opened[1].external_id].status is Status.SUCCEEDED
    assert found[opened[2].external_id].reference == opened[2].reference
    assert await listed(desk.till, between=(until, until + timedelta(days=1))) == []
    assert await listed(desk.till, between=(since - timedelta(days=1), since)) == []


async def test_a_till_that_was_closed_has_forgotten_nothing(opening: Opening) -> None:
    ask = an_ask()
    async with opening() as first:
        opened = await first.till.open(ask)
        await first.pay(opened.external_id)
        given = await first.till.refund(a_refund(opened.external_id, a_part(100)))
    async with opening() as second:
        seen = await look(second, opened.external_id)
        assert (seen.status, seen.refunded) == (Status.SUCCEEDED, Money(100))
        assert (await second.till.open(ask)).external_id == opened.external_id
        assert await second.till.look_at_refund(given.external_id) == given
