"""Prove what buying promises, by breaking everything: `python -m benchmarks.chaos --help`."""

import argparse
import asyncio
import os
import random
from collections.abc import Coroutine

from benchmarks import database, servers
from benchmarks.chaos.crossing import crossing, naive_crossing
from benchmarks.chaos.kills import kills
from benchmarks.chaos.outage import outage
from benchmarks.chaos.rush import naive_rush, rush
from benchmarks.promises import Broken

SUFFIX = "_chaos"
ROUNDS, ATTEMPTS = 20, 10_000


def main() -> None:
    """Do what is asked for; exit 1 with the first promise that was not kept."""
    asked = _asked()
    print(f"seed {asked.seed}", flush=True)
    url = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT) + SUFFIX
    chosen = list(PROOFS) if asked.proof == "all" else [asked.proof]
    with servers.alone():
        for name in chosen:
            if name != "outage":
                database.create(url)
            try:
                said = asyncio.run(_proof(name, url, asked))
            except Broken as error:
                raise SystemExit(f"{name}: broken: {error}") from None
            print(f"{name}: {said}", flush=True)


PROOFS = ("rush", "kills", "outage", "crossing")


def _proof(name: str, url: str, asked: argparse.Namespace) -> Coroutine[None, None, str]:
    chance = random.Random(asked.seed)
    if name == "rush":
        rounds = asked.times or ROUNDS
        return naive_rush(url, rounds) if asked.naive else rush(url, rounds)
    if name == "kills":
        return kills(url, asked.times or ATTEMPTS, chance)
    if name == "outage":
        return outage(chance)
    crossed = naive_crossing if asked.naive else crossing
    return crossed(url, asked.times or ATTEMPTS, chance)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description="Buy while everything breaks, on PostgreSQL, two servers at once.",
        epilog="rush: 200 buyers, 50 units. kills: servers are killed. outage: PostgreSQL is restarted and "
        "frozen. crossing: orders of two lines in either order.",
    )
    parser.add_argument("proof", choices=[*PROOFS, "all"], help="what is to be proved")
    parser.add_argument("--times", type=int, help=f"rounds ({ROUNDS}), attempts or orders ({ATTEMPTS:,})")
    parser.add_argument(
        "--naive", action="store_true", help="with a naive stock: exit 1 when that goes unnoticed"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of chance")
    return parser.parse_args()


if __name__ == "__main__":
    main()
