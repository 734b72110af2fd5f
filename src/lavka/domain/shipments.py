"""Shipments: how far each shop is with its part of an order, and who takes it further.

The life of a shipment is one table, `NEXT`; who may take which step is another, `MAY`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lavka.domain.accounts import UserId
from lavka.domain.shops import ShopId

OrderId = NewType("OrderId", UUID)
ShipmentId = NewType("ShipmentId", UUID)


class Status(StrEnum):
    """How far a shipment is, and so an order; `canceled` as the contract writes it."""

    NEW = "new"
    CONFIRMED = "confirmed"
    ASSEMBLED = "assembled"
    SENT = "sent"
    DELIVERED = "delivered"
    CANCELED = "canceled"


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.CONFIRMED, Status.CANCELED}),
    Status.CONFIRMED: frozenset({Status.ASSEMBLED, Status.CANCELED}),
    Status.ASSEMBLED: frozenset({Status.SENT, Status.CANCELED}),
    Status.SENT: frozenset({Status.DELIVERED}),
    Status.DELIVERED: frozenset(),
    Status.CANCELED: frozenset(),
}
"""The steps that there are."""
PROGRESS = (Status.NEW, Status.CONFIRMED, Status.ASSEMBLED, Status.SENT, Status.DELIVERED)
"""From the least advanced to the most."""


class Role(StrEnum):
    """As whom somebody acts on an order."""

    BUYER = "buyer"
    SHOP = "shop"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    """The shop system itself: a payment that came, time that ran out."""


MAY: Mapping[Role, frozenset[Status]] = {
    Role.BUYER: frozenset({Status.CANCELED}),
    Role.SHOP: frozenset(Status) - {Status.NEW},
    Role.ADMINISTRATOR: frozenset(Status) - {Status.NEW},
    Role.SYSTEM: frozenset({Status.CONFIRMED, Status.CANCELED}),
}
"""The steps that each may take; a shop those of its own shipment."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step; nobody in person when the system does."""

    role: Role
    user: UserId | None = None


SYSTEM = Actor(Role.SYSTEM)


@dataclass(slots=True)
class Shipment:
    """What one shop sends; its name is that of the day."""

    id: ShipmentId
    shop: ShopId
    shop_name: str
    status: Status = Status.NEW


@dataclass(frozen=True, slots=True)
class Event:
    """A status that a shipment, or without one the order, came to; when and by whom."""

    status: Status
    at: datetime
    by: Actor
    shipment: ShipmentId | None = None


def is_before(status: Status, other: Status) -> bool:
    """Whether a status is less advanced than another."""
    return PROGRESS.index(status) < PROGRESS.index(other)
