"""What must happen after a commit happens, at least once, and what cannot is put before an administrator."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON
from promised import a_task, all_is_done, doing

from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.application import relaying
from lavka.application.ports.outbox import Claim, Waiting
from lavka.application.relaying import AT_ONCE, LEASE, MOST_REASON, PAUSE
from lavka.application.shop import Shop
from lavka.bootstrap import System, new_id, open_shop
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import MOST_TRIES, Hopeless, Kind, Queue, Task, delay
from lavka.settings import Settings


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def shop(settings: Settings, time: Time) -> AsyncIterator[Shop]:
    """A shop whose clock is moved by hand, and whose chance is even."""
    async with open_shop(settings, System(clock=time, chance=lambda: 0.5)) as opened:
        yield opened


async def waiting(shop: Shop) -> Waiting:
    """The one task that waits."""
    (one,) = await shop.parked.waiting(10, only_parked=False)
    return one


async def test_a_task_is_done_once_and_forgotten(shop: Shop) -> None:
    done: list[Task] = []
    tasks = [a_task() for _ in range(50)]
    await TortoiseOutbox().put(tasks)

    async def work(task: Task) -> None:
        done.append(task)

    await all_is_done(doing(shop, work))
    assert Counter(task.id for task in done) == Counter(task.id for task in tasks)
    assert not await shop.parked.waiting(10, only_parked=False)


@pytest.mark.parametrize(("kind", "few"), [(Kind.SETTLE_PAYMENT, 8), (Kind.SEND_LETTER, 2)])
async def test_a_few_are_worked_on_at_once_and_of_letters_fewer(shop: Shop, kind: Kind, few: int) -> None:
    at_work: list[int] = [0, 0]
    await TortoiseOutbox().put([a_task(kind) for _ in range(20)])

    async def work(_: Task) -> None:
        at_work[0] += 1
        at_work[1] = max(at_work)
        await asyncio.sleep(0.01)
        at_work[0] -= 1

    await all_is_done(doing(shop, work, kind))
    assert at_work == [0, few]


async def test_what_finds_no_answer_waits_longer_each_time_and_is_parked_in_the_end(
    shop: Shop, time: Time
) -> None:
    async def work(_: Task) -> None:
        error = Unavailable()
        error.add_note("The till answered 500.")
        raise error

    closed = doing(shop, work)
    await TortoiseOutbox().put([a_task()])
    for tries in range(1, MOST_TRIES):
        await all_is_done(closed)
        one = await waiting(shop)
        assert (one.tries, one.is_parked, one.reason) == (tries, False, "The till answered 500.")
        assert one.task.due_at == time.now + delay(tries, 0.5)
        time.now = one.task.due_at
    await all_is_done(closed)
    one = await waiting(shop)
    assert (one.tries, one.is_parked, one.reason) == (MOST_TRIES, True, "The till answered 500.")
    assert timedelta(hours=1.5) < time.now - NOON < timedelta(hours=2.5)
    time.now += timedelta(days=1)
    await all_is_done(closed)
    assert await waiting(shop) == one


async def test_what_is_hopeless_is_parked_at_once_with_its_message_on_one_line(shop: Shop) -> None:
    async def work(_: Task) -> None:
        raise Hopeless("Another\x00amount:\n\x1b[31m\ud800" + "x" * 1000)

    await TortoiseOutbox().put([a_task()])
    await all_is_done(doing(shop, work))
    one = await waiting(shop)
    assert (one.is_parked, one.tries) == (True, 1)
    assert one.reason == ("Another amount:  [31m " + "x" * 1000)[:MOST_REASON]


async def test_a_fault_is_counted_and_told_without_the_values_of_its_message(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    task = a_task()

    async def work(_: Task) -> None:
        raise ValueError("secret")

    await TortoiseOutbox().put([task])
    await all_is_done(doing(shop, work))
    one = await waiting(shop)
    assert (one.tries, one.is_parked) == (1, False)
    assert one.reason == f"ValueError: see the log for task {task.id}."
    said = capsys.readouterr().out
    assert str(task.id) in said
    assert "ValueError" in said
    assert "secret" not in said


@pytest.mark.parametrize("about", ["no JSON", "[]", "null"])
async def test_a_task_that_cannot_be_read_fails_alone(shop: Shop, about: str) -> None:
    tasks = [a_task() for _ in range(5)]
    await TortoiseOutbox().put(tasks)
    await execute("UPDATE outbox SET about = $1 WHERE id = $2", [about, tasks[0].id])

    async def work(task: Task) -> None:
        assert task.about["payment"] == "17"

    await all_is_done(doing(shop, work))
    one = await waiting(shop)
    assert (one.task.id, one.tries) == (tasks[0].id, 1)


async def test_what_takes_too_long_is_broken_off_and_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "LONGEST", 0.01)

    async def work(_: Task) -> None:
        await asyncio.sleep(60)

    await TortoiseOutbox().put([a_task()])
    await all_is_done(doing(shop, work))
    assert (await waiting(shop)).reason == relaying.TOO_LONG


async def test_the_work_is_broken_off_before_anybody_else_may_begin() -> None:
    assert timedelta(seconds=relaying.LONGEST) < LEASE


async def test_a_task_that_ends_every_process_at_it_is_given_up(shop: Shop, time: Time) -> None:
    async def work(_: Task) -> None:
        raise AssertionError

    await TortoiseOutbox().put([a_task()])
    for _ in range(MOST_TRIES):
        (claim,) = await TortoiseOutbox().claim(Queue.PAYMENTS, new_id(), time.now, time.now, 1)
        assert await TortoiseOutbox().begin(claim.task.id, claim.token, time.now)
        time.now += timedelta(seconds=1)
    await all_is_done(doing(shop, work))
    assert ((await waiting(shop)).is_parked, (await waiting(shop)).reason) == (True, relaying.FATAL)


async def test_a_kind_that_nobody_here_knows_is_parked(shop: Shop) -> None:
    await TortoiseOutbox().put([a_task(Kind.RECONCILE)])
    mute = replace(shop, performing=replace(shop.performing, works={}))
    await all_is_done(replace(mute, relaying=replace(shop.relaying, deliver=mute.performing.perform_all)))
    assert ((await waiting(shop)).is_parked, (await waiting(shop)).reason) == (True, relaying.UNKNOWN)


async def test_one_that_fails_keeps_no_other_of_its_batch_waiting(shop: Shop) -> None:
    bad, done = a_task(), list[Task]()
    others = [a_task() for _ in range(3)]

    async def work(task: Task) -> None:
        if task == bad:
            raise Unavailable
        done.append(task)

    await TortoiseOutbox().put([bad, *others])
    await all_is_done(doing(shop, work))
    assert {task.id for task in done} == {task.id for task in others}
    assert ((await waiting(shop)).task.id, (await waiting(shop)).reason) == (bad.id, relaying.NO_ANSWER)


async def test_a_task_that_somebody_else_has_is_not_done(shop: Shop) -> None:
    async def work(_: Task) -> None:
        raise AssertionError

    task = a_task()
    await TortoiseOutbox().put([task])
    await doing(shop, work).performing.perform(task.id, new_id())
    assert (await waiting(shop)).tries == 0


async def test_without_a_way_to_the_workers_tasks_wait_a_while_untried(shop: Shop, time: Time) -> None:
    async def nowhere(_: object) -> None:
        raise Unavailable

    await TortoiseOutbox().put([a_task()])
    with pytest.raises(Unavailable):
        await replace(shop.relaying, deliver=nowhere).relay(Queue.PAYMENTS)
    one = await waiting(shop)
    assert (one.tries, one.reason, one.task.due_at) == (0, None, NOON + PAUSE)
    time.now += PAUSE
    assert await TortoiseOutbox().claim(Queue.PAYMENTS, new_id(), time.now, time.now, 1)


async def test_what_is_being_done_when_the_server_stops_is_free_for_the_next(shop: Shop) -> None:
    begun = asyncio.Event()

    async def work(_: Task) -> None:
        begun.set()
        await asyncio.sleep(60)

    tasks = [a_task() for _ in range(max(AT_ONCE.values()) + 2)]
    await TortoiseOutbox().put(tasks)
    relay = asyncio.create_task(all_is_done(doing(shop, work)))
    await begun.wait()
    relay.cancel()
    with pytest.raises(asyncio.CancelledError):
        await relay
    free = await TortoiseOutbox().claim(Queue.PAYMENTS, new_id(), NOON, NOON, 20)
    assert [(claim.task, claim.tries) for claim in free] == [(task, 0) for task in tasks]


async def test_what_was_delivered_and_is_not_heard_of_is_delivered_again(shop: Shop, time: Time) -> None:
    delivered: list[Claim] = []

    async def lost(claims: Any) -> None:
        delivered.extend(claims)

    await TortoiseOutbox().put([a_task()])
    publishing = replace(shop.relaying, deliver=lost, lease=timedelta(minutes=5))
    assert await publishing.relay(Queue.PAYMENTS)
    assert not await publishing.relay(Queue.PAYMENTS)
    time.now += timedelta(minutes=5, seconds=1)
    assert await publishing.relay(Queue.PAYMENTS)
    assert len({claim.task.id for claim in delivered}) == 1
    assert len({claim.token for claim in delivered}) == 2
