"""What buying ought to do, in plain dictionaries: nothing is stored, nobody waits."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from lavka.domain.errors import (
    CartEmpty,
    InsufficientFunds,
    InvalidTransition,
    NotFound,
    OutOfStock,
    PriceChanged,
)

STEPS = ["new", "confirmed", "assembled", "sent", "delivered"]
CANCELED = "canceled"


def following(status: str) -> set[str]:
    """The steps that can be taken from a status."""
    if status == CANCELED:
        return set()
    place = STEPS.index(status)
    return {*STEPS[place + 1 : place + 2], *([CANCELED] if place < STEPS.index("sent") else [])}


def after(status: str) -> str:
    """The step that brings an order on; of one that goes no further, one that it cannot take."""
    return next((step for step in STEPS if step in following(status)), STEPS[-1])


@dataclass
class Ordered:
    """An order: its lines as offer → (price, quantity), its shipments as shop → status."""

    buyer: Any
    method: str
    lines: dict[Any, tuple[int, int]]
    shops: dict[Any, Any]
    """Whose each offer is."""
    shipments: dict[Any, str]
    is_paid: bool

    @property
    def status(self) -> str:
        """That of the least advanced shipment."""
        return min(self.going().values(), key=STEPS.index, default=CANCELED)

    @property
    def total(self) -> int:
        """What it costs; cancelled, what it would have."""
        counted = self.going() or self.shipments
        return sum(
            price * count for offer, (price, count) in self.lines.items() if self.shops[offer] in counted
        )

    def going(self) -> dict[Any, str]:
        """The shipments that are not cancelled."""
        return {shop: status for shop, status in self.shipments.items() if status != CANCELED}

    def goes_to(self, status: str, shops: list[Any]) -> None:
        """Take shipments a step on; raise InvalidTransition."""
        if not shops or any(status not in following(self.shipments[shop]) for shop in shops):
            raise InvalidTransition
        self.shipments |= dict.fromkeys(shops, status)
        self.settle()

    def settle(self) -> None:
        """Note cash that is paid at the door, and that nothing is paid for what is cancelled."""
        at_the_door = self.status == "delivered" and self.method == "on_delivery"
        self.is_paid = at_the_door or (self.is_paid and self.status != CANCELED)


@dataclass
class Model:
    """A shop as its buyers know it."""

    prices: dict[Any, int]
    stock: dict[Any, int]
    shops: dict[Any, Any]
    """Whose each offer is."""
    carts: defaultdict[Any, dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))
    wallets: defaultdict[Any, int] = field(default_factory=lambda: defaultdict(int))
    orders: dict[Any, Ordered] = field(default_factory=dict)

    def put(self, buyer: Any, wishes: dict[Any, int]) -> None:
        """Put offers into a cart, all or none."""
        after = {offer: self.carts[buyer].get(offer, 0) + count for offer, count in wishes.items()}
        self._must_have(after)
        self.carts[buyer] |= after

    def set_quantity(self, buyer: Any, offer: Any, count: int) -> None:
        """Make it so many."""
        if offer not in self.carts[buyer]:
            raise NotFound
        self._must_have({offer: count})
        self.carts[buyer][offer] = count

    def remove(self, buyer: Any, offer: Any) -> None:
        """Take it out."""
        if self.carts[buyer].pop(offer, None) is None:
            raise NotFound

    def adjust(self, buyer: Any, amount: int) -> None:
        """Put money into a wallet, or take it out."""
        if self.wallets[buyer] + amount < 0:
            raise InsufficientFunds
        self.wallets[buyer] += amount

    def order(self, buyer: Any, method: str) -> Ordered:
        """Order what is in the cart; whoever calls keeps it under its id."""
        cart = self.carts[buyer]
        if not cart:
            raise CartEmpty
        self._must_have(cart)
        lines = {offer: (self.prices[offer], count) for offer, count in cart.items()}
        shipments = {self.shops[offer]: "new" for offer in cart}
        made = Ordered(buyer, method, lines, self.shops, shipments, method == "wallet")
        if made.is_paid:
            self.adjust(buyer, -made.total)
        for offer, count in cart.items():
            self.stock[offer] -= count
        self.carts[buyer] = {}
        return made

    def advance(self, order: Any, status: str) -> None:
        """Take an order a step on, or cancel it."""
        it, now = self.orders[order], self.orders[order].status
        if status not in following(now):
            raise InvalidTransition
        self._step(
            it, status, [shop for shop, each in it.going().items() if status == CANCELED or each == now]
        )

    def step(self, order: Any, shop: Any, status: str) -> None:
        """Take one shipment a step on, or cancel it."""
        self._step(self.orders[order], status, [shop])

    def change(self, order: Any, offer: Any, count: int) -> None:
        """Order so many of a line instead."""
        it = self._changeable(order, offer)
        price, before = it.lines[offer]
        if count > before:
            if self.prices[offer] != price:
                raise PriceChanged([])
            self._must_have({offer: count - before})
        self.stock[offer] -= count - before
        it.lines[offer] = price, count

    def drop(self, order: Any, offer: Any) -> None:
        """Order a line no more."""
        it = self._changeable(order, offer)
        if [each for each in it.lines if it.shops[each] in it.going()] == [offer]:
            self._step(it, CANCELED, [it.shops[offer]])
            return
        self.stock[offer] += it.lines.pop(offer)[1]
        left = {it.shops[each] for each in it.lines}
        it.shipments = {shop: status for shop, status in it.shipments.items() if shop in left}
        it.settle()

    def expire(self) -> None:
        """Cancel what was to be paid online by now, and is as new as it was."""
        for it in self.orders.values():
            if it.method == "online" and it.status == "new":
                self._step(it, CANCELED, [shop for shop, status in it.shipments.items() if status == "new"])

    def _step(self, it: Ordered, status: str, shops: list[Any]) -> None:
        it.goes_to(status, shops)
        if status == CANCELED:
            for offer, (price, count) in it.lines.items():
                if it.shops[offer] in shops:
                    self.stock[offer] += count
                    self.wallets[it.buyer] += price * count * (it.method == "wallet")

    def _changeable(self, order: Any, offer: Any) -> Ordered:
        it = self.orders[order]
        if offer not in it.lines:
            raise NotFound
        if it.is_paid or it.shipments[it.shops[offer]] != "new":
            raise InvalidTransition
        return it

    def _must_have(self, wanted: dict[Any, int]) -> None:
        if any(count > self.stock[offer] for offer, count in wanted.items()):
            raise OutOfStock([])
