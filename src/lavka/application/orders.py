"""Orders after they are placed: looked at, taken further, changed, given back."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from lavka.application.changing import Changing
from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.goods import Shops
from lavka.application.ports.orders import OrderFilter, OrderPage, Orders, Reason, Wares
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock
from lavka.domain.accounts import User, UserId
from lavka.domain.cart import Ware, shortage
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Detail, InvalidTransition, NotFound, OutOfStock, PriceChanged, Unavailable
from lavka.domain.orders import Line, Order, OrderId
from lavka.domain.parts import part_of
from lavka.domain.shipments import Actor, Role, ShipmentId, Status
from lavka.domain.shops import ShopId


@dataclass(frozen=True, slots=True)
class Following:
    """Look at orders: buyers at their own, shops at their part, administrators at all."""

    users: Users
    shops: Shops
    orders: Orders

    async def own(self, who: Access, status: Status | None, wish: PageWish) -> OrderPage:
        """List the caller's, the newest first; raise Invalid for a cursor of another list."""
        return await self.orders.page(OrderFilter(user=who.user, status=status), wish)

    async def show(self, who: Access, order: OrderId) -> Order:
        """Show one of the caller's, to an administrator any; raise NotFound."""
        found = await self.orders.get(order)
        if found.buyer != who.user:
            _acting(await self.users.get(who.user), found)
        return found

    async def of_shop(self, who: Access, shop: ShopId, status: Status | None, wish: PageWish) -> OrderPage:
        """List a shop's part of orders, whose status is that of its shipment.

        Raise Forbidden for a buyer, NotFound for another's shop; Invalid as `own` does.
        """
        (await self.shops.get(shop)).must_be_run_by(await self.users.get(who.user))
        page = await self.orders.page(OrderFilter(shop=shop, status=status), wish)
        return replace(page, items=[part_of(order, shop) for order in page.items])

    async def all(
        self, who: Access, which: OrderFilter, wish: PageWish
    ) -> tuple[OrderPage, Mapping[UserId, User]]:
        """List anybody's, with the buyers; raise Forbidden, and Invalid as `own` does."""
        (await self.users.get(who.user)).must_administer()
        page = await self.orders.page(which, wish)
        return page, await self.users.several({order.buyer for order in page.items})


@dataclass(frozen=True, slots=True)
class Fulfilling:
    """Take orders further, or cancel them."""

    users: Users
    shops: Shops
    orders: Orders
    changing: Changing
    clock: Clock

    async def cancel(self, who: Access, order: OrderId) -> Order:
        """Cancel one of the caller's, or as an administrator any; raise NotFound, InvalidTransition."""
        user = await self.users.get(who.user)
        async with self.changing.lend(order) as lent:
            now = self.clock()
            release = lent.cancel(_acting(user, lent), now)
            await self.changing.give_back(lent, release, Reason.CANCELLATION, now)
        await self.changing.show()
        return lent

    async def advance(self, who: Access, order: OrderId, status: Status) -> Order:
        """Take a whole order a step on; raise Forbidden, NotFound, InvalidTransition."""
        user = await self.users.get(who.user)
        user.must_administer()
        async with self.changing.lend(order) as lent:
            now = self.clock()
            release = lent.advance(status, Actor(Role.ADMINISTRATOR, user.id), now)
            await self.changing.give_back(lent, release, Reason.CANCELLATION, now)
        if release.lines:
            await self.changing.show()
        return lent

    async def step(self, who: Access, shop: ShopId, shipment: ShipmentId, status: Status) -> Order:
        """Take a shop's shipment a step on, and show the shop's part of the order.

        Raise Forbidden for a buyer, NotFound for another's shop or shipment, InvalidTransition.
        """
        user = await self.users.get(who.user)
        (await self.shops.get(shop)).must_be_run_by(user)
        by = Actor(Role.ADMINISTRATOR if user.is_admin else Role.SHOP, user.id)
        async with self.changing.lend(await self.orders.of_shipment(shipment)) as lent:
            if lent.shipment(shipment).shop != shop:
                raise NotFound
            now = self.clock()
            release = lent.step(shipment, status, by, now)
            await self.changing.give_back(lent, release, Reason.CANCELLATION, now)
        if release.lines:
            await self.changing.show()
        return part_of(lent, shop)

    async def expire_one(self) -> bool:
        """Cancel an order that was to be paid by now and is not; say whether there was one.

        One that cannot be cancelled, as it is stored, keeps no other from it; when only such are left, raise.
        """
        failure: Exception | None = None
        for order in await self.orders.overdue(self.clock()):
            try:
                with suppress(InvalidTransition):  # it was paid in this very moment
                    await self._expire(order)
            except Unavailable:
                raise
            except Exception as error:
                failure = error
            else:
                return True
        if failure is not None:
            raise failure
        return False

    async def _expire(self, order: OrderId) -> None:
        async with self.changing.lend(order) as lent:
            now = self.clock()
            await self.changing.give_back(lent, lent.expire(now), Reason.EXPIRY, now)
        await self.changing.show()


@dataclass(frozen=True, slots=True)
class Amending:
    """Change what was ordered, while it is new and not paid; for its buyer and administrators."""

    users: Users
    wares: Wares
    changing: Changing
    clock: Clock

    async def change(self, who: Access, order: OrderId, offer: OfferId, quantity: int) -> Order:
        """Order so many of a line instead; more of it at the price of the order only.

        Raise NotFound, InvalidTransition, Invalid; OutOfStock, PriceChanged when the price is another today.
        """
        user = await self.users.get(who.user)
        async with self.changing.lend(order) as lent:
            _acting(user, lent)
            line, more = lent.change(offer, quantity)
            await self._settle(lent, line, more)
        if more:
            await self.changing.show()
        return lent

    async def remove(self, who: Access, order: OrderId, offer: OfferId) -> Order:
        """Order a line no more; raise NotFound, InvalidTransition. With the last one it is cancelled."""
        user = await self.users.get(who.user)
        async with self.changing.lend(order) as lent:
            now = self.clock()
            release = lent.remove(offer, _acting(user, lent), now)
            reason = Reason.CANCELLATION if lent.status is Status.CANCELED else Reason.CHANGE
            await self.changing.give_back(lent, release, reason, now)
        await self.changing.show()
        return lent

    async def _settle(self, order: Order, line: Line, more: int) -> None:
        """Take so many more of a line out of the stock, or give back as many as there are less."""
        now, stock = self.clock(), self.changing.stock
        if more > 0:
            _must_sell_alike(line, await self.wares.find(line.offer))
            await stock.take(order.id, [replace(line, quantity=more)], now)
        elif more < 0:
            await stock.give_back(order.id, [replace(line, quantity=-more)], Reason.CHANGE, now)


def _acting(user: User, order: Order) -> Actor:
    """As whom somebody acts on an order; raise NotFound for another's."""
    if order.buyer == user.id:
        return Actor(Role.BUYER, user.id)
    if user.is_admin:
        return Actor(Role.ADMINISTRATOR, user.id)
    raise NotFound


def _must_sell_alike(line: Line, ware: Ware | None) -> None:
    """Raise OutOfStock for what is not for sale today, PriceChanged for what has another price."""
    if ware is None:
        raise OutOfStock([Detail(str(line.offer), "This is not for sale now.")])
    if not ware.is_for_sale:
        raise OutOfStock([shortage(ware)])
    if ware.price != line.price:
        told = {"expected_price": line.price, "price": ware.price}
        raise PriceChanged([Detail(name, str(price.minor)) for name, price in told.items()])
