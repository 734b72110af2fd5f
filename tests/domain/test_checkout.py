"""How a cart becomes an order."""

from dataclasses import replace
from datetime import timedelta
from itertools import repeat

import pytest
from builders import NOON, new_id

from lavka.domain.accounts import UserId
from lavka.domain.cart import MOST, Cart, CartItem, Ware
from lavka.domain.catalog import DEAREST, OfferId, ProductId
from lavka.domain.checkout import MOST_LINES, Placing, Wish, place
from lavka.domain.errors import CartEmpty, CartFull, OutOfStock, PriceChanged
from lavka.domain.money import Money
from lavka.domain.orders import Order, OrderId, PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.shipments import Actor, Event, Role, ShipmentId, Status
from lavka.domain.shops import ShopId

BUYER = UserId(new_id())
HEARTH, FROST = ShopId(new_id()), ShopId(new_id())
SOON = NOON + timedelta(minutes=30)


def a_ware(shop: ShopId = HEARTH, price: int = 1000, quantity: int = 10, *, is_for_sale: bool = True) -> Ware:
    return Ware(
        id=OfferId(new_id()),
        product=ProductId(new_id()),
        shop=shop,
        sku="CH-17-W",
        price=Money(price),
        quantity=quantity,
        attributes={"Цвет": "белый"},
        name="Чайник",
        shop_name="Домашний очаг" if shop == HEARTH else "Мороз",
        is_for_sale=is_for_sale,
    )


def placed(*items: CartItem[Ware], **wish: object) -> Order:
    wanted = Wish(PaymentMethod.ON_DELIVERY, Phone("+79123456789"))
    shipments = (ShipmentId(make()) for make in repeat(new_id))
    given = Placing(OrderId(new_id()), "4F7K-29QX-1", shipments, NOON, SOON)
    return place(Cart(items), replace(wanted, **wish), BUYER, given)  # type: ignore[arg-type]


def test_lines_are_the_cart_as_it_is_today() -> None:
    ware = a_ware()
    (line,) = placed(CartItem(ware, 2)).lines
    assert (line.offer, line.product, line.shop) == (ware.id, ware.product, HEARTH)
    assert (line.name, line.sku, line.attributes) == ("Чайник", "CH-17-W", {"Цвет": "белый"})
    assert (line.price, line.quantity, line.sum) == (Money(1000), 2, Money(2000))


def test_each_shop_has_one_shipment() -> None:
    order = placed(CartItem(a_ware()), CartItem(a_ware(FROST)), CartItem(a_ware()))
    shops = [(each.shop, each.shop_name, each.status) for each in order.shipments]
    assert shops == [(HEARTH, "Домашний очаг", Status.NEW), (FROST, "Мороз", Status.NEW)]
    assert order.status is Status.NEW


def test_the_dearest_order_that_is_taken_still_has_a_total() -> None:
    dearest = [CartItem(a_ware(price=DEAREST.minor, quantity=MOST), MOST) for _ in range(MOST_LINES)]
    assert placed(*dearest).total.minor == MOST_LINES * MOST * DEAREST.minor
    with pytest.raises(CartFull):
        placed(*dearest, CartItem(a_ware()))


def test_history_begins_with_the_buyer() -> None:
    order = placed(CartItem(a_ware()))
    by = Actor(Role.BUYER, BUYER)
    assert order.history == [Event(Status.NEW, NOON, by, order.shipments[0].id), Event(Status.NEW, NOON, by)]


def test_an_order_is_what_was_wished() -> None:
    order = placed(CartItem(a_ware()), delivery_address="Садовая улица", comment="Позвоните.")
    assert (order.delivery_address, order.comment, order.requires_delivery) == (
        "Садовая улица",
        "Позвоните.",
        True,
    )
    assert not placed(CartItem(a_ware())).requires_delivery
    assert (order.buyer, order.number, order.created_at) == (BUYER, "4F7K-29QX-1", NOON)


@pytest.mark.parametrize("method", PaymentMethod)
def test_only_what_is_to_be_paid_online_runs_out(method: PaymentMethod) -> None:
    order = placed(CartItem(a_ware()), payment_method=method)
    assert order.expires_at == (SOON if method is PaymentMethod.ONLINE else None)
    assert not order.is_paid


def test_an_empty_cart_is_no_order() -> None:
    with pytest.raises(CartEmpty):
        placed()


def test_all_that_cannot_be_bought_is_named() -> None:
    gone, few, plenty = a_ware(is_for_sale=False), a_ware(quantity=1), a_ware()
    with pytest.raises(OutOfStock) as refusal:
        placed(CartItem(gone), CartItem(few, 2), CartItem(plenty, 10))
    assert [detail.field for detail in refusal.value.details] == [str(gone.id), str(few.id)]


def test_another_total_than_was_shown_is_refused_with_both() -> None:
    with pytest.raises(PriceChanged) as refusal:
        placed(CartItem(a_ware(price=1000), 2), expected_total=Money(1999))
    told = {detail.field: detail.message for detail in refusal.value.details}
    assert told == {"expected_total": "1999", "total_price": "2000"}


def test_the_total_that_was_shown_is_ordered() -> None:
    assert placed(CartItem(a_ware(price=1000), 2), expected_total=Money(2000)).total == Money(2000)
