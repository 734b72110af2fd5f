"""What a large catalogue costs beside a small one, call by call: `python -m benchmarks.scale --help`."""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

import httpx2

from benchmarks import database, servers
from benchmarks.calls import API, PRICES, sign_in

SMALL = 10_000
DEPTH = 0.9
"""How far into the list the deep page is, as a share of it."""
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Shop:
    """One catalogue, served, and somebody who is signed in to it."""

    client: httpx2.Client
    products: int
    category: str
    card: str

    def timed(self, url: str) -> float:
        """Ask once; give the milliseconds that it took."""
        start = time.perf_counter()
        self.client.get(url).raise_for_status()
        return (time.perf_counter() - start) * 1000

    def read(self, url: str) -> Any:
        """Ask once; give the answer."""
        return self.client.get(url).raise_for_status().json()

    def urls(self) -> dict[str, str]:
        """Every call that is measured."""
        here = {"category": self.category}
        deep = self.read(_query(page=int(self.products * DEPTH) // 100, size=100))["next"]
        return {
            "R1 page of 20": "/products",
            "R1 deep page, by cursor": _query(cursor=deep),
            "by name": _query(sort="name"),
            "R2 category, prices, by price": _query(**here, **PRICES, sort="price"),
            "R3 card": f"/products/{self.card}",
            "attribute that a seventh has": _query(**{"attr.Цвет": "белый"}),
            "attribute that one has": _query(**{"attr.Номер": "777"}),
            "attribute in a category, by price": _query(**here, **{"attr.Цвет": "белый"}, sort="price"),
            "search that a tenth fits": _query(search="лампы"),
            "search of two words": _query(search="белые лампы"),
            "search that few fit": _query(search="7777"),
            "search by a beginning": _query(search="чай"),
            "search with an error": _query(search="лапма"),
            "search in a category": _query(**here, search="лампы"),
            "search by price": _query(search="лампы", sort="price"),
            "search by name": _query(search="лампы", sort="name"),
            "facets of all": "/products/facets",
            "facets of a category": f"/products/facets?{urlencode(here)}",
            "facets of a search": f"/products/facets?{urlencode({'search': 'лампы'})}",
        }


def main() -> None:
    """Prepare both databases, serve them, measure, and print the table."""
    asked = _asked()
    base = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
    sizes = [SMALL, asked.products]
    with servers.alone(), ExitStack() as stack:
        small, large = (stack.enter_context(_opened(f"{base}_{size}", size)) for size in sizes)
        print(f"| Call | p50 ms at {SMALL:,} | at {asked.products:,} | Ratio | The first call there |")
        print("|---|---:|---:|---:|---:|")
        middles = {}
        pairs = zip(small.urls().items(), large.urls().values(), strict=True)
        for (name, url), beside in pairs:
            first = large.timed(beside)
            one, other = _measured(small, url, large, beside, asked.times)
            middles[name] = other
            print(f"| {name} | {one:.1f} | {other:.1f} | {other / one:.2f} | {first:,.0f} |", flush=True)
    shallow, deep = middles["R1 page of 20"], middles["R1 deep page, by cursor"]
    print(f"\nA page {DEPTH:.0%} into {asked.products:,}, beside the first: {deep / shallow:.2f}")


def _measured(small: Shop, url: str, large: Shop, beside: str, times: int) -> tuple[float, float]:
    """Ask both in turn, since a machine's speed wanders; give either median."""
    for _ in range(WARM_UP):
        small.timed(url)
        large.timed(beside)
    pairs = [(small.timed(url), large.timed(beside)) for _ in range(times)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


@contextmanager
def _opened(url: str, products: int) -> Iterator[Shop]:
    database.prepare(url, products)
    with servers.lavka(url) as address:
        headers = {"Authorization": f"Bearer {sign_in(address)}"}
        with httpx2.Client(base_url=f"{address}{API}", headers=headers, timeout=30) as client:
            item = client.get("/products", params={"size": 1}).json()["items"][0]
            yield Shop(client, products, item["category"]["slug"], item["id"])


def _query(**fields: Any) -> str:
    return f"/products?{urlencode(fields)}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description="Measure a large catalogue beside a small one."
    )
    parser.add_argument("--products", type=int, default=1_000_000, help="the large one's (default 1000000)")
    parser.add_argument("--times", type=int, default=200, help="how often each is asked (default 200)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
