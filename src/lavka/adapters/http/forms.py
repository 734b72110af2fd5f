"""What requests are made of: strict, bounded, free of control characters; unknown fields are refused."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from lavka.domain.errors import Detail, Invalid
from lavka.domain.money import MOST
from lavka.domain.passwords import LONGEST
from lavka.domain.phones import Phone
from lavka.domain.texts import FORBIDDEN

MOST_FIELDS = 50
"""Fields of one object or query string; no call has nearly as many."""


def _is_unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise ValueError("Write text in Unicode.") from None
    return text


def _is_printable(text: str) -> str:
    if FORBIDDEN.search(text):
        raise ValueError("Leave out control characters.")
    return text


def _as_mailed(text: str) -> str:
    """Write an e-mail address in the one way in which mail knows it, whatever its domain was written in.

    What looks like an encoded word (RFC 2047) is no address to which a letter could go.
    """
    try:
        if "=?" in text:
            raise EmailNotValidError
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        raise ValueError("Write an e-mail address, for example name@example.com.") from None


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


def told(**keywords: str) -> Any:
    """Tell readers of the OpenAPI document what a rule of the domain asks for."""
    return Field(json_schema_extra=dict(keywords))


def broken(details: Sequence[Detail]) -> PydanticCustomError:
    """Carry what the domain found through pydantic, which knows one error a field, to the answer."""
    return PydanticCustomError(RULES, "This breaks a rule.", {"details": tuple(details)})


def identity(text: str, field: str) -> UUID:
    """Read an id out of a path; raise Invalid."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid([Detail(field, BAD_ID)]) from None


BAD_ID = "Write an id as it was given: 32 hexadecimal digits in five groups."
RULES = "rules"
Text = Annotated[str, AfterValidator(_is_unicode), AfterValidator(_is_printable)]
Line = Annotated[Text, AfterValidator(lambda text: " ".join(text.split()))]
"""Text on one line, with single spaces."""
Name = Annotated[Line, StringConstraints(min_length=1, max_length=255)]
Identity = Annotated[UUID, Field(strict=False)]
"""An id, which JSON writes as text."""
EmailText = Annotated[Text, StringConstraints(max_length=254), AfterValidator(_as_mailed)]
Login = Annotated[Text, StringConstraints(min_length=1, max_length=254)]
Secret = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_is_unicode)]
KnownSecret = Annotated[Secret, AfterValidator(_fits_bcrypt)]
"""A password that is compared with a stored one."""
Slug = Annotated[Text, StringConstraints(max_length=100)]
PhoneText = Annotated[Text, StringConstraints(max_length=32), ruled(Phone), told(pattern=r"^\+7[0-9]{10}$")]
Minor = Annotated[int, Field(ge=0, le=MOST)]
"""An amount of money in minor units."""


class Form(BaseModel):
    """The base of every request: JSON types as they are (no "1" for 1), nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _is_bounded(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and len(fields) > MOST_FIELDS:
            raise ValueError(f"Send at most {MOST_FIELDS} fields.")  # each unknown one would be an error
        return fields
