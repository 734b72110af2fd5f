"""Where contacts are kept."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from lavka.domain.accounts import UserId
from lavka.domain.contacts import Contact, ContactId


class Contacts(Protocol):
    """Each user's contacts. Another's are not there."""

    async def add(self, contact: Contact) -> None:
        """Keep a new one; raise TooManyContacts, also of two that come at once."""
        ...

    async def get(self, user: UserId, contact: ContactId) -> Contact:
        """Find one; raise NotFound."""
        ...

    async def of(self, user: UserId) -> Sequence[Contact]:
        """List a user's, the newest first."""
        ...

    def change(self, user: UserId, contact: ContactId) -> AbstractAsyncContextManager[Contact]:
        """Lock one, lend it, save it; raise NotFound."""
        ...

    async def remove(self, user: UserId, contact: ContactId) -> None:
        """Forget one; raise NotFound."""
        ...
