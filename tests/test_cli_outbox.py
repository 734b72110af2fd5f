"""`lavka outbox`: what was given up is seen, tried again, or forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from builders import NOBODY
from click.testing import Result
from promised import a_task, all_is_done, doing
from typer.testing import CliRunner

from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop
from lavka.cli import app
from lavka.domain.tasks import Hopeless, Kind, Task
from lavka.settings import load_settings

WHY = "The provider tells of another amount [b]1.00[/b]."


@pytest.fixture(autouse=True)
def _own_place(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and an empty database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_URL", db_url)


def lavka(*words: str) -> Result:
    return CliRunner().invoke(app, ["outbox", *words])


def done(*words: str) -> str:
    result = lavka(*words)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def refused(*words: str) -> tuple[int, str]:
    result = lavka(*words)
    assert "Traceback" not in result.output
    return result.exit_code, result.stderr.strip()


def in_the_shop(work: Callable[[Shop], Awaitable[object]]) -> None:
    async def run() -> None:
        async with open_shop(load_settings()) as shop:
            await work(shop)

    asyncio.run(run())


@pytest.fixture
def parked() -> Task:
    """A task that was given up, beside one that waits its turn."""
    task = a_task(Kind.SETTLE_PAYMENT, about={"payment": "17"})

    async def refuse(_: Task) -> None:
        raise Hopeless(WHY)

    async def work(shop: Shop) -> None:
        await TortoiseOutbox().put([task])
        await all_is_done(doing(shop, refuse, task.kind))
        await TortoiseOutbox().put([a_task(Kind.SEND_LETTER, about={"letter": "welcome"})])

    in_the_shop(work)
    return task


@pytest.mark.parametrize(("words", "said"), [((), "Nothing is parked."), (("--all",), "Nothing waits.")])
def test_where_nothing_waits_it_says_so(words: tuple[str, ...], said: str) -> None:
    assert done("list", *words) == said
    assert done("retry", "--all") == "Nothing is parked."


def test_what_is_parked_is_listed_with_its_reason_and_what_to_do(parked: Task) -> None:
    said = done("list")
    for told in (str(parked.id), "settle_payment", "payment 17", "2026-11-24 12:00:00", "parked", WHY):
        assert told in said
    assert "lavka outbox retry" in said
    assert "send_letter" not in said


def test_everything_is_listed_when_it_is_asked_for(parked: Task) -> None:
    said = done("list", "--all")
    assert said.index(str(parked.id)) < said.index("send_letter")
    assert "letter welcome" in said


def test_what_is_tried_again_is_not_parked_any_more(parked: Task) -> None:
    assert done("retry", str(parked.id)).startswith("1 will be tried again")
    assert done("list") == "Nothing is parked."
    assert str(parked.id) in done("list", "--all")


def test_all_that_is_parked_is_tried_again(parked: Task) -> None:
    assert done("retry", "--all").startswith("1 will be tried again")
    assert done("list") == "Nothing is parked."


def test_what_is_not_parked_is_named_as_such(parked: Task) -> None:
    code, said = refused("retry", NOBODY, str(parked.id))
    assert (code, "not parked" in said) == (1, True)
    assert refused("discard", NOBODY)[0] == 1


@pytest.mark.parametrize("words", [("retry",), ("retry", NOBODY, "--all")])
def test_which_to_try_again_must_be_said(words: tuple[str, ...]) -> None:
    code, said = refused(*words)
    assert (code, "--all" in said) == (2, True)


@pytest.mark.parametrize("command", ["retry", "discard"])
def test_an_id_that_is_none_is_refused(command: str) -> None:
    assert refused(command, "17")[0] == 2


def test_what_is_discarded_is_forgotten(parked: Task) -> None:
    assert done("discard", str(parked.id)) == "It is forgotten."
    assert str(parked.id) not in done("list", "--all")
    assert refused("discard", str(parked.id))[0] == 1
