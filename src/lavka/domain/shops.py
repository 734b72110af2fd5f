"""Who sells."""

import re
from dataclasses import dataclass, replace
from typing import NewType, TypedDict
from uuid import UUID

from lavka.domain.accounts import User, UserId
from lavka.domain.errors import Detail, Invalid, NotFound

ShopId = NewType("ShopId", UUID)

HOUSE = ShopId(UUID("6c61766b-6100-7000-8000-000000000001"))
"""The house's own shop, made when an administrator first sells something without naming a shop."""
HOUSE_NAME = "Lavka"

_URL = re.compile(r"https?://[^\s/][^\s]{0,2000}")


class ShopChanges(TypedDict, total=False):
    """What may be changed of a shop; what is not named stays."""

    name: str
    url: str | None
    is_open: bool
    owner: UserId | None


@dataclass(slots=True)
class Shop:
    """A seller; what a closed shop offers cannot be bought."""

    id: ShopId
    name: str
    url: str | None = None
    is_open: bool = True
    owner: UserId | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= 255:
            raise Invalid([Detail("name", "Write the shop's name, at most 255 characters.")])
        if self.url is not None and not _URL.fullmatch(self.url):
            raise Invalid([Detail("url", "Write an address that begins with https:// or http://.")])

    def must_be_run_by(self, user: User) -> None:
        """Raise Forbidden for a buyer, and NotFound for the account of another shop."""
        user.must_sell()
        if not user.is_admin and self.owner != user.id:
            raise NotFound

    def revise(self, changes: ShopChanges) -> None:
        """Change what is named, all or nothing; raise Invalid."""
        revised = replace(self, **changes)
        for field in changes:
            setattr(self, field, getattr(revised, field))


def is_web_address(text: str) -> bool:
    """Whether this can be the address of a shop."""
    return _URL.fullmatch(text) is not None
