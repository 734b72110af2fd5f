"""Letters as files, for a shop without a mail server; mail programs open them."""

import asyncio
import os
from pathlib import Path

from lavka.adapters.post.message import Stationery
from lavka.domain.errors import Unavailable
from lavka.domain.letters import Mail


class FolderPost:
    """A file a letter, named by its time and its id: the same letter again takes the same file's place."""

    def __init__(self, folder: Path, stationery: Stationery) -> None:
        self._folder = folder
        self._stationery = stationery

    async def send(self, mail: Mail) -> None:
        """Keep it, whole or not at all; raise Unavailable when the disk takes nothing more."""
        content = self._stationery.written(mail, "8bit")
        name = f"{self._stationery.clock():%Y%m%d-%H%M%S}-{mail.id}.eml"
        try:
            await asyncio.to_thread(_keep, self._folder, name, mail, content)
        except OSError as error:
            raise Unavailable from error


def _keep(folder: Path, name: str, mail: Mail, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = folder.glob(f"*-{mail.id}.eml") if mail.is_repeated else iter(())  # thousands may lie here
    place = next(before, folder / name)
    draft = folder / f".{mail.id}.{os.getpid()}"
    try:
        with open(draft, "wb", opener=_for_its_owner) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
