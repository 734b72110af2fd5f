"""Paying: for an order, or into one's wallet."""

from dataclasses import dataclass
from functools import partial

from lavka.application.changing import Changing
from lavka.application.once import Answer, Once, Repeating
from lavka.application.payments.opening import Opening, asked_of, to_be_opened
from lavka.application.ports.outbox import Outbox
from lavka.application.ports.payments import Payments
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.accounts import UserId
from lavka.domain.errors import Detail, Invalid, InvalidTransition, NotFound
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import OrderId
from lavka.domain.payments import Payment, PaymentId
from lavka.domain.wallet import MOST_TOP_UP


@dataclass(frozen=True, slots=True)
class Paying:
    """Ask for a payment, and look at it. The till is asked after the commit, for some seconds at most."""

    payments: Payments
    changing: Changing
    outbox: Outbox
    opening: Opening
    repeating: Repeating
    clock: Clock
    ids: Ids
    transaction: Transaction

    async def pay(self, who: Access, order: OrderId) -> Payment:
        """Give the payment by which one of the caller's orders is paid now: the one that waits, or a new one.

        Raise NotFound; InvalidTransition when nothing is to be paid online; OnlinePaymentOff.
        """
        self.opening.must_be_there()
        async with self.transaction():
            payment = await self._of(who.user, order)
        return await self.opening.soon(payment)

    async def pay_once(self, who: Access, order: OrderId, once: Once[Payment]) -> Answer:
        """The same once, however often it is asked for; raise also as `Repeating.carry_out` does."""
        self.opening.must_be_there()
        do = partial(self._of, who.user, order)
        return await self.repeating.carry_out(who.user, once, do, self.opening.soon)

    async def top_up(self, who: Access, amount: Money) -> Payment:
        """Ask for money that comes into the caller's wallet; raise Invalid, OnlinePaymentOff."""
        self.opening.must_be_there()
        async with self.transaction():
            payment = await self._for_wallet(who.user, amount)
        return await self.opening.soon(payment)

    async def top_up_once(self, who: Access, amount: Money, once: Once[Payment]) -> Answer:
        """The same once, however often it is asked for; raise also as `Repeating.carry_out` does."""
        self.opening.must_be_there()
        do = partial(self._for_wallet, who.user, amount)
        return await self.repeating.carry_out(who.user, once, do, self.opening.soon)

    async def show(self, who: Access, payment: PaymentId) -> Payment:
        """Show one of the caller's; raise NotFound."""
        found = await self.payments.get(payment)
        if found.payer != who.user:
            raise NotFound
        return found

    async def _of(self, buyer: UserId, order: OrderId) -> Payment:
        """Within a transaction; of many who ask at once each waits for the one before, and gets the same."""
        async with self.changing.lend(order) as lent:
            if lent.buyer != buyer:
                raise NotFound
            if lent.owes == ZERO:
                raise InvalidTransition
            if lent.payment and lent.payment.waits(self.clock()) and lent.payment.amount == lent.owes:
                return lent.payment
            return await self.changing.ask(lent)

    async def _for_wallet(self, payer: UserId, amount: Money) -> Payment:
        if not ZERO < amount <= MOST_TOP_UP:
            rule = f"Write an amount above nothing, at most {MOST_TOP_UP} roubles, in kopecks."
            raise Invalid([Detail("amount", rule)])
        now = self.clock()
        payment = asked_of(payer, amount, PaymentId(self.ids()), now, None)
        await self.payments.add(payment)
        await self.outbox.put([to_be_opened(payment, self.ids, now)])
        return payment
