"""Pages of lists, and answers that are ready to send, with their ETag."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from lavka.adapters.http.queries import Paging
from lavka.application.ports.catalog import Page
from lavka.domain.errors import Detail, Invalid

JSON = "application/json"


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


def sliced(rows: Sequence[BaseModel], paging: Paging) -> dict[str, Any]:
    """Cut a page out of a short list that is all there; its cursor is the number of the next page."""
    number = _page_number(paging.cursor) if paging.cursor is not None else paging.page
    start, pages = (number - 1) * paging.size, -(-len(rows) // paging.size)
    return {
        "items": rows[start : start + paging.size],
        "total": len(rows),
        "page": number,
        "size": paging.size,
        "pages": pages,
        "next": str(number + 1) if number < pages else None,
    }


def _page_number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10 and int(cursor)):
        raise Invalid([Detail("cursor", "This cursor is not of this list: start without one.")])
    return int(cursor)


def fresh(request: Request, body: bytes) -> Response:
    """Answer with a body and its ETag, or 304 when the client has this very body (RFC 9110, 13.1.2)."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = request.headers.get("if-none-match")
    if known and (
        known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))
    ):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)
