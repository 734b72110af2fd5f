"""Everything that a shop can refuse, on one screen.

A category (the classes right under `ShopError`) says what kind of refusal it is; an adapter maps
categories, never single errors. `type` is a stable slug for programs, the message is one sentence for a
person that says what to do next and never repeats what the person sent.
"""

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


class EmailTaken(Conflict):
    """Another account has this e-mail."""

    type = "email_taken"
    message = "An account with this e-mail exists already: sign in or use another address."


class PhoneTaken(Conflict):
    """Another account has this phone."""

    type = "phone_taken"
    message = "An account with this phone exists already: sign in or use another number."


class UsernameTaken(Conflict):
    """Another account has this user name."""

    type = "username_taken"
    message = "This user name is taken: choose another one."


class SlugTaken(Conflict):
    """Another category has this slug."""

    type = "slug_taken"
    message = "Another category has this slug: choose another one."


class CategoryCycle(Conflict):
    """A category would come to stand below itself."""

    type = "category_cycle"
    message = "A category cannot stand below itself or below what is in it: choose another parent."


class CategoryInUse(Conflict):
    """Products or other categories are in this one."""

    type = "category_in_use"
    message = "Products or categories are in this category: move them out first."


class ShopNameTaken(Conflict):
    """Another shop has this name."""

    type = "name_taken"
    message = "Another shop has this name: choose another one."


class SkuTaken(Conflict):
    """The shop has another offer with this SKU."""

    type = "sku_taken"
    message = "This shop has an offer with this SKU already: change that one, or choose another SKU."


class NothingToRollBack(Conflict):
    """An import that has not been applied cannot be undone."""

    type = "nothing_to_roll_back"
    message = "This import has changed nothing: roll back one that is done and was no dry run."


class TooManyImports(Conflict):
    """Many imports of the shop wait already."""

    type = "too_many_imports"
    message = "Many price lists of this shop wait already: send the next when they are done."


class NotEmpty(Conflict):
    """Something is here already."""

    type = "not_empty"
    message = "This shop holds something already: only an empty one can be filled, so name another DB_URL."


class PictureRepeated(Conflict):
    """The product has this very picture."""

    type = "picture_repeated"
    message = "This product has this very picture already: send another one."


class GalleryFull(Conflict):
    """The product has as many pictures as a product may have."""

    type = "gallery_full"
    message = "This product has as many pictures as it may have: delete one first."


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
