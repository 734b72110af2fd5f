"""Requests that are carried out once: the same key and the same body get the first answer again."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Header, Request, Response

from lavka.adapters.http.forms import Form
from lavka.adapters.http.pages import JSON
from lavka.application.once import Answer, Once

KEY_FORM = re.compile("[!-~]{1,64}")
REPLAYED = {"Idempotent-Replayed": "true"}
PERHAPS_REPLAYED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            name: {"description": "The answer of before: this is a repetition.", "schema": {"enum": [value]}}
            for name, value in REPLAYED.items()
        }
    }
}
T = TypeVar("T")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=f"^{KEY_FORM.pattern}$",
        description="A new one for each new request, the same for its repetitions; kept for 24 hours.",
    ),
]
"""What a client calls a request, in printable ASCII."""


def once(key: str, request: Request, form: Form | None, answer: Callable[[T], str]) -> Once[T]:
    """Tell this request from others with the same key by its call and what its form says."""
    said = f"{request.method} {request.url.path} {form.model_dump_json() if form else ''}"
    return Once(key, sha256(said.encode()).hexdigest(), answer)


def answered(answer: Answer) -> Response:
    """Send an answer, and say so when it is one of before."""
    return Response(answer.text, 201, REPLAYED if answer.is_replayed else None, media_type=JSON)
