"""uvicorn's HTTP protocol with bounds on what comes before an application sees it.

uvicorn reads heads of any size, waits for ever for the rest of a request, and answers what is not HTTP in
plain text. Behind a proxy none of this comes through; a shop that stands alone needs it.
"""

import asyncio
from secrets import token_hex

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lavka.adapters.http.errors import plain_body

HEAD_LIMIT = 64 * 1024
"""Bytes of an address and headers together."""
PATIENCE = 20.0
"""Seconds that a client may take for a head, and between two parts of a body."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head: int | None = None
    """Bytes of the head that is arriving; None between heads."""
    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read, and refuse a head that goes on and on."""
        is_more = self._head is not None  # of a head that began in an earlier part
        super().data_received(data)
        if self._head is not None:
            self._head += len(data) if is_more else 0
            if self._head > HEAD_LIMIT:
                self._refuse(431)
            elif self._impatience is None:
                self._wait()
        elif self._is_body_incomplete():
            self._stop_waiting()
            self._wait()
        elif self._impatience is None and self._is_idle():
            self._wait()  # uvicorn has stopped its own timer for what was no request

    def on_message_begin(self) -> None:
        """Count from here."""
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        """Refuse a head that is too large even though it came at once; pass on any other."""
        self._stop_waiting()
        self._head = None
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_LIMIT:
            self._refuse(431)
            raise ValueError  # makes the parser stop
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        self._refuse(400)

    def _is_body_incomplete(self) -> bool:
        return self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete

    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    def _wait(self) -> None:
        self._impatience = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _give_up(self) -> None:
        if self.flow.read_paused:  # it is we who are slow
            self._wait()
        elif self._head is None and not self._is_body_incomplete():
            self.transport.close()  # it never asked for anything
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answer in the contract's form, unless the next answer is due to another request, and hang up."""
        if self.transport.is_closing():
            return
        is_of_this = self._is_body_incomplete() and not self.cycle.response_started and not self.pipeline
        if self._is_idle() or is_of_this:
            self.transport.write(_written(status))
        self.transport.close()


def _written(status: int) -> bytes:
    body = plain_body(status)
    headers = {
        "content-type": "application/json",
        "content-length": len(body),
        "connection": "close",
        "x-content-type-options": "nosniff",
        "x-request-id": token_hex(16),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[status] + head.encode() + b"\r\n" + body
