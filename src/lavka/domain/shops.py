"""Who sells."""

import re
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.errors import Detail, Invalid

ShopId = NewType("ShopId", UUID)

_URL = re.compile(r"https?://[^\s/][^\s]{0,2000}")


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


def is_web_address(text: str) -> bool:
    """Whether this can be the address of a shop."""
    return _URL.fullmatch(text) is not None
