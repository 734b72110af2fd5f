"""A client of HTTP/1.1 that costs little, so that what it asks is what is measured."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import orjson

END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; the headers in lower case, as they came."""

    status: int
    headers: bytes
    body: bytes

    def json(self) -> Any:
        """What it says."""
        return orjson.loads(self.body)

    @property
    def kind(self) -> str | None:
        """The type of a refusal; None of anything else."""
        return self.json().get("type") if self.status >= 400 else None

    @property
    def is_last(self) -> bool:
        """Whether the server closes the connection after it."""
        return b"\r\nconnection: close" in self.headers

    @property
    def name(self) -> str:
        """The status, and the type of a refusal."""
        return f"{self.status} {self.kind}" if self.kind else f"{self.status}"


def written(method: str, path: str, body: Any = None, **headers: str) -> bytes:
    """Write a request down; names of headers with `_` for `-`."""
    said = b"" if body is None else orjson.dumps(body)
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: shop.test",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    if said or method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(said)}"]
    return "\r\n".join([*lines, "", ""]).encode() + said


class Wire(asyncio.Protocol):
    """One connection, on which one request after the other is answered."""

    def __init__(self) -> None:
        self._seen = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def to(cls, address: str) -> "Wire":
        """Connect; raise OSError."""
        parts = urlsplit(address)
        _, wire = await asyncio.get_running_loop().create_connection(cls, parts.hostname, parts.port)
        return wire

    async def ask(self, request: bytes) -> Answer:
        """Send a request and give its answer; raise ConnectionError when the connection breaks."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio tells of the connection."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio tells of its end."""
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """asyncio gives what came."""
        self._seen += data
        head, found, rest = self._seen.partition(END)
        if not found:
            return
        headers = head.lower()
        length = int(headers.partition(LENGTH)[2].partition(b"\r\n")[0] or 0)
        if len(rest) >= length and self._answer and not self._answer.done():
            self._seen = rest[length:]
            self._answer.set_result(Answer(int(head[9:12]), headers, rest[:length]))
