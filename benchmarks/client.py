"""A load generator for machines without wrk, in a process of its own: `python -m benchmarks.client`."""

import argparse
import asyncio
import json
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from urllib.parse import urlsplit

import uvloop


@dataclass(slots=True)
class Tally:
    """What the answers were: the milliseconds that good ones took, and the number of bad ones."""

    until: float
    times: list[float] = field(default_factory=list)
    bad: int = 0


async def load(url: str, token: str, connections: int, seconds: float) -> dict[str, float]:
    """Keep so many connections busy for so long."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    start = perf_counter()
    tally = Tally(start + seconds)
    host, port = parts.hostname or "", parts.port or 80
    await asyncio.gather(*(_ask(host, port, request, tally) for _ in range(connections)))
    hundredths = quantiles(tally.times, n=100) if len(tally.times) > 1 else [0.0] * 99
    return {
        "good": len(tally.times),
        "bad": tally.bad,
        "seconds": perf_counter() - start,
        "p50": hundredths[49],
        "p99": hundredths[98],
    }


async def _ask(host: str, port: int, request: bytes, tally: Tally) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (start := perf_counter()) < tally.until:
        writer.write(request)
        if await _is_good(reader):
            tally.times.append((perf_counter() - start) * 1000)
        else:
            tally.bad += 1
    writer.close()


async def _is_good(reader: asyncio.StreamReader) -> bool:
    """Read one whole answer, whose length its headers tell."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    return head.startswith(b"http/1.1 2")


def main() -> None:
    """Load, and write what came of it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(load(asked.url, asked.token, asked.connections, asked.seconds))))


if __name__ == "__main__":
    main()
