"""A PostgreSQL of one's own, to be restarted and frozen."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from benchmarks.promises import Broken
from benchmarks.servers import free_port

SERVER_USER = "postgres"
"""Who runs the server when we are root, as which it does not run."""
PATIENCE = 30.0
LOOK = 0.01
"""Seconds between looks at whether it accepts again."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server with its data in a folder."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def control(self, *words: str) -> None:
        """Have pg_ctl do something."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        _run("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log"), *words)

    async def restart(self) -> float:
        """Restart it while it is in use; give the moment at which it accepts again."""
        before = self._postmaster()
        restarting = asyncio.create_task(asyncio.to_thread(self.control, "-m", "fast", "-w", "restart"))
        while self._postmaster() in (before, None) and not restarting.done():  # noqa: ASYNC110  # a file
            await asyncio.sleep(LOOK)
        accepted = await self.accepts()
        await restarting
        return accepted

    async def accepts(self) -> float:
        """Wait until it accepts connections, and give the moment."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                connection = await asyncpg.connect(self.url, timeout=1)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(LOOK)
                continue
            accepted = time.monotonic()
            await connection.close()
            return accepted
        raise Broken(f"PostgreSQL does not accept connections after {PATIENCE} s.")

    async def freeze(self, seconds: float) -> float:
        """Stop all of its processes for so long; give the moment at which it accepts again."""
        postmaster = self._postmaster()
        assert postmaster is not None
        stopped = [postmaster]
        os.kill(postmaster, signal.SIGSTOP)  # first, so that it makes no more of them
        stopped += _children(postmaster)
        for process in stopped[1:]:
            os.kill(process, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        for process in reversed(stopped):
            os.kill(process, signal.SIGCONT)
        return await self.accepts()

    def _postmaster(self) -> int | None:
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError):
            return None


def _children(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _run(program: str, *words: str) -> None:
    asked: dict[str, Any] = {"user": SERVER_USER, "group": SERVER_USER, "extra_groups": []}
    told = subprocess.run(
        [str(_binaries() / program), *words],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **(asked if os.getuid() == 0 else {}),
    )
    if told.returncode:
        raise SystemExit(f"{program} ended with {told.returncode}: {told.stdout}")


def _binaries() -> Path:
    """Where the programs of the newest PostgreSQL of this machine are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda each: int(each.parts[4]))
    if found:
        return found[-1].parent
    if path := shutil.which("pg_ctl"):
        return Path(path).parent
    raise SystemExit("This needs the programs of a PostgreSQL server (initdb, pg_ctl) on this machine.")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make one, and remove it again."""
    with TemporaryDirectory() as place:
        if os.getuid() == 0:
            shutil.chown(place, SERVER_USER, SERVER_USER)
        made = Cluster(Path(place), free_port())
        _run("initdb", "-D", f"{place}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        made.control("-w", "start")
        try:
            yield made
        finally:
            made.control("-m", "immediate", "-w", "stop")
