"""The folder in which price lists wait for their import."""

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import BinaryIO

from lavka.domain.errors import Detail, Invalid
from lavka.domain.imports import ImportId

OLD = 24 * 60 * 60
"""Seconds after which a file that nobody waits for has been left behind."""


class FolderInbox:
    """A file an import, named by its id; the folder is its owner's alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, work: ImportId) -> Path:
        """Where the file of an import stands."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f"{work}.yaml"

    async def keep(self, work: ImportId, file: BinaryIO) -> str:
        """Take a copy that survives a crash; give its SHA-256 in hexadecimal digits."""
        place = self.place(work)
        await asyncio.to_thread(_copy, file, place)
        return await self.digest(place)

    async def digest(self, file: Path) -> str:
        """The SHA-256 of a file, in hexadecimal digits; raise Invalid when it is gone."""
        try:
            return await asyncio.to_thread(_digest, file)
        except FileNotFoundError:
            raise Invalid([Detail("file", "The list is no longer here: send it again.")]) from None

    async def forget(self, work: ImportId) -> None:
        """Remove the file of an import, and what was made of it."""
        await asyncio.to_thread(_remove, self._folder.glob(f"{work}*"))

    async def sweep(self, unfinished: Collection[ImportId]) -> None:
        """Remove what is a day old and belongs to none of these."""
        kept = tuple(map(str, unfinished))
        old = time.time() - OLD
        left = [
            file
            for file in self._folder.glob("*")
            if not file.name.startswith(kept) and file.stat().st_mtime < old
        ]
        await asyncio.to_thread(_remove, left)


def _copy(file: BinaryIO, place: Path) -> None:
    with place.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.flush()
        os.fsync(copy.fileno())


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
