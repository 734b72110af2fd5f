"""Where a buyer is reached, as one writes it down oneself."""

from collections.abc import Sequence
from dataclasses import dataclass

from lavka.application.ports.contacts import Contacts
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Ids
from lavka.domain.contacts import Contact, ContactChanges, ContactId
from lavka.domain.errors import Detail, Invalid


@dataclass(frozen=True, slots=True)
class KeepingContacts:
    """Keep one's contacts: another's are not there."""

    contacts: Contacts
    ids: Ids

    async def mine(self, who: Access) -> Sequence[Contact]:
        """List the caller's, the newest first."""
        return await self.contacts.of(who.user)

    async def show(self, who: Access, contact: ContactId) -> Contact:
        """Show one; raise NotFound."""
        return await self.contacts.get(who.user, contact)

    async def add(self, who: Access, wish: ContactChanges) -> Contact:
        """Write one down; raise Invalid, also without a phone, and TooManyContacts."""
        if "phone" not in wish:
            raise Invalid([Detail("phone", "Write the phone at which this person is reached.")])
        contact = Contact(ContactId(self.ids()), who.user, **wish)
        await self.contacts.add(contact)
        return contact

    async def change(self, who: Access, contact: ContactId, changes: ContactChanges) -> Contact:
        """Change what is named; raise NotFound, Invalid."""
        async with self.contacts.change(who.user, contact) as lent:
            lent.revise(changes)
        return lent

    async def remove(self, who: Access, contact: ContactId) -> None:
        """Forget one; raise NotFound."""
        await self.contacts.remove(who.user, contact)
