"""What is cleared up again and again, while the shop is open."""

from dataclasses import dataclass

from lavka.application.ports.cart import Carts
from lavka.application.ports.letters import EmailTokens, SentLetters
from lavka.application.ports.orders import Keys, Stock
from lavka.application.ports.sessions import Sessions
from lavka.application.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Tidying:
    """Let lists show what has run out, and forget what has had its time.

    That is keys and anonymous carts, links and letters, sessions that nobody can use any more.
    """

    stock: Stock
    carts: Carts
    keys: Keys
    sessions: Sessions
    email_tokens: EmailTokens
    sent_letters: SentLetters
    clock: Clock

    async def take_one(self) -> bool:
        """Do a part of it; say whether there was anything to do."""
        now = self.clock()
        has_shown = await self.stock.show()
        forgotten = await self.carts.forget_expired(now) + await self.keys.forget_old(now)
        forgotten += await self.email_tokens.forget_expired(now) + await self.sent_letters.forget_old(now)
        forgotten += await self.sessions.forget_expired(now)
        return bool(forgotten) or has_shown
