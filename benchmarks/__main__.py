"""Measure Lavka beside the limit: `python -m benchmarks --help`."""

import argparse
import os
import platform
import signal
from typing import NoReturn

from benchmarks import database, load, rounds, servers
from benchmarks.calls import calls, sign_in


def main() -> None:
    """Prepare the database, run both servers, measure, and print the table."""
    asked = _asked()
    url = os.environ.get("LAVKA_BENCH_DB_URL", database.DEFAULT)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with servers.alone():
            measured = _measured(url, asked)
    except KeyboardInterrupt:
        raise SystemExit("Stopped; so are the servers.") from None
    print(
        f"{asked.products:,} products, {asked.rounds} rounds of {asked.seconds} s, "
        f"{load.CONNECTIONS} connections; {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {database.version(url)}, {load.tool()}\n"
    )
    print(rounds.table(measured))


def _measured(url: str, asked: argparse.Namespace) -> list[rounds.Measured]:
    database.prepare(url, asked.products, fresh=asked.fresh)
    with servers.limit(url) as limit, servers.lavka(url) as lavka:
        token = sign_in(lavka)
        return rounds.measure(calls(lavka, limit, token), token, asked.seconds, asked.rounds)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure Lavka beside the limit."
    )
    parser.add_argument("--products", type=int, default=10_000, help="how many there are (default 10000)")
    parser.add_argument("--seconds", type=int, default=5, help="how long each load takes (default 5)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default 3)")
    parser.add_argument("--fresh", action="store_true", help="fill the database anew in any case")
    return parser.parse_args()


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
