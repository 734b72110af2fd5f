"""The program that decodes one stranger's file: a process of its own, bounded, which ends with the picture.

It reads the orientation (one byte) and the file from its input, and writes the number, the lengths and the
contents of the WebP files: the picture's and each thumbnail's. Exit 65: the file cannot be decoded.
"""

import os
import resource
import sys
from io import BytesIO
from struct import pack

from PIL import Image, ImageCms

from lavka.domain.pictures import MOST_PIXELS, THUMBNAILS

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
LONGEST = 2048
"""Pixels that the longer side of a kept picture has at most."""
SIZES = (LONGEST, *THUMBNAILS)
QUALITY = 82
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; the largest picture that is taken, a WebP of 40 megapixels, needs about 0.7 GB."""
SECONDS = 10
"""Of a processor."""
NICE = 10
"""Visitors go first."""
UNREADABLE = os.EX_DATAERR
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by its EXIF orientation."""
SPACES = {"RGB": "RGB ", "CMYK": "CMYK"}
"""The colour space of a profile that fits a mode."""


def develop(content: bytes, orientation: int) -> list[bytes]:
    """Decode a picture, put it upright, and write it as WebP in each of the sizes, without metadata."""
    with Image.open(BytesIO(content), formats=FORMATS) as source:
        profile = source.info.get("icc_profile")
        source.draft(None, (LONGEST, LONGEST))
        picture = _in_srgb(_reduced(source), profile)
    if orientation in UPRIGHT:
        picture = picture.transpose(UPRIGHT[orientation])
    return [_written(picture, size) for size in SIZES]


def _reduced(source: Image.Image) -> Image.Image:
    """Bring a picture to 8 bits of colours and under twice the longest side, in strips.

    A copy of 40 megapixels with transparency would take 160 MB more.
    """
    source.load()
    mode = "RGBA" if source.has_transparency_data else "CMYK" if source.mode == "CMYK" else "RGB"
    factor = max(1, max(source.size) // LONGEST)
    width, height = source.size
    reduced = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows := 64 * factor):
        strip = source.crop((0, top, width, min(top + rows, height)))
        reduced.paste(_eight_bits(strip).convert(mode).reduce(factor), (0, top // factor))
    return reduced


def _eight_bits(strip: Image.Image) -> Image.Image:
    return strip.point(lambda value: value / 256).convert("L") if strip.mode.startswith("I") else strip


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Apply a colour profile; one that does not fit or cannot be read is left out."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            told = ImageCms.ImageCmsProfile(BytesIO(profile))
            if told.profile.xcolor_space == SPACES.get(picture.mode.removesuffix("A")):
                plain = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(picture, told, plain, outputMode=mode)
                return converted or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # colours are a little off without it
    return picture.convert(mode)


def _written(picture: Image.Image, longest: int) -> bytes:
    smaller = picture.copy()
    smaller.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    smaller.info = {}
    out = BytesIO()
    smaller.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def _bound() -> None:
    """Give up whatever decoding does not need."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    os.nice(NICE)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice as many on


def main() -> None:
    """Develop the file on standard input."""
    _bound()
    orientation, content = sys.stdin.buffer.read(1)[0], sys.stdin.buffer.read()
    try:
        files = develop(content, orientation)
    except Exception:  # whatever Pillow stumbles over lies in the file: nothing else is here
        sys.exit(UNREADABLE)
    sys.stdout.buffer.write(pack(f">B{len(files)}I", len(files), *map(len, files)) + b"".join(files))


if __name__ == "__main__":
    main()
