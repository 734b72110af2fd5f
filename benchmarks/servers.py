"""The two servers side by side, one process each, on ports of their own."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

PROJECT = Path(__file__).resolve().parent.parent
MAIN = PROJECT / "main.py"
PATIENCE = 30
"""Seconds that a server may take to start or to stop."""


@contextmanager
def alone() -> Iterator[None]:
    """Be the only measurement on this machine: two would slow each other, and share a database."""
    with (Path(gettempdir()) / "lavka-benchmarks.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Another measurement runs on this machine: wait for its end.") from None
        yield


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves, and where."""

    process: subprocess.Popen[bytes]
    address: str


@contextmanager
def lavka(db_url: str) -> Iterator[str]:
    """Run the shop, as `python main.py` does, away from any `.env`; yields its address."""
    with TemporaryDirectory() as folder, shop(db_url, Path(folder)) as server:
        yield server.address


@contextmanager
def shop(db_url: str, folder: Path, program: Path = MAIN, **more: str) -> Iterator[Server]:
    """Run it, or a program that changes it, in a folder of one's own, with more settings.

    Yields its process too, which may be killed.
    """
    port = free_port()
    settings = {
        "ENVIRONMENT": "development",
        "DB_URL": db_url,
        "PORT": str(port),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ACCESS_TOKEN_MINUTES": "240",
        "PASSWORD_COST": "4",
    }
    command = [sys.executable, str(program)]
    with _running(command, settings | more, folder, port) as server:
        yield server


@contextmanager
def limit(db_url: str, app: str = "benchmarks.limit:app") -> Iterator[str]:
    """Run a limit's application; yields its address."""
    port = free_port()
    uvicorn = [sys.executable, "-m", "uvicorn", app, "--port", str(port)]
    quiet = ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    with _running([*uvicorn, *quiet], {"DB_URL": db_url}, PROJECT, port) as server:
        yield server.address


@contextmanager
def _running(command: list[str], settings: dict[str, str], folder: Path, port: int) -> Iterator[Server]:
    environment = {**os.environ, **settings}
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        _await(process, port)
        yield Server(process, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until something listens on the port."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode} before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"Nothing listens on port {port} after {PATIENCE} seconds")


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
