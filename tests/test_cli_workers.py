"""`lavka worker`, `beat`, `flower`: what they need, and who may watch."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from lavka.adapters.celery.app import LONGEST, QUEUES, beat_schedule
from lavka.bootstrap import broker
from lavka.bootstrap.broker import has_workers
from lavka.bootstrap.timetable import TIMETABLE
from lavka.cli import app, workers
from lavka.settings import load_settings

REDIS = "redis://127.0.0.1:1/0"
POSTGRES = "postgres://shop@127.0.0.1:1/shop"
COMMANDS = [["worker"], ["beat"], ["flower"]]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and a shop that may have workers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_URL", POSTGRES)
    monkeypatch.setenv("REDIS_URL", REDIS)
    monkeypatch.delenv("FLOWER_BASIC_AUTH", raising=False)


def lavka(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refused(code: int, *words: str) -> str:
    result = lavka(*words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("name", "value"), [("REDIS_URL", ""), ("DB_URL", "sqlite://var/lavka.db")])
def test_without_redis_or_with_an_embedded_database_there_are_no_workers(
    command: list[str], name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert not has_workers(load_settings())
    said = refused(2, *command)
    assert "REDIS_URL" in said
    assert "DB_URL" in said


@pytest.mark.parametrize("command", [*COMMANDS, ["serve"]])
def test_without_celery_it_is_said_how_to_get_it(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "find_spec", lambda _: None)
    monkeypatch.setenv("SECRET_KEY", "k" * 48)
    assert "lavka[prod]" in refused(2, *command)


def test_a_worker_without_its_database_does_not_begin() -> None:
    assert "database" in refused(69, "worker")


def test_a_worker_works_on_queues_that_there_are() -> None:
    assert ",".join(QUEUES) == workers.QUEUES
    assert "parcels" in refused(2, "worker", "--queues", "letters,parcels")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "shop.example"])  # noqa: S104  # refused
def test_flower_is_not_shown_to_others_without_a_password(address: str) -> None:
    assert "FLOWER_BASIC_AUTH" in refused(2, "flower", "--address", address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_may_watch(address: str) -> None:
    assert workers._is_loopback(address)


def test_what_beat_calls_for_outlasts_whatever_workers_are_busy_with() -> None:
    schedule = beat_schedule({name: chore.every for name, chore in TIMETABLE.items()})
    assert schedule.keys() == TIMETABLE.keys()
    for name, entry in schedule.items():
        assert entry["args"] == (name,)
        assert entry["schedule"] == TIMETABLE[name].every.total_seconds()
        assert entry["options"]["expires"] >= 2 * LONGEST


def test_the_base_install_needs_neither_celery_nor_redis() -> None:
    program = """
import sys
for name in ("celery", "kombu", "redis", "flower"):
    sys.modules[name] = None
import lavka.cli, lavka.serving
lavka.cli.app(["--help"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
