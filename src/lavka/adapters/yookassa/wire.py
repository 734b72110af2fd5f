"""Requests and answers: bounded in size, never redirected, by no proxy; each status as the port has it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import structlog
from httpx2 import AsyncClient, Response

from lavka.adapters.yookassa import answers
from lavka.adapters.yookassa.answers import Unreadable
from lavka.application.ports.payments import Refused
from lavka.domain.errors import Unavailable

log = structlog.get_logger("lavka.yookassa")

CONNECT_SECONDS = 2.0
MOST_BYTES = 2 * 1024 * 1024
"""Of one answer: a hundred payments have about a quarter of a megabyte."""
REFUSALS = frozenset({400, 403, 404, 405, 410, 415, 422})
HEADERS = {"User-Agent": "Lavka", "Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Account:
    """Whose till it is, and where."""

    shop_id: str
    secret: str = field(repr=False)
    url: str


class Wire:
    """Brings requests there and answers back."""

    def __init__(self, http: AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """Look something up; None when there is no such thing."""
        async with self._http.stream("GET", path, params=query) as response:
            return _judged(response, await _content(response), is_lookup=True)

    async def post(self, path: str, key: str, body: Mapping[str, Any] | None = None) -> object:
        """Have something done, once under this key."""
        headers = {"Idempotence-Key": key, "Content-Type": "application/json"}
        content = b"" if body is None else orjson.dumps(body)
        async with self._http.stream("POST", path, content=content, headers=headers) as response:
            return _judged(response, await _content(response))


@asynccontextmanager
async def wired(account: Account, seconds: float) -> AsyncIterator[Wire]:
    """Open the way to the provider; its connections are closed when the block ends."""
    async with AsyncClient(
        base_url=account.url,
        auth=(account.shop_id, account.secret),
        headers=HEADERS,
        timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        follow_redirects=False,
        trust_env=False,
    ) as http:
        yield Wire(http)


async def _content(response: Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unreadable("encoding")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Unreadable("size")
    return bytes(content)


def _judged(response: Response, content: bytes, *, is_lookup: bool = False) -> object:
    """Take an answer for what its status says it is; None for what a lookup does not find."""
    status = response.status_code
    answer = _parsed(content)
    if status == 200 and isinstance(answer, dict):
        return answer
    if status == 401:
        log.error("the credentials are refused: look at YOOKASSA_SHOP_ID and YOOKASSA_SECRET_KEY")
        raise Unavailable(answers.MOST_PATIENCE)
    if status in (202, 429) or status >= 500:
        raise Unavailable(answers.patience(answer))
    if status not in REFUSALS:
        raise Unreadable(f"status {status}")
    trouble = answers.trouble(answer)
    if status == 404 and is_lookup:
        return None
    raise Refused(str(trouble))


def _parsed(content: bytes) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None  # what needs an object says so; the status is enough for the rest
