"""Imports whose process is killed: what is listed is as before or as after, and it is taken up again."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hearths import PATIENCE, Hearth, a_list, keeps_its_promises, lavka, until

from lavka.adapters.tortoise.imports import IMPORT_LOCK

pytestmark = pytest.mark.processes

Start = Callable[..., Any]

KILLS = 3
WRITING = f"""SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND objid::bigint = {IMPORT_LOCK & 0xFFFFFFFF}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
PIECEMEAL = """
from contextlib import nullcontext
from lavka.bootstrap import assembly
from lavka.cli import app

assembly.one_import = nullcontext
app(["serve"])
"""


def test_a_server_killed_at_an_import_takes_it_up_again(
    start: Start, place: dict[str, str], hearth: Hearth
) -> None:
    chance, hits = random.Random(17), 0
    for kill in range(KILLS):
        old, new = 100 + kill, 101 + kill
        work = hearth.send(new)
        hearth.begun(work)
        time.sleep(chance.uniform(0, 0.5))
        hearth.server.kill()
        hearth.server = start(**place).ready()
        hits += hearth.report(work)["status"] != "done"
        assert hearth.ended(work, between=(old, new))["status"] == "done"
        assert hearth.prices() == {new}
        assert keeps_its_promises(place)
    assert hits


def test_an_import_that_is_not_one_transaction_would_be_caught(
    start: Start, place: dict[str, str], hearth: Hearth, tmp_path: Path
) -> None:
    hearth.server.stop()
    program = tmp_path / "piecemeal.py"
    program.write_text(PIECEMEAL)
    hearth.server = start(program=program, **place).ready()
    work, seen = hearth.send(101), set()
    while hearth.report(work)["status"] != "done":
        seen.add(frozenset(hearth.prices()))
    assert {100, 101} in seen


def test_a_server_that_stops_hands_its_import_over_at_once(
    start: Start, place: dict[str, str], hearth: Hearth
) -> None:
    work = hearth.send(200)
    hearth.begun(work)
    hearth.server.stop()
    begun = time.monotonic()
    hearth.server = start(**place | {"IMPORT_LEASE_SECONDS": "3600"}).ready()
    assert hearth.ended(work)["status"] == "done"
    assert time.monotonic() - begun < 30
    assert hearth.prices() == {200}


def test_a_killed_command_changes_nothing_and_is_told_of(
    place: dict[str, str], hearth: Hearth, tmp_path: Path
) -> None:
    file = tmp_path / "prices.yaml"
    file.write_bytes(a_list(300))
    name = hearth.path.rpartition("/")[2]
    command = lavka(place, "import-prices", name, str(file))
    history = f"{hearth.path}/price-lists?size=1"
    until(lambda: hearth.report(history)["items"][0]["status"] == "running")
    command.kill()
    command.communicate()
    work = f"{hearth.path}/price-lists/{hearth.report(history)['items'][0]['id']}"
    report = hearth.ended(work, between=(100, 100))
    assert (report["status"], [each["field"] for each in report["errors"]]) == ("failed", ["file"])
    again = lavka(place, "import-prices", name, str(file))
    said, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert hearth.prices() == {300}
    assert keeps_its_promises(place)


@pytest.mark.postgres
def test_a_command_that_stands_still_holds_others_up_for_seconds_only(
    place: dict[str, str], hearth: Hearth, tmp_path: Path, query: Callable[[str, str], list[object]]
) -> None:
    frost = Hearth.opened(hearth.server, "Мороз")
    file = tmp_path / "prices.yaml"
    file.write_bytes(a_list(300))
    command = lavka(place, "import-prices", hearth.path.rpartition("/")[2], str(file))
    until(lambda: query(place["DB_URL"], WRITING) != [0])
    command.send_signal(signal.SIGSTOP)
    try:
        assert frost.ended(frost.send(50))["status"] == "done"
    finally:
        command.send_signal(signal.SIGCONT)
        command.communicate(timeout=PATIENCE)
    assert keeps_its_promises(place)


def test_a_killed_reader_fails_the_import_and_nothing_else(hearth: Hearth) -> None:
    work = hearth.send(400)
    readers: list[int] = []
    until(lambda: bool(readers.extend(readers_of(hearth.server.process.pid)) or readers))
    os.kill(readers[0], signal.SIGKILL)
    report = hearth.ended(work)
    assert (report["status"], [each["field"] for each in report["errors"]]) == ("failed", ["document"])
    assert hearth.prices() == {100}
    assert hearth.ended(hearth.send(500))["status"] == "done"
    assert hearth.prices() == {500}


def readers_of(server: int) -> Iterator[int]:
    """The processes in which a server reads lists."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            is_reader = b"lavka.adapters.yaml_feed" in (status.parent / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if parent == server and is_reader:
            yield int(status.parent.name)
