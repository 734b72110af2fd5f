"""Contacts of users."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from lavka.adapters.tortoise.database import hold, transaction
from lavka.adapters.tortoise.models import ContactRow
from lavka.adapters.tortoise.rows import changed
from lavka.domain.accounts import UserId
from lavka.domain.contacts import LENGTHS, Contact, ContactId, must_be_few
from lavka.domain.errors import NotFound
from lavka.domain.phones import Phone


class TortoiseContacts:
    """Each user's contacts."""

    async def add(self, contact: Contact) -> None:
        """Keep a new one; raise TooManyContacts. Who adds to a user's waits for the one before."""
        async with transaction():
            if not await hold("users", contact.user, "NO KEY UPDATE"):
                raise NotFound
            must_be_few(await ContactRow.filter(user_id=contact.user).count())
            await ContactRow.create(id=contact.id, user_id=contact.user, **_columns(contact))

    async def get(self, user: UserId, contact: ContactId) -> Contact:
        """Find one; raise NotFound."""
        row = await ContactRow.get_or_none(id=contact, user_id=user)
        if row is None:
            raise NotFound
        return _contact(row)

    async def of(self, user: UserId) -> Sequence[Contact]:
        """List a user's, the newest first."""
        return [_contact(row) for row in await ContactRow.filter(user_id=user).order_by("-id")]

    @asynccontextmanager
    async def change(self, user: UserId, contact: ContactId) -> AsyncIterator[Contact]:
        """Lock one, lend it, save what has changed; raise NotFound."""
        async with transaction():
            row = await ContactRow.select_for_update().get_or_none(id=contact, user_id=user)
            if row is None:
                raise NotFound
            lent = _contact(row)
            before = _columns(lent)
            yield lent
            if changes := changed(before, _columns(lent)):
                await ContactRow.filter(id=contact).update(**changes)

    async def remove(self, user: UserId, contact: ContactId) -> None:
        """Forget one; raise NotFound."""
        if not await ContactRow.filter(id=contact, user_id=user).delete():
            raise NotFound


def _columns(contact: Contact) -> dict[str, Any]:
    return {"phone": contact.phone.number} | {name: getattr(contact, name) for name in LENGTHS}


def _contact(row: ContactRow) -> Contact:
    user: UserId = row.user_id  # type: ignore[attr-defined]  # Tortoise adds it beside the relation
    texts = {name: getattr(row, name) for name in LENGTHS}
    return Contact(ContactId(row.id), user, Phone(row.phone), **texts)
