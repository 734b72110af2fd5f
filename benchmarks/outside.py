"""Measure the shop while a provider or a mail server hangs: `python -m benchmarks.outside --help`.

Rounds in which it answers and rounds in which it hangs take turns, under the same load.
"""

import argparse
import asyncio
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import uvloop

from benchmarks import database, servers
from benchmarks.chaos.fleet import SETTINGS
from benchmarks.chaos.market import Market, open_market, rows, sign_in
from benchmarks.promises import Broken, check
from benchmarks.rounds import warn_when_busy
from benchmarks.shoppers import EVERY, Person, Round
from benchmarks.wire import Wire

PROVIDER = servers.PROJECT / "tests" / "yookassa_server.py"
CREDENTIALS = {"YOOKASSA_SHOP_ID": "100500", "YOOKASSA_SECRET_KEY": "test_secret-of-nobody"}
"""Which it takes."""
PRODUCTS, UNITS = 1000, 1_000_000
PAYERS, OTHERS = 16, 8
LONGEST = 6.0
"""Seconds that a checkout may take whose provider hangs."""
HELD = """SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND now() - interval '0.5 s' >
    CASE state WHEN 'idle in transaction' THEN state_change WHEN 'active' THEN query_start END"""
"""Connections that have been in a transaction, or at a statement, for longer than any of them takes."""


@dataclass(frozen=True, slots=True)
class Load:
    """A served shop with its buyers, so many of whom pay online."""

    address: str
    market: Market
    offers: Sequence[tuple[str, str]]
    tokens: Sequence[str]
    payers: int

    async def run(self, seconds: float) -> Round:
        """Have all of them at it for so long."""
        told, until = Round(), perf_counter() + seconds
        wires = [await Wire.to(self.address) for _ in self.tokens]
        pairs = zip(wires, self.tokens, strict=True)
        people = [Person(self.address, wire, token, self.offers, told) for wire, token in pairs]
        watching = asyncio.create_task(self._watch(told))
        try:
            payers, others = people[: self.payers], people[self.payers :]
            paying = [each.pay(until, EVERY / 4 * nth / len(payers)) for nth, each in enumerate(payers)]
            await asyncio.gather(*paying, *(each.shop(until) for each in others))
        finally:
            watching.cancel()
            for each in people:
                each.wire.close()
        await rows(self.market.url, "DELETE FROM outbox")  # nothing of this round is done in the next
        return told

    async def _watch(self, told: Round) -> None:
        while True:
            told.held = max(told.held, (await rows(self.market.url, HELD))[0]["count"])
            await asyncio.sleep(0.1)


@contextmanager
def outsider(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's server; as long as it is frozen it takes connections, and says nothing."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


Pairs = list[tuple[Round, Round]]
"""While the other answers, and while it hangs."""
Way = tuple[str, float, int]
"""The database, the seconds of a round, and how many pairs of rounds."""


async def measured(load: Load, other: subprocess.Popen[bytes], seconds: float, rounds: int) -> Pairs:
    """Warm up, then take turns: while the other answers, and while it hangs."""
    await load.run(EVERY)
    pairs = []
    for _ in range(rounds):
        warn_when_busy()
        answering = await load.run(seconds)
        other.send_signal(signal.SIGSTOP)
        try:
            pairs.append((answering, await load.run(seconds)))
        finally:
            other.send_signal(signal.SIGCONT)
        await asyncio.sleep(1)
    return pairs


def against(way: Way, words: Sequence[str], settings: Mapping[str, str], payers: int) -> Pairs:
    """Serve a new shop beside somebody else's server, and measure; raise Broken."""
    url, seconds, rounds = way
    database.create(url)
    market = asyncio.run(open_market(url, PRODUCTS, UNITS, payers + OTHERS))
    with (
        TemporaryDirectory() as folder,
        outsider(*words) as other,
        servers.shop(url, Path(folder), **SETTINGS, **settings) as lavka,
    ):

        async def work() -> Pairs:
            found = await rows(url, "SELECT id::text, product_id::text FROM offers")
            offers = [(row["id"], row["product_id"]) for row in found]
            tokens = await sign_in(lavka.address, market.logins)
            return await measured(Load(lavka.address, market, offers, tokens, payers), other, seconds, rounds)

        pairs = uvloop.run(work())
        check(url, Path(folder), **SETTINGS)
    return pairs


def noise(pairs: Pairs, call: str) -> float:
    """By how much p99 differs from one round to the next in which nobody hangs: the larger by the less."""
    those = [answering.p99(call) for answering, _ in pairs]
    return median([max(a, b) / min(a, b) for a, b in pairwise(those)] or [1.0])


def table(pairs: Pairs) -> str:
    """Write p50 and p99 of each call while the other answers and while it hangs; ratios are medians."""
    lines = [
        "| Call | p50 ms | p99 ms | p50, it hangs | p99, it hangs | Ratio of p99 | Of the rate | Noise |"
    ]
    lines.append("|---|---:|---:|---:|---:|---:|---:|---:|")
    for call in pairs[0][0].times:
        middles = [median(median(each.times[call]) for each in side) for side in zip(*pairs, strict=True)]
        slow = [median(each.p99(call) for each in side) for side in zip(*pairs, strict=True)]
        ratio = median(hanging.p99(call) / answering.p99(call) for answering, hanging in pairs)
        part = median(len(hanging.times[call]) / len(answering.times[call]) for answering, hanging in pairs)
        cells = " | ".join(f"{a:,.1f} | {b:,.1f}" for a, b in zip(middles, slow, strict=True))
        lines.append(f"| {call} | {cells} | {ratio:.2f} | {part:.2f} | {noise(pairs, call):.2f} |")
    held = [max(each.held for each in side) for side in zip(*pairs, strict=True)]
    return "\n".join(
        [*lines, f"\nConnections held for over 0.5 s: {held[0]} at most, {held[1]} while it hung."]
    )


def main() -> None:
    """Measure both, and print a table of each."""
    asked = _asked()
    base = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {database.version(base)}")
    way = f"{base}_outside", asked.seconds, asked.rounds
    with servers.alone():
        try:
            paid, posted = _provider(way), _mail(way)
        except Broken as error:
            raise SystemExit(f"Broken: {error}") from None
    print(f"\nA provider; {PAYERS} buyers order online every {EVERY:.0f} s, {OTHERS} shop\n\n{table(paid)}")
    print(f"\nA mail server; {OTHERS} buyers shop\n\n{table(posted)}")
    slowest = max(max(hanging.times["order online"]) for _, hanging in paid) / 1000
    if slowest > LONGEST:
        raise SystemExit(f"Broken: an order took {slowest:.1f} s while the provider hung.")


def _provider(way: Way) -> Pairs:
    port = servers.free_port()
    settings = {**CREDENTIALS, "YOOKASSA_API_URL": f"http://127.0.0.1:{port}/v3"}
    return against(way, [str(PROVIDER), str(port)], settings, PAYERS)


def _mail(way: Way) -> Pairs:
    port = servers.free_port()
    words = ["-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    return against(way, words, {"SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none"}, 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.outside", description=(__doc__ or "").split(":")[0]
    )
    parser.add_argument("--seconds", type=float, default=12, help="how long each round takes (default 12)")
    parser.add_argument("--rounds", type=int, default=5, help="how many pairs of rounds (default 5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
