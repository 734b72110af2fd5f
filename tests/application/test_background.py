"""Work beside the requests of a server: called for, repeated, and ended with the server."""

import asyncio
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from promised import a_task

from lavka.adapters import background
from lavka.adapters.background import repeating, working
from lavka.bootstrap import utc_now
from lavka.bootstrap.timetable import TIMETABLE
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import Kind, Queue, Task

MOMENT = 0.05


async def test_what_must_happen_after_a_commit_is_done_at_once_by_the_server(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Task] = []
    both = asyncio.Event()

    async def work(task: Task) -> None:
        done.append(task)
        if len(done) == len(Queue):
            both.set()

    shop = app.state.shop
    for kind in (Kind.RECONCILE, Kind.SEND_LETTER):
        monkeypatch.setitem(shop.performing.works, kind, work)
    await asyncio.sleep(MOMENT)  # both relays have looked, and wait to be called
    tasks = [a_task(kind, due_at=utc_now()) for kind in (Kind.RECONCILE, Kind.SEND_LETTER)]
    await shop.parked.put(tasks)
    async with asyncio.timeout(background.PATIENCE / 2):
        await both.wait()
    assert {task.id for task in done} == {task.id for task in tasks}


class Slow:
    """Work that takes a moment."""

    def __init__(self) -> None:
        self.begun, self.ended = 0, 0
        self.at_work = asyncio.Event()

    async def take_one(self) -> bool:
        self.begun += 1
        self.at_work.set()
        await asyncio.sleep(MOMENT)
        self.ended += 1
        return True


async def test_what_is_being_done_comes_to_its_end_and_nothing_new_begins() -> None:
    slow = Slow()
    async with working(slow.take_one, asyncio.Event(), grace=5):
        await slow.at_work.wait()
    assert (slow.begun, slow.ended) == (1, 1)


@pytest.mark.parametrize("grace", [0.0, MOMENT / 5])
async def test_what_takes_longer_than_its_grace_is_broken_off(grace: float) -> None:
    slow = Slow()
    async with working(slow.take_one, asyncio.Event(), grace=grace):
        await slow.at_work.wait()
    await asyncio.sleep(2 * MOMENT)
    assert (slow.begun, slow.ended) == (1, 0)


async def test_a_server_with_nothing_to_do_stops_at_once() -> None:
    async def nothing() -> bool:
        return False

    async with asyncio.timeout(1), working(nothing, asyncio.Event(), grace=5):
        await asyncio.sleep(0)


async def test_a_chore_is_done_until_nothing_is_left_and_again_after_each_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "PAUSE", 0.001)
    left: list[Exception | bool] = [True, True, False, Unavailable(), True, False, ValueError(), False, False]
    enough = asyncio.Event()

    async def take_one() -> bool:
        if not left:
            enough.set()
            return False
        one = left.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    async with repeating(take_one, 0.001), asyncio.timeout(5):
        assert len(left) == 9  # not before the first pause
        await enough.wait()
    assert not left


@pytest.mark.parametrize("name", TIMETABLE)
async def test_every_chore_is_something_a_shop_does(app: FastAPI, name: str) -> None:
    take_one: Callable[[], object] = TIMETABLE[name].work(app.state.shop)
    assert asyncio.iscoroutinefunction(take_one)
    assert not await take_one()
