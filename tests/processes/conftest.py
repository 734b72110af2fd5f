"""Real servers: `python main.py` on a free port, always brought down again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from hearths import Hearth
from httpx2 import Client, HTTPError, Response

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds in which a server has to be ready, or to have stopped."""


@dataclass
class Server:
    """One server process and a client that calls it."""

    process: subprocess.Popen[str]
    port: int
    client: Client = field(repr=False)
    log: Path

    def get(self, path: str, **more: object) -> Response:
        """Call it."""
        return self.client.get(path, **more)  # type: ignore[arg-type]

    def post(self, path: str, **more: object) -> Response:
        """Call it."""
        return self.client.post(path, **more)  # type: ignore[arg-type]

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text()

    def ready(self) -> "Server":
        """Wait until it serves."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if self.client.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200:
                    return self
            except HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"No server after {PATIENCE} s, exit {self.process.poll()}: {self.said()}")

    def ended(self) -> int:
        """Wait until it has stopped by itself, and give its exit code."""
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        """End it, kindly first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.client.close()


Start = Callable[..., Server]


def a_free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers in an empty folder; `words` are its options, names in capitals its environment."""
    started: list[Server] = []

    def a_server(*words: str, program: Path = ROOT / "main.py", **environment: str) -> Server:
        port = a_free_port()
        folder = tmp_path / "place"
        folder.mkdir(exist_ok=True)
        clean = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ
        }
        given = clean | {"PORT": str(port), "PASSWORD_COST": "4"} | environment
        log = tmp_path / f"{len(started)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, str(program), *words],
                cwd=folder,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        client = Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=15, trust_env=False)
        started.append(Server(process, port, client, log))
        return started[-1]

    yield a_server
    for server in started:
        server.stop()


@pytest.fixture
def place(bare_url: str) -> dict[str, str]:
    """The settings of every server of this test; who is silent for two seconds is taken for dead."""
    return {"DB_URL": bare_url, "SECRET_KEY": "k" * 48, "IMPORT_LEASE_SECONDS": "2"}


@pytest.fixture
def hearth(start: Start, place: dict[str, str]) -> Hearth:
    """A shop with its goods at 100 roubles."""
    hearth = Hearth.opened(start(**place).ready())
    assert hearth.ended(hearth.send(100))["status"] == "done"
    return hearth


@pytest.fixture
def postgres_url(bare_url: str) -> str:
    """An empty PostgreSQL database of this test's own."""
    assert bare_url.startswith("postgres")
    return bare_url


def on_database(url: str, sql: str) -> list[object]:
    """Run one query from outside the shop."""

    async def work() -> list[object]:
        connection = await asyncpg.connect(url)
        rows = await connection.fetch(sql)
        await connection.close()
        return [row[0] for row in rows]

    return asyncio.run(work())


@pytest.fixture
def query() -> Callable[[str, str], list[object]]:
    """Run one query on a PostgreSQL database, past the shop."""
    return on_database


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Find a port nobody listens on."""
    return a_free_port
