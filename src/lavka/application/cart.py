"""Filling a cart."""

from collections.abc import Sequence
from dataclasses import dataclass

from lavka.application.ports.cart import Carts, Holder
from lavka.application.ports.system import Clock, Codes
from lavka.domain.cart import Cart, CartItem, Ware, chosen, must_be_available
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Detail, Invalid, NotFound

TWICE = Detail("items", "Name each offer once: add its quantities up.")


@dataclass(frozen=True, slots=True)
class Filling:
    """Put offers into a cart, change how many, take them out; each shows the cart as it is then."""

    carts: Carts
    clock: Clock
    codes: Codes

    def token(self) -> str:
        """Make a token for a new anonymous cart; nothing is kept until something is put in."""
        return self.codes()

    async def show(self, holder: Holder) -> Cart[Ware]:
        """Show a cart at today's prices."""
        return await self.carts.get(holder, self.clock())

    async def put(self, holder: Holder, wishes: Sequence[tuple[OfferId, int]]) -> Cart[Ware]:
        """Put so many of each offer in, all or none, beside what is there.

        Raise Invalid for an offer that is named twice, NotFound for one that is nowhere, CartFull, OutOfStock
        when there are fewer of one than the cart would hold.
        """
        meant = dict(wishes)
        if len(meant) < len(wishes):
            raise Invalid([TWICE])
        async for lent in self.carts.attempts(holder, self.clock(), meant):
            cart, held = lent.cart, len(lent.cart)
            if len(lent.wares) < len(meant):
                raise NotFound
            cart.add(CartItem(lent.wares[offer], quantity) for offer, quantity in wishes)
            if len(cart) > held:
                cart.must_fit()
            must_be_available(chosen(cart, meant))
        return cart

    async def set_quantity(self, holder: Holder, offer: OfferId, quantity: int) -> Cart[Ware]:
        """Make it so many; raise NotFound when it is not in the cart, Invalid, OutOfStock."""
        async for lent in self.carts.attempts(holder, self.clock()):
            lent.cart.change(offer, quantity)
            must_be_available(chosen(lent.cart, [offer]))
        return lent.cart

    async def remove(self, holder: Holder, offer: OfferId) -> Cart[Ware]:
        """Take an offer out whole; raise NotFound when it is not in the cart."""
        async for lent in self.carts.attempts(holder, self.clock()):
            lent.cart.remove(offer)
        return lent.cart

    async def clear(self, holder: Holder) -> Cart[Ware]:
        """Take everything out."""
        async for lent in self.carts.attempts(holder, self.clock()):
            lent.cart.clear()
        return lent.cart
