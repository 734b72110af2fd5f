"""The load: 16 connections that ask for one URL again and again, by wrk or, where it is absent, by Python."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

CONNECTIONS = 16
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
"""Milliseconds in what wrk writes after a number."""


class LoadError(Exception):
    """A load that measured something else than answers: errors, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one: answers a second, and how many milliseconds the median and the slow ones took."""

    throughput: float
    p50: float
    p99: float


def tool() -> str:
    """Name what makes the load, with its version."""
    if not shutil.which("wrk"):
        return "benchmarks/client.py"
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])


def run(url: str, token: str, seconds: int) -> Load:
    """Load one URL for so long; raise LoadError when any answer is not a good one."""
    return _by_wrk(url, token, seconds) if shutil.which("wrk") else _by_python(url, token, seconds)


def _by_wrk(url: str, token: str, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    said = _output([*command, "-H", f"Authorization: Bearer {token}", url], seconds)
    bad = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", said)
    if bad:
        raise LoadError(f"{url}: {bad[0]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not rate or not float(rate[1]):
        raise LoadError(f"{url}: no answers\n{said}")
    return Load(float(rate[1]), _milliseconds(said, "50%"), _milliseconds(said, "99%"))


def _milliseconds(said: str, percentile: str) -> float:
    found = re.search(rf"^\s+{percentile}\s+([\d.]+)(us|ms|s|m)\s*$", said, re.MULTILINE)
    if not found:
        raise LoadError(f"wrk did not say {percentile}:\n{said}")
    return float(found[1]) * UNITS[found[2]]


def _by_python(url: str, token: str, seconds: int) -> Load:
    command = [sys.executable, "-m", "benchmarks.client", url, token, str(CONNECTIONS), str(seconds)]
    said = json.loads(_output(command, seconds))
    if said["bad"] or not said["good"]:
        raise LoadError(f"{url}: {said['bad']} bad answers, {said['good']} good ones")
    return Load(said["good"] / said["seconds"], said["p50"], said["p99"])


def _output(command: list[str], seconds: int) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    if done.returncode:
        raise LoadError(f"{command[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout
