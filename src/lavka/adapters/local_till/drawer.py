"""Where the local till keeps its slips: a file a payment, one writer at a time on a host."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lavka.adapters.local_till import slips
from lavka.adapters.local_till.slips import Slip

_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Drawer:
    """A folder, its owner's alone. Its calls block: a thread waits for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other writer out, of this process or another, while the block lasts."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def find(self, name: str) -> Slip | None:
        """Find the slip of a payment, by its name as anybody may have written it."""
        return self._read(self._folder / f"{name}.json") if _NAME.fullmatch(name) else None

    def put(self, slip: Slip) -> None:
        """Keep a slip: the whole of it, or what was there before."""
        self._write(self._folder / f"{slip.id}.json", slips.written(slip))

    def note(self, refund: str, payment: str) -> None:
        """Note of which payment a refund is."""
        self._write(self._folder / f"{refund}.refund", payment.encode())

    def payment_of(self, refund: str) -> str | None:
        """Name the payment of a refund."""
        if not _NAME.fullmatch(refund):
            return None
        try:
            return (self._folder / f"{refund}.refund").read_text()
        except FileNotFoundError:
            return None

    def all(self) -> list[Slip]:
        """Read every slip."""
        return [slip for file in self._folder.glob("*.json") if (slip := self._read(file))]

    def _read(self, file: Path) -> Slip | None:
        try:
            return slips.read(file.read_bytes())
        except FileNotFoundError:
            return None

    def _write(self, file: Path, content: bytes) -> None:
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
