"""The bytes of a price list, looked at before the parser sees them."""

import codecs
import re
from typing import BinaryIO

from lavka.domain.prices import MOST_BYTES

LONGEST_TEXT = 64 * 1024
"""Bytes of a line; characters of a text."""
MOST_SILENT = 2 * LONGEST_TEXT
"""Bytes that the parser may take in without finding anything: no text within the limits is longer."""

NOT_UTF8 = "This is not a text in UTF-8: save the list as UTF-8 and send it again."
TOO_LARGE = f"The list is larger than {MOST_BYTES // 1024**2} MB: split it into several."
TOO_LONG = "The text or comment about line {line} is longer than 64 KB: shorten it."
LONG_LINE = "Line {line} is longer than 64 KB: break it into several."
CONTROL = "Line {line} has a control character that no text needs: remove it."

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Unreadable(Exception):
    """A document that cannot be used at all; the text says what to do."""


class Source:
    """A file that gives the parser checked bytes; raise Unreadable at the first that must not pass."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._taken = 0
        self._line = 1
        self._open_line = 0  # bytes of a line whose end has not come yet
        self.silent = 0
        """Bytes taken since the parser last found something; whoever hears it sets this to 0."""

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes, as the parser asks for them."""
        chunk = self._file.read(size)
        self._taken += len(chunk)
        self.silent += len(chunk)
        if self._taken > MOST_BYTES:
            raise Unreadable(TOO_LARGE)
        self._keep_utf8(chunk)
        if bad := _CONTROL.search(chunk):
            raise Unreadable(CONTROL.format(line=self._line + chunk.count(b"\n", 0, bad.start())))
        self._keep_short(chunk)
        return chunk

    def _keep_utf8(self, chunk: bytes) -> None:
        try:
            self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise Unreadable(NOT_UTF8) from None

    def _keep_short(self, chunk: bytes) -> None:
        first, *others = chunk.replace(b"\r", b"\n").split(b"\n")
        longest = max(self._open_line + len(first), *map(len, others), 0)
        if longest > LONGEST_TEXT:
            raise Unreadable(LONG_LINE.format(line=self._line))
        if self.silent > MOST_SILENT:
            raise Unreadable(TOO_LONG.format(line=self._line))
        self._open_line = len(others[-1]) if others else self._open_line + len(first)
        self._line += chunk.count(b"\n")
