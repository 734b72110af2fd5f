"""Kill the server again and again while it imports: `python -m benchmarks.chaos_imports --kills 20`.

What it lists is as before an import or as after it, the import is taken up again and ends, and `lavka check`
finds nothing, each time.
"""

import argparse
import os
import random
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from benchmarks import database, price_lists, servers
from benchmarks.calls import API, sign_in
from benchmarks.promises import Broken, check

GOODS = 3_000
PATIENCE = 120
"""Seconds in which an import has to end."""
SETTINGS = {"SECRET_KEY": "k" * 48, "IMPORT_LEASE_SECONDS": "2"}


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that imports, wherever it is served at the moment; whoever asks is signed in."""

    client: httpx2.Client
    path: str

    def send(self, file: Path) -> str:
        """Send a list, and give the path of its import once that is being carried out."""
        with file.open("rb") as content:
            answer = self.client.post(f"{self.path}/price-lists", files={"file": (file.name, content)})
        work = f"{self.path}/price-lists/{answer.raise_for_status().json()['id']}"
        while self.status(work) == "queued":
            time.sleep(0.01)
        return work

    def status(self, work: str) -> str:
        """How far an import is."""
        return str(self.read(work)["status"])

    def read(self, path: str) -> Any:
        """Ask for something."""
        return self.client.get(path).raise_for_status().json()

    def shown(self) -> tuple[int, int]:
        """The total of goods, and the sum of the prices of a page."""
        page = self.read(f"/products?size={price_lists.SHOWN}&sort=name")
        return page["total"], sum(item["price"] for item in page["items"])

    def follow(self, work: str, states: set[tuple[int, int]]) -> str:
        """Look at the list until an import ends, and tell how; raise Broken for what no list shows."""
        deadline = time.monotonic() + PATIENCE
        while (status := self.status(work)) in ("queued", "running"):
            if (shown := self.shown()) not in states:
                raise Broken(f"The list shows {shown}, and {states} are what it may.")
            if time.monotonic() > deadline:
                raise Broken(f"The import is {status} after {PATIENCE} s.")
            time.sleep(0.02)
        return status


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shop is served, again and again."""

    url: str
    folder: Path
    token: str
    shop: str

    @property
    def file(self) -> Path:
        """The list that is sent next."""
        return self.folder / "list.yaml"

    def kill_one(self, after: float) -> str:
        """Serve, send the list, and kill the server so many seconds after its import has begun."""
        with (
            servers.shop(self.url, self.folder, **SETTINGS) as server,
            closing(_client(server.address, self.token)) as client,
        ):
            work = Shop(client, self.shop).send(self.file)
            time.sleep(after)
            server.process.kill()
            server.process.wait()
        return work

    def take_up(self, work: str, states: set[tuple[int, int]]) -> list[str]:
        """Serve again, and tell how far an import was, and how it ended."""
        with (
            servers.shop(self.url, self.folder, **SETTINGS) as server,
            closing(_client(server.address, self.token)) as client,
        ):
            shop = Shop(client, self.shop)
            found = "found done" if shop.status(work) == "done" else "found undone"
            ended = shop.follow(work, states)
            if ended == "done" and shop.shown() not in states:
                raise Broken(f"The list shows {shop.shown()} at the end.")
        return [found, f"ended {ended}"]


def open_place(url: str, folder: Path) -> Place:
    """Open a shop with the goods of a first list."""
    with servers.shop(url, folder, **SETTINGS) as server:
        token = sign_in(server.address, "shop")
        with closing(_client(server.address, token)) as client:
            made = client.post("/shops", json={"name": "Лавка мер и весов"}).raise_for_status().json()
            place = Place(url, folder, token, f"/shops/{made['id']}")
            price_lists.write(place.file, GOODS)
            shop = Shop(client, place.shop)
            shop.follow(shop.send(place.file), {(0, 0), _state(0)})
    return place


def run(place: Place, kills: int, chance: random.Random) -> None:
    """Import one list after the other, with a kill in each; raise Broken."""
    told: Counter[str] = Counter()
    for kill in range(1, kills + 1):
        price_lists.write(place.file, GOODS, dearer=kill)
        work = place.kill_one(chance.uniform(0, 1))
        told.update(place.take_up(work, {_state(kill - 1), _state(kill)}))
        check(place.url, place.folder, **SETTINGS)
        print(f"kill {kill} of {kills}: {dict(told)}", flush=True)


def _state(dearer: int) -> tuple[int, int]:
    return GOODS, price_lists.shown(GOODS, dearer)


def _client(address: str, token: str) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=f"{address}{API}", headers=headers, timeout=60)


def main() -> None:
    """Kill as often as asked for, on PostgreSQL or with `--sqlite`; exit 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos_imports", description="Kill imports.")
    parser.add_argument("--kills", type=int, default=20, help="how often (default 20)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="of the moments of the kills"
    )
    parser.add_argument("--sqlite", action="store_true", help="on an embedded database")
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    with servers.alone(), TemporaryDirectory() as folder:
        url = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
        if asked.sqlite:
            url = f"sqlite://{folder}/lavka.db"
        else:
            database.create(url)
        try:
            run(open_place(url, Path(folder)), asked.kills, random.Random(asked.seed))
        except Broken as error:
            raise SystemExit(f"Broken: {error}") from None


if __name__ == "__main__":
    main()
