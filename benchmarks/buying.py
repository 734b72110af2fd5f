"""Measure buying beside one hand-written transaction a purchase: `python -m benchmarks.buying --help`."""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import orjson

from benchmarks import database, limit_buying, purchases, servers
from benchmarks.chaos.fleet import SETTINGS
from benchmarks.chaos.market import Market, open_market, sign_in
from benchmarks.promises import Broken, check
from benchmarks.rounds import warn_when_busy

BUYERS, UNITS = 16, 1_000_000
CROWD, FEW = 200, 50
WARM_UP = 2.0
WAYS = {"one": "the limit", "two": "the limit in two requests", "lavka": "Lavka"}
"""In the order in which they are measured, round by round."""
REFUSED, BUSY = "409 out_of_stock", "503 unavailable"


@dataclass(frozen=True, slots=True)
class Sale:
    """What came of buyers who bought for so many seconds; times in milliseconds."""

    answers: dict[str, int]
    seconds: float
    p50: float
    p99: float
    share: float
    """Of a core, that the client took."""

    @property
    def sold(self) -> int:
        """How many purchases succeeded."""
        return self.answers.get("201", 0)

    @property
    def rate(self) -> float:
        """Purchases a second."""
        return self.sold / self.seconds


Sales = dict[str, list[Sale]]


@dataclass(frozen=True, slots=True)
class Side:
    """Where one way of buying is served, and who buys there."""

    way: str
    address: str
    buyers: Sequence[str]

    def sell(self, offers: Sequence[str], seconds: float, *refusals: str) -> Sale:
        """Have all buy for so long, or once; raise Broken for another answer than these refusals."""
        plan = purchases.Plan(self.address, self.way, self.buyers, offers, seconds)
        command = [sys.executable, "-m", "benchmarks.purchases"]
        done = subprocess.run(command, input=purchases.text(plan), stdout=subprocess.PIPE, check=True)
        sale = Sale(**orjson.loads(done.stdout))
        if strange := sale.answers.keys() - {"201", *refusals}:
            raise Broken(f"{WAYS[self.way]} answered {strange}.")
        return sale


@contextmanager
def opened(url: str, offers: int, units: int, buyers: int) -> Iterator[tuple[Market, list[Side]]]:
    """Fill a new database, serve it from either side, and look at the end whether every promise holds."""
    database.create(url)
    market = asyncio.run(open_market(url, offers, units, buyers))
    limit_buying.prepare(url)
    with (
        TemporaryDirectory() as folder,
        servers.limit(url, "benchmarks.limit_buying:app") as limit,
        servers.shop(url, Path(folder), **SETTINGS) as lavka,
    ):
        tokens = asyncio.run(sign_in(lavka.address, market.logins))
        ids = [str(uuid4()) for _ in tokens]
        yield market, [Side("one", limit, ids), Side("two", limit, ids), Side("lavka", lavka.address, tokens)]
        check(url, Path(folder), **SETTINGS)
    asyncio.run(market.sold())


def sell_many(url: str, products: int, seconds: float, rounds: int) -> Sales:
    """W2: so many buyers at once, their orders spread over the products."""
    sales: Sales = {way: [] for way in WAYS}
    with opened(url, products, UNITS, BUYERS) as (market, sides):
        for side in sides:
            side.sell(market.offers, WARM_UP)
        for _ in range(rounds):
            warn_when_busy()
            for side in sides:
                sales[side.way].append(side.sell(market.offers, seconds))
    return sales


def sell_few(url: str, rounds: int) -> Sales:
    """W3: more buyers than units, all at once; raise Broken unless exactly all units are sold."""
    sales: Sales = {way: [] for way in WAYS}
    turns = rounds + 1
    with opened(url, turns * len(WAYS), FEW, turns * CROWD) as (market, sides):
        offers = iter(market.offers)
        for turn in range(turns):
            for side in sides:
                crowd = side.buyers[turn * CROWD :][
                    :CROWD
                ]  # others each time: losers keep what is in the cart
                sale = replace(side, buyers=crowd).sell([next(offers)], 0, REFUSED, BUSY)
                if sale.sold != FEW:
                    raise Broken(f"{WAYS[side.way]} has sold {sale.sold} of {FEW}.")
                if turn:  # the first warms up
                    sales[side.way].append(sale)
    return sales


def table(sales: Sales) -> str:
    """Write medians as Markdown; a ratio is the median of the rounds' own."""
    lines = ["| | Purchases/s | p50 ms | p99 ms | Lavka's part | The client's share of a core |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for way, name in WAYS.items():
        those, pairs = sales[way], zip(sales["lavka"], sales[way], strict=True)
        rate, p50, p99 = (median(getattr(each, what) for each in those) for what in ("rate", "p50", "p99"))
        part = median(ours.rate / theirs.rate for ours, theirs in pairs)
        share = median(each.share for each in those)
        lines.append(f"| {name} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {part:.2f} | {share:.0%} |")
    return "\n".join(lines)


def main() -> None:
    """Measure W2 and W3, and print a table of each."""
    asked = _asked()
    base = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {database.version(base)}")
    with servers.alone():
        try:
            many = sell_many(f"{base}_buying", asked.products, asked.seconds, asked.rounds)
            few = sell_few(f"{base}_buying", asked.rounds)
        except Broken as error:
            raise SystemExit(f"Broken: {error}") from None
    print(f"\nW2: {BUYERS} buyers, {asked.products:,} products, {asked.rounds} × {asked.seconds} s\n")
    print(table(many))
    print(f"\nW3: {CROWD} buyers, {FEW} units of one product, {asked.rounds} times: {FEW} sold each time\n")
    print(table(few))
    busy = sum(sale.answers.get(BUSY, 0) for sale in few["lavka"])
    print(f"\n{busy} times a buyer was told that Lavka was too busy, and asked again.")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.buying", description="Measure buying beside a hand-written transaction."
    )
    parser.add_argument("--products", type=int, default=10_000, help="how many there are (default 10000)")
    parser.add_argument("--seconds", type=float, default=5, help="how long each buys (default 5)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default 5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
