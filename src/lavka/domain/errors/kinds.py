"""The root of all refusals, and the kinds that adapters map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing wrong with one field."""

    field: str
    message: str


class ShopError(Exception):
    """The root: whatever the shop refuses."""

    type: ClassVar[str]
    message: ClassVar[str]
    details: Sequence[Detail] = ()

    def __str__(self) -> str:
        return self.message


class Invalid(ShopError):
    """The request breaks a rule; `details` lists every rule that it breaks."""

    type = "validation_error"
    message = "The request is not valid: correct the fields listed in details and send it again."

    def __init__(self, details: Sequence[Detail]) -> None:
        super().__init__(self.message)
        self.details = tuple(details)


class Unauthorized(ShopError):
    """There is no valid token."""

    type = "unauthorized"
    message = "Unauthorized"


class InvalidCredentials(ShopError):
    """Login and password do not belong together; whether the account exists is not told."""

    type = "invalid_credentials"
    message = "The login or the password is wrong: check both and try again."


class InvalidToken(ShopError):
    """The token of a letter was used before, or is too old, or never was one."""

    type = "invalid_token"
    message = "This link has been used or is too old: ask for a new letter."


class Forbidden(ShopError):
    """The user may not do this."""

    type = "forbidden"
    message = "Your account may not do this."


class NotFound(ShopError):
    """There is no such thing, or it belongs to somebody else."""

    type = "not_found"
    message = "There is nothing at this address: check the id."


class Conflict(ShopError):
    """The request is right but does not fit the state of the shop."""

    type = "conflict"
    message = "This does not fit what is stored: load it again and retry."


class TooLarge(ShopError):
    """What was sent is larger than the shop takes."""

    type = "too_large"
    message = "This is larger than the shop takes: see /docs for how much that is and send less."


class UnsupportedMediaType(ShopError):
    """What was sent is of a kind that the shop does not take, whatever it calls itself."""

    type = "unsupported_media_type"
    message = "The shop does not take files of this kind: see /docs for those that it takes."


class TooManyAttempts(ShopError):
    """Too many failures; `retry_after` is in seconds."""

    type = "rate_limited"
    message = "Too many attempts: wait for the time in Retry-After and try again."

    def __init__(self, retry_after: int) -> None:
        super().__init__(self.message)
        self.retry_after = retry_after


class Unavailable(ShopError):
    """Something that this needs is not there now; `retry_after` is in seconds."""

    type = "unavailable"
    message = "The shop cannot answer right now: try again in a few seconds."

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__(self.message)
        self.retry_after = retry_after
