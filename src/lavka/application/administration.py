"""Who may use the shop, as administrators see to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lavka.application.ports.accounts import UserPage, Users
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.sessions import Access, Revocations, Sessions
from lavka.application.ports.system import Clock, Transaction
from lavka.application.ports.wallet import Wallets
from lavka.domain.accounts import User, UserId
from lavka.domain.money import Money


@dataclass(frozen=True, slots=True)
class Administering:
    """List accounts, block them and let them in again; for administrators."""

    users: Users
    wallets: Wallets
    sessions: Sessions
    revocations: Revocations
    clock: Clock
    transaction: Transaction

    async def accounts(self, who: Access, wish: PageWish) -> tuple[UserPage, Mapping[UserId, Money]]:
        """List accounts, the newest first, and what is in their wallets; raise Forbidden, Invalid."""
        (await self.users.get(who.user)).must_administer()
        page = await self.users.page(wish)
        return page, await self.wallets.balances([user.id for user in page.items])

    async def block(self, who: Access, user: UserId, *, is_blocked: bool) -> tuple[User, Money]:
        """Block an account, which signs it out everywhere, or let it in again; raise Forbidden, NotFound.

        Raise OwnAccount for the caller's own. Give what is in its wallet too.
        """
        (await self.users.get(who.user)).must_administer()
        async with self.transaction():
            async with self.users.change(user) as lent:
                lent.block(who.user) if is_blocked else lent.unblock()
            ended = await self.sessions.end(user, self.clock()) if is_blocked else ()
        await self.revocations.add(ended)
        return lent, await self.wallets.balance(user)
