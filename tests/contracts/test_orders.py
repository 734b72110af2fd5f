"""What every store of orders must do: keep all of them, lend one, list some."""

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from builders import NOON, a_line_of, a_user, an_order, new_id

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.orders import BATCH, LIST, TortoiseOrders
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.orders import OrderFilter, Orders
from lavka.domain.accounts import UserId
from lavka.domain.errors import Invalid, InvalidTransition, NotFound
from lavka.domain.orders import Line, Order, OrderId, PaymentMethod
from lavka.domain.shipments import MAY, PROGRESS, Actor, Event, Role, ShipmentId, Status
from lavka.domain.shops import ShopId

LATER = NOON + timedelta(minutes=7, microseconds=1)
ADMIN, SELLER = (Actor(role, UserId(new_id())) for role in (Role.ADMINISTRATOR, Role.SHOP))
HEARTH, FROST = ShopId(new_id()), ShopId(new_id())
ALL = OrderFilter()
Log = pytest.LogCaptureFixture


@pytest.fixture(params=[TortoiseOrders])
def orders(request: pytest.FixtureRequest, store: None) -> Orders:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def buyer(store: None) -> UserId:
    return await somebody()


async def somebody() -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


def two_lines() -> list[Line]:
    return [
        a_line_of(HEARTH, price=10**12, quantity=10_000, attributes={"Цвет": "«белый»", "Объём, л": "1,7"}),
        a_line_of(FROST, price=1, quantity=1),
    ]


def brought(order: Order, status: Status) -> Order:
    """An order that an administrator has brought so far."""
    path = PROGRESS[1 : PROGRESS.index(status) + 1] if status in PROGRESS else [status]
    for each in path:
        order.advance(each, ADMIN, LATER)
    return order


async def kept(orders: Orders, *many: Order) -> None:
    for order in many:
        await orders.add(order)


async def asked(caplog: Log, question: Awaitable[object]) -> list[str]:
    """The statements that it takes to answer."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await question
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("status", Status)
async def test_an_order_comes_back_as_it_was_in_every_status(
    orders: Orders, buyer: UserId, status: Status, method: PaymentMethod
) -> None:
    order = an_order(*two_lines(), buyer=buyer, payment_method=method, comment="Позвоните \n за час: 'да'.")
    await orders.add(brought(order, status))
    assert await orders.get(order.id) == order


async def test_every_field_comes_back(orders: Orders, buyer: UserId) -> None:
    plain = an_order(buyer=buyer, delivery_address=None, comment=None)
    online = an_order(*two_lines(), buyer=buyer, payment_method=PaymentMethod.ONLINE, created_at=LATER)
    paid = an_order(buyer=buyer, payment_method=PaymentMethod.ONLINE, lifetime=timedelta(microseconds=1))
    paid.pay(LATER)
    await kept(orders, plain, online, paid)
    for order in (plain, online, paid):
        found = await orders.get(order.id)
        assert found == order
        assert type(found.id) is not str
        assert found.created_at.utcoffset() == timedelta(0)
    assert online.expires_at is not None


async def test_lines_and_shipments_keep_their_places(orders: Orders, buyer: UserId) -> None:
    lines = [a_line_of((HEARTH, FROST)[nth % 2], name=f"{9 - nth}") for nth in range(10)]
    order = an_order(*lines, buyer=buyer)
    await orders.add(order)
    found = await orders.get(order.id)
    assert (found.lines, found.shipments) == (lines, order.shipments)


@pytest.mark.parametrize("role", Role)
async def test_history_says_by_whom_in_every_role(orders: Orders, buyer: UserId, role: Role) -> None:
    order = an_order(buyer=buyer)
    by = Actor(role, None if role is Role.SYSTEM else UserId(new_id()))
    order.history.append(Event(Status.CONFIRMED, LATER, by))
    await orders.add(order)
    assert (await orders.get(order.id)).history[-1].by == by
    assert MAY.keys() == set(Role)


async def test_what_is_not_there_is_not_found(orders: Orders) -> None:
    with pytest.raises(NotFound):
        await orders.get(OrderId(new_id()))
    with pytest.raises(NotFound):
        async with orders.change(OrderId(new_id())):
            pytest.fail("there is nothing to lend")
    with pytest.raises(NotFound):
        await orders.of_shipment(ShipmentId(new_id()))


async def test_a_shipment_names_its_order(orders: Orders, buyer: UserId) -> None:
    one, other = an_order(*two_lines(), buyer=buyer), an_order(buyer=buyer)
    await kept(orders, one, other)
    found = [await orders.of_shipment(each.id) for each in (*one.shipments, *other.shipments)]
    assert found == [one.id, one.id, other.id]


async def test_every_change_is_kept(orders: Orders, buyer: UserId) -> None:
    order = an_order(*two_lines(), a_line_of(HEARTH), buyer=buyer, payment_method=PaymentMethod.ONLINE)
    await orders.add(order)
    for verb in (
        lambda it: it.change(order.lines[2].offer, 7),
        lambda it: it.remove(order.lines[1].offer, SELLER, LATER),
        lambda it: it.step(order.shipments[0].id, Status.CONFIRMED, ADMIN, LATER),
        lambda it: it.pay(LATER),
        lambda it: it.step(order.shipments[0].id, Status.CANCELED, SELLER, LATER),
    ):
        async with orders.change(order.id) as lent:
            verb(lent)
        found = await orders.get(order.id)
        assert found == lent
        (row,) = await fetch("SELECT status, total FROM orders WHERE id = $1", [order.id])
        assert row == {"status": lent.status.value, "total": lent.total.minor}
    assert [event.status for event in found.history if not event.shipment] == ["new", "confirmed", "canceled"]


async def test_an_exception_leaves_no_trace(orders: Orders, buyer: UserId) -> None:
    order = an_order(*two_lines(), buyer=buyer)
    await orders.add(order)

    async def fail() -> None:
        async with orders.change(order.id) as lent:
            lent.change(lent.lines[0].offer, 1)
            lent.cancel(ADMIN, LATER)
            raise InvalidTransition

    with pytest.raises(InvalidTransition):
        await fail()
    assert await orders.get(order.id) == order


async def test_a_change_writes_what_is_different_and_no_more(
    orders: Orders, buyer: UserId, caplog: Log
) -> None:
    order = an_order(*two_lines(), a_line_of(HEARTH), buyer=buyer)
    await orders.add(order)

    async def change(quantity: int) -> None:
        async with orders.change(order.id) as lent:
            lent.change(order.lines[2].offer, quantity)

    written = [
        said for said in await asked(caplog, change(9)) if "UPDATE orders" in said or "r.quantity" in said
    ]
    assert written
    assert not any(table in said for said in written for table in ("shipments", "order_history", "DELETE"))
    assert not any(f"{column} = " in said for said in written for column in ("status", "is_paid", "comment"))
    unchanged = await asked(caplog, change(9))
    assert not any(
        word in said for said in unchanged for word in ("INSERT", "DELETE", "SET total", "r.quantity")
    )


async def test_other_orders_stay_as_they_are(orders: Orders, buyer: UserId) -> None:
    shared = two_lines()
    one, other = an_order(*shared, buyer=buyer), an_order(*shared, buyer=buyer)
    await kept(orders, one, other)
    async with orders.change(one.id) as lent:
        lent.change(shared[0].offer, 1)
        lent.remove(shared[1].offer, ADMIN, LATER)
        lent.advance(Status.CONFIRMED, ADMIN, LATER)
    assert await orders.get(other.id) == other


@pytest.fixture
async def many(orders: Orders, buyer: UserId) -> Sequence[Order]:
    """Seven orders of one buyer and two of another, of one shop or two, in several statuses; oldest first."""
    other = await somebody()
    made = [
        an_order(*two_lines()[: 1 + nth % 2], buyer=other if nth in (2, 5) else buyer) for nth in range(9)
    ]
    for order in made[3:6]:
        order.advance(Status.CONFIRMED, ADMIN, LATER)
    made[5].step(made[5].shipments[0].id, Status.ASSEMBLED, SELLER, LATER)
    made[7].step(made[7].shipments[1].id, Status.CANCELED, SELLER, LATER)
    made[8].cancel(ADMIN, LATER)
    await kept(orders, *made)
    return made


async def listed(orders: Orders, which: OrderFilter, **wish: object) -> list[Order]:
    return list((await orders.page(which, PageWish(**wish))).items)  # type: ignore[arg-type]


async def test_the_newest_come_first_and_whole(orders: Orders, many: Sequence[Order]) -> None:
    page = await orders.page(ALL, PageWish())
    assert list(page.items) == list(reversed(many))
    assert (page.total, page.page, page.size, page.next) == (9, 1, 20, None)


async def test_orders_are_filtered_by_all_that_is_given(orders: Orders, many: Sequence[Order]) -> None:
    for user in (None, many[0].buyer, many[2].buyer, UserId(new_id())):
        for shop in (None, HEARTH, FROST, ShopId(new_id())):
            for status in (None, *Status):
                expected = [
                    order
                    for order in reversed(many)
                    if user in (None, order.buyer)
                    and (shop is None or shop in {each.shop for each in order.shipments})
                    and status in (None, *statuses(order, shop))
                ]
                page = await orders.page(OrderFilter(user, shop, status), PageWish())
                assert (list(page.items), page.total) == (expected, len(expected))


def statuses(order: Order, shop: ShopId | None) -> list[Status]:
    """The status that counts: that of the shop's shipment when it is about a shop."""
    return [order.status] if shop is None else [each.status for each in order.shipments if each.shop == shop]


@pytest.mark.parametrize("which", [ALL, OrderFilter(shop=HEARTH), OrderFilter(status=Status.NEW)])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 9, 10])
async def test_pages_make_up_the_whole_list_by_number_and_by_cursor(
    orders: Orders, many: Sequence[Order], which: OrderFilter, size: int
) -> None:
    whole = await listed(orders, which)
    by_number = [await listed(orders, which, page=nth, size=size) for nth in range(1, 12)]
    assert [order for items in by_number for order in items] == whole
    by_cursor, cursor = list[Order](), None
    for nth in count(1):
        page = await orders.page(which, PageWish(size=size, cursor=cursor))
        assert (page.page, page.total) == (nth, len(whole))
        by_cursor += page.items
        if (cursor := page.next) is None:
            break
    assert by_cursor == whole


async def test_an_order_that_comes_meanwhile_does_not_move_what_a_cursor_follows(
    orders: Orders, many: Sequence[Order], buyer: UserId
) -> None:
    first = await orders.page(ALL, PageWish(size=4))
    await orders.add(an_order(buyer=buyer))
    assert await listed(orders, ALL, size=4, cursor=first.next) == list(reversed(many))[4:8]


@pytest.mark.parametrize(
    "cursor",
    ["x", "", Cursor("-created_at", NOON, str(UUID(int=1)), 2).text(), Cursor(LIST, "", "x", 2).text()],
)
async def test_a_cursor_of_another_list_is_refused(orders: Orders, cursor: str) -> None:
    with pytest.raises(Invalid):
        await orders.page(ALL, PageWish(cursor=cursor))


@pytest.mark.parametrize("which", [ALL, OrderFilter(shop=HEARTH), OrderFilter(status=Status.NEW)])
async def test_a_page_of_fifty_takes_as_many_queries_as_a_page_of_one(
    orders: Orders, buyer: UserId, caplog: Log, which: OrderFilter
) -> None:
    online = PaymentMethod.ONLINE
    await kept(orders, *(an_order(*two_lines(), buyer=buyer, payment_method=online) for _ in range(51)))
    for size in (1, 50):
        assert len(await asked(caplog, orders.page(which, PageWish(size=size)))) == 6


async def test_the_longest_overdue_is_named_first_and_nothing_else(orders: Orders, buyer: UserId) -> None:
    def online(minutes: float) -> Order:
        lifetime = timedelta(minutes=minutes)
        return an_order(buyer=buyer, payment_method=PaymentMethod.ONLINE, lifetime=lifetime)

    late, later, just, not_yet, paid, canceled = map(online, (2, 1, 7, 7.001, 3, 3))
    paid.pay(NOON)
    canceled.cancel(ADMIN, NOON)
    await kept(orders, late, later, just, not_yet, paid, canceled, an_order(buyer=buyer))
    assert await orders.overdue(NOON + timedelta(minutes=7)) == [later.id, late.id, just.id]


async def test_so_many_are_overdue_at_once_and_no_more(orders: Orders, buyer: UserId) -> None:
    one = an_order(buyer=buyer, payment_method=PaymentMethod.ONLINE)
    await kept(
        orders,
        *(
            replace(one, id=OrderId(new_id()), number=f"{nth:011}", shipments=[], lines=[], history=[])
            for nth in range(BATCH + 3)
        ),
    )
    assert len(await orders.overdue(LATER + timedelta(days=1))) == BATCH


async def test_an_order_outlives_what_it_was_made_of(orders: Orders, buyer: UserId) -> None:
    order = an_order(*two_lines(), buyer=buyer)
    await orders.add(order)
    await execute("DELETE FROM offers")
    await execute("DELETE FROM products")
    await execute("DELETE FROM shops")
    assert await orders.get(order.id) == order
