"""What every answer carries, written once around the whole application, so that even a 500 has it."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from secrets import token_hex

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lavka import faults
from lavka.adapters.http.errors import BODY_LIMIT, plain_body
from lavka.domain import pictures, prices

log = structlog.get_logger("lavka.http")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_API_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    b"script-src 'self' 'unsafe-inline'; worker-src blob:; form-action 'self'; frame-ancestors 'none'",
)
FORM_OVERHEAD = 16 * 1024
"""Bytes of a multipart form around its file."""
LIMITS = (
    ("POST", re.compile(r"/api/v1/products/[^/]+/images"), pictures.MOST_BYTES + FORM_OVERHEAD),
    ("POST", re.compile(r"/api/v1/payments/yookassa/notifications"), 64 * 1024),
    ("POST", re.compile(r"/api/v1/shops/[^/]+/price-lists"), prices.MOST_BYTES + FORM_OVERHEAD),
)
"""Calls, by method and path, whose bodies may have more than `BODY_LIMIT` bytes, or less."""
DRAINED = 8 * BODY_LIMIT
"""Bytes of a refused body that are still taken: who is cut off while sending may never read the answer."""
DRAINED_SECONDS = 2


class Edge:
    """Pure ASGI: a request id and security headers on every answer; HEAD answered as GET; faults logged."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._safe = [*_SAFE]
        if is_https:
            self._safe.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = Passing(scope, receive, send, self._safe)
        scope.setdefault("state", {})["request_id"] = passing.request_id.decode()
        if passing.is_head:
            scope = {**scope, "method": "GET"}  # RFC 9110, 9.3.2: the same answer without its content
        try:
            await self._app(scope, passing.receive if passing.is_unread else receive, passing.send)
        except Exception as error:
            name, places = type(error).__name__, faults.places(error)
            log.error("fault", request_id=passing.request_id.decode(), error=name, at=places)
            if not passing.has_begun:
                await _refuse(passing.send, 500)


class Passing:
    """A request and its answer on their way through the edge."""

    __slots__ = ("_receive", "_safe", "_send", "has_begun", "is_head", "is_unread", "request_id")

    def __init__(self, scope: Scope, receive: Receive, send: Send, safe: list[tuple[bytes, bytes]]) -> None:
        self.request_id, self.is_unread = _read(scope["headers"])
        self.is_head = scope["method"] == "HEAD"
        self.has_begun = False
        self._receive, self._send, self._safe = receive, send, safe

    async def receive(self) -> Message:
        """Hand a part of the body in, and note whether it was the last."""
        message = await self._receive()
        self.is_unread = self.is_unread and bool(message.get("more_body"))
        return message

    async def send(self, message: Message) -> None:
        """Let a part of the answer out, with what every answer carries."""
        if message["type"] == "http.response.start":
            self.has_begun = True
            message["headers"] = [*message["headers"], *self._carried(message["headers"])]
        elif self.is_head:
            message = {**message, "body": b""}
        await self._send(message)

    def _carried(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)
        yield (b"x-request-id", self.request_id)
        if not any(
            name == _API_POLICY[0] for name, _ in headers
        ):  # pages without scripts have a stricter one
            yield _PAGE_POLICY if is_page else _API_POLICY
        yield from self._safe
        if self.is_unread:  # its sender may not send it any more: what comes next would be taken for it
            yield (b"connection", b"close")


class BodyLimit:
    """Pure ASGI: 413 for a body that is too large, before anybody reads it, or as soon as it shows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope)
        if _announced(scope["headers"]) > limit:
            await _refuse(send, 413, receive)
        else:
            await self._app(scope, _counted(receive, limit), send)


def _limit(scope: Scope) -> int:
    """How many bytes the body of this request may have."""
    for method, path, limit in LIMITS:
        if scope.get("method") == method and path.fullmatch(scope["path"]):
            return limit
    return BODY_LIMIT


def _counted(receive: Receive, limit: int) -> Receive:
    """Refuse a body that goes on beyond the limit without having announced it."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return receive_counted


def _read(headers: list[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
    """Find the request's id (a proxy's, if it is a harmless one) and whether a body comes."""
    request_id, has_body = b"", False
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value
        elif name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0")):
            has_body = True
    return request_id or token_hex(16).encode(), has_body


def _announced(headers: list[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value.lstrip(b"0")[:20] or b"0")
    return 0


async def _refuse(send: Send, status: int, receive: Receive | None = None) -> None:
    body = plain_body(status)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if receive:
        await _drain(receive)
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAINED_SECONDS):
            while taken < DRAINED:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body"):
                    return
