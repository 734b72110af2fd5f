"""Buying through the library, step by step at chance, beside a plain model of it: both say the same."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from builders import a_product, a_shop, a_user, an_offer
from buying_model import STEPS, Model, Ordered, after
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.checkout import CheckoutWish, Once
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import System, new_id, open_shop, utc_now
from lavka.domain.catalog import OfferChanges
from lavka.domain.errors import ShopError
from lavka.domain.money import Money
from lavka.domain.orders import PaymentMethod
from lavka.domain.phones import Phone
from lavka.domain.sessions import SessionId
from lavka.domain.shipments import Status
from lavka.settings import Settings

OFFERS, BUYERS = st.integers(0, 2), st.integers(0, 1)
COUNTS, PRICES = st.integers(1, 4), st.integers(1, 5)
WISHES = st.dictionaries(OFFERS, COUNTS, min_size=1)
METHODS = st.sampled_from([each.value for each in PaymentMethod])
STATUSES = st.sampled_from([*STEPS[1:], "canceled"]) | st.none()
"""A step to be taken; without one, the next."""
LONGER = timedelta(minutes=31)
"""Than an order waits for its payment."""


class Hall:
    """An open shop whose clock is set by hand, and the loop that it lives in."""

    def __init__(self, given: Settings) -> None:
        self.now = utc_now()
        self._runner = asyncio.Runner()
        self._opening = open_shop(given, System(clock=lambda: self.now))
        self.shop: Shop = self.run(self._opening.__aenter__())

    def run(self, work: Any) -> Any:
        """Wait for something."""
        return self._runner.run(work)

    def close(self) -> None:
        """Close the shop."""
        self.run(self._opening.__aexit__(None, None, None))
        self._runner.close()


def outcome(work: Callable[[], Any]) -> Any:
    """What it gives, or the kind of its refusal."""
    try:
        return work()
    except ShopError as refusal:
        return type(refusal)


class Buying(RuleBasedStateMachine):
    """Two buyers, two shops, three offers."""

    orders = Bundle("orders")

    def __init__(self, hall: Hall) -> None:
        super().__init__()
        self.hall, self.shop = hall, hall.shop
        admin, *buyers = users = [a_user(is_admin=True), a_user(), a_user()]
        sellers, products = [a_shop(), a_shop()], [a_product() for _ in range(3)]
        self.offers = [
            an_offer(product.id, sellers[nth // 2].id, price=100 * (nth + 1), quantity=4 + nth)
            for nth, product in enumerate(products)
        ]
        self.admin, *self.buyers = (Access(user.id, SessionId(new_id())) for user in users)
        self.model = Model(
            {each.id: each.price.minor for each in self.offers},
            {each.id: each.quantity for each in self.offers},
            {each.id: each.shop for each in self.offers},
        )
        stockroom = TortoiseStockroom()
        hall.run(stockroom.bring_users([admin, *buyers]))
        hall.run(stockroom.bring(shops=sellers, products=products, offers=self.offers))

    def both(self, ours: Awaitable[Any], theirs: Callable[[], Any]) -> tuple[Any, Any]:
        """Do it here and in the model; they refuse alike, or neither does."""
        here, there = outcome(lambda: self.hall.run(ours)), outcome(theirs)
        assert (here if isinstance(here, type) else None) == (there if isinstance(there, type) else None)
        return here, there

    @rule(buyer=BUYERS, wishes=WISHES)
    def puts(self, buyer: int, wishes: dict[int, int]) -> None:
        who, meant = self.buyers[buyer], {self.offers[nth].id: count for nth, count in wishes.items()}
        self.both(
            self.shop.filling.put(who.user, list(meant.items())), lambda: self.model.put(who.user, meant)
        )

    @rule(buyer=BUYERS, offer=OFFERS, count=st.integers(0, 4))
    def changes_the_cart(self, buyer: int, offer: int, count: int) -> None:
        user, which, ours, theirs = (
            self.buyers[buyer].user,
            self.offers[offer].id,
            self.shop.filling,
            self.model,
        )
        if count:
            self.both(ours.set_quantity(user, which, count), lambda: theirs.set_quantity(user, which, count))
        else:
            self.both(ours.remove(user, which), lambda: theirs.remove(user, which))

    @rule(offer=OFFERS, price=PRICES, count=st.integers(0, 6))
    def an_offer_changes(self, offer: int, price: int, count: int) -> None:
        which, changes = self.offers[offer].id, OfferChanges(price=Money(100 * price), quantity=count)
        self.hall.run(self.shop.selling.change_offer(self.admin, which, changes))
        self.model.prices[which], self.model.stock[which] = 100 * price, count

    @rule(buyer=BUYERS, amount=st.integers(-3, 9).filter(bool))
    def a_wallet_is_adjusted(self, buyer: int, amount: int) -> None:
        user, money = self.buyers[buyer].user, 200 * amount
        adjusting = self.shop.banking.adjust(self.admin, user, Money(money), "Поправка")
        self.both(adjusting, lambda: self.model.adjust(user, money))

    @initialize(target=orders, method=METHODS)
    def begins_with_an_order(self, method: str) -> Any:
        for buyer in (0, 1):
            self.a_wallet_is_adjusted(buyer, 9)
            self.puts(buyer, {0: 1, 1: 2, 2: 1})
        return self.orders_the_cart(0, method)

    @rule(target=orders, buyer=BUYERS, wishes=WISHES, method=METHODS)
    def buys(self, buyer: int, wishes: dict[int, int], method: str) -> Any:
        self.puts(buyer, wishes)
        return self.orders_the_cart(buyer, method)

    @rule(target=orders, buyer=BUYERS, method=METHODS)
    def orders_the_cart(self, buyer: int, method: str) -> Any:
        who, once = self.buyers[buyer], Once(uuid4().hex, "a", lambda order: str(order.id))
        wish = CheckoutWish(PaymentMethod(method), requires_delivery=False, phone=Phone("+79123456789"))
        here, there = self.both(
            self.shop.ordering.place_once(who, wish, once), lambda: self.model.order(who.user, method)
        )
        if not isinstance(there, Ordered):
            return multiple()
        (newest,) = self.hall.run(self.shop.following.own(who, None, PageWish(size=1))).items
        assert (str(newest.id), here.is_replayed) == (here.text, False)
        self.model.orders[newest.id] = there
        return newest.id, who, wish, once

    @rule(made=orders)
    def repeats_a_request(self, made: Any) -> None:
        order, who, wish, once = made
        again = self.hall.run(self.shop.ordering.place_once(who, wish, once))
        assert (again.text, again.is_replayed) == (str(order), True)

    @rule(made=orders)
    def cancels(self, made: Any) -> None:
        order, who, *_ = made
        self.both(self.shop.fulfilling.cancel(who, order), lambda: self.model.advance(order, "canceled"))

    @rule(made=orders, status=STATUSES)
    def an_order_is_taken_on(self, made: Any, status: str | None) -> None:
        order = made[0]
        status = status or after(self.model.orders[order].status)
        advancing = self.shop.fulfilling.advance(self.admin, order, Status(status))
        self.both(advancing, lambda: self.model.advance(order, status))

    @rule(made=orders, offer=OFFERS, status=STATUSES)
    def a_shipment_is_taken_on(self, made: Any, offer: int, status: str | None) -> None:
        shop = self.offers[offer].shop
        for each in self.hall.run(self.shop.following.show(self.admin, made[0])).shipments:
            if each.shop == shop:
                step = status or after(each.status)
                stepping = self.shop.fulfilling.step(self.admin, shop, each.id, Status(step))
                self.both(stepping, partial(self.model.step, made[0], shop, step))

    @rule(made=orders, offer=OFFERS, count=COUNTS)
    def changes_a_line(self, made: Any, offer: int, count: int) -> None:
        order, who, *_ = made
        which = self.offers[offer].id
        changing = self.shop.amending.change(who, order, which, count)
        self.both(changing, lambda: self.model.change(order, which, count))

    @rule(made=orders, offer=OFFERS)
    def drops_a_line(self, made: Any, offer: int) -> None:
        order, who, *_ = made
        which = self.offers[offer].id
        self.both(self.shop.amending.remove(who, order, which), lambda: self.model.drop(order, which))

    @rule()
    def time_passes(self) -> None:
        self.hall.now += LONGER
        while self.hall.run(self.shop.fulfilling.expire_one()):
            pass
        self.model.expire()

    @invariant()
    def carts_and_wallets_are_alike(self) -> None:
        for who in self.buyers:
            cart = self.hall.run(self.shop.filling.show(who.user))
            assert {each.offer.id: each.quantity for each in cart} == self.model.carts[who.user]
            assert self.hall.run(self.shop.banking.balance(who)).minor == self.model.wallets[who.user]

    @invariant()
    def stock_is_alike(self) -> None:
        kept = self.hall.run(fetch("SELECT offer_id, quantity FROM stock"))
        stock = {str(row["offer_id"]): row["quantity"] for row in kept}
        assert {offer: stock[str(offer)] for offer in self.model.stock} == self.model.stock

    @invariant()
    def orders_are_alike(self) -> None:
        for who in self.buyers:
            for order in self.hall.run(self.shop.following.own(who, None, PageWish(size=100))).items:
                it = self.model.orders[order.id]
                assert (order.status, order.total.minor, order.is_paid) == (it.status, it.total, it.is_paid)
                assert {each.shop: each.status for each in order.shipments} == it.shipments
                assert {each.offer: (each.price.minor, each.quantity) for each in order.lines} == it.lines

    def teardown(self) -> None:
        async def broken() -> dict[str, Any]:
            return {name: rows async for name, rows in self.shop.checks.broken() if rows}

        assert self.hall.run(broken()) == {}


@pytest.fixture
def hall(settings: Settings) -> Iterator[Hall]:
    """A shop that is open."""
    hall = Hall(settings)
    yield hall
    hall.close()


def test_a_shop_does_whatever_a_plain_model_of_it_does(hall: Hall) -> None:
    bounded = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_machine(lambda: Buying(hall), settings=bounded)
