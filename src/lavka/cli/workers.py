"""`lavka worker`, `lavka beat`, `lavka flower`: Celery's own programs, over this shop."""

import os
import sys
from ipaddress import ip_address
from typing import Annotated, NoReturn

import typer

from lavka.bootstrap import open_shop
from lavka.bootstrap.broker import ask_for_celery, has_workers
from lavka.cli.terminal import explained, out, run
from lavka.settings import Settings, SettingsError, load_settings

QUEUES = "payments,letters,chores"


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Pool processes.")] = 2,
    queues: Annotated[str, typer.Option(help="What to work on, commas between.")] = QUEUES,
) -> None:
    """Do what waits in the outbox, and the chores that `lavka beat` calls for."""
    settings = _settings()
    if strange := set(queues.split(",")) - set(QUEUES.split(",")):
        raise typer.BadParameter(f"there is no {', '.join(sorted(strange))}: choose of {QUEUES}")
    run(_prepare(settings))
    out.print(f"Working on {queues}.")
    pool = ("--pool", "prefork", "--concurrency", str(concurrency), "--queues", queues)
    _become("worker", *pool, "--loglevel", "WARNING", "--task-events", "--without-gossip", "--without-mingle")


def beat() -> None:
    """Call workers for what is done again and again; one for all servers is enough."""
    settings = _settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    out.print("Calling for chores.")
    _become("beat", "--schedule", str(settings.var / "beat-schedule"), "--loglevel", "WARNING", "--pidfile=")


def flower(
    address: Annotated[str, typer.Option(help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5555,
) -> None:
    """Watch the workers in a browser."""
    _settings()
    with explained():
        if not _is_loopback(address) and not os.environ.get("FLOWER_BASIC_AUTH"):
            raise SettingsError(
                "FLOWER_BASIC_AUTH: write user:password before others can reach Flower, and keep"
                " its /metrics, which asks for none, behind a proxy."
            )
    out.print(f"Watching: http://{address}:{port}")
    _become("flower", f"--address={address}", f"--port={port}")


def _settings() -> Settings:
    with explained():
        settings = load_settings()
        if not has_workers(settings):
            raise SettingsError(
                "REDIS_URL: workers need it, and PostgreSQL by DB_URL; without, the server does their work."
            )
        ask_for_celery(settings)
    return settings


async def _prepare(settings: Settings) -> None:
    async with open_shop(settings):
        """The database is there and up to date."""


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _become(*words: str) -> NoReturn:
    """Go on as a program of Celery's, which signals reach without us between."""
    sys.stdout.flush()
    program = [sys.executable, "-m", "celery", "-A", "lavka.working"]
    os.execv(sys.executable, [*program, *words])  # noqa: S606  # ours
