"""What every outbox must do: keep each task until it is done, and let one at a time have it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from builders import NOON
from promised import a_task

from lavka.adapters.tortoise.database import execute, transaction
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.application.ports.outbox import Claim, Failure, Waiting
from lavka.bootstrap import new_id
from lavka.domain.tasks import Kind, Queue, Task

SECOND = timedelta(seconds=1)
LATER = NOON + timedelta(minutes=1)
PARKED = Failure("The till says no.", LATER, is_parked=True)


class Broken(Exception):
    """The transaction fails after all."""


@pytest.fixture
def rings() -> list[str]:
    """How often the relay was woken."""
    return []


@pytest.fixture(params=[TortoiseOutbox])
def outbox(request: pytest.FixtureRequest, store: None, rings: list[str]) -> TortoiseOutbox:
    return request.param(lambda: rings.append("ring"))  # type: ignore[no-any-return]


async def claimed(
    outbox: TortoiseOutbox, *, queue: Queue = Queue.PAYMENTS, token: UUID | None = None, most: int = 20
) -> Sequence[Claim]:
    """What is due at noon and nobody has, claimed for a minute."""
    return await outbox.claim(queue, token or new_id(), NOON, LATER, most)


async def one(outbox: TortoiseOutbox, task: Task | None = None) -> Claim:
    """A task that was put in and claimed."""
    await outbox.put([task or a_task()])
    (claim,) = await claimed(outbox)
    return claim


async def failed(outbox: TortoiseOutbox, failure: Failure, task: Task | None = None) -> Claim:
    """A task that was begun, and failed."""
    claim = await one(outbox, task)
    assert await outbox.begin(claim.task.id, claim.token, LATER)
    await outbox.fail(claim, failure)
    return claim


async def seen(outbox: TortoiseOutbox, *, only_parked: bool = False) -> Sequence[Waiting]:
    return await outbox.waiting(100, only_parked=only_parked)


@pytest.mark.parametrize("kind", Kind)
async def test_a_task_comes_back_as_it_was_put(outbox: TortoiseOutbox, kind: Kind) -> None:
    about = {"order": str(new_id()), "Слово": "«да»\n\\u0000 '\"; --"}
    task = a_task(kind, about=about, due_at=NOON - timedelta(microseconds=1))
    await outbox.put([task])
    token = new_id()
    assert await outbox.claim(kind.queue, token, NOON, LATER, 1) == [Claim(task, token, tries=0)]
    assert await seen(outbox) == [Waiting(task, task.due_at, 0, None, is_parked=False)]
    assert await outbox.begin(task.id, token, LATER) == Claim(task, token, tries=0)
    assert await seen(outbox) == [Waiting(task, task.due_at, 1, None, is_parked=False)]


async def test_each_queue_has_its_own(outbox: TortoiseOutbox) -> None:
    payment, letter = a_task(Kind.REFUND_PAYMENT), a_task(Kind.SEND_LETTER)
    await outbox.put([payment, letter])
    assert [each.task for each in await claimed(outbox, queue=Queue.LETTERS)] == [letter]
    assert [each.task for each in await claimed(outbox, queue=Queue.PAYMENTS)] == [payment]


async def test_the_longest_due_are_claimed_first_and_what_is_not_due_waits(outbox: TortoiseOutbox) -> None:
    ages = [3, 1, 2, 0, -1]
    tasks = {age: a_task(due_at=NOON - age * SECOND) for age in ages}
    await outbox.put(list(tasks.values()))
    assert [each.task for each in await claimed(outbox, most=2)] == [tasks[3], tasks[2]]
    assert [each.task for each in await claimed(outbox)] == [tasks[1], tasks[0]]
    assert not await claimed(outbox)


async def test_what_is_claimed_is_nobody_elses_until_the_claim_runs_out(outbox: TortoiseOutbox) -> None:
    claim = await one(outbox)
    assert not await outbox.claim(Queue.PAYMENTS, new_id(), LATER, LATER + SECOND, 20)
    now = LATER + timedelta(microseconds=1)
    (again,) = await outbox.claim(Queue.PAYMENTS, new_id(), now, now + SECOND, 20)
    assert again.task == claim.task
    assert again.token != claim.token


async def test_a_claim_is_prolonged_by_beginning(outbox: TortoiseOutbox) -> None:
    claim = await one(outbox)
    assert await outbox.begin(claim.task.id, claim.token, LATER + SECOND) == claim
    now = LATER + SECOND / 2
    assert not await outbox.claim(Queue.PAYMENTS, new_id(), now, now, 20)


async def test_each_beginning_is_a_try_also_when_nothing_more_is_heard(outbox: TortoiseOutbox) -> None:
    claim = await one(outbox)
    for tries in range(3):  # the worker died, and another was told
        assert await outbox.begin(claim.task.id, claim.token, NOON) == replace(claim, tries=tries)
    now = NOON + SECOND
    token = new_id()
    assert await outbox.claim(Queue.PAYMENTS, token, now, LATER, 1) == [Claim(claim.task, token, tries=3)]


async def test_who_has_lost_a_claim_cannot_begin_and_changes_nothing(outbox: TortoiseOutbox) -> None:
    lost = await one(outbox)
    (claim,) = await outbox.claim(Queue.PAYMENTS, new_id(), LATER + SECOND, LATER + 2 * SECOND, 20)
    assert await outbox.begin(lost.task.id, lost.token, LATER) is None
    await outbox.finish(lost)
    await outbox.fail(lost, PARKED)
    await outbox.release([lost], NOON)
    assert await outbox.begin(claim.task.id, claim.token, LATER) == claim
    assert await seen(outbox) == [Waiting(claim.task, NOON, 1, None, is_parked=False)]


async def test_what_is_done_is_forgotten(outbox: TortoiseOutbox) -> None:
    claim = await one(outbox)
    await outbox.finish(claim)
    assert await outbox.begin(claim.task.id, claim.token, LATER) is None
    assert not await seen(outbox)


async def test_what_failed_is_due_again_when_it_is_said(outbox: TortoiseOutbox) -> None:
    claim = await failed(outbox, Failure("No answer.", LATER))
    assert await outbox.begin(claim.task.id, claim.token, LATER) is None
    due = replace(claim.task, due_at=LATER)
    assert await seen(outbox) == [Waiting(due, NOON, 1, "No answer.", is_parked=False)]
    assert not await claimed(outbox)
    token = new_id()
    again = await outbox.claim(Queue.PAYMENTS, token, LATER, LATER + SECOND, 20)
    assert again == [Claim(due, token, tries=1)]


async def test_what_is_released_was_not_tried(outbox: TortoiseOutbox) -> None:
    tasks = [a_task(), a_task()]
    await outbox.put(tasks)
    claims = await claimed(outbox)
    assert await outbox.begin(claims[0].task.id, claims[0].token, LATER)  # and broken off
    await outbox.release(claims, LATER)
    await outbox.release([], LATER)
    due = [replace(task, due_at=LATER) for task in tasks]
    assert await seen(outbox) == [Waiting(task, NOON, 0, None, is_parked=False) for task in due]
    token = new_id()
    assert await outbox.claim(Queue.PAYMENTS, token, LATER, LATER, 20) == [
        Claim(task, token, tries=0) for task in due
    ]


class TestParked:
    async def test_is_not_due_any_more(self, outbox: TortoiseOutbox) -> None:
        claim = await failed(outbox, PARKED)
        assert not await outbox.claim(Queue.PAYMENTS, new_id(), LATER + SECOND, LATER, 20)
        (waiting,) = await seen(outbox, only_parked=True)
        assert (waiting.is_parked, waiting.tries, waiting.reason) == (True, 1, PARKED.reason)
        assert (waiting.task.id, waiting.created_at) == (claim.task.id, NOON)

    async def test_stands_first_and_then_the_oldest(self, outbox: TortoiseOutbox) -> None:
        claim = await failed(outbox, PARKED)
        older, oldest = a_task(due_at=NOON - SECOND), a_task(due_at=NOON - 2 * SECOND)
        await outbox.put([older, oldest])
        assert [each.task.id for each in await seen(outbox)] == [claim.task.id, oldest.id, older.id]
        assert [each.task.id for each in await outbox.waiting(1, only_parked=False)] == [claim.task.id]
        assert [each.task.id for each in await seen(outbox, only_parked=True)] == [claim.task.id]

    async def test_is_due_at_once_and_as_new_when_it_is_to_be_tried_again(
        self, outbox: TortoiseOutbox, rings: list[str]
    ) -> None:
        tasks = [a_task() for _ in range(3)]
        await outbox.put(tasks)
        for claim in await claimed(outbox):
            await outbox.fail(claim, PARKED)
        rings.clear()
        assert await outbox.retry([tasks[1].id, a_task().id], NOON) == 1
        assert rings == ["ring"]
        (claim,) = await claimed(outbox)
        assert (claim.task, claim.tries) == (tasks[1], 0)
        assert await outbox.retry(None, NOON) == 2
        assert {each.task.id for each in await claimed(outbox)} == {tasks[0].id, tasks[2].id}
        assert await outbox.retry(None, NOON) == 0

    async def test_is_forgotten_when_it_is_discarded_and_what_still_waits_is_not(
        self, outbox: TortoiseOutbox
    ) -> None:
        claim = await one(outbox)
        assert not await outbox.discard(claim.task.id)
        await outbox.fail(claim, PARKED)
        assert await outbox.discard(claim.task.id)
        assert not await outbox.discard(claim.task.id)
        assert not await seen(outbox)

    async def test_what_waits_is_not_hurried_by_trying_again(self, outbox: TortoiseOutbox) -> None:
        task = a_task(due_at=LATER)
        await outbox.put([task])
        assert await outbox.retry([task.id], NOON) == 0
        assert not await claimed(outbox)


async def test_what_only_a_newer_version_knows_stays_parked(outbox: TortoiseOutbox) -> None:
    claim = await failed(outbox, PARKED)
    await execute("UPDATE outbox SET kind = 'teleport'")
    assert await outbox.retry(None, LATER) == 0
    assert await outbox.retry([claim.task.id], LATER) == 0
    assert await seen(outbox) == []


async def test_the_same_task_put_twice_is_one(outbox: TortoiseOutbox) -> None:
    task = a_task()
    await outbox.put([task])
    await outbox.put([replace(task, kind=Kind.SEND_LETTER), a_task()])
    assert {each.task.id for each in await claimed(outbox)} >= {task.id}
    assert len(await seen(outbox)) == 2


async def test_nothing_put_is_nothing_done(outbox: TortoiseOutbox, rings: list[str]) -> None:
    await outbox.put([])
    assert (await seen(outbox), rings) == ([], [])


async def test_what_is_put_in_a_transaction_that_fails_was_never_there(
    outbox: TortoiseOutbox, rings: list[str]
) -> None:
    async def fail() -> None:
        async with transaction():
            await outbox.put([a_task()])
            raise Broken

    with pytest.raises(Broken):
        await fail()
    assert (await seen(outbox), rings) == ([], [])


async def test_the_relay_is_woken_when_it_can_see_the_task(outbox: TortoiseOutbox, rings: list[str]) -> None:
    await outbox.put([a_task()])
    assert rings == ["ring"]
    async with transaction():
        async with transaction():
            await outbox.put([a_task()])
        assert rings == ["ring"]
    assert rings == ["ring", "ring"]
    assert len(await claimed(outbox)) == 2


async def test_an_inner_transaction_that_fails_takes_its_tasks_and_its_ring_with_it(
    outbox: TortoiseOutbox, rings: list[str]
) -> None:
    async def fail() -> None:
        async with transaction():
            await outbox.put([a_task()])
            raise Broken

    async with transaction():
        with pytest.raises(Broken):
            await fail()
    assert (await seen(outbox), rings) == ([], [])


async def test_of_many_who_claim_at_once_each_gets_others(outbox: TortoiseOutbox) -> None:
    tasks = [a_task() for _ in range(60)]
    await outbox.put(tasks)
    shares = await asyncio.gather(*(claimed(outbox, most=7) for _ in range(12)))
    got = [claim.task.id for share in shares for claim in share]
    got += [claim.task.id for claim in await claimed(outbox, most=60)]  # who was locked was passed over
    assert sorted(got) == sorted(task.id for task in tasks)
