"""Three relays on one outbox: each task is done once, and one that was rolled back never."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from promised import a_task

from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.bootstrap import database_config
from lavka.domain.tasks import Kind, Task
from lavka.settings import Settings

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

RELAYS = 3
TASKS = 10_000
PATIENCE = 50.0
"""Seconds in which all has to be done."""


class Broken(Exception):
    """The transaction fails after all."""


def some_tasks(count: int) -> Sequence[Task]:
    return [a_task(Kind.SETTLE_PAYMENT) for _ in range(count)]


async def roll_back(tasks: Sequence[Task]) -> None:
    async with transaction():
        await TortoiseOutbox().put(tasks)
        raise Broken


def relayed(settings: Settings, folder: Path, **environment: str) -> Counter[str]:
    """Let relays do what waits, all at once, and count what they did."""
    given = {**os.environ, "DB_URL": settings.db_url, "SECRET_KEY": "k" * 48, **environment}
    files = [folder / f"{number}.done" for number in range(RELAYS)]
    relays = [
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("relaying_process.py")), str(file)],
            env=given,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for file in files
    ]
    try:
        for relay in relays:
            assert relay.stdout
            assert relay.stdout.readline() == "ready\n"
        for relay in relays:
            assert relay.stdin
            relay.stdin.write("go\n")
            relay.stdin.flush()
        assert [relay.wait(PATIENCE) for relay in relays] == [0] * RELAYS
    finally:
        for relay in relays:
            relay.kill()
            relay.communicate()
    shares = [file.read_text().split() for file in files]
    assert all(shares)
    return Counter(task for share in shares for task in share)


async def test_each_of_ten_thousand_is_done_once_and_what_was_rolled_back_never(
    settings: Settings, tmp_path: Path
) -> None:
    tasks = some_tasks(TASKS)
    async with database.opened(database_config(settings)):
        with pytest.raises(Broken):
            await roll_back(some_tasks(100))
        await TortoiseOutbox().put(tasks)
        with pytest.raises(Broken):
            await roll_back(some_tasks(100))
        assert relayed(settings, tmp_path) == Counter(str(task.id) for task in tasks)
        assert await fetch("SELECT id FROM outbox") == []


async def test_relays_that_only_look_before_they_claim_do_some_twice(
    settings: Settings, tmp_path: Path
) -> None:
    """The canary: the test above would see it."""
    async with database.opened(database_config(settings)):
        await TortoiseOutbox().put(some_tasks(1000))
        assert max(relayed(settings, tmp_path, NAIVE="yes").values()) > 1
