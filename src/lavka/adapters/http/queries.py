"""Query strings: bounded, nothing unknown, and parsed once for the many requests that send the same.

FastAPI resolves a model of the query anew for each request, which costs more than the rest of a list's route.
"""

from functools import lru_cache
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lavka.adapters.http.forms import MOST_FIELDS, Text
from lavka.application.ports.catalog import PageWish

LONGEST_REMEMBERED = 256


class Query(BaseModel):
    """The base of every query string; its text is converted to the types of the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read a request's; raise RequestValidationError."""
        text: bytes = request.scope["query_string"]
        read = _remembered if len(text) <= LONGEST_REMEMBERED else _read
        return read(cls, text)  # type: ignore[return-value]

    @classmethod
    def parameters(cls) -> dict[str, Any]:
        """Describe the fields for OpenAPI."""
        schema = cls.model_json_schema()
        shared = schema.get("$defs", {})
        return {
            "parameters": [
                {"name": name, "in": "query", "required": False, "schema": _inlined(field, shared)}
                for name, field in schema["properties"].items()
            ]
        }


class Paging(Query):
    """Which page of a list."""

    page: Annotated[int, Field(ge=1, le=10**9)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[Text, StringConstraints(min_length=1, max_length=4096)] | None = None

    def wish(self) -> PageWish:
        """The page."""
        return PageWish(self.page, self.size, self.cursor)


def _read(form: type[Query], text: bytes) -> Query:
    try:
        fields = parse_qsl(
            text.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="surrogateescape",  # so that a field can say of itself that it is not Unicode
        )
    except ValueError:
        raise _refused("too_long", f"Send at most {MOST_FIELDS} fields.") from None
    if len(dict(fields)) < len(fields):
        raise _refused("repeated", "Send each field once.")
    try:
        return form.model_validate(dict(fields))
    except ValidationError as error:
        wrong = [{**each, "loc": ("query", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(wrong) from None


def _refused(kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query",), "msg": message}])


_remembered = lru_cache(maxsize=1024)(_read)


def _inlined(field: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    name = field.get("$ref", "").rpartition("/")[2]
    return {**shared.get(name, {}), **{key: value for key, value in field.items() if key != "$ref"}}
