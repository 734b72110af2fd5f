"""Query strings: bounded, nothing unknown, and parsed once for the many requests that send the same.

FastAPI resolves a model of the query anew for each request, which costs more than the rest of a list's route.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lavka.adapters.http.forms import MOST_FIELDS, Text
from lavka.application.ports.catalog import PageWish

LONGEST_REMEMBERED = 256
GATHERED = "attr."
"""How the fields begin that are named by the sender and may repeat; a form that takes them has this alias."""


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
                if name != GATHERED
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
    read = _gathered(fields) if GATHERED in {field.alias for field in form.model_fields.values()} else fields
    if len(dict(read)) < len(read):
        raise _refused("repeated", "Send each field once.")
    try:
        return form.model_validate(dict(read))
    except ValidationError as error:
        wrong = [{**each, "loc": ("query", _place(each))} for each in error.errors(include_url=False)]
        raise RequestValidationError(wrong) from None


def _gathered(fields: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Gather what is called `attr.<name>`, and may repeat, into one field."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        if name.startswith(GATHERED):
            values.setdefault(name.removeprefix(GATHERED), []).append(value)
    rest: list[tuple[str, Any]] = [field for field in fields if not field[0].startswith(GATHERED)]
    return [*rest, (GATHERED, values)] if values else rest


def _place(error: Mapping[str, Any]) -> str:
    """Name the field; what is below it in a gathered one is the sender's own text.

    Of a name that is not Unicode pydantic tells no place at all.
    """
    return str(error["loc"][0]).rstrip(".") if error["loc"] else ""


def _refused(kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query",), "msg": message}])


_remembered = lru_cache(maxsize=1024)(_read)


def _inlined(field: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field with what it refers to in its place, also where it is one of several kinds."""
    name = field.get("$ref", "").rpartition("/")[2]
    whole = {**shared.get(name, {}), **{key: value for key, value in field.items() if key != "$ref"}}
    if "anyOf" in whole:
        whole["anyOf"] = [_inlined(kind, shared) for kind in whole["anyOf"]]
    return whole
