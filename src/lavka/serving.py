"""What a server process needs around the application: an address, its database file, logs, memory."""

import errno
import fcntl
import gc
import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from structlog.typing import EventDict, Processor

from lavka import bootstrap
from lavka.settings import Settings

LONGEST_LOGGED = 4000
"""Characters of one value in a log line."""
YOUNG = 50_000
"""New objects between two looks for garbage that holds itself, of which requests leave little."""


class CannotServe(Exception):
    """This process may not serve here; the message says what to do."""


def web() -> FastAPI:
    """Make the application of a server process; what uvicorn's workers call."""
    app = bootstrap.web()
    structured_logs()
    gc.collect()
    gc.freeze()  # what is loaded stays: looking at it again and again stalls requests by tens of milliseconds
    gc.set_threshold(YOUNG, 50, 100)
    return app


def ask_for_port(settings: Settings) -> None:
    """Refuse at once, before any work, when the address cannot be served; raise CannotServe."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            place = f"{settings.host}:{settings.port}"
            rule = f"{place} cannot be served ({error.strerror}): set HOST and PORT to another address."
            raise CannotServe(rule) from None


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the embedded database for this server; a second one raises CannotServe."""
    if not settings.is_embedded:
        yield
        return
    file = Path(settings.db_url.removeprefix("sqlite://") + ".serving")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise CannotServe(
                "Another server has this database open: stop it, or name another DB_URL."
            ) from None
        yield


def structured_logs() -> None:
    """Write a line of JSON for each event to standard error: our own, and warnings of the libraries."""
    about: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    write: list[Processor] = [_bounded, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(processors=[*about, *write], logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *about],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                *write,
            ],
        )
    )
    logging.basicConfig(handlers=[lines], level=logging.WARNING, force=True)
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)  # a traceback a try while the database is away


def _bounded(_: object, __: str, event: EventDict) -> EventDict:
    """Keep the beginning and the end of what is too long: a stranger may have a hand in it."""
    return {name: _middle_out(value) if isinstance(value, str) else value for name, value in event.items()}


def _middle_out(text: str) -> str:
    return text if len(text) <= LONGEST_LOGGED else f"{text[:500]} … {text[500 - LONGEST_LOGGED :]}"
