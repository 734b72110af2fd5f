"""Files of suppliers by their address: from public servers only (SSRF, OWASP), in bounded time and size."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from socket import SOCK_STREAM
from typing import TypeAlias

import httpx2
from httpx2 import URL, AsyncClient, Response

from lavka.domain.errors import Detail, Invalid
from lavka.domain.prices import MOST_BYTES

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host's name and a port to the addresses of the host."""

MOST_REDIRECTS = 5
MOST_ADDRESSES = 3
"""Addresses of one host that are tried, one after another."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = {"http": 80, "https": 443}
OWN_PORTS = range(1024, 65536)
"""Where people run web servers of their own; below stand mail and other services that are no web."""
HEADERS = {"User-Agent": "Lavka", "Accept": "*/*", "Accept-Encoding": "identity"}

NO_ADDRESS = "Write an address such as https://shop.example/prices.yaml, without a user name or a password."
NO_PORT = "Leave the port out, or name one from 1024 up."
NOT_PUBLIC = "No public server answers to this name: check the address, it must be open to the internet."
NO_ANSWER = "No file came from this address: check that it opens in a browser, and send it again."
NOT_GIVEN = "The server does not give this file out: check that it opens without signing in."
PACKED = "The server sends this file compressed: give an address of the plain file."
ASTRAY = "The address leads on too many times: give the one that it ends at."
SLOW = "The file did not arrive in {seconds:g} seconds: try again later, or send it as a file."
LARGE = "The file is larger than {most:g} MB: split the list into several."

_INTERNET = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


async def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the system where a host is; raise OSError or UnicodeError when nobody knows."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: Address) -> bool:
    """Whether an address is on the internet; one that carries another is where that one is."""
    within = _within(address) if isinstance(address, IPv6Address) else None
    if within:
        return is_public(within)
    is_unicast = address.version == 4 or address in _INTERNET
    return is_unicast and address.is_global and not address.is_multicast


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this one end at: mapped, 6to4, NAT64. Teredo is not public at all."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True)
class HttpDownload:
    """One GET over http or https. A name is resolved once: what was looked at is what is connected to."""

    resolve: Resolve = resolved
    is_allowed: Callable[[Address], bool] = is_public
    seconds: float = 30
    """For all of it, redirects too."""
    most_bytes: int = MOST_BYTES
    tls: ssl.SSLContext | None = None
    """Whom to trust; the authorities that browsers trust when it is not given."""

    async def fetch(self, url: str, to: Path) -> None:
        """Fetch one file; raise Invalid with a detail for `url`, and leave nothing, when it cannot be had."""
        try:
            with _whole(to):
                async with asyncio.timeout(self.seconds):
                    await self._fetch(url, to)
        except TimeoutError:
            raise _refused(SLOW.format(seconds=self.seconds)) from None
        except httpx2.InvalidURL:
            raise _refused(NO_ADDRESS) from None
        except httpx2.HTTPError:  # one answer to all of them: it must not tell which ports are open
            raise _refused(NO_ANSWER) from None

    async def _fetch(self, url: str, to: Path) -> None:
        verify = self.tls or True
        timeout = httpx2.Timeout(self.seconds, connect=self.seconds / MOST_ADDRESSES)
        async with AsyncClient(verify=verify, trust_env=False, timeout=timeout) as client:
            response = await self._arrive(client, URL(url))
            try:
                await self._save(response, to)
            finally:
                await response.aclose()

    async def _arrive(self, client: AsyncClient, url: URL) -> Response:
        """Follow redirects by hand, each checked like the first address."""
        for _ in range(MOST_REDIRECTS + 1):
            client.cookies.clear()
            response = await self._get(client, url)
            if response.status_code not in REDIRECTS:
                return response
            await response.aclose()
            url = url.join(response.headers.get("Location", ""))
        raise _refused(ASTRAY)

    async def _get(self, client: AsyncClient, url: URL) -> Response:
        port = _port(url)
        host = url.raw_host.decode("ascii")
        for address in (await self._addresses(host, port))[:MOST_ADDRESSES]:
            request = client.build_request(
                "GET",
                url.copy_with(host=address),
                headers=HEADERS | {"Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": host},  # the certificate must be of the name
            )
            try:
                return await client.send(request, stream=True)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        raise _refused(NO_ANSWER)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Where a host is, if all of it may be connected to; an unknown name and a private one look alike."""
        try:
            found = await self.resolve(host, port)
            allowed = [self.is_allowed(ip_address(each)) for each in found]
        except (OSError, ValueError):  # UnicodeError is a ValueError
            raise _refused(NOT_PUBLIC) from None
        if not all(allowed):
            raise _refused(NOT_PUBLIC)
        return found

    async def _save(self, response: Response, to: Path) -> None:
        if response.status_code != 200:
            raise _refused(NOT_GIVEN)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _refused(PACKED)
        told = response.headers.get("Content-Length", "")
        self._keep_small(int(told) if told.isdecimal() else 0)
        size = 0
        with await asyncio.to_thread(to.open, "wb") as file:
            async for chunk in response.aiter_raw():
                size += len(chunk)
                self._keep_small(size)
                await asyncio.to_thread(file.write, chunk)

    def _keep_small(self, size: int) -> None:
        if size > self.most_bytes:
            raise _refused(LARGE.format(most=self.most_bytes / 1024**2))


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    """Leave no part of a file behind."""
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _port(url: URL) -> int:
    """Read the port of an address of the web; raise Invalid for an address of anything else."""
    if url.scheme not in PORTS or not url.host or url.userinfo:
        raise _refused(NO_ADDRESS)
    port = PORTS[url.scheme] if url.port is None else url.port
    if port not in OWN_PORTS and port not in PORTS.values():
        raise _refused(NO_PORT)
    return port


def _refused(message: str) -> Invalid:
    return Invalid([Detail("url", message)])
