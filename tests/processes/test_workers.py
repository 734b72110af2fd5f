"""Workers and Beat over a real Redis: who is killed is followed, and what Redis loses is not lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from promised import a_task
from redis import Redis, RedisError

from lavka.adapters.celery.app import SOCKET
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.models import CartRow
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.bootstrap import database_config, new_id, relayed, utc_now
from lavka.domain.tasks import Kind, Queue, Task
from lavka.settings import Settings

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.redis]

PATIENCE = 60.0
"""Seconds in which what is waited for has to happen."""
HERE = Path(__file__).parent
Start = Callable[..., Any]


@dataclass
class Broker:
    """A Redis server that can be stopped, killed and started again, and forgets all when it is."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)  # noqa: S607
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def _answers(self) -> bool:
        with Redis(port=self.port) as redis:
            try:
                return bool(redis.ping())
            except RedisError:
                return False

    def tell(self, what: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(what)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def broker(free_port: Callable[[], int]) -> Iterator[Broker]:
    """A Redis server of this test's own."""
    server = Broker(free_port())
    server.start()
    yield server
    server.kill()


@dataclass
class Workers:
    """Programs of Celery's over the shop of this test, and what they have written down."""

    place: dict[str, str]
    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def command(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of the shop's own."""
        return self._start("-c", "from lavka.cli import app; app()", *words)

    def worker(self, processes: int = 2) -> subprocess.Popen[str]:
        """Start a worker whose works are those of the tests."""
        words = ("--pool", "prefork", "-c", str(processes), "-Q", "payments,letters,chores")
        return self._start("-m", "celery", "-A", "works_of_tests", "worker", "-l", "WARNING", *words)

    def _start(self, *words: str) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(HERE), *sys.path])
        log = self._log(len(self.started)).open("w")
        with log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=self.folder,
                env={**os.environ, **self.place, "DONE": str(self._done), "PYTHONPATH": path},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    @property
    def _done(self) -> Path:
        return self.folder / "done"

    def _log(self, number: int) -> Path:
        return self.folder / f"celery{number}.log"

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self._done.read_text().splitlines()] if self._done.exists() else []

    def told(self, what: str) -> Counter[str]:
        """How often each task was begun, or ended."""
        return Counter(line[1] for line in self.lines() if line[0] == what)

    def said(self) -> str:
        return "".join(self._log(number).read_text() for number in range(len(self.started)))

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def given(settings: Settings, broker: Broker) -> Settings:
    """The settings of a shop that has workers."""
    return settings.model_copy(update={"redis_url": broker.url})


@pytest.fixture
def workers(given: Settings, tmp_path: Path) -> Iterator[Workers]:
    place = {"DB_URL": given.db_url, "REDIS_URL": given.redis_url, "SECRET_KEY": "k" * 48}
    programs = Workers(place, tmp_path)
    yield programs
    programs.stop()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with database.opened(database_config(settings)):
        yield


@pytest.fixture
async def _relay(given: Settings) -> AsyncIterator[None]:
    """What the server does with the outbox."""
    async with relayed(given):
        yield


async def put(*tasks: Task) -> None:
    """Put tasks into the outbox, as a use case does; the relay finds them by itself."""
    await TortoiseOutbox().put(tasks)


def due(seconds: float = 0, kind: Kind = Kind.SETTLE_PAYMENT) -> Task:
    return a_task(kind, due_at=utc_now(), about={"seconds": str(seconds)})


async def until(happens: Callable[[], bool], workers: Workers) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, (workers.lines(), workers.said())
        await asyncio.sleep(0.05)


async def all_ended(tasks: Sequence[Task], workers: Workers) -> None:
    """Wait until these are done, and claim that each was done once and nothing waits any more."""
    names = Counter(str(task.id) for task in tasks)
    await until(lambda: names <= workers.told("end"), workers)
    deadline = time.monotonic() + PATIENCE
    while await fetch("SELECT id FROM outbox"):
        assert time.monotonic() < deadline, workers.said()
        await asyncio.sleep(0.05)
    assert workers.told("end") == names


@pytest.mark.usefixtures("_relay")
async def test_workers_do_what_waits_and_stop_when_they_are_told(workers: Workers) -> None:
    tasks = [due(0.01, kind) for kind in (Kind.SETTLE_PAYMENT, Kind.SEND_LETTER) for _ in range(40)]
    await put(*tasks)
    worker = workers.worker()
    await all_ended(tasks, workers)
    assert len({line[2] for line in workers.lines()}) == 2
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, PATIENCE) == 0
    assert "Traceback" not in workers.said()


@pytest.mark.usefixtures("_relay")
async def test_a_task_whose_process_is_killed_is_done_again_at_once(workers: Workers) -> None:
    workers.worker(1)
    task = due(2)
    await put(task)
    await until(lambda: bool(workers.lines()), workers)
    os.kill(int(workers.lines()[0][2]), signal.SIGKILL)
    await all_ended([task], workers)
    assert workers.told("begin") == {str(task.id): 2}
    assert len({line[2] for line in workers.lines()}) == 2


@pytest.mark.usefixtures("_relay")
async def test_a_task_whose_worker_is_killed_is_done_by_the_next_when_its_claim_has_run_out(
    workers: Workers,
) -> None:
    first = workers.worker(1)
    task = due(2)
    await put(task)
    await until(lambda: bool(workers.lines()), workers)
    os.killpg(first.pid, signal.SIGKILL)
    workers.worker(1)
    await execute(
        "UPDATE outbox SET claimed_until = now() - interval '1 second'"
    )  # a minute and a half later
    await all_ended([task], workers)
    assert workers.told("begin") == {str(task.id): 2}


async def test_a_message_that_comes_twice_or_too_late_has_no_effect(
    given: Settings, workers: Workers
) -> None:
    task, others = due(), [due() for _ in range(5)]
    async with relayed(given) as shop:
        workers.worker(1)
        now = utc_now()
        await TortoiseOutbox().put([task])
        claims = await TortoiseOutbox().claim(Queue.PAYMENTS, new_id(), now, now + timedelta(minutes=5), 1)
        await shop.relaying.deliver([*claims, *claims])
        await all_ended([task], workers)
        await shop.relaying.deliver(claims)
        await put(*others)
        await all_ended([task, *others], workers)


async def test_the_commands_of_the_readme_do_the_chores(store: None, workers: Workers) -> None:
    await CartRow.create(id=new_id(), token_digest="0" * 64, expires_at=utc_now() - timedelta(days=1))
    programs = [workers.command("worker", "--concurrency", "1"), workers.command("beat")]
    deadline = time.monotonic() + PATIENCE
    while await fetch("SELECT id FROM carts"):
        assert time.monotonic() < deadline, workers.said()
        await asyncio.sleep(0.1)
    for program in programs:
        program.terminate()
        assert await asyncio.to_thread(program.wait, PATIENCE) == 0, workers.said()
    assert "Traceback" not in workers.said()


class TestRedis:
    """Redis that hangs or dies beside a server, which publishes, and a worker."""

    @pytest.fixture
    def server(self, start: Start, workers: Workers) -> Any:
        return start(**workers.place, CATALOG_PUBLIC="true").ready()

    def p50(self, server: Any, seconds: float) -> float:
        """The median time of requests, in milliseconds; none waits for Redis."""
        taken: list[float] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            begun = time.monotonic()
            assert server.get("/products").status_code == 200
            taken.append((time.monotonic() - begun) * 1000)
        assert max(taken) < SOCKET * 0.9 * 1000
        return median(taken)

    async def test_that_hangs_or_dies_delays_tasks_and_nothing_else(
        self, store: None, server: Any, workers: Workers, broker: Broker
    ) -> None:
        workers.worker(1)
        usual: list[float] = []
        during: list[float] = []
        tasks: list[Task] = []
        hangs = partial(broker.tell, signal.SIGSTOP), partial(broker.tell, signal.SIGCONT)
        for out, back in (hangs, (broker.kill, broker.start)):
            tasks += (more := [due() for _ in range(30)])
            usual.append(await asyncio.to_thread(self.p50, server, 1))
            out()
            await put(*more)
            during.append(await asyncio.to_thread(self.p50, server, 6))  # in which the relay looks
            waiting = await fetch("SELECT tries, reason FROM outbox")
            assert waiting == [{"tries": 0, "reason": None}] * len(more)
            assert server.get("/products").status_code == 200
            back()
            await all_ended(tasks, workers)
            usual.append(await asyncio.to_thread(self.p50, server, 1))
        assert max(during) < 2 * max(usual), (usual, during)
