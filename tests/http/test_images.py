"""Pictures of products over HTTP: who may, what is taken, what is refused, and how files are served."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from builders import Goods, a_photo, bearer, log_in, refused, registered, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from lavka.bootstrap import new_id, web
from lavka.domain.accounts import UserId
from lavka.domain.pictures import MOST_BYTES
from lavka.settings import Settings

ORIGIN = "http://shop.test"
CANARY = "cAnArY-Qx7"
LIMIT = MOST_BYTES + 16 * 1024
"""Bytes of a whole form."""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A shop whose files are in a folder of this test's own."""
    monkeypatch.chdir(tmp_path)
    return settings


@pytest.fixture
async def admin(app: FastAPI, client: AsyncClient) -> dict[str, str]:
    """The headers of an administrator."""
    form = await registered(client)
    headers = bearer(await log_in(client, form["email"]))
    me = (await client.get("/me", headers=headers)).json()
    async with app.state.shop.membership.users.change(UserId(me["id"])) as user:
        user.is_admin = True
    return headers


@pytest.fixture
def place(goods: Goods) -> str:
    """Where the pictures of a product are sent."""
    return f"/products/{goods.kettle.id}/images"


async def sent(
    client: AsyncClient,
    place: str,
    headers: dict[str, str],
    content: bytes,
    name: str = "a.png",
    media_type: str = "image/png",
) -> Response:
    """Send a file as a browser does."""
    return await client.post(place, headers=headers, files={"file": (name, content, media_type)})


async def added(client: AsyncClient, place: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = await sent(client, place, headers, a_photo())
    assert answer.status_code == 201, answer.text
    image: dict[str, Any] = answer.json()
    return image


def files() -> list[Path]:
    """Whatever lies in the folder of the shop's files, letters aside."""
    return [file for file in Path("var").rglob("*") if file.is_file() and file.suffix != ".eml"]


def write(file: Path, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file.absolute()


async def card(client: AsyncClient, goods: Goods, headers: dict[str, str]) -> dict[str, Any]:
    answer = await client.get(f"/products/{goods.kettle.id}", headers=headers)
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_picture_that_is_sent_is_shown(
    client: AsyncClient, goods: Goods, place: str, admin: dict[str, str]
) -> None:
    image = await added(client, place, admin)
    assert set(image) == {"id", "url", "thumbnails", "position"}
    assert image["position"] == 1
    assert set(image["thumbnails"]) == {"64", "256", "768"}
    shown = await card(client, goods, admin)
    assert shown["images"] == [image]
    assert shown["image"] == image["url"]
    page = (await client.get("/products", headers=admin, params={"search": "заря"})).json()
    assert page["items"][0]["image"] == image["url"]
    for url in (image["url"], *image["thumbnails"].values()):
        answer = await client.get(ORIGIN + url)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert answer.content[8:12] == b"WEBP"


async def test_pictures_are_moved_and_deleted(
    client: AsyncClient, goods: Goods, place: str, admin: dict[str, str]
) -> None:
    first, second, third = [await added(client, place, admin) for _ in range(3)]
    answer = await client.patch(f"{place}/{third['id']}", headers=admin, json={"position": 1})
    assert (answer.status_code, answer.json()) == (200, third | {"position": 1})
    shown = await card(client, goods, admin)
    assert [each["id"] for each in shown["images"]] == [third["id"], first["id"], second["id"]]
    assert shown["image"] == third["url"]
    answer = await client.delete(f"{place}/{third['id']}", headers=admin)
    assert (answer.status_code, answer.content) == (204, b"")
    shown = await card(client, goods, admin)
    assert [(each["id"], each["position"]) for each in shown["images"]] == [
        (first["id"], 1),
        (second["id"], 2),
    ]
    assert shown["image"] == first["url"]
    refused(await client.get(ORIGIN + third["url"]), 404, "not_found")
    refused(await client.delete(f"{place}/{third['id']}", headers=admin), 404, "not_found")


async def test_only_administrators_may(
    app: FastAPI, client: AsyncClient, place: str, admin: dict[str, str], signed_in: dict[str, str]
) -> None:
    image = await added(client, place, admin)
    seller = bearer(await log_in(client, (await registered(client, account_type="shop"))["email"]))
    for headers in (signed_in, seller):
        refused(await sent(client, place, headers, b"no picture"), 403, "forbidden")
        patched = await client.patch(f"{place}/{image['id']}", headers=headers, json={"position": 1})
        refused(patched, 403, "forbidden")
        refused(await client.delete(f"{place}/{image['id']}", headers=headers), 403, "forbidden")
    assert unauthorized(await sent(client, place, {}, b"no picture"))
    assert unauthorized(
        await client.post(place, content=b"x" * 2_000_000, headers={"Content-Type": "text/plain"})
    )
    assert unauthorized(await client.patch(f"{place}/{image['id']}", content=b"{"))
    assert unauthorized(await client.delete(f"{place}/{image['id']}"))
    assert app


async def test_what_is_not_there_is_not_found(
    client: AsyncClient, goods: Goods, place: str, admin: dict[str, str]
) -> None:
    image = await added(client, place, admin)
    nowhere = f"/products/{new_id()}/images"
    refused(await sent(client, nowhere, admin, a_photo()), 404, "not_found")
    for wrong in (
        f"{place}/{new_id()}",
        f"{nowhere}/{image['id']}",
        f"/products/{goods.fir.id}/images/{image['id']}",
    ):
        refused(await client.patch(wrong, headers=admin, json={"position": 1}), 404, "not_found")
        refused(await client.delete(wrong, headers=admin), 404, "not_found")
    for wrong in ("/products/no-id/images", "/products/%00/images", "/products/..%2f..%2fetc/images"):
        assert (await sent(client, wrong, admin, a_photo())).status_code in (404, 405, 422)
    refused(await client.delete(f"{place}/no-id", headers=admin), 422, "validation_error")


async def test_the_same_picture_twice_is_a_conflict(
    client: AsyncClient, place: str, admin: dict[str, str]
) -> None:
    photo = a_photo()
    assert (await sent(client, place, admin, photo)).status_code == 201
    refused(await sent(client, place, admin, photo), 409, "picture_repeated")


@pytest.mark.parametrize(
    "body", [{}, {"position": 0}, {"position": 2}, {"position": "1"}, {"position": 1.5}, {"position": None}]
)
async def test_a_place_that_is_none_is_named(
    client: AsyncClient, place: str, admin: dict[str, str], body: dict[str, Any]
) -> None:
    image = await added(client, place, admin)
    answer = await client.patch(f"{place}/{image['id']}", headers=admin, json=body)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["position"]
    twice = await client.patch(f"{place}/{image['id']}", headers=admin, json={"position": 1, "colour": 1})
    refused(twice, 422, "validation_error")


NAMES = [
    *(
        "../../../etc/passwd",
        "a.svg",
        "a.php",
        "a" * 3000,
        "кот.png",
        "a\x00.png",
        '"; filename="x',
        "con",
        "/a",
    ),
    *("C:\\a.png", "%2e%2e%2f", "a.png/../../b", "\u202egnp.exe"),
]


@pytest.mark.parametrize("name", NAMES)
async def test_the_name_and_the_type_that_a_file_is_given_mean_nothing(
    client: AsyncClient, place: str, admin: dict[str, str], name: str
) -> None:
    answer = await sent(client, place, admin, a_photo("GIF"), name, "text/html")
    assert answer.status_code == 201, answer.text
    assert answer.json()["url"].endswith(".webp")
    assert {file.suffix for file in files()} == {".webp"}


async def test_what_is_no_picture_is_refused(client: AsyncClient, place: str, admin: dict[str, str]) -> None:
    svg = f"<svg><script>{CANARY}</script></svg>".encode()
    refusals = [
        refused(await sent(client, place, admin, svg, f"{CANARY}.png"), 415, "unsupported_media_type"),
        refused(await sent(client, place, admin, a_photo()[:-9], CANARY), 422, "validation_error"),
    ]
    assert [[each["field"] for each in details] for details in refusals] == [[], ["file"]]
    assert CANARY not in str(refusals)
    giant = a_photo("GIF")
    giant = giant[:6] + b"\xff\xff\xff\xff" + giant[10:]
    refused(await sent(client, place, admin, giant), 413, "too_large")
    assert files() == []


async def test_a_form_that_is_none_of_ours_is_refused(
    client: AsyncClient, place: str, admin: dict[str, str]
) -> None:
    photo = ("a.png", a_photo(), "image/png")
    forms: list[dict[str, Any]] = [
        {"files": {"picture": photo}},
        {"files": {"file": ("a.png", b"", "image/png")}},
        {"files": {"file": photo}, "data": {CANARY: "1"}},
        {"files": [("file", photo), ("file", photo)]},
        {"files": [("file", photo), ("other", photo)]},
        {"files": [("file", photo)] * 9},
        {"files": {"file": (None, a_photo())}},
        {"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x--", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"--x--", "headers": {"Content-Type": "multipart/form-data; boundary=" + "x" * 999}},
        {"content": b"", "headers": {}},
    ]
    for form in forms:
        answer = await client.post(place, **form | {"headers": admin | form.get("headers", {})})
        details = refused(answer, 422, "validation_error")
        assert {each["field"] for each in details} <= {"file", "body"}, form
        assert CANARY not in answer.text


@pytest.mark.parametrize("charset", ["undefined", "idna", "hex", "utf-7", "none-such", '"', "utf-16"])
async def test_whatever_charset_a_form_names_is_no_fault(
    client: AsyncClient, place: str, admin: dict[str, str], charset: str
) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff\xfe.png"\r\n\r\n'
        + a_photo()
        + b"\r\n--x--\r\n"
    )
    headers = admin | {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    assert (await client.post(place, content=body, headers=headers)).status_code in (201, 422)


async def test_another_kind_of_body_is_refused(
    client: AsyncClient, place: str, admin: dict[str, str]
) -> None:
    for media_type in ("application/json", "image/png", "application/x-www-form-urlencoded", ""):
        answer = await client.post(place, content=b"{}", headers=admin | {"Content-Type": media_type})
        refused(answer, 415, "unsupported_media_type")


def a_body(size: int) -> bytes:
    """A form with a file of so many bytes that begins as a picture does."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\xff\xd8\xff'
    return head + bytes(size - 3) + b"\r\n--x--\r\n"


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 256 * 1024):
        yield body[start : start + 256 * 1024]


async def test_ten_megabytes_are_read_and_no_more(
    client: AsyncClient, place: str, admin: dict[str, str]
) -> None:
    headers = admin | {"Content-Type": "multipart/form-data; boundary=x"}
    largest = a_body(MOST_BYTES)
    for content in (largest, in_pieces(largest)):
        refused(await client.post(place, content=content, headers=headers), 422, "validation_error")
    for size in (MOST_BYTES + 1, LIMIT + 1, LIMIT + 10**6):
        for content in (a_body(size), in_pieces(a_body(size))):
            refused(await client.post(place, content=content, headers=headers), 413, "too_large")


async def test_other_calls_take_no_more_than_before(
    client: AsyncClient, place: str, admin: dict[str, str]
) -> None:
    headers = admin | {"Content-Type": "application/json"}
    over = b'"' + b"a" * 1024 * 1024 + b'"'
    for content in (over, in_pieces(over)):
        answer = await client.patch(f"{place}/{new_id()}", content=content, headers=headers)
        refused(answer, 413, "too_large")


async def test_an_address_names_every_method_that_it_takes(client: AsyncClient, place: str) -> None:
    for address, methods in ((place, "POST"), (f"{place}/{new_id()}", "DELETE, PATCH"), ("/me", "GET")):
        answer = await client.put(address)
        refused(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == methods


class TestMedia:
    """What lies under /media."""

    @pytest.fixture
    async def url(self, client: AsyncClient, place: str, admin: dict[str, str]) -> str:
        return str(ORIGIN + (await added(client, place, admin))["url"])

    async def test_a_file_may_be_kept_and_shown_everywhere_but_not_executed(
        self, client: AsyncClient, url: str
    ) -> None:
        headers = (await client.get(url)).headers
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Content-Type"] == "image/webp"

    async def test_who_has_it_gets_it_no_more(self, client: AsyncClient, url: str) -> None:
        got = await client.get(url)
        again = await client.get(url, headers={"If-None-Match": got.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == got.headers["Cache-Control"]
        other = await client.get(url, headers={"If-None-Match": '"another"'})
        assert other.status_code == 200
        head = await client.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(got.content))

    async def test_a_part_may_be_asked_for(self, client: AsyncClient, url: str) -> None:
        whole = (await client.get(url)).content
        for asked, part in (("0-3", whole[:4]), ("8-", whole[8:]), ("-5", whole[-5:]), ("0-99999", whole)):
            answer = await client.get(url, headers={"Range": f"bytes={asked}"})
            assert (answer.status_code, answer.content) == (206, part), asked
        for ignored in (
            "x",
            "bytes=",
            "bytes=5-3",
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=" + "9" * 99 + "-",
            "bytes=-",
        ):
            answer = await client.get(url, headers={"Range": ignored})
            assert (answer.status_code, answer.content) == (200, whole), ignored
        beyond = await client.get(url, headers={"Range": "bytes=999999-"})
        refused(beyond, 416, "range_not_satisfiable")
        assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"

    @pytest.mark.parametrize(
        "path",
        [
            *("/media", "/media/", "/media/ab", "/media/ab/", "/media/../secret", "/media/%2e%2e/secret_key"),
            *("/media/..%2fsecret_key", "/media//etc/passwd", "/media/ab/..%5c..%5csecret", "/media/%00"),
            *(
                "/media/" + "a" * 5000,
                "/media/ab/" + "ab" * 32 + ".webp",
                "/media/ab/" + "ab" * 32 + ".draft",
            ),
            "/media/ab/" + "ab" * 32 + "-65.webp",
        ],
    )
    @pytest.mark.usefixtures("url")
    async def test_whatever_else_is_not_there(self, client: AsyncClient, path: str) -> None:
        write(Path("var/secret_key"), CANARY)
        write(Path("var/media/secret_key"), CANARY)
        refused(await client.get(ORIGIN + path), 404, "not_found")

    async def test_only_files_with_the_names_of_pictures_are_served(
        self, client: AsyncClient, url: str
    ) -> None:
        file = Path("var/media") / url.partition("/media/")[2]
        for name in ("a.html", file.stem + ".draft", file.stem + ".webp.html"):
            write(file.with_name(name), CANARY)
            refused(await client.get(url.replace(file.name, name)), 404, "not_found")
        link = file.with_name(file.stem[:-1] + ("0" if file.stem[-1] != "0" else "1") + ".webp")
        link.symlink_to(write(Path("secret"), CANARY))
        refused(await client.get(url.replace(file.name, link.name)), 404, "not_found")

    async def test_files_are_only_read_here(self, client: AsyncClient, url: str) -> None:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = await client.request(method, url, content=b"x")
            refused(answer, 405, "method_not_allowed")
            assert "GET" in answer.headers["Allow"]


async def test_what_a_crash_has_left_is_swept_when_the_shop_is_opened_again(
    client: AsyncClient, place: str, admin: dict[str, str], settings: Settings
) -> None:
    image = await added(client, place, admin)
    orphan = write(Path("var/media/ab") / f"{'ab' * 32}.webp")
    again = web(settings)
    async with again.router.lifespan_context(again):
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not orphan.exists():
                break
    assert not orphan.exists()
    assert (await client.get(ORIGIN + image["url"])).status_code == 200
