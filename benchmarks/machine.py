"""What else the machine does: other work takes more from the faster side, and so flatters the slower."""

import time
from pathlib import Path

STAT = Path("/proc/stat")
SAMPLE = 1.0
"""Seconds to watch for."""


def busy() -> float | None:
    """Tell what share of the processors is taken while no load runs; None where nobody counts it."""
    if not STAT.exists():
        return None
    before = _times()
    time.sleep(SAMPLE)
    total, idle = (after - earlier for after, earlier in zip(_times(), before, strict=True))
    return 1 - idle / total


def _times() -> tuple[int, int]:
    """Read the ticks of all processors: all, and idle ones."""
    ticks = [int(word) for word in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]
