"""What every maker and keeper of pictures must do with strangers' files."""

import asyncio
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from builders import a_photo, written
from PIL import Image, ImageCms
from structlog.testing import capture_logs

from lavka.adapters.pillow.anatomy import examine
from lavka.adapters.pillow.pictures import MOST_WAITING, PillowPictures
from lavka.application.ports.pictures import Pictures, Prepared
from lavka.domain.errors import Invalid, TooLarge, Unavailable, UnsupportedMediaType
from lavka.domain.pictures import MOST_BYTES, file_names

RED, BLUE = (254, 0, 0), (0, 0, 254)
LOSS = 40
"""How far a colour may be from what was sent, of 255."""
KINDS = ["JPEG", "PNG", "GIF", "WEBP"]


@pytest.fixture(params=[PillowPictures])
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pictures]:
    made = request.param(tmp_path / "media")
    yield made
    made.close()


def opened(prepared: Prepared) -> list[Image.Image]:
    """The files as pictures: the largest, then the thumbnails."""
    assert tuple(prepared.files) == file_names(prepared.digest)
    shown = [Image.open(BytesIO(data)) for data in prepared.files.values()]
    assert {each.format for each in shown} == {"WEBP"}
    return shown


def is_near(seen: object, expected: tuple[int, ...]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(one - other) < LOSS for one, other in zip(seen, expected, strict=True))


def is_as_sent(picture: Image.Image) -> bool:
    """Red on the left and blue on the right, as `a_photo` paints it."""
    width, height = picture.size
    left, right = (picture.convert("RGB").getpixel((width * part // 8, height // 3)) for part in (1, 7))
    return is_near(left, RED) and is_near(right, BLUE)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_file_is_made_into_a_picture_and_thumbnails(pictures: Pictures, kind: str) -> None:
    largest, *thumbnails = opened(await pictures.prepare(a_photo(kind, (1000, 600))))
    assert largest.size == (1000, 600)
    assert [each.size for each in thumbnails] == [(64, 38), (256, 154), (768, 461)]
    assert all(map(is_as_sent, (largest, *thumbnails)))


async def test_a_small_picture_is_not_blown_up_and_a_large_one_is_shrunk(pictures: Pictures) -> None:
    small = opened(await pictures.prepare(a_photo(size=(40, 30))))
    assert [each.size for each in small] == [(40, 30)] * 4
    large = opened(await pictures.prepare(a_photo(size=(9000, 300))))
    assert [each.size for each in large] == [(2048, 68), (64, 2), (256, 9), (768, 26)]
    assert is_as_sent(large[0])
    line = opened(await pictures.prepare(written(Image.new("L", (300_000, 1)), "PNG")))
    assert [each.size for each in line] == [(2048, 1), (64, 1), (256, 1), (768, 1)]


async def test_the_name_is_the_digest_of_what_was_sent(pictures: Pictures) -> None:
    one, other = a_photo(), a_photo()
    digests = [(await pictures.prepare(each)).digest for each in (one, other, one)]
    assert digests[0] == digests[2] != digests[1]


TURNS = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_270],
    8: [Image.Transpose.ROTATE_270],
}
"""How a camera held otherwise stores an upright scene, by EXIF orientation."""


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_put_upright(pictures: Pictures, kind: str, orientation: int) -> None:
    scene = Image.new("RGB", (120, 80), "red")
    scene.paste("blue", (60, 0, 120, 80))
    scene.paste("lime", (0, 60, 60, 80))
    for turn in TURNS[orientation]:
        scene = scene.transpose(turn)
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A maker", orientation
    shown = opened(await pictures.prepare(written(scene, kind, exif=exif)))[0]
    assert shown.size == (120, 80)
    assert is_as_sent(shown)
    assert is_near(shown.getpixel((30, 70)), (0, 254, 0))


SECRET = b"sEcReT-Zq9"


def with_secrets(kind: str) -> bytes:
    """A photo that says where it was made, by whom and with what."""
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = SECRET.decode(), {1: "N", 2: (55.0, 45.0, 7.0)}
    options = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", "comment": SECRET}
    return a_photo(kind, **options)


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP"])
async def test_nothing_that_a_file_tells_besides_the_picture_is_kept(pictures: Pictures, kind: str) -> None:
    content = with_secrets(kind)
    assert SECRET in content
    prepared = await pictures.prepare(content)
    for data, shown in zip(prepared.files.values(), opened(prepared), strict=True):
        assert SECRET not in data
        assert {"exif", "xmp", "icc_profile", "comment"} & shown.info.keys() == set()
        assert data[12:16] in (b"VP8 ", b"VP8L")  # the plain form, which has no place for more


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "I;16"])
async def test_every_mode_of_png_is_shown(pictures: Pictures, mode: str) -> None:
    grey = Image.new("L", (80, 80), 100 if mode != "1" else 255)
    sent = (
        grey.convert("I").point(lambda value: value * 257).convert(mode)
        if mode == "I;16"
        else grey.convert(mode)
    )
    shown = opened(await pictures.prepare(written(sent, "PNG")))[0]
    tone = 255 if mode == "1" else 100
    assert is_near(shown.convert("RGB").getpixel((40, 40)), (tone, tone, tone))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("GIF", "RGBA"), ("WEBP", "RGBA")]
)
async def test_what_is_transparent_stays_so(pictures: Pictures, kind: str, mode: str) -> None:
    disc = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    disc.paste((255, 255, 255, 255), (50, 50, 150, 150))
    if mode == "P":
        disc = disc.quantize(8)
    sent = written(disc.convert(mode), kind)
    for shown in opened(await pictures.prepare(sent)):
        assert shown.mode == "RGBA"
        corner, middle = (shown.getpixel((place, place)) for place in (1, shown.width // 2))
        assert isinstance(corner, tuple)
        assert isinstance(middle, tuple)
        assert (corner[3], middle[3]) == (0, 255)


async def test_deep_grey_with_a_transparent_tone_is_shown(pictures: Pictures) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 16, 0, 0, 0, 0))
    rows = zlib.compress((b"\x00" + b"\x64\x64" * 9) * 9)
    sent = (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"tRNS", b"\xff\x00")
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )
    shown = opened(await pictures.prepare(sent))[0]
    assert is_near(shown.convert("RGB").getpixel((4, 4)), (100, 100, 100))


async def test_a_colour_profile_is_applied(pictures: Pictures) -> None:
    """Under a profile whose red and green are swapped, what is stored as red is shown as green."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    for kind in ("JPEG", "PNG", "WEBP"):
        sent = written(Image.new("RGB", (64, 64), "red"), kind, icc_profile=swapped)
        shown = opened(await pictures.prepare(sent))[0]
        assert is_near(shown.getpixel((30, 30)), (0, 254, 0)), kind
    nonsense = written(Image.new("RGB", (64, 64), "red"), "PNG", icc_profile=b"nonsense" * 20)
    assert is_near(opened(await pictures.prepare(nonsense))[0].getpixel((30, 30)), RED)


async def test_a_picture_for_printers_is_shown(pictures: Pictures) -> None:
    assert is_as_sent(opened(await pictures.prepare(a_photo("JPEG", (400, 300), mode="CMYK")))[0])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_of_what_moves_the_first_frame_is_kept(pictures: Pictures, kind: str) -> None:
    frames = [Image.new("RGB", (50, 40), colour) for colour in ("red", "blue", "lime")]
    sent = written(frames[0], kind, save_all=True, append_images=frames[1:])
    shown = opened(await pictures.prepare(sent))[0]
    assert (getattr(shown, "n_frames", 1), shown.size) == (1, (50, 40))
    assert is_near(shown.convert("RGB").getpixel((25, 20)), RED)


async def test_several_pictures_in_one_jpeg_are_one(pictures: Pictures) -> None:
    sent = written(
        Image.new("RGB", (50, 40), "red"), "MPO", save_all=True, append_images=[Image.new("RGB", (50, 40))]
    )
    assert is_near(opened(await pictures.prepare(sent))[0].getpixel((25, 20)), RED)


TAILS = [b"PK\x03\x04" + SECRET, b"<script>alert(1)</script>" + SECRET, b"*/=1;" + SECRET + b"/*"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_hides_behind_a_picture_goes(pictures: Pictures, kind: str) -> None:
    photo = a_photo(kind)
    for tail in TAILS:
        prepared = await pictures.prepare(photo + tail)
        assert all(SECRET not in data for data in prepared.files.values())
        assert SECRET not in examine(photo + tail).content


NO_PICTURES = {
    "nothing": b"",
    "text": b"a picture, honestly",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "pdf": b"%PDF-1.7\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "photoshop": b"8BPS\x00\x01" + bytes(20),
    "bmp": written(Image.new("RGB", (4, 4)), "BMP"),
    "tiff": written(Image.new("RGB", (4, 4)), "TIFF"),
    "ico": written(Image.new("RGB", (16, 16)), "ICO"),
    "avif": b"\x00\x00\x00\x1cftypavif" + bytes(20),
    "sound": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20),
    "a zip": b"PK\x03\x04" + bytes(30),
    "a picture behind a page": b"<html>" + a_photo(),
}


@pytest.mark.parametrize("name", NO_PICTURES)
async def test_what_is_no_picture_by_its_content_is_refused(pictures: Pictures, name: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        await pictures.prepare(NO_PICTURES[name])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width: int, height: int, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(min((width + 1) * height, 10_000))))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + pixels + chunk(b"IEND", b"")


def a_gif(canvas: tuple[int, int], frame: tuple[int, int], extra: bytes = b"") -> bytes:
    table, image = b"\x00" * 3 + b"\xff" * 3, b"\x02\x02\x4c\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", *canvas, 0x80, 0, 0) + table
    return head + extra + b"," + struct.pack("<HHHHB", 0, 0, *frame, 0) + image + b";"


def a_webp(kind: bytes, data: bytes) -> bytes:
    body = b"WEBP" + kind + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def resized(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it is larger."""
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]


GIANTS = {
    "png": a_png(50_000, 50_000),
    "png, one line": a_png(2**31 - 1, 1),
    "gif": a_gif((65535, 65535), (1, 1)),
    "gif, a frame beyond its canvas": a_gif((1, 1), (65535, 65535)),
    "jpeg": resized(a_photo("JPEG"), 65500, 65500),
    "webp": a_webp(b"VP8X", b"\x00" * 4 + b"\xff\x3f\x00" * 2),
    "webp, lossy": a_webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(10)),
    "webp, lossless": a_webp(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(11)),
    "one pixel row too many": a_png(8000, 5001),
    "bytes": a_photo("JPEG") + bytes(MOST_BYTES),
}


@pytest.mark.parametrize("name", GIANTS)
async def test_what_is_too_large_is_refused_before_it_is_decoded(pictures: Pictures, name: str) -> None:
    with pytest.raises(TooLarge):
        await pictures.prepare(GIANTS[name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tenths", range(1, 10))
async def test_a_part_of_a_file_is_no_picture(pictures: Pictures, kind: str, tenths: int) -> None:
    whole = a_photo(kind, (200, 150))
    with pytest.raises(Invalid) as refused:
        await pictures.prepare(whole[: len(whole) * tenths // 10])
    assert [detail.field for detail in refused.value.details] == ["file"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_without_its_last_byte_is_no_picture(pictures: Pictures, kind: str) -> None:
    with pytest.raises(Invalid):
        await pictures.prepare(a_photo(kind)[:-1])


def a_jpeg_of_many_scans() -> bytes:
    photo = a_photo("JPEG", (64, 64), progressive=True)
    scan = photo.rindex(b"\xff\xda")
    return photo[:-2] + photo[scan:-2] * 5_000 + photo[-2:]


def a_jpeg_of_two_sizes() -> bytes:
    photo = a_photo("JPEG")
    frame = photo.index(b"\xff\xc0")
    end = frame + 2 + int.from_bytes(photo[frame + 2 : frame + 4])
    return photo[:end] + photo[frame:end] + photo[end:]


def flipped(content: bytes, after: bytes, distance: int) -> bytes:
    """The same with one bit changed."""
    place = content.index(after) + distance
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGED: dict[str, Callable[[], bytes]] = {
    "no size": lambda: a_png(0, 10),
    "no pixels": lambda: a_png(10, 10).replace(b"IDAT", b"idAT"),
    "fewer pixels than it says": lambda: a_png(5000, 5000),
    "a wrong checksum": lambda: flipped(a_photo(), b"IDAT", 8),
    "no header": lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    "half a million chunks": lambda: a_png(9, 9, chunk(b"tEXt", b"") * 500_000),
    "a colour profile that bursts": lambda: a_png(
        9, 9, chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(200_000_000), 9))
    ),
    "thousands of scans": a_jpeg_of_many_scans,
    "half a million segments": lambda: a_photo("JPEG").replace(
        b"\xff\xdb", b"\xff\xfe\x00\x02" * 500_000 + b"\xff\xdb", 1
    ),
    "two sizes": a_jpeg_of_two_sizes,
    "nothing but markers": lambda: b"\xff\xd8" + b"\xff" * 5_000_000 + b"\x00",
    "a frame without an end": lambda: a_gif((9, 9), (9, 9))[:-2] + b"\x01",
    "webp that is longer than it is": lambda: a_photo("WEBP").replace(b"VP8 ", b"VP8 \xff", 1),
    "webp of noughts": lambda: a_webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a\x09\x00\x09\x00" + bytes(40)),
    "webp without a picture": lambda: a_webp(b"VP8X", b"\x00" * 4 + b"\x09\x00\x00" * 2),
}


@pytest.mark.parametrize("name", DAMAGED)
async def test_a_file_that_lies_is_refused_cheaply(pictures: Pictures, name: str) -> None:
    content = DAMAGED[name]()
    began = time.process_time()
    with pytest.raises(Invalid):
        await pictures.prepare(content)
    assert time.process_time() - began < 1  # of the server's processor; the other process has limits


BULKY: dict[str, Callable[[], bytes]] = {
    "texts that burst": lambda: a_png(
        9, 9, chunk(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(1_000_000))) * 60
    ),
    "a comment of a million parts": lambda: a_gif((9, 9), (1, 1), b"!\xfe" + b"\x01a" * 1_000_000 + b"\x00"),
    "a hundred thousand comments": lambda: a_gif((9, 9), (1, 1), b"!\xfe\x01a\x00" * 9_000),
}


@pytest.mark.parametrize("name", BULKY)
async def test_what_is_not_the_picture_is_left_out_unread(pictures: Pictures, name: str) -> None:
    content = BULKY[name]()
    assert len(examine(content).content) < 200
    assert opened(await pictures.prepare(content))[0].size == (9, 9)


async def test_when_too_many_wait_the_next_is_sent_away(pictures: Pictures) -> None:
    photo = a_photo()
    answers = await asyncio.gather(
        *(pictures.prepare(photo) for _ in range(MOST_WAITING + 4)), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, Unavailable)]
    assert len(refused) == 3
    assert {each.retry_after for each in refused} == {5}
    assert len({each.digest for each in answers if isinstance(each, Prepared)}) == 1
    assert (await pictures.prepare(photo)).digest


async def test_files_are_kept_until_they_are_forgotten(pictures: Pictures, tmp_path: Path) -> None:
    one, other = await pictures.prepare(a_photo()), await pictures.prepare(a_photo())
    assert await pictures.kept(one.digest) == {}
    for prepared in (one, other, one):
        await pictures.keep(prepared)
    for name, data in {**one.files, **other.files}.items():
        assert (tmp_path / "media" / name).read_bytes() == data
    assert len([file for file in (tmp_path / "media").rglob("*") if file.is_file()]) == 8
    (kept,) = (await pictures.kept(one.digest[:2])).keys() - {other.digest}
    assert kept == one.digest
    assert await pictures.kept(one.digest) == {one.digest: True}
    await pictures.forget(one.digest)
    await pictures.forget(one.digest)
    assert await pictures.kept(one.digest) == {}
    assert await pictures.kept(other.digest) == {other.digest: True}


async def test_what_a_crash_has_left_half_is_seen_and_made_whole(pictures: Pictures, tmp_path: Path) -> None:
    prepared = await pictures.prepare(a_photo())
    names = [tmp_path / "media" / name for name in prepared.files]
    await pictures.keep(prepared)
    names[2].rename(names[2].with_suffix(".draft"))
    assert await pictures.kept(prepared.digest) == {prepared.digest: False}
    await pictures.keep(prepared)
    assert sorted(names) == sorted(names[0].parent.iterdir())
    names[2].with_suffix(".draft").touch()
    await pictures.forget(prepared.digest)
    assert list(names[0].parent.iterdir()) == []


@pytest.mark.parametrize("program", ["#!/bin/sh\necho no Python today >&2; exit 1\n", None])
async def test_a_decoder_that_cannot_start_is_not_the_files_fault(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str | None
) -> None:
    python = tmp_path / "python"
    if program:
        python.write_text(program)
        python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    with capture_logs() as logged, pytest.raises(Unavailable):
        await pictures.prepare(a_photo())
    assert [each["said"] for each in logged] == (["no Python today\n"] if program else [])


@pytest.mark.parametrize("program", ["#!/bin/sh\nkill -SEGV $$\n", "#!/bin/sh\nexec sleep 60\n"])
async def test_a_file_that_crashes_or_stops_the_decoder_is_refused(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    python = tmp_path / "python"
    python.write_text(program)
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr("lavka.adapters.pillow.pictures.PATIENCE", 0.5)
    with pytest.raises(Invalid):
        await pictures.prepare(a_photo())
