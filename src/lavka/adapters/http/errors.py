"""Every refusal in the contract's form: `{"code", "message", "type", "details"?}`; nothing sent is echoed."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from lavka.adapters.http.forms import BAD_ID, RULES
from lavka.adapters.http.methods import allowed
from lavka.domain.errors import (
    Conflict,
    Detail,
    Forbidden,
    Invalid,
    InvalidCredentials,
    InvalidToken,
    NotFound,
    ShopError,
    TooLarge,
    TooManyAttempts,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)

STATUS: dict[type[ShopError], int] = {
    Invalid: 422,
    Unauthorized: 401,
    InvalidCredentials: 401,
    InvalidToken: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    TooManyAttempts: 429,
    Unavailable: 503,
}

BODY_LIMIT = 1024 * 1024
"""Bytes that a request's body may have, unless the edge says otherwise of a call."""
MOST_DETAILS = 50
UNAUTHORIZED = {"code": 401, "message": "Unauthorized"}
CHALLENGE = {"WWW-Authenticate": "Bearer"}

PLAIN = {
    400: ("bad_request", "The request could not be read: check its form and send it again."),
    404: (NotFound.type, NotFound.message),
    405: ("method_not_allowed", "This address does not take this method: see /docs for those that it takes."),
    408: ("request_timeout", "The request did not arrive in time: send it again."),
    413: (TooLarge.type, TooLarge.message),
    415: ("unsupported_media_type", "Send the body as the Content-Type that /docs names for this call."),
    416: ("range_not_satisfiable", "The file has no such part: ask for less of it, or for all."),
    431: ("head_too_large", "The address and the headers are too long: send less of them."),
    500: (
        "internal_error",
        "Something went wrong here: try again later and name the X-Request-ID if it stays.",
    ),
}

SAID_BY_US = {
    "missing": "This field is mandatory.",
    "extra_forbidden": "This call knows no such field: see /docs for those that it knows.",
    "json_invalid": "The body is not valid JSON.",
    "uuid_parsing": BAD_ID,
    "string_pattern_mismatch": "Write this in the form that /docs shows.",
    "string_too_long": "This is too long: write at most {max_length} characters.",
    "string_too_short": "This is too short: write at least {min_length} characters.",
}
"""Where pydantic's own words would say something of the input, or are not for people."""


class DetailBody(BaseModel):
    """One thing wrong with one field."""

    field: str
    message: str


class ErrorBody(BaseModel):
    """A refusal. `type` is for programs, `message` for people."""

    code: int
    message: str
    type: str
    details: list[DetailBody] | None = None


class UnauthorizedBody(BaseModel):
    """There is no valid token."""

    code: int = 401
    message: str = "Unauthorized"


TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not valid",
    429: "Too many",
    503: "Unavailable",
}
NO_TOKEN: dict[str, Any] = {"model": UnauthorizedBody, "description": "No valid token"}
WRONG_CREDENTIALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "Wrong login or password"}
}


def plain_body(status: int) -> bytes:
    """Write a refusal that has nothing to list, for where no application is at hand."""
    kind, message = PLAIN[status]
    return json.dumps({"code": status, "message": message, "type": kind}).encode()


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals of a route for OpenAPI; 401 is the answer to a missing or bad token.

    What takes a body (415) also answers 400 to one that is no text at all.
    """
    unread = {400} if 415 in statuses else set()
    return {
        status: NO_TOKEN if status == 401 else {"model": ErrorBody, "description": TITLES[status]}
        for status in sorted(unread | {*statuses})
    }


def answer_errors(app: FastAPI) -> None:
    """Make `app` answer every error in the contract's form."""
    app.add_exception_handler(ShopError, refusal)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _fault)


async def refusal(_: Request, error: Exception) -> JSONResponse:
    """Answer what the shop refuses."""
    assert isinstance(error, ShopError)
    if isinstance(error, Unauthorized):
        return JSONResponse(UNAUTHORIZED, 401, CHALLENGE)
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers = CHALLENGE if status == 401 else {}
    if isinstance(error, TooManyAttempts | Unavailable):
        headers = {"Retry-After": str(error.retry_after)}
    return _answer(status, error.type, error.message, error.details, headers)


async def not_valid(_: Request, error: Exception) -> JSONResponse:
    """Answer a request that breaks the rules of its form."""
    assert isinstance(error, RequestValidationError)
    details = (detail for each in error.errors() for detail in _details(each))
    return _answer(422, Invalid.type, Invalid.message, list(islice(details, MOST_DETAILS)))


async def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind, message = PLAIN.get(error.status_code, PLAIN[400])
    headers = {**(error.headers or {}), **(allowed(request) if error.status_code == 405 else {})}
    return _answer(error.status_code, kind, message, (), headers)


async def _fault(_: Request, __: Exception) -> JSONResponse:
    return _answer(500, *PLAIN[500])  # the edge logs it


def _answer(
    status: int,
    kind: str,
    message: str,
    details: Sequence[Detail] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {"code": status, "message": message, "type": kind}
    if details:
        body["details"] = [{"field": each.field, "message": each.message} for each in details]
    return JSONResponse(body, status, headers)


def _details(error: Mapping[str, Any]) -> Sequence[Detail]:
    if error["type"] == RULES:
        found: Sequence[Detail] = error["ctx"]["details"]
        return found
    return [Detail(_field(error), _message(error))]


def _field(error: Mapping[str, Any]) -> str:
    """Name the field; the name of an unknown one is the sender's own text, so its place is named instead."""
    place = error["loc"][1:-1] if error["type"] == "extra_forbidden" else error["loc"][1:]
    return ".".join(str(part) for part in place if isinstance(part, str)) or str(error["loc"][0])


def _message(error: Mapping[str, Any]) -> str:
    said = SAID_BY_US.get(error["type"])
    return said.format(**error.get("ctx", {})) if said else error["msg"].removeprefix("Value error, ")
