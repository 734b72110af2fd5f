"""What a picture file is made of, read without decoding it; what is not needed to show it is left out.

Pillow reads such parts in ways that a hostile file makes slow or large: millions of small ones, compressed
texts, directories of directories. So it is handed a file that is bounded, and whole to its end, and has one
frame and nothing behind it.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import unpack_from

from lavka.domain.errors import Detail, Invalid, TooLarge, UnsupportedMediaType
from lavka.domain.pictures import MOST_PIXELS

MOST_PARTS = 10_000
"""Chunks, segments or blocks of a file; writers of pictures make a few hundred of the largest."""
MOST_SCANS = 64
"""Passes over a progressive JPEG; writers make about ten. Each costs a pass over all of its pixels."""
MOST_PROFILE = 1024 * 1024
"""Bytes of a colour profile; the largest in use have about 700 KB."""
DAMAGED = Detail("file", "This picture is damaged or not whole: save it anew and send it again.")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A file reduced to what shows it, its size in pixels, and how it lies (EXIF: 1 to 8, 1 upright)."""

    content: bytes
    width: int
    height: int
    orientation: int = 1


def examine(content: bytes) -> Anatomy:
    """Look a file over; raise UnsupportedMediaType, TooLarge for its pixels, Invalid for a damaged one."""
    read = next((read for magic, read in KINDS.items() if re.match(magic, content, re.DOTALL)), None)
    if read is None:
        raise UnsupportedMediaType
    try:
        anatomy = read(content)
    except (struct.error, IndexError):
        raise Invalid([DAMAGED]) from None
    if not anatomy.width or not anatomy.height:
        raise Invalid([DAMAGED])
    if anatomy.width * anatomy.height > MOST_PIXELS:
        raise TooLarge
    return anatomy


def _png(content: bytes) -> Anatomy:
    kept, seen, exif = [content[:8]], set(), b""
    for kind, start, end in _png_chunks(content):
        if kind == b"IDAT" or (kind in (b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IEND") and kind not in seen):
            kept.append(content[start:end])
        elif kind == b"eXIf":
            exif = content[start + 8 : end - 4]
        seen.add(kind)
    width, height = unpack_from(">II", content, 16)
    return Anatomy(b"".join(kept), width, height, _orientation(exif))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    place = 8
    for _ in range(MOST_PARTS):
        length, kind = unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content) or (kind == b"IHDR") != (place == 8):
            break
        yield kind, place, end
        if kind == b"IEND":
            return
        place = end
    raise Invalid([DAMAGED])


_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _ADOBE, _JFIF = 0xDA, 0xD9, 0xEE, 0xE0


def _jpeg(content: bytes) -> Anatomy:
    kept, scans, profile, exif = [content[:2]], 0, 0, b""
    size: tuple[int, int] | None = None
    copied = 2
    for kind, start, end in _jpeg_segments(content):
        if kind in _FRAMES:
            if size:
                raise Invalid([DAMAGED])
            size = unpack_from(">HH", content, start + 5)
        scans += kind == _SCAN
        is_profile = content.startswith(b"ICC_PROFILE\x00", start + 4)
        if content.startswith(b"Exif\x00\x00", start + 4) and not exif:
            exif = content[start + 10 : end]
        if is_profile:
            profile += end - start
        is_needed = kind in (_JFIF, _ADOBE) or (is_profile and profile <= MOST_PROFILE)
        if (0xE0 <= kind <= 0xEF or kind == 0xFE) and not is_needed:
            kept.append(content[copied:start])
            copied = end
    kept.append(content[copied:end])
    if not size or not 0 < scans <= MOST_SCANS:
        raise Invalid([DAMAGED])
    return Anatomy(b"".join(kept), size[1], size[0], _orientation(exif))


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Every segment up to the end of the picture, and not what cameras and hiders put behind it."""
    place = 2
    for _ in range(MOST_PARTS):
        found = _MARKER.search(content, place)
        if found is None:
            break
        kind, start = found[1][0], found.start()
        place = found.end() if kind == _END else found.end() + int(unpack_from(">H", content, found.end())[0])
        if place > len(content):
            break
        yield kind, start, place
        if kind == _END:
            return
    raise Invalid([DAMAGED])


_CONTROL, _EXTENSION, _IMAGE, _TRAILER = 0xF9, 0x21, 0x2C, 0x3B


def _gif(content: bytes) -> Anatomy:
    """Keep the first frame only."""
    width, height = unpack_from("<HH", content, 6)
    place = 13 + _gif_colours(content[10])
    head, control, frame = content[:place], b"", b""
    for _ in range(MOST_PARTS):
        kind, start = content[place], place
        if kind == _EXTENSION:
            place = _after_blocks(content, place + 2)
            if content[start + 1] == _CONTROL and not frame:
                control = content[start:place]
        elif kind == _IMAGE:
            left, top, across, down, flags = unpack_from("<4HB", content, place + 1)
            place = _after_blocks(content, place + 11 + _gif_colours(flags))
            if not frame:
                frame = content[start:place]
                width, height = max(width, left + across), max(height, top + down)
        else:
            break
    if kind != _TRAILER or not frame:
        raise Invalid([DAMAGED])
    return Anatomy(head + control + frame + b";", width, height)


def _gif_colours(flags: int) -> int:
    """The bytes of the colour table that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(content: bytes, place: int) -> int:
    while length := content[place]:
        place += length + 1
    return place + 1


def _webp(content: bytes) -> Anatomy:
    (length,) = unpack_from("<I", content, 4)
    end, place = length + 8, 12
    sizes, exif = [], b""
    for _ in range(MOST_PARTS):
        if place >= end:
            break
        kind, length = unpack_from("<4sI", content, place)
        if kind in _WEBP_SIZES:
            sizes.append(_WEBP_SIZES[kind](content, place + 8))
        elif kind == b"EXIF":
            exif = content[place + 8 : place + 8 + length].removeprefix(b"Exif\x00\x00")
        place += 8 + length + length % 2
    if place != end or end > len(content) or not sizes:
        raise Invalid([DAMAGED])
    return Anatomy(content[:end], max(x for x, _ in sizes), max(y for _, y in sizes), _orientation(exif))


def _webp_canvas(content: bytes, place: int) -> tuple[int, int]:
    low_x, high_x, low_y, high_y = unpack_from("<HBHB", content, place + 4)
    return low_x + (high_x << 16) + 1, low_y + (high_y << 16) + 1


def _webp_lossy(content: bytes, place: int) -> tuple[int, int]:
    width, height = unpack_from("<HH", content, place + 6)
    return width & 0x3FFF, height & 0x3FFF


def _webp_lossless(content: bytes, place: int) -> tuple[int, int]:
    (bits,) = unpack_from("<I", content, place + 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


_WEBP_SIZES = {b"VP8X": _webp_canvas, b"VP8 ": _webp_lossy, b"VP8L": _webp_lossless}

KINDS: dict[bytes, Callable[[bytes], Anatomy]] = {
    rb"\xff\xd8\xff": _jpeg,
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"GIF8[79]a": _gif,
    rb"RIFF....WEBP": _webp,
}
"""What each kind of file begins with, and who reads it; names and announced types tell nothing."""


def _orientation(exif: bytes) -> int:
    """Find tag 0x112 in the first directory; upright when there is none that makes sense."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (directory,) = unpack_from(order + "I", exif, 4)
        (count,) = unpack_from(order + "H", exif, directory)
        for place in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, _, _, value = unpack_from(order + "HHIH", exif, place)
            if tag == 0x112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass  # a directory that ends too early turns nothing
    return 1
