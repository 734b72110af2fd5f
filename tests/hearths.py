"""A shop that brings price lists in over real servers, and the commands beside them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builders import GOOD, a_form, a_listed_good, a_price_list, bearer

GOODS = 3_000
PATIENCE = 60.0
"""Seconds in which an import has to end."""
CLI = [sys.executable, "-c", "from lavka.cli import app; app()"]


def a_list(price: int, *, backwards: bool = False) -> bytes:
    """A list of many goods at one price, in roubles."""
    goods = [
        a_listed_good(id=f"{number}", name=f"Товар {number}", price=f"{price}") for number in range(GOODS)
    ]
    if backwards:
        goods.reverse()
    return a_price_list(*goods).encode()


@dataclass
class Hearth:
    """A shop that imports, over whichever server runs at the moment."""

    server: Any
    headers: dict[str, str]
    path: str

    @classmethod
    def opened(cls, server: Any, name: str = "Очаг") -> "Hearth":
        """Open a new shop."""
        form = a_form(account_type="shop")
        server.post("/auth/register", json=form)
        headers = bearer(server.post("/auth/login", json={"login": form["email"], "password": GOOD}).json())
        made = server.post("/shops", json={"name": name}, headers=headers).json()
        return cls(server, headers, f"/shops/{made['id']}")

    def send(self, price: int, *, backwards: bool = False) -> str:
        """Send the list at this price, and give the path of its import."""
        files = {"file": ("prices.yaml", a_list(price, backwards=backwards))}
        answer = self.server.post(f"{self.path}/price-lists", files=files, headers=self.headers)
        assert answer.status_code == 202, answer.text
        return f"{self.path}/price-lists/{answer.json()['id']}"

    def report(self, work: str) -> dict[str, Any]:
        """How far an import is."""
        report: dict[str, Any] = self.server.get(work, headers=self.headers).json()
        return report

    def begun(self, work: str) -> None:
        """Wait until an import is being carried out."""
        until(lambda: self.report(work)["status"] != "queued")

    def prices(self) -> set[int]:
        """The prices that one page lists, in roubles; by name it has goods of several batches."""
        page = self.server.get("/products?size=100&sort=name", headers=self.headers).json()
        assert page["total"] == GOODS
        return {item["price"] // 100 for item in page["items"]}

    def ended(self, work: str, *, between: tuple[int, int] | None = None) -> dict[str, Any]:
        """Wait for the end of an import; until then the list shows one of two prices."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if between:
                assert self.prices() in ({between[0]}, {between[1]})
            report = self.report(work)
            if report["status"] in ("done", "failed"):
                return report
            time.sleep(0.05)
        raise AssertionError((self.report(work), self.server.said()))


def lavka(place: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """Start a command beside the servers."""
    environment = {**os.environ, **place}
    return subprocess.Popen(
        [*CLI, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def keeps_its_promises(place: dict[str, str]) -> bool:
    """Whether `lavka check` finds nothing."""
    checking = lavka(place, "check")
    said, _ = checking.communicate(timeout=PATIENCE)
    assert checking.returncode == 0, said
    return "holds" in said


def until(happens: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)
