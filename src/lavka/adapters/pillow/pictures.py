"""Pictures made by a process apart, one at a time, and kept in a folder."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from struct import unpack_from

import structlog

from lavka.adapters.pillow.anatomy import DAMAGED, Anatomy, examine
from lavka.application.ports.pictures import Prepared
from lavka.domain.errors import Invalid, TooLarge, Unavailable
from lavka.domain.pictures import MOST_BYTES, file_names

log = structlog.get_logger("lavka.pictures")

BENCH = "lavka.adapters.pillow.bench"
"""Named, not imported: Pillow need not be in the server's memory."""
MOST_WAITING = 4
"""Files that may wait for their turn, each of 10 MB at most."""
PATIENCE = 15
"""Seconds that one may take on a busy machine."""
FAILED_TO_START = (1, 2, 127)
"""Exits of a Python that never came to the picture."""


class PillowPictures:
    """The files under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._turn = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._waiting = 0

    async def prepare(self, content: bytes) -> Prepared:
        """Make a picture and its thumbnails; raise as the port says."""
        if len(content) > MOST_BYTES:
            raise TooLarge
        anatomy = await asyncio.to_thread(examine, content)
        digest = sha256(content).hexdigest()
        return Prepared(digest, dict(zip(file_names(digest), await self._developed(anatomy), strict=True)))

    async def keep(self, prepared: Prepared) -> None:
        """Keep the files for good, each whole or not at all; those that are there stay as they are."""
        await asyncio.to_thread(self._keep, prepared)

    async def forget(self, digest: str) -> None:
        """Delete the files of a picture, if there are any."""
        await asyncio.to_thread(self._forget, digest)

    async def kept(self, start: str) -> Mapping[str, bool]:
        """Find the digests that begin so and have any file, or all of theirs."""
        return await asyncio.to_thread(self._kept, start)

    def close(self) -> None:
        """Make no more pictures."""
        self._turn.shutdown(wait=False, cancel_futures=True)

    async def _developed(self, anatomy: Anatomy) -> list[bytes]:
        if self._waiting > MOST_WAITING:
            raise Unavailable(retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._turn, _developed, anatomy)
        finally:
            self._waiting -= 1

    def _keep(self, prepared: Prepared) -> None:
        missing = {name: data for name, data in prepared.files.items() if not (self._root / name).exists()}
        for name, data in missing.items():
            file = self._root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(".draft")  # nobody else writes it: the digest is held
            with draft.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            draft.rename(file)
        if missing:
            _flush(file.parent)

    def _forget(self, digest: str) -> None:
        for file in (self._root / digest[:2]).glob(f"{digest}*"):
            file.unlink(missing_ok=True)

    def _kept(self, start: str) -> Mapping[str, bool]:
        found: dict[str, set[str]] = {}
        for file in (self._root / start[:2]).glob(f"{start}*"):
            found.setdefault(file.name[:64], set()).add(f"{start[:2]}/{file.name}")
        return {digest: names.issuperset(file_names(digest)) for digest, names in found.items()}


def _developed(anatomy: Anatomy) -> list[bytes]:
    """Let a process apart decode a file: what it breaks or eats there is not the shop's."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # and none of the shop's secrets
    try:
        done = subprocess.run(  # noqa: S603  # this very Python, and a program of ours
            [sys.executable, "-P", "-m", BENCH],
            input=bytes([anatomy.orientation]) + anatomy.content,
            env=environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Invalid([DAMAGED]) from None
    except OSError as error:
        raise Unavailable from error
    if done.returncode in FAILED_TO_START:
        log.error("no pictures", exit=done.returncode, said=done.stderr[-500:].decode("utf-8", "replace"))
        raise Unavailable
    if done.returncode:
        raise Invalid([DAMAGED])
    return _unpacked(done.stdout)


def _unpacked(written: bytes) -> list[bytes]:
    lengths = unpack_from(f">{written[0]}I", written, 1)
    place, files = 1 + 4 * len(lengths), []
    for length in lengths:
        files.append(written[place : place + length])
        place += length
    return files


def _flush(folder: Path) -> None:
    """Make new names last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
