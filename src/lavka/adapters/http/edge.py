"""What every answer carries, written once around the whole application, so that even a 500 has it."""

import json
import re
import traceback
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1024 * 1024
"""Bytes that a request's body may have."""

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
    b"script-src 'self' 'unsafe-inline'; worker-src blob:; frame-ancestors 'none'",
)
_TOO_LARGE: dict[str, str | int] = {
    "code": 413,
    "message": f"The body is larger than {BODY_LIMIT} bytes: send less.",
    "type": "too_large",
}
_FAULT: dict[str, str | int] = {
    "code": 500,
    "message": "Something went wrong here: try again later and name the X-Request-ID if it stays.",
    "type": "internal_error",
}


class Edge:
    """Pure ASGI: a request id, security headers, and 413 for a body that announces itself as too large."""

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
        request_id, announced = _read(scope["headers"])
        scope.setdefault("state", {})["request_id"] = request_id.decode()

        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = message["headers"] = list(message["headers"])
                is_page = any(
                    name == b"content-type" and value.startswith(b"text/html") for name, value in headers
                )
                headers += [
                    (b"x-request-id", request_id),
                    _PAGE_POLICY if is_page else _API_POLICY,
                    *self._safe,
                ]
            await send(message)

        if announced > BODY_LIMIT:
            await _send(dressed, _TOO_LARGE)
            return
        try:
            await self._app(scope, receive, dressed)
        except Exception as error:
            log.error("fault", request_id=request_id.decode(), error=type(error).__name__, at=_places(error))
            if not started:
                await _send(dressed, _FAULT)


def _read(headers: list[tuple[bytes, bytes]]) -> tuple[bytes, int]:
    """Find the request's id (a proxy's, if it is a harmless one) and the announced length of its body."""
    request_id, announced = b"", 0
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value
        elif name == b"content-length" and value.isdigit():
            announced = int(value[:20])
    return request_id or uuid4().hex.encode(), announced


def _places(error: Exception) -> list[str]:
    """Name the innermost places of a fault, without the values that its message may hold."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


async def _send(send: Send, answer: dict[str, str | int]) -> None:
    body = json.dumps(answer).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": answer["code"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
