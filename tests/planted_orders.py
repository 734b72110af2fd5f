"""Orders in a right state, and violations of each promise about them to be planted there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from builders import a_charge, a_line, a_product, a_shop, a_user, an_offer, an_order
from ordering import paid_online, top_up

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.adapters.tortoise.payments import TortoisePayments, TortoiseRefunds
from lavka.adapters.tortoise.stock import TortoiseStock
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.application.changing import Changing, Returning
from lavka.application.ports.orders import Reason
from lavka.bootstrap import new_id, utc_now
from lavka.domain.accounts import UserId
from lavka.domain.money import Money
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.payments import Status as PaymentStatus
from lavka.domain.shipments import PROGRESS, Actor, Role, Status
from lavka.domain.wallet import Kind, Transfer, TransferId

Plant = Callable[[], Awaitable[None]]
ADMIN = Actor(Role.ADMINISTRATOR, UserId(new_id()))
HISTORY = "INSERT INTO order_history (order_id, shipment_id, status, at, role)"


async def some_orders() -> dict[str, Order]:
    """Orders of two shops in each way of paying: whole, in part and not cancelled; by their comments."""
    hearth, frost, kettle = a_shop(), a_shop(), a_product()
    offers = [an_offer(kettle.id, shop.id, price=70, quantity=100) for shop in (hearth, frost)]
    await TortoiseStockroom().bring(shops=[hearth, frost], products=[kettle], offers=offers)
    buyer, made = a_user(), dict[str, Order]()
    await TortoiseUsers().add(buyer)
    for method in PaymentMethod:
        for status in (Status.NEW, Status.CONFIRMED, Status.DELIVERED, Status.CANCELED):
            lines = [a_line(offer, 2) for offer in offers]
            name = f"{method} {status}"
            order = an_order(
                *lines,
                buyer=buyer.id,
                payment_method=method,
                comment=name,
                created_at=utc_now(),
                is_paid=False,
            )
            made[name] = await brought(order, status)
    return made


async def brought(order: Order, status: Status) -> Order:
    """Place an order and bring it so far; of what is confirmed a part is cancelled then."""
    await TortoiseStock().take(order.id, order.lines, order.created_at)
    if order.payment_method is PaymentMethod.WALLET:
        order.pay(order.created_at)
        await top_up(order, order.created_at)
    await TortoiseOrders().add(order)
    is_online = order.payment_method is PaymentMethod.ONLINE
    if is_online and status is not Status.NEW:
        async with TortoiseOrders().change(order.id) as lent:
            lent.pay(utc_now())
        await paid_online(order, utc_now())
    for each in PROGRESS[1 : PROGRESS.index(status) + 1] if status in PROGRESS else [status]:
        if not (is_online and each is Status.CONFIRMED):  # its payment has done it
            await taken(order, lambda it, to=each: it.advance(to, ADMIN, utc_now()))
    if status is Status.CONFIRMED:
        first = order.shipments[0].id
        await taken(order, lambda it: it.step(first, Status.CANCELED, ADMIN, utc_now()))
    return order


async def taken(order: Order, verb: Callable[[Order], Any]) -> None:
    """Take a step, with all that follows from it."""
    outbox = TortoiseOutbox()
    returning = Returning(TortoiseWallets(), TortoisePayments(), TortoiseRefunds(), outbox, new_id)
    changing = Changing(TortoiseOrders(), TortoiseStock(), returning, outbox, utc_now, new_id)
    async with changing.lend(order.id) as lent:
        await changing.give_back(lent, verb(lent), Reason.CANCELLATION, utc_now())


@asynccontextmanager
async def history_that_forgets() -> AsyncIterator[None]:
    """Let history be changed, within the test's transaction."""
    if dialect() == POSTGRES:
        await execute("ALTER TABLE order_history DISABLE TRIGGER order_history_append_only")
    else:
        await execute("DROP TRIGGER order_history_no_delete")
    yield


def sql(*statements: str) -> Plant:
    """Plant by SQL; `[online new]` in it stands for the id of the order of that comment, $1 for now."""

    async def plant() -> None:
        await some_orders()
        for statement in statements:
            await execute(meaning(statement), [utc_now()] if "$1" in statement else [])

    return plant


def forgetting(statement: str) -> Plant:
    """Plant by SQL that takes something out of the history."""

    async def plant() -> None:
        await some_orders()
        async with history_that_forgets():
            await execute(meaning(statement))

    return plant


def meaning(statement: str) -> str:
    """Put an order where its comment stands."""
    return statement.replace("[", "(SELECT id FROM orders WHERE comment = '").replace("]", "')")


def on_the_way(order: str, status: str) -> str:
    """Another event of the shipments of an order."""
    return f"{HISTORY} SELECT order_id, id, '{status}', $1, 'shop' FROM shipments WHERE order_id = {order}"


def as_a_whole(order: str, status: str) -> str:
    """Another event of an order itself."""
    return f"{HISTORY} SELECT id, NULL, '{status}', $1, 'shop' FROM orders WHERE id = {order}"


async def a_refund_too_many() -> None:
    order = (await some_orders())["wallet new"]
    made = TransferId(new_id())
    await TortoiseWallets().post(
        Transfer(made, Kind.REFUND, order.buyer, Money(1), utc_now(), order=order.id)
    )


async def a_payment_for_what_is_paid_at_the_door() -> None:
    order = (await some_orders())["on_delivery new"]
    await top_up(order, utc_now())


async def a_payment_from_another_wallet() -> None:
    order = (await some_orders())["online canceled"]
    other = a_user()
    await TortoiseUsers().add(other)
    await top_up(replace(order, buyer=other.id), utc_now())


async def a_cancelled_order_that_was_not_refunded() -> None:
    order = (await some_orders())["wallet new"]
    async with TortoiseOrders().change(order.id) as lent:
        release = lent.cancel(ADMIN, utc_now())
        await TortoiseStock().give_back(order.id, release.lines, Reason.CANCELLATION, utc_now())


async def a_line_without_a_shipment() -> None:
    await some_orders()
    line = "order_id, offer_id, product_id, shop_id, position, name, sku, attributes, price, quantity"
    await execute(
        f"INSERT INTO order_lines ({line}) SELECT o.id, $1, $1, $1, 9, '', '', '{{}}', 5, 1 "
        "FROM orders o WHERE o.comment = 'on_delivery new'",
        [new_id()],
    )
    await execute("UPDATE orders SET total = total + 5 WHERE comment = 'on_delivery new'")


async def a_shipment_without_a_line() -> None:
    await some_orders()
    await execute(
        "INSERT INTO shipments (id, order_id, shop_id, shop_name, status) "
        "SELECT $1, id, $1, '', 'new' FROM orders WHERE comment = 'on_delivery new'",
        [new_id()],
    )
    await execute(
        f"{HISTORY} SELECT order_id, id, 'new', $1, 'buyer' FROM shipments WHERE shop_name = ''", [utc_now()]
    )


async def an_order_that_was_forgotten() -> None:
    await some_orders()
    long_ago = utc_now() - timedelta(minutes=6)
    await execute("UPDATE orders SET expires_at = $1 WHERE comment = 'online new'", [long_ago])


async def a_top_up(amount: int = 50, status: str = "succeeded", *, posted: int = 0) -> None:
    """A top-up at the till, of which so much has come into the wallet."""
    order = (await some_orders())["wallet new"]
    charge = a_charge(order.buyer, amount, status=PaymentStatus(status))
    await TortoisePayments().add(charge)
    if posted:
        made = TransferId(charge.id)
        await TortoiseWallets().post(Transfer(made, Kind.TOP_UP, order.buyer, Money(posted), utc_now()))


async def a_top_up_that_did_not_come() -> None:
    await a_top_up()


async def a_top_up_of_which_less_came() -> None:
    await a_top_up(posted=49)


async def a_top_up_that_came_unpaid() -> None:
    await a_top_up(status="canceled", posted=50)


async def a_top_up_out_of_nothing() -> None:
    order = (await some_orders())["wallet new"]
    await TortoiseWallets().post(
        Transfer(TransferId(new_id()), Kind.TOP_UP, order.buyer, Money(5), utc_now())
    )


async def a_payment_of_what_is_not_due() -> None:
    await paid_online((await some_orders())["online new"], utc_now())


async def a_paid_order_that_is_still_new() -> None:
    await paid_online((await some_orders())["online new"], utc_now())
    await execute(meaning("UPDATE orders SET is_paid = TRUE, expires_at = NULL WHERE id = [online new]"))


async def a_second_payment() -> None:
    await paid_online((await some_orders())["online delivered"], utc_now())


async def a_payment_of_somebody_else() -> None:
    order, other = (await some_orders())["online new"], a_user()
    await TortoiseUsers().add(other)
    await TortoisePayments().add(a_charge(other.id, order=order.id))


async def a_payment_that_nobody_looks_at() -> None:
    order = (await some_orders())["online new"]
    late = utc_now() - timedelta(minutes=6)
    await TortoisePayments().add(a_charge(order.buyer, order=order.id, external_id="late", look_at=late))


async def a_payment_that_nobody_takes() -> None:
    order = (await some_orders())["online new"]
    waits = PaymentStatus.WAITING_FOR_CAPTURE
    await TortoisePayments().add(a_charge(order.buyer, order=order.id, status=waits))


PLANTED_ORDERS: Mapping[str, Sequence[Plant]] = {
    "an order's total is that of its lines which are not cancelled, or of all": [
        sql("UPDATE orders SET total = total + 1 WHERE id = [on_delivery new]"),
        sql("UPDATE orders SET total = 280 WHERE id = [on_delivery confirmed]"),
        sql("UPDATE orders SET total = 0 WHERE id = [on_delivery canceled]"),
        sql("UPDATE order_lines SET price = 71 WHERE order_id = [online delivered]"),
    ],
    "an order is as far as the least advanced of its shipments": [
        sql(
            "UPDATE orders SET status = 'assembled' WHERE id = [on_delivery confirmed]",
            as_a_whole("[on_delivery confirmed]", "assembled"),
        ),
        sql(
            "UPDATE orders SET status = 'new' WHERE id = [on_delivery confirmed]",
            as_a_whole("[on_delivery confirmed]", "new"),
        ),
    ],
    "the newest event of an order is its status": [
        sql(as_a_whole("[on_delivery new]", "confirmed")),
        forgetting("DELETE FROM order_history WHERE shipment_id IS NULL AND order_id = [wallet delivered]"),
    ],
    "a shipment goes by the steps that there are, from new": [
        sql(
            on_the_way("[on_delivery new]", "sent"),
            as_a_whole("[on_delivery new]", "sent"),
            "UPDATE shipments SET status = 'sent' WHERE order_id = [on_delivery new]",
            "UPDATE orders SET status = 'sent' WHERE id = [on_delivery new]",
        ),
        sql(on_the_way("[wallet delivered]", "sent"), on_the_way("[wallet delivered]", "delivered")),
        forgetting("DELETE FROM order_history WHERE status = 'new' AND order_id = [wallet delivered]"),
    ],
    "the newest event of a shipment is its status": [
        sql(on_the_way("[on_delivery new]", "confirmed")),
        forgetting("DELETE FROM order_history WHERE shipment_id IS NOT NULL AND order_id = [online new]"),
    ],
    "every line has a shipment": [a_line_without_a_shipment],
    "every shipment has a line": [a_shipment_without_a_line],
    "an order is paid as its way of paying says": [
        sql("UPDATE orders SET is_paid = TRUE WHERE id = [on_delivery new]"),
        sql("UPDATE orders SET is_paid = FALSE WHERE id = [on_delivery delivered]"),
        sql("UPDATE orders SET is_paid = FALSE WHERE id = [wallet new]"),
        sql("UPDATE orders SET is_paid = TRUE WHERE id = [wallet canceled]"),
        a_paid_order_that_is_still_new,
    ],
    "a wallet has paid what is due of an order, and no other": [
        sql("UPDATE orders SET payment_method = 'wallet', is_paid = TRUE WHERE id = [on_delivery new]"),
        a_refund_too_many,
        a_payment_for_what_is_paid_at_the_door,
        a_cancelled_order_that_was_not_refunded,
    ],
    "nobody's wallet pays for another's order": [a_payment_from_another_wallet],
    "what is new and to be paid online runs out, and nothing else does": [
        sql("UPDATE orders SET expires_at = NULL WHERE id = [online new]"),
        sql("UPDATE orders SET expires_at = $1 WHERE id = [on_delivery new]"),
        sql("UPDATE orders SET expires_at = $1 WHERE id = [online confirmed]"),
    ],
    "what has run out is cancelled within minutes": [an_order_that_was_forgotten],
    "the till has taken what is due of an order, and no more": [
        a_payment_of_what_is_not_due,
        a_second_payment,
        sql("UPDATE payments SET amount = amount + 1 WHERE order_id = [online delivered]"),
        sql("DELETE FROM payments WHERE order_id = [online delivered]"),
    ],
    "what goes back of a payment is the sum of its refunds": [
        sql("UPDATE refunds SET amount = amount + 1"),
        sql("DELETE FROM refunds"),
    ],
    "a refund that has not gone back yet has its task": [
        sql("DELETE FROM outbox WHERE kind = 'refund_payment'")
    ],
    "what was authorised has the task of taking it, or of letting go of it": [a_payment_that_nobody_takes],
    "a payment is asked of who has ordered": [a_payment_of_somebody_else],
    "a top-up that has come is in its wallet, less what goes back": [
        a_top_up_that_did_not_come,
        a_top_up_of_which_less_came,
        a_top_up_that_came_unpaid,
    ],
    "every top-up was paid": [a_top_up_out_of_nothing],
    "the till is asked within minutes what has become of a payment": [a_payment_that_nobody_looks_at],
}
