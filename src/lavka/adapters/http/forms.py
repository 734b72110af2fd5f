"""What requests are made of: strict, bounded, free of control characters; unknown fields are refused."""

from collections.abc import Callable, Sequence
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from fastapi import Request, params
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from lavka.domain.errors import Detail, Invalid
from lavka.domain.money import MOST
from lavka.domain.passwords import LONGEST

_FORBIDDEN = {chr(code) for code in range(32)} - {"\t", "\n", "\r"} | {"\x7f"}


def _is_unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise ValueError("Write text in Unicode.") from None
    return text


def _is_printable(text: str) -> str:
    if not _FORBIDDEN.isdisjoint(text):
        raise ValueError("Leave out control characters.")
    return text


def _is_email(text: str) -> str:
    try:
        validate_email(text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=True)
    except EmailNotValidError:
        raise ValueError("Write an e-mail address, for example name@example.com.") from None
    return text


def _fits_bcrypt(text: str) -> str:
    if len(text.encode()) > LONGEST:
        raise ValueError(f"A password has at most {LONGEST} characters.")
    return text


def ruled(rule: Callable[[str], object]) -> AfterValidator:
    """Check a field by a rule of the domain; each broken one becomes a detail of the answer."""

    def check(text: str) -> str:
        try:
            rule(text)
        except Invalid as error:
            raise broken(error.details) from None
        return text

    return AfterValidator(check)


def broken(details: Sequence[Detail]) -> PydanticCustomError:
    """Carry what the domain found through pydantic, which knows one error a field, to the answer."""
    return PydanticCustomError(RULES, "This breaks a rule.", {"details": tuple(details)})


RULES = "rules"
Text = Annotated[str, AfterValidator(_is_unicode), AfterValidator(_is_printable)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, strip_whitespace=True),
    AfterValidator(_is_unicode),
    AfterValidator(_is_printable),
]
EmailText = Annotated[Text, StringConstraints(max_length=254), AfterValidator(_is_email)]
Secret = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_is_unicode)]
KnownSecret = Annotated[Secret, AfterValidator(_fits_bcrypt)]
"""A password that is compared with a stored one."""
Slug = Annotated[Text, StringConstraints(max_length=100)]
Minor = Annotated[int, Field(ge=0, le=MOST)]
"""An amount of money in minor units."""


class Form(BaseModel):
    """The base of every request: JSON types as they are (no "1" for 1), nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def takes(media_type: str) -> params.Depends:
    """Make a router answer 415 to a body of another media type."""

    async def check(request: Request) -> None:
        headers = request.headers
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if has_body and headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
            raise HTTPException(415)

    return params.Depends(check)
