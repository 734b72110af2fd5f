"""A YooKassa of our own: its HTTP, its notifications, its bad days.

It runs in a thread, or as `python -m yookassa_server PORT [WEBHOOK]`.
"""

import asyncio
import base64
import json
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from httpx2 import Client, HTTPError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from yookassa_bank import Bank, Body, Refusal, a_notification, invalid

__all__ = ["FAULTS", "SECRET", "SHOP", "Asked", "YooKassaServer", "a_notification"]

SHOP, SECRET = "100500", "test_secret-of-nobody"
BEFORE = {
    "hang": (503, "internal_server_error"),
    "500": (500, "internal_server_error"),
    "503": (503, "internal_server_error"),
    "429": (429, "too_many_requests"),
    "401": (401, "invalid_credentials"),
    "404": (404, "not_found"),
}
"""Faults that answer and do nothing."""
AFTER: dict[str, Callable[[], Response]] = {
    "500_after": lambda: _error(500, "internal_server_error"),
    "202_after": lambda: JSONResponse({"type": "processing", "retry_after": 1800}, 202),
    "garbage": lambda: Response(b'{"id": "', media_type="application/json"),
    "html": lambda: Response("<html><h1>Bad gateway</h1>", 200, media_type="text/html"),
    "html_403": lambda: Response("<html><h1>Forbidden</h1>", 403, media_type="text/html"),
    "empty": lambda: Response(b""),
    "deep": lambda: Response(b"[" * 100_000, media_type="application/json"),
    "array": lambda: JSONResponse([1, 2]),
    "redirect": lambda: Response(status_code=302, headers={"Location": "http://127.0.0.1:9/"}),
    "cut": lambda: StreamingResponse(_cut(), media_type="application/json"),
}
"""Faults that act as asked, and do not say so."""
CHANGED: dict[str, Callable[[Body], object]] = {
    "huge": lambda body: body.update(description="x" * 3_000_000),
    "currency": lambda body: body["amount"].update(currency="USD"),
    "amount": lambda body: body["amount"].update(value="1.01"),
    "number_for_amount": lambda body: body["amount"].update(value=1990.0),
    "negative_amount": lambda body: body["amount"].update(value="-1.00"),
    "thin_amount": lambda body: body["amount"].update(value="1.001"),
    "no_amount": lambda body: body.pop("amount"),
    "no_id": lambda body: body.pop("id"),
    "number_for_id": lambda body: body.update(id=7),
    "long_id": lambda body: body.update(id="x" * 5000),
    "other_id": lambda body: body.update(id="21740069-000f-50be-b000-0486ffbf45b0"),
    "no_status": lambda body: body.pop("status"),
    "unknown_status": lambda body: body.update(status="refunded"),
    "list_for_status": lambda body: body.update(status=["pending"]),
}
"""Answers that are not as documented, or are about something else."""
PAYMENTS_CHANGED: dict[str, Callable[[Body], object]] = {
    "no_paid": lambda body: body.pop("paid"),
    "unpaid_success": lambda body: body.update(status="succeeded", paid=False),
    "no_confirmation": lambda body: body.pop("confirmation"),
    "script_for_url": lambda body: body["confirmation"].update(confirmation_url="javascript:alert(1)"),
    "split_url": lambda body: body["confirmation"].update(confirmation_url="https://a\r\nSet-Cookie: b"),
    "other_reference": lambda body: body["metadata"].update(payment_id="0" * 36),
    "no_metadata": lambda body: body.pop("metadata"),
}
"""The same, of payments that are new."""
FAULTS = ("hang_after", *BEFORE, *AFTER, *CHANGED, *PAYMENTS_CHANGED)


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    key: str | None
    body: Any
    headers: dict[str, str]


class YooKassaServer:
    """The server, and what tests do with it. Its calls may be made from any thread."""

    def __init__(self, port: int = 0, webhook: str | None = None) -> None:
        self.requests: list[Asked] = []
        self.reset()
        self.webhook = webhook
        """Where each notification is sent when it comes to be, again and again until it is taken."""
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v3"
        routes = [
            Route("/v3/{path:path}", self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            Route("/control/{verb}/{what}", self._control, methods=["POST", "GET"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), log_level="critical", lifespan="off", ws="none", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.webhook = None
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self._socket.close()

    def reset(self) -> None:
        """Forget everything, for the next test."""
        self.bank = Bank(SHOP, on_change=self._tell)
        self.webhook: str | None = None
        self._fault: tuple[str, str, int] | None = None
        self.requests.clear()

    def pay(self, payment: str) -> Body:
        """The payer pays: it succeeds, or waits for capture."""
        return self.bank.pay(payment)

    def decline(self, payment: str) -> Body:
        """The payer's bank says no."""
        return self.bank.decline(payment)

    def expire(self, payment: str) -> Body:
        """The payer never came."""
        return self.bank.decline(payment, "expired_on_confirmation")

    def finish_refund(self, refund: str, *, well: bool = True) -> Body:
        """A refund that was pending succeeds, or is cancelled."""
        return self.bank.finish_refund(refund, well=well)

    def fault(self, name: str | None, on: str = "", times: int = 10**9) -> None:
        """Have a bad day, at requests whose method and path hold `on`; None ends it."""
        assert name is None or name in FAULTS, name
        self._fault = (name, on, times) if name else None

    def pass_time(self, time_: timedelta) -> None:
        """Put the clock forward."""
        self.bank.clock.ahead += time_

    def history(self, payment: str) -> list[Body]:
        """Every notification about a payment, the first first: to be sent in any order."""
        return list(self.bank.history[payment])

    def notify(self, payment: str, times: int = 1, *, at_once: bool = False) -> list[int]:
        """Send the last notification about a payment so many times to the webhook; give the statuses."""
        return self.deliver(self.history(payment)[-1:] * times, at_once=at_once)

    def deliver(self, notices: Sequence[Body], *, at_once: bool = False, after: float = 0) -> list[int]:
        """Send notifications in this order, or all at once, and wait; 0 stands for no answer."""
        assert self.webhook
        time.sleep(after)
        url = self.webhook
        with ThreadPoolExecutor(len(notices) or 1 if at_once else 1) as pool:
            return list(pool.map(lambda notice: _post(url, notice), notices))

    def _tell(self, notice: Body) -> None:
        if self.webhook:
            threading.Thread(target=self._insist, args=(self.webhook, notice), daemon=True).start()

    def _insist(self, url: str, notice: Body) -> None:
        for pause in (0.1, 0.2, 0.5, 1, 2, 5, 10):
            if _post(url, notice) == 200:
                return
            time.sleep(pause)

    async def _answer(self, request: Request) -> Response:
        try:
            content = await request.body()
        except ClientDisconnect:
            return Response()
        return await self._answered(request, content)

    async def _answered(self, request: Request, content: bytes) -> Response:
        path, key = request.path_params["path"], request.headers.get("idempotence-key")
        body = _parsed(content)
        self.requests.append(Asked(request.method, path, key, body or None, dict(request.headers)))
        fault = self._taken_fault(f"{request.method} {path}")
        if fault == "hang":
            await self._hang()
        if fault in BEFORE:
            return _error(*BEFORE[fault])
        try:
            self._admit(request)
            answer = self._act(request.method, path, key, body, dict(parse_qsl(request.url.query)))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if fault == "hang_after":
            await self._hang()
        if fault in AFTER:
            return AFTER[fault]()
        return JSONResponse(_changed(answer, fault))

    def _admit(self, request: Request) -> None:
        wanted = base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            raise Refusal(401, "invalid_credentials", description="Error in shopId or secret key.")

    def _act(self, method: str, path: str, key: str | None, body: Body, query: dict[str, str]) -> Body:
        if not isinstance(body, dict):
            raise invalid("body")
        if method == "POST":
            return self.bank.once(key, path, body, self._deed(*path.split("/")))
        if method == "GET":
            return self._found(path.split("/"), query)
        raise Refusal(405, "method_not_allowed")

    def _deed(self, noun: str, name: str = "", verb: str = "", *_: str) -> Callable[[Body], Body]:
        bank = self.bank
        match noun, verb:
            case "payments", "capture":
                return lambda asked: bank.capture(name, asked)
            case "payments", "cancel":
                return lambda asked: bank.cancel(name, asked)
        if name or noun not in ("payments", "refunds"):
            raise Refusal(404, "not_found")
        return bank.create if noun == "payments" else bank.refund

    def _found(self, path: list[str], query: dict[str, str]) -> Body:
        match path:
            case ["payments"]:
                return self.bank.listed(self.bank.payments, query)
            case ["refunds"]:
                return self.bank.listed(self.bank.refunds, query)
            case ["payments", name]:
                return self.bank.find(name)
            case ["refunds", name]:
                return self.bank.find_refund(name)
        raise Refusal(404, "not_found")

    def _taken_fault(self, what: str) -> str | None:
        if self._fault is None:
            return None
        name, on, times = self._fault
        if on not in what or times < 1:
            return None
        self._fault = (name, on, times - 1)
        return name

    async def _hang(self) -> None:
        while self._fault and not self._server.should_exit:  # noqa: ASYNC110  # another thread ends it
            await asyncio.sleep(0.02)

    async def _control(self, request: Request) -> Response:
        """For tests of other processes: `/control/pay/<id>`, `/control/fault/hang`, `/control/fault/none`."""
        verb, what = request.path_params["verb"], request.path_params["what"]
        query = dict(parse_qsl(request.url.query))
        match verb:
            case "pay" | "decline" | "expire" | "history" | "finish_refund":
                return JSONResponse(getattr(self, verb)(what))
            case "notify":
                sent = await asyncio.to_thread(self.notify, what, int(query.get("times", 1)))
                return JSONResponse(sent)
            case "fault":
                self.fault(None if what == "none" else what, query.get("on", ""))
            case "webhook":
                self.webhook = query["url"]
            case "payments" | "refunds":
                return JSONResponse(list(getattr(self.bank, verb).values()))
        return JSONResponse({"requests": len(self.requests)})


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content) if content else {}
    except ValueError:
        return "no JSON"


def _changed(answer: Body, fault: str | None) -> Body:
    change = {**CHANGED, **PAYMENTS_CHANGED}.get(fault or "")
    if change:
        for each in answer["items"] if answer.get("type") == "list" else [answer]:
            change(each)
    return answer


def _error(status: int, code: str) -> Response:
    body: Body = {"type": "error", "id": "e65a8f85-f8b7-4f4f-9fd3-bfef99aacbbb", "code": code}
    body["description"] = "Something of a stranger's\n\x1b[31m text"
    return JSONResponse(body | ({"retry_after": 1800} if status == 429 else {}), status)


async def _cut() -> AsyncIterator[bytes]:
    yield b'{"id": '
    raise asyncio.CancelledError  # the connection ends here


def _post(url: str, notice: Body) -> int:
    try:
        with Client(trust_env=False, timeout=10, verify=False) as client:  # it is HTTP
            return client.post(url, json=notice).status_code
    except HTTPError:
        return 0


def main() -> None:
    port, *webhook = sys.argv[1:]
    with YooKassaServer(int(port), *webhook) as server:
        print(server.url, flush=True)  # noqa: T201  # who has started it reads this
        threading.Event().wait()


if __name__ == "__main__":
    main()
