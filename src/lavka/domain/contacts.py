"""Where a buyer is reached: a phone and, if there is one, the address to deliver to."""

from dataclasses import dataclass, replace
from typing import NewType, TypedDict
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.errors import Detail, Invalid, TooManyContacts
from lavka.domain.phones import Phone

ContactId = NewType("ContactId", UUID)

MOST = 10
"""Contacts of one user (`api.md`)."""
LENGTHS = {
    "city": 100,
    "street": 200,
    "house": 20,
    "building": 20,
    "apartment": 20,
    "postal_code": 20,
    "comment": 1000,
}
"""The most characters of each."""


class ContactChanges(TypedDict, total=False):
    """What may be changed of a contact; what is not named stays."""

    phone: Phone
    city: str | None
    street: str | None
    house: str | None
    building: str | None
    apartment: str | None
    postal_code: str | None
    comment: str | None


@dataclass(slots=True)
class Contact:
    """A phone, and an address that begins with its city and street or is not there at all."""

    id: ContactId
    user: UserId
    phone: Phone
    city: str | None = None
    street: str | None = None
    house: str | None = None
    building: str | None = None
    apartment: str | None = None
    postal_code: str | None = None
    comment: str | None = None

    def __post_init__(self) -> None:
        details = [
            Detail(field, f"Write 1 to {most} characters, or leave it out.")
            for field, most in LENGTHS.items()
            if (text := getattr(self, field)) is not None and not 1 <= len(text) <= most
        ]
        has_address = any(
            (self.city, self.street, self.house, self.building, self.apartment, self.postal_code)
        )
        details += [
            Detail(field, "An address has a city and a street: write both, or no address at all.")
            for field in ("city", "street")
            if has_address and not getattr(self, field)
        ]
        if details:
            raise Invalid(details)

    @property
    def address(self) -> str | None:
        """The address on one line, as a parcel bears it; None when there is none."""
        parts = (
            self.postal_code,
            self.city,
            self.street,
            self.house and f"д. {self.house}",
            self.building and f"корп. {self.building}",
            self.apartment and f"кв. {self.apartment}",
        )
        return ", ".join(part for part in parts if part) if self.city else None

    def revise(self, changes: ContactChanges) -> None:
        """Change what is named, all or nothing; raise Invalid."""
        revised = replace(self, **changes)
        for field in changes:
            setattr(self, field, getattr(revised, field))


def must_be_few(count: int) -> None:
    """Raise TooManyContacts when a user has as many as one may have."""
    if count >= MOST:
        raise TooManyContacts
