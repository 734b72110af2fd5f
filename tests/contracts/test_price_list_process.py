"""The process that reads a list: it tells how far it is, has bounds, and is ended with whoever wanted it."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders import a_listed_good, a_price_list
from price_lists import faults_of, names_in

from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.ports.prices import PriceListFormat


async def test_the_reading_tells_how_far_it_is(feed: PriceListFormat, tmp_path: Path) -> None:
    file, heard = tmp_path / "prices.yaml", list[int]()
    file.write_text(a_price_list(*(a_listed_good(id=str(number)) for number in range(2_500))), "utf-8")
    found = await feed.read(file, tmp_path / "spool", heard.append)
    assert (heard, found.rows) == ([1_000, 2_000], 2_500)
    assert names_in(tmp_path) == ["prices.yaml", "spool"]


SLEEPER = "import os, sys, time; open(sys.argv[2], 'w').write(str(os.getpid())); time.sleep(60)"


WRITER = "import sys, time; open(sys.argv[2] + '.report', 'w').close(); "


@pytest.mark.parametrize("end", ["sys.exit(1)", "time.sleep(60)"])
async def test_a_failed_reading_leaves_no_report(end: str, tmp_path: Path) -> None:
    feed = YamlFeed(seconds=1, program=(sys.executable, "-c", WRITER + end))
    assert not (await feed.read(tmp_path / "a", tmp_path / "spool", lambda _: None)).is_readable
    assert names_in(tmp_path) == []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(file: Path) -> None:
    """Wait until something stands in a file."""
    while not (file.exists() and file.read_text()):
        time.sleep(0.02)


async def test_a_reading_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    feed = YamlFeed(seconds=1, program=(sys.executable, "-c", SLEEPER))
    found = await feed.read(tmp_path / "a", tmp_path / "pid", lambda _: None)
    assert faults_of(found) == [(None, "document")]
    assert "too long" in found.faults[0].message
    assert not is_running(int((tmp_path / "pid").read_text()))


async def test_a_reading_that_is_given_up_is_ended(tmp_path: Path) -> None:
    feed = YamlFeed(program=(sys.executable, "-c", SLEEPER))
    pid = tmp_path / "pid"
    reading = asyncio.create_task(feed.read(tmp_path / "a", pid, lambda _: None))
    await asyncio.to_thread(wait_for, pid)
    assert is_running(int(pid.read_text()))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not is_running(int(pid.read_text()))


@pytest.mark.parametrize("end", ["sys.exit(3)", "os.abort()", "raise ValueError"])
async def test_a_reading_that_breaks_off_is_a_fault_of_the_document(end: str, tmp_path: Path) -> None:
    feed = YamlFeed(program=(sys.executable, "-c", f"import os, sys; print(1000, flush=True); {end}"))
    heard: list[int] = []
    found = await feed.read(tmp_path / "a", tmp_path / "spool", heard.append)
    assert faults_of(found) == [(None, "document")]
    assert heard == [1_000]
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("greed", "end"),
    [
        ("bytearray(2 * 1024**3)", "MemoryError"),
        ("open(sys.argv[1], 'wb').truncate(600 * 1024**2)", "OSError"),
    ],
    ids=["memory", "disk"],
)
def test_the_reading_process_has_bounds(greed: str, end: str, tmp_path: Path) -> None:
    program = (
        "import sys\nimport lavka.adapters.yaml_feed.__main__ as it\n"
        f"it.read = lambda *_: {greed}\nit.main(sys.argv[1], sys.argv[2])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a", tmp_path / "b"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1].startswith(end)
