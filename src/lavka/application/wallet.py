"""What is in a wallet, and how it came there."""

from dataclasses import dataclass

from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids
from lavka.application.ports.wallet import Statement, Wallets
from lavka.domain.accounts import UserId
from lavka.domain.money import Money
from lavka.domain.wallet import Entry, Kind, Transfer, TransferId


@dataclass(frozen=True, slots=True)
class Banking:
    """Look into one's wallet; administrators put money into any, or take it out."""

    users: Users
    wallets: Wallets
    clock: Clock
    ids: Ids

    async def balance(self, who: Access) -> Money:
        """Tell what is in the caller's wallet."""
        return await self.wallets.balance(who.user)

    async def statement(self, who: Access, wish: PageWish) -> Statement:
        """List the entries of the caller's wallet, the newest first; raise Invalid."""
        return await self.wallets.statement(who.user, wish)

    async def adjust(self, who: Access, user: UserId, amount: Money, reason: str) -> Entry:
        """Put money into a wallet or, below nothing, take it out.

        Raise Forbidden, NotFound; Invalid without an amount or a reason; InsufficientFunds, WalletFull.
        """
        (await self.users.get(who.user)).must_administer()
        await self.users.get(user)
        transfer = Transfer(
            id=TransferId(self.ids()),
            kind=Kind.ADJUSTMENT,
            wallet=user,
            amount=amount,
            created_at=self.clock(),
            reason=reason,
            by=who.user,
        )
        return await self.wallets.post(transfer)
