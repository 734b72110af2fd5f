"""Measure imports of price lists into a running shop while it is read: `python -m benchmarks.imports`.

The shop has to show what it showed before an import, or what it shows after it, and nothing between.
"""

import argparse
import asyncio
import os
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx2

from benchmarks import database, price_lists, servers
from benchmarks.calls import API, sign_in
from benchmarks.machine import busy

SIZES = (10_000, 100_000)
LIMITS = {10_000: 5.0, 100_000: 60.0}
"""Seconds that a first import may take."""
DEARER = 7
"""Roubles that every price rises by from the first list to the second."""
EVERY = 0.05
"""Seconds between two looks of the reader."""


class Between(Exception):
    """A reader has seen an import half done, or the import has ended as it should not."""


@dataclass(slots=True)
class Reader:
    """Looks at the list again and again; `states` are all that it may see: the total, and a page's prices."""

    client: httpx2.AsyncClient
    states: set[tuple[int, int]]
    looks: int = 0
    slowest: float = 0.0

    async def look(self) -> None:
        """Look once; raise Between."""
        total = (await self._get("/products?size=1"))["total"]
        page = await self._get(f"/products?size={price_lists.SHOWN}&sort=name")
        state = (page["total"], sum(item["price"] for item in page["items"]))
        if state not in self.states or total not in {each[0] for each in self.states}:
            raise Between(f"The reader saw {state} and a total of {total}; it may see {self.states}.")
        self.looks += 1

    async def _get(self, path: str) -> Any:
        start = perf_counter()
        answer = await self.client.get(path)
        self.slowest = max(self.slowest, perf_counter() - start)
        return answer.raise_for_status().json()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)


@dataclass(frozen=True, slots=True)
class Measured:
    """One import: seconds from sending it to its end; seconds that the server and what it starts have worked;
    bytes of the server before, at most, and after.
    """

    name: str
    seconds: float
    processor: float
    memory: tuple[int, int, int]
    looks: int
    slowest: float


def memory(pid: int, line: str = "VmRSS") -> int:
    """Read the bytes that a process holds, or with `VmHWM` the most it has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) * 1024


def processor(pid: int) -> float:
    """Read the seconds that a process has worked, and those of its children that have ended."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def memory_anew(pid: int) -> int:
    """Read what it holds, and count the most from here on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return memory(pid)


@dataclass(frozen=True, slots=True)
class Bench:
    """A running shop, and who imports and reads."""

    client: httpx2.AsyncClient
    shop: str
    pid: int

    async def run(self, name: str, states: set[tuple[int, int]], path: str = "", **sent: Any) -> Measured:
        """Import, with a reader beside it, and wait for the end."""
        before, worked = memory_anew(self.pid), processor(self.pid)
        async with self._read(states) as reader:
            start = perf_counter()
            answer = await self.client.post(f"{self.shop}/price-lists{path}", **sent)
            await self._ended(answer.raise_for_status().json()["id"])
            seconds = perf_counter() - start
        await reader.look()
        used = (before, memory(self.pid, "VmHWM"), memory(self.pid))
        worked = processor(self.pid) - worked
        return Measured(name, seconds, worked, used, reader.looks, reader.slowest)

    async def _ended(self, work: str) -> None:
        while True:
            report = (await self.client.get(f"{self.shop}/price-lists/{work}")).raise_for_status().json()
            if report["status"] == "failed":
                raise Between(f"The import failed: {report['errors'][:3]}")
            if report["status"] == "done":
                return
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def _read(self, states: set[tuple[int, int]]) -> AsyncIterator[Reader]:
        reader = Reader(self.client, states)
        watching = asyncio.create_task(reader.watch())
        try:
            yield reader
        finally:
            if not watching.cancel():
                watching.result()
            await asyncio.wait([watching])


async def measure(server: servers.Server, goods: int, folder: Path) -> list[Measured]:
    """Import so many goods, the same list again, one with other prices, and take that back."""
    token = sign_in(server.address, "shop")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=f"{server.address}{API}", headers=headers, timeout=60) as client:
        made = (await client.post("/shops", json={"name": "Лавка мер и весов"})).raise_for_status().json()
        bench = Bench(client, f"/shops/{made['id']}", server.process.pid)
        first, second = folder / "first.yaml", folder / "second.yaml"
        price_lists.write(first, goods)
        price_lists.write(second, goods, dearer=DEARER)
        await asyncio.sleep(1)
        return await _imports(bench, goods, first, second)


async def _imports(bench: Bench, goods: int, first: Path, second: Path) -> list[Measured]:
    async def bring(name: str, file: Path, states: set[tuple[int, int]]) -> Measured:
        with file.open("rb") as content:
            return await bench.run(name, states, files={"file": (file.name, content)})

    nothing, old, new = (0, 0), *((goods, price_lists.shown(goods, dearer)) for dearer in (0, DEARER))
    measured = [await bring("new", first, {nothing, old})]
    measured.append(await bring("the same again", first, {old}))
    measured.append(await bring("other prices", second, {old, new}))
    history = (await bench.client.get(f"{bench.shop}/price-lists?size=1")).json()
    path = f"/{history['items'][0]['id']}/rollback"
    measured.append(await bench.run("rolled back", {old, new}, path))
    return measured


def table(measured: list[tuple[int, Measured]]) -> str:
    """Write it as Markdown; memory in MB."""
    lines = [
        "| Goods | Import | Seconds | CPU s | MB before | MB at most | MB after | Looks | Slowest ms |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for goods, each in measured:
        used = " | ".join(f"{amount / 1024**2:,.0f}" for amount in each.memory)
        seen = f"{each.looks:,} | {each.slowest * 1000:,.0f}"
        lines.append(
            f"| {goods:,} | {each.name} | {each.seconds:.1f} | {each.processor:.1f} | {used} | {seen} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Import lists of every size asked for, each into a fresh database; exit 1 when one takes too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description="Measure imports.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="goods (default 10000 100000)")
    sizes, url = parser.parse_args().sizes, os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
    measured: list[tuple[int, Measured]] = []
    share = busy()
    with servers.alone():
        for goods in sizes:
            database.create(url)
            with TemporaryDirectory() as folder, servers.shop(url, Path(folder)) as server:
                done = asyncio.run(measure(server, goods, Path(folder)))
            measured += [(goods, each) for each in done]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {database.version(url)};")
    print(f"other work took {share or 0:.0%} of the machine before.\n\n{table(measured)}")
    if any(each.seconds > LIMITS.get(goods, float("inf")) for goods, each in measured):
        raise SystemExit(f"Too slow: the limits are {LIMITS}.")


if __name__ == "__main__":
    main()
