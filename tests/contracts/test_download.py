"""What every way to fetch a supplier's file must do: reach the internet and nothing else, within bounds."""

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from lavka.adapters.download import (
    ASTRAY,
    LARGE,
    NO_ADDRESS,
    NO_ANSWER,
    NO_PORT,
    NOT_GIVEN,
    NOT_PUBLIC,
    PACKED,
    SLOW,
    HttpDownload,
    is_public,
)
from lavka.application.ports.prices import Download
from lavka.domain.errors import Invalid

HERE = "127.0.0.1"
Respond = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nshop: a"


@dataclass
class Names:
    """A resolver of ours: where each host is, and which were asked for."""

    known: dict[str, Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, _: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.known:
            raise OSError("unknown")
        return self.known[host]


def a_download(names: Names, **changes: object) -> Download:
    """A download to which this machine is the internet, and all else is as it is."""
    return HttpDownload(
        resolve=names.resolve,
        is_allowed=lambda address: str(address) == HERE or is_public(address),
        **changes,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def serving(
    respond: Respond, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[str]]]:
    """A server on a port of this machine, and the requests that it has heard."""
    heard: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await respond(heard[-1], writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who asked has gone
        finally:
            writer.close()

    server = await asyncio.start_server(answer, HERE, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


def saying(answer: bytes) -> Respond:
    async def respond(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return respond


def leading_to(address: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()


async def refusal(download: Download, url: str, to: Path) -> str:
    """What a download is refused with; nothing may be left of it."""
    with pytest.raises(Invalid) as error:
        await download.fetch(url, to)
    assert [detail.field for detail in error.value.details] == ["url"]
    assert not to.exists()  # noqa: ASYNC240
    return error.value.details[0].message


@pytest.fixture
def names() -> Names:
    return Names({"shop.example": [HERE], "mirror.example": [HERE]})


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "prices.yaml"


async def test_a_file_is_fetched_as_it_is(names: Names, to: Path) -> None:
    async with serving(saying(OK)) as (port, heard):
        await a_download(names).fetch(f"http://shop.example:{port}/a/b.yaml?c=д#e", to)
    assert to.read_bytes() == b"shop: a"  # noqa: ASYNC240
    head = heard[0].lower()
    assert head.startswith("get /a/b.yaml?c=%d0%b4 http/1.1\r\n")
    assert f"host: shop.example:{port}\r\n" in head
    assert "accept-encoding: identity\r\n" in head
    assert names.asked == ["shop.example"]


async def test_a_name_in_any_script_is_resolved_and_sent_as_the_net_knows_it(names: Names, to: Path) -> None:
    names.known["xn--80aaxitdbjk.xn--p1ai"] = [HERE]
    async with serving(saying(OK)) as (port, heard):
        await a_download(names).fetch(f"http://папироска.рф:{port}/", to)
    assert f"host: xn--80aaxitdbjk.xn--p1ai:{port}" in heard[0].lower()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_its_host_is_looked_at_too(
    status: int, names: Names, to: Path
) -> None:
    async def respond(head: str, writer: asyncio.StreamWriter) -> None:
        there = f"http://mirror.example:{port}/there"
        writer.write(OK if "/there" in head else leading_to(there, status))

    async with serving(respond) as (port, heard):
        await a_download(names).fetch(f"http://shop.example:{port}/here", to)
    assert names.asked == ["shop.example", "mirror.example"]
    assert [head.split()[1] for head in heard] == ["/here", "/there"]


async def test_cookies_of_one_answer_are_not_carried_to_the_next(names: Names, to: Path) -> None:
    first = leading_to("/next").replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n")

    async def respond(head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(OK if "/next" in head else first)

    async with serving(respond) as (port, heard):
        await a_download(names).fetch(f"http://shop.example:{port}/", to)
    assert len(heard) == 2
    assert "cookie" not in heard[1].lower()


INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://localhost/",
    "http://inside.example/",
]
INSIDE += ["http://10.0.0.1/", "//192.168.0.1/", "http://[::ffff:127.0.0.2]/", "http://unknown.example/"]


def inside_names(names: Names) -> None:
    """Make literal addresses resolve to themselves, as the system does, and names of the inside to it."""
    literal = ["169.254.169.254", "::1", "10.0.0.1", "192.168.0.1", "::ffff:127.0.0.2"]
    names.known |= {each: [each] for each in literal}
    names.known |= {"localhost": ["127.0.0.1", "::1"], "inside.example": ["172.16.0.1"]}


@pytest.mark.parametrize("address", INSIDE)
async def test_a_redirect_to_the_inside_is_refused_like_one_to_nowhere(
    address: str, names: Names, to: Path
) -> None:
    inside_names(names)
    async with serving(saying(leading_to(address))) as (port, heard):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == NOT_PUBLIC
    assert len(heard) == 1


NOT_OF_THE_WEB = {
    "file:///etc/passwd": NO_ADDRESS,
    "ftp://shop.example/a": NO_ADDRESS,
    "gopher://shop.example/": NO_ADDRESS,
    "http://user:secret@shop.example/": NO_ADDRESS,
    "http://user@shop.example/": NO_ADDRESS,
    "http://shop.example:22/": NO_PORT,
    "http://shop.example:25/": NO_PORT,
    "http://shop.example:0/": NO_PORT,
    "http://shop.example:99999/": NO_PORT,
}


@pytest.mark.parametrize(("address", "message"), NOT_OF_THE_WEB.items())
async def test_only_addresses_of_the_web_are_fetched_first_or_last(
    address: str, message: str, names: Names, to: Path
) -> None:
    assert await refusal(a_download(names), address, to) == message
    assert names.asked == []
    async with serving(saying(leading_to(address))) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == message
    assert names.asked == ["shop.example"]


NO_URLS = [
    "shop.example/prices.yaml",
    "",
    "//shop.example/",
    "x" * 70_000,
    "мой файл",
    "http://",
    "http:///a",
]
NO_URLS += [
    "http://[::1/",
    "http://a\x00b/",
    "http://shop.example:port/",
    "HTTP//shop.example",
    "http://\u2460\u3002/",
]


@pytest.mark.parametrize("url", NO_URLS, ids=range(len(NO_URLS)))
async def test_what_is_no_address_is_refused(url: str, names: Names, to: Path) -> None:
    assert await refusal(a_download(names), url, to) == NO_ADDRESS
    assert names.asked == []


SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "0",
    "localhost",
    "[::1]",
]
SPELLINGS += [
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[64:ff9b::7f00:1]",
]
SPELLINGS += [
    "[2002:7f00:1::]",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "localhost.",
    "169.254.169.254",
    "[fd00:ec2::254]",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_this_machine_is_not_reached_however_it_is_spelled(host: str, to: Path) -> None:
    async with serving(saying(OK)) as (port, heard):
        assert await refusal(HttpDownload(), f"http://{host}:{port}/", to) in {NOT_PUBLIC, NO_ADDRESS}
    assert heard == []


PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
PRIVATE = ["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.1"]  # noqa: S104
PRIVATE += [
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
]
PRIVATE += [
    "::",
    "::1",
    "::7f00:1",
    "fe80::1",
    "fe80::1%lo",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
]
PRIVATE += ["::ffff:10.0.0.1", "::ffff:0:0", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1", "4000::1"]
PRIVATE += ["2001:0:808:808::f5ff:fffe", "2001:0:a00:1::f7f7:f7f7"]
"""The last two are Teredo: a private client behind a public server, and the other way round."""


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_all_else_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


async def test_one_private_address_among_public_ones_is_enough(names: Names, to: Path) -> None:
    names.known["mixed.example"] = [HERE, "10.0.0.1"]
    async with serving(saying(OK)) as (port, heard):
        assert await refusal(a_download(names), f"http://mixed.example:{port}/", to) == NOT_PUBLIC
    assert heard == []


async def test_a_name_is_resolved_once_and_cannot_be_bound_anew(names: Names, to: Path) -> None:
    async def rebind(host: str, port: int) -> Sequence[str]:
        found = await names.resolve(host, port)
        names.known["shop.example"] = ["10.0.0.1"]
        return found

    async with serving(saying(OK)) as (port, heard):
        download = HttpDownload(resolve=rebind, is_allowed=lambda address: str(address) == HERE)
        await download.fetch(f"http://shop.example:{port}/", to)
        assert (names.asked, len(heard)) == (["shop.example"], 1)
        assert await refusal(download, f"http://shop.example:{port}/", to) == NOT_PUBLIC


async def test_a_host_of_several_addresses_is_reached_by_one_that_answers(names: Names, to: Path) -> None:
    async with serving(saying(OK)) as (port, _):
        download = HttpDownload(resolve=names.resolve, is_allowed=lambda address: True)
        names.known["shop.example"] = ["127.0.0.2", HERE]
        await download.fetch(f"http://shop.example:{port}/", to)
    assert to.read_bytes() == b"shop: a"  # noqa: ASYNC240


@pytest.mark.parametrize(
    "answer", [b"", b"\x00" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", OK[:-1], b"HTTP/1.1 200 OK\r\nA"]
)
async def test_a_closed_port_and_one_that_speaks_no_http_get_the_same_answer(
    answer: bytes, names: Names, to: Path
) -> None:
    async with serving(saying(answer)) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == NO_ANSWER
    assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == NO_ANSWER


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 403, 404, 500, 503])
async def test_only_a_whole_file_is_taken(status: int, names: Names, to: Path) -> None:
    async with serving(saying(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == NOT_GIVEN


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, gzip", "x"])
async def test_a_packed_file_is_not_unpacked(encoding: str, names: Names, to: Path) -> None:
    answer = OK.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {encoding}\r\n\r\n".encode())
    async with serving(saying(answer)) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == PACKED


async def test_redirects_have_an_end(names: Names, to: Path) -> None:
    async with serving(saying(leading_to("/again"))) as (port, heard):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == ASTRAY
    assert len(heard) == 6


async def test_a_redirect_to_nowhere_has_an_end_too(names: Names, to: Path) -> None:
    async with serving(saying(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == ASTRAY


async def endless(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        await writer.drain()


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.05)


async def dripping_head(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def test_a_body_without_end_is_cut_off(names: Names, to: Path) -> None:
    async with serving(endless) as (port, _):
        download = a_download(names, most_bytes=2**20)
        assert await refusal(download, f"http://shop.example:{port}/", to) == LARGE.format(most=1)


async def test_a_body_of_just_the_limit_is_taken(names: Names, to: Path) -> None:
    async with serving(saying(OK)) as (port, _):
        await a_download(names, most_bytes=7).fetch(f"http://shop.example:{port}/", to)
        assert (
            await refusal(a_download(names, most_bytes=6), f"http://shop.example:{port}/", to)
        ).startswith("The file is")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("104857601", LARGE.format(most=100)),
        ("9" * 20, LARGE.format(most=100)),
        ("9" * 5_000, NO_ANSWER),
        ("-1", NO_ANSWER),
    ],
    ids=["a byte too many", "huge", "no number for a computer", "negative"],
)
async def test_a_body_that_is_announced_as_huge_is_not_awaited(
    told: str, message: str, names: Names, to: Path
) -> None:
    began = time.monotonic()
    async with serving(saying(f"HTTP/1.1 200 OK\r\nContent-Length: {told}\r\n\r\n".encode())) as (port, _):
        assert await refusal(a_download(names), f"http://shop.example:{port}/", to) == message
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("respond", [drip, dripping_head, silent], ids=lambda respond: respond.__name__)
async def test_a_server_that_takes_its_time_is_left(respond: Respond, names: Names, to: Path) -> None:
    began = time.monotonic()
    async with serving(respond) as (port, _):
        download = a_download(names, seconds=0.5)
        assert await refusal(download, f"http://shop.example:{port}/", to) in {
            SLOW.format(seconds=0.5),
            NO_ANSWER,
        }
        assert time.monotonic() - began < 3


async def test_a_resolver_that_takes_its_time_is_left(to: Path) -> None:
    async def never(_: str, __: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    assert await refusal(HttpDownload(resolve=never, seconds=0.1), "http://a.example/", to) == SLOW.format(
        seconds=0.1
    )


async def test_a_proxy_named_by_the_environment_is_not_used(
    names: Names, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(saying(OK)) as (port, _):
        await a_download(names).fetch(f"http://shop.example:{port}/", to)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of `shop.example` and its key, made for this test."""
    made, key = tmp_path / "shop.crt", tmp_path / "shop.key"
    subject = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    try:
        subprocess.run([*command, "-keyout", key, "-out", made], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("needs openssl to make a certificate")
    return made, key


async def test_a_certificate_must_be_of_the_name_and_of_somebody_trusted(
    names: Names, to: Path, certificate: tuple[Path, Path]
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*certificate)
    trusting = ssl.create_default_context(cafile=certificate[0])
    async with serving(saying(OK), server) as (port, _):
        await a_download(names, tls=trusting).fetch(f"https://shop.example:{port}/", to)
        assert to.read_bytes() == b"shop: a"  # noqa: ASYNC240
        other = await refusal(a_download(names, tls=trusting), f"https://mirror.example:{port}/", to)
        unknown = await refusal(a_download(names), f"https://shop.example:{port}/", to)
    assert other == unknown == NO_ANSWER
