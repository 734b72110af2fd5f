"""Orders for tests of what becomes of them: placed with their stock taken, and paid if the wallet pays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from builders import (
    Headers,
    a_charge,
    a_product,
    a_seller,
    a_shop,
    a_transfer,
    an_offer,
    bearer,
    log_in,
    new_id,
    registered,
)
from httpx2 import AsyncClient

from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.payments import TortoisePayments
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.adapters.tortoise.wares import TortoiseWares
from lavka.bootstrap import utc_now
from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, CartItem, Ware
from lavka.domain.catalog import Offer, OfferId
from lavka.domain.checkout import Placing, Wish, place
from lavka.domain.money import ZERO
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.payments import Payment
from lavka.domain.payments import Status as PaymentStatus
from lavka.domain.phones import Phone
from lavka.domain.shipments import Actor, Role, ShipmentId
from lavka.domain.shops import Shop
from lavka.domain.wallet import Kind, Transfer, TransferId

ADDRESS = "190000, Санкт-Петербург, Садовая улица, д. 12"


@dataclass(frozen=True, slots=True)
class Bazaar:
    """Two shops with their owners, what they sell, and a buyer."""

    hearth: Shop
    frost: Shop
    kettle: Offer
    cup: Offer
    ball: Offer
    buyer: UserId
    buyers: Headers
    hearths: Headers
    frosts: Headers


async def a_bazaar(client: AsyncClient) -> Bazaar:
    """Fourteen kettles and nine cups of one shop, three balls of the other."""
    form = await registered(client)
    buyers = bearer(await log_in(client, form["email"]))
    hearths, frosts = await a_seller(client), await a_seller(client)
    hearth = a_shop("Домашний очаг", owner=await user_of(client, hearths))
    frost = a_shop("Мороз", owner=await user_of(client, frosts))
    kettle, cup, ball = (a_product(name) for name in ("Чайник", "Чашка", "Шар"))
    offers = (
        an_offer(kettle.id, hearth.id, price=199_000, quantity=14),
        an_offer(cup.id, hearth.id, price=25_000, quantity=9),
        an_offer(ball.id, frost.id, price=1_500, quantity=3),
    )
    await TortoiseStockroom().bring(shops=[hearth, frost], products=[kettle, cup, ball], offers=offers)
    return Bazaar(hearth, frost, *offers, await user_of(client, buyers), buyers, hearths, frosts)


async def user_of(client: AsyncClient, headers: Headers) -> UserId:
    """Whose headers these are."""
    answer = await client.get("/me", headers=headers)
    return UserId(type(new_id())(answer.json()["id"]))


async def ordered(
    buyer: UserId,
    bought: Mapping[Offer, int] | list[tuple[Offer, int]],
    method: PaymentMethod = PaymentMethod.ON_DELIVERY,
    *,
    now: datetime | None = None,
    address: str | None = ADDRESS,
) -> Order:
    """Order this, as a buyer does."""
    now, by = now or utc_now(), Actor(Role.BUYER, buyer)
    cart = Cart([CartItem(await ware(offer), quantity) for offer, quantity in bought])
    given = Placing(
        OrderId(new_id()),
        f"T{new_id().hex[-10:]}",
        (ShipmentId(new_id()) for _ in cart),
        now,
        now + timedelta(minutes=30),
    )
    order = place(cart, Wish(method, Phone("+79123456789"), address, "Позвоните."), buyer, given)
    async with transaction():
        await TortoiseStock().take(order.id, order.lines, now)
        if method is PaymentMethod.WALLET:
            order.pay(now, by)
            await top_up(order, now)
        await TortoiseOrders().add(order)
    return order


async def ware(offer: Offer) -> Ware:
    """An offer as it stands today."""
    found = await TortoiseWares().find(offer.id)
    assert found
    return found


async def top_up(order: Order, now: datetime) -> None:
    """Put the price of an order into its buyer's wallet, and pay it from there."""
    wallets, price = TortoiseWallets(), order.total
    await wallets.post(a_transfer(order.buyer, price.minor, created_at=now))
    payment = Transfer(TransferId(new_id()), Kind.PAYMENT, order.buyer, ZERO - price, now, order=order.id)
    await wallets.post(payment)


async def paid_online(order: Order, now: datetime) -> Payment:
    """Pay an order at the till, and keep the payment; the order itself does not know it yet."""
    payment = a_charge(order.buyer, order.total.minor, order=order.id, status=PaymentStatus.SUCCEEDED)
    await TortoisePayments().add(payment)
    return payment


async def left(offer: Offer | OfferId) -> int:
    """How many there are of it."""
    found = await fetch("SELECT quantity FROM stock WHERE offer_id = $1", [getattr(offer, "id", offer)])
    quantity: int = found[0]["quantity"]
    return quantity


async def broken(shop: Any) -> dict[str, Any]:
    """The promises of the stored state that do not hold, with the rows that break them."""
    return {name: rows async for name, rows in shop.checks.broken() if rows}
