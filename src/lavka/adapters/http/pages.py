"""Pages of lists, and answers that are ready to send, with their ETag."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, PlainSerializer, WithJsonSchema

from lavka.adapters.http.queries import Paging
from lavka.application.ports.accounts import UserPage
from lavka.application.ports.catalog import Page
from lavka.application.ports.orders import OrderPage
from lavka.application.ports.wallet import Statement
from lavka.domain.errors import Detail, Invalid

JSON = "application/json"
Part = OrderPage | Statement | UserPage
"""A part of a list as the shop gives it."""
Row = TypeVar("Row", bound=BaseModel)


Time = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time as RFC 3339 in UTC, in the very form in which the database writes it into lists."""


class PageBody(BaseModel):
    """A part of a list; send `next` back as `cursor` for the part after it."""

    items: list[Any]
    total: int
    page: int
    size: int
    pages: int
    next: str | None


def written(page: Page) -> bytes:
    """Write a page around items that are JSON already."""
    rest = {
        "total": page.total,
        "page": page.page,
        "size": page.size,
        "pages": page.pages,
        "next": page.next,
    }
    return b'{"items":' + page.items.json.encode() + b"," + orjson.dumps(rest)[1:]


def around(items: Sequence[Row], part: Part) -> dict[str, Any]:
    """Put a page around the items of a part."""
    return {
        "items": items,
        "total": part.total,
        "page": part.page,
        "size": part.size,
        "pages": -(-part.total // part.size),
        "next": part.next,
    }


def sliced(rows: Sequence[Row], paging: Paging, key: Callable[[Row], str]) -> dict[str, Any]:
    """Cut a page out of a short list that is all there, in the falling order of `key`."""
    number, after = _mark(paging.cursor) if paging.cursor is not None else (paging.page, None)
    rest = rows[(number - 1) * paging.size :] if after is None else [row for row in rows if key(row) < after]
    shown, pages = rest[: paging.size], -(-len(rows) // paging.size)
    after = f"{number + 1} {key(shown[-1])}" if len(rest) > paging.size else None
    return {
        "items": shown,
        "total": len(rows),
        "page": number,
        "size": paging.size,
        "pages": pages,
        "next": after and urlsafe_b64encode(after.encode()).decode(),
    }


def _mark(cursor: str) -> tuple[int, str]:
    """Read where a page ended: the number of the next one, and the key of the last row."""
    try:
        number, after = urlsafe_b64decode(cursor).decode().split(" ")
        if not 1 <= int(number) <= 10**9:
            raise ValueError
        return int(number), after
    except ValueError:
        raise Invalid([Detail("cursor", "This cursor is not of this list: start without one.")]) from None


def fresh(request: Request, body: bytes) -> Response:
    """Answer with a body and its ETag, or 304 when the client has this very body (RFC 9110, 13.1.2)."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [each.strip() for line in request.headers.getlist("if-none-match") for each in line.split(",")]
    if "*" in known or tag in (each.removeprefix("W/") for each in known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)
