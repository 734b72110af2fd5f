"""Who sells."""

from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId

ShopId = NewType("ShopId", UUID)


@dataclass(slots=True)
class Shop:
    """A seller; what a closed shop offers cannot be bought."""

    id: ShopId
    name: str
    url: str | None = None
    is_open: bool = True
    owner: UserId | None = None
