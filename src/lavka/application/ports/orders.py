"""Where orders are kept, and the stock that they take."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lavka.application.ports.cart import Lent
from lavka.application.ports.catalog import PageWish
from lavka.domain.accounts import UserId
from lavka.domain.cart import Ware
from lavka.domain.catalog import OfferId
from lavka.domain.orders import Line, Order, OrderId
from lavka.domain.shipments import ShipmentId, Status
from lavka.domain.shops import ShopId
from lavka.domain.tasks import Task


class Reason(StrEnum):
    """Why an order gives stock back."""

    CHANGE = "change"
    CANCELLATION = "cancellation"
    EXPIRY = "expiry"


class Stock(Protocol):
    """How many there are of each offer, and a ledger of every change: the one is the sum of the other."""

    async def take(self, order: OrderId, lines: Sequence[Line], now: datetime) -> bool:
        """Take every line or none, and say whether any has run out; raise OutOfStock naming what is short.

        Of many who take the same each waits for the one before; offers are locked in the order of their ids.
        """
        ...

    async def give_back(self, order: OrderId, lines: Sequence[Line], reason: Reason, now: datetime) -> None:
        """Give what was taken back; the order's own state keeps it from happening twice."""
        ...

    async def show(self) -> bool:
        """Let lists show what has run out or is there again; say whether there was anything to show.

        Outside of the transaction that takes: buyers do not wait for lists.
        """
        ...


class Wares(Protocol):
    """What is sold today, looked at one by one."""

    async def find(self, offer: OfferId) -> Ware | None:
        """Look at an offer as it stands now; None when there is no such one."""
        ...


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders: every condition that is given holds. With a shop and a status, the shipment's counts."""

    user: UserId | None = None
    shop: ShopId | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A part of the orders, the newest first. `next` is the cursor of the page after it."""

    items: Sequence[Order]
    total: int
    page: int
    size: int
    next: str | None


class Orders(Protocol):
    """Every order with its lines, shipments and history; no change of goods deletes anything of it."""

    async def add(self, order: Order) -> None:
        """Keep a new one, with the payment that is asked for it."""
        ...

    async def get(self, order: OrderId) -> Order:
        """Find one; raise NotFound."""
        ...

    def change(self, order: OrderId) -> AbstractAsyncContextManager[Order]:
        """Lock one, lend it, save it; an exception leaves no trace. Raise NotFound."""
        ...

    async def of_shipment(self, shipment: ShipmentId) -> OrderId:
        """Name the order that a shipment belongs to; raise NotFound."""
        ...

    async def page(self, which: OrderFilter, wish: PageWish) -> OrderPage:
        """List some, by a fixed number of queries; raise Invalid for a cursor of another list."""
        ...

    async def overdue(self, now: datetime) -> Sequence[OrderId]:
        """Name some orders that were to be paid by now and are not."""
        ...


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a request with a key is answered, and what tells it from others."""

    key: str
    digest: str
    text: str
    pending_until: datetime | None = None
    """Until when the request may still be running, so that its answer may be another in the end."""


class Stroke(Protocol):
    """A short way to the same: an order with all that it takes and brings about, kept at one stroke."""

    async def keep(
        self, order: Order, seen: Lent, answer: KeptAnswer | None, tasks: Sequence[Task]
    ) -> bool | None:
        """Keep all of it if the cart is as it was seen; say whether anything has run out by it.

        None, and nothing is done, when this store has no short way or something is in the way: the long way
        says what.
        """
        ...


class Keys(Protocol):
    """Idempotency keys, each user's own, with the answers to the requests that they came with; for a day."""

    async def claim(self, user: UserId, key: str, digest: str, now: datetime) -> str | None:
        """Give the answer that is kept; None for a new key, which is the caller's until the transaction ends.

        `digest` tells one request from another. Raise IdempotencyKeyInUse while another holds it or its
        request may still be running, IdempotencyKeyReused when it came with another request.
        """
        ...

    async def keep(self, user: UserId, answer: KeptAnswer, now: datetime) -> None:
        """Keep an answer, in the transaction that it tells of."""
        ...

    async def amend(self, user: UserId, key: str, answer: str) -> None:
        """Keep this answer in the end: the request runs no more."""
        ...

    async def forget_old(self, now: datetime) -> int:
        """Forget some keys that are older than they live, and count them."""
        ...
