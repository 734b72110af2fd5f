"""What is cleared up again and again, while the shop is open."""

from dataclasses import dataclass

from lavka.application.ports.cart import Carts
from lavka.application.ports.orders import Keys, Stock
from lavka.application.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Tidying:
    """Let lists show what has run out, and forget keys and anonymous carts that have had their time."""

    stock: Stock
    carts: Carts
    keys: Keys
    clock: Clock

    async def take_one(self) -> bool:
        """Do a part of it; say whether there was anything to do."""
        now = self.clock()
        has_shown = await self.stock.show()
        return bool(await self.carts.forget_expired(now) + await self.keys.forget_old(now)) or has_shown
