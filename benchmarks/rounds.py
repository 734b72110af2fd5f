"""Measuring in rounds: what is compared runs one after the other, since a machine's speed wanders."""

import sys
from dataclasses import dataclass
from statistics import median

from benchmarks import load, machine
from benchmarks.calls import Call

WARM_UP = 1
"""Seconds of load before the first round, for each URL."""
BUSY = 0.1
"""The share of the processors that other work may take."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One call: the medians over all rounds of either side, and of the ratios within each round."""

    call: Call
    ours: load.Load
    beside: load.Load
    ratio: float


def measure(calls: list[Call], token: str, seconds: int, rounds: int) -> list[Measured]:
    """Warm every URL up, then load each call's two URLs in turn, round by round."""
    for url in dict.fromkeys(url for call in calls for url in (call.beside, call.url)):
        load.run(url, token, WARM_UP)
    pairs: dict[Call, list[tuple[load.Load, load.Load]]] = {call: [] for call in calls}
    for number in range(rounds):
        warn_when_busy()
        for call in calls:
            print(f"round {number + 1} of {rounds}: {call.name}", end="\033[K\r", flush=True)
            beside = load.run(call.beside, token, seconds)
            pairs[call].append((load.run(call.url, token, seconds), beside))
    print(end="\033[K")
    return [_measured(call, loads) for call, loads in pairs.items()]


def warn_when_busy() -> None:
    """Say so on standard error when other work takes much of the machine."""
    share = machine.busy()
    if share is not None and share > BUSY:
        print(
            f"Other work takes {share:.0%} of this machine: these numbers say little.\033[K", file=sys.stderr
        )


def _measured(call: Call, loads: list[tuple[load.Load, load.Load]]) -> Measured:
    return Measured(
        call,
        _middle([ours for ours, _ in loads]),
        _middle([beside for _, beside in loads]),
        median(ours.throughput / beside.throughput for ours, beside in loads),
    )


def _middle(loads: list[load.Load]) -> load.Load:
    return load.Load(
        median(each.throughput for each in loads),
        median(each.p50 for each in loads),
        median(each.p99 for each in loads),
    )


def table(measured: list[Measured]) -> str:
    """Write it as Markdown, ours beside the limit's."""
    lines = [
        "| Call | Requests/s | p50 ms | p99 ms | The limit's requests/s | p50 ms | p99 ms | Ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for each in measured:
        sides = " | ".join(_cells(side) for side in (each.ours, each.beside))
        lines.append(f"| {each.call.name} | {sides} | {each.ratio:.2f} |")
    return "\n".join(lines)


def _cells(side: load.Load) -> str:
    return f"{side.throughput:,.0f} | {side.p50:.1f} | {side.p99:.1f}"
