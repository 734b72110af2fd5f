"""Orders: what was bought, from which shops. An order's status follows from its shipments'."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lavka.domain.accounts import UserId
from lavka.domain.catalog import OfferId
from lavka.domain.errors import InvalidTransition, NotFound
from lavka.domain.lines import NOTHING, Line, Release, sum_of
from lavka.domain.money import ZERO, Money
from lavka.domain.payments import Payment
from lavka.domain.phones import Phone
from lavka.domain.shipments import (
    MAY,
    NEXT,
    PROGRESS,
    SYSTEM,
    Actor,
    Event,
    OrderId,
    Role,
    Shipment,
    ShipmentId,
    Status,
    is_before,
)

__all__ = ["LONGEST_COMMENT", "NOTHING", "Line", "Order", "OrderId", "PaymentMethod", "Release"]

LONGEST_COMMENT = 1000


class PaymentMethod(StrEnum):
    """How an order is paid: by a payment provider, in cash at the door, or from the wallet at once."""

    ONLINE = "online"
    ON_DELIVERY = "on_delivery"
    WALLET = "wallet"


@dataclass(slots=True)
class Order:
    """What a buyer ordered at one time.

    Unpaid at `expires_at`, an order to be paid online is cancelled. `is_paid` ends when all is given back.
    """

    id: OrderId
    number: str
    """For people: short, unique, and nobody guesses another's."""
    buyer: UserId
    payment_method: PaymentMethod
    phone: Phone
    created_at: datetime
    lines: list[Line]
    shipments: list[Shipment]
    delivery_address: str | None = None
    comment: str | None = None
    is_paid: bool = False
    expires_at: datetime | None = None
    payment: Payment | None = None
    """The one that has paid it or, until then, the newest that was asked of the buyer for it."""
    history: list[Event] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """The least advanced of its shipments that are not cancelled; cancelled when all are."""
        going = [shipment.status for shipment in self.shipments if shipment.status is not Status.CANCELED]
        return min(going, key=PROGRESS.index, default=Status.CANCELED)

    @property
    def requires_delivery(self) -> bool:
        """Whether it is brought to an address; otherwise the buyer picks it up."""
        return self.delivery_address is not None

    @property
    def total(self) -> Money:
        """The price of what is not cancelled; of an order cancelled whole, of everything."""
        return sum_of(self.lines if self.status is Status.CANCELED else self.going_lines)

    @property
    def owes(self) -> Money:
        """What is still to be paid online."""
        is_due = self._awaits_payment() and self.status is not Status.CANCELED
        return self.total if is_due else ZERO

    @property
    def pay_at(self) -> str | None:
        """Where what is owed is paid online; None when nothing is, or the till has not answered yet."""
        is_open = self.payment is not None and self.payment.is_open and self.owes > ZERO
        return self.payment.confirmation_url if self.payment and is_open else None

    @property
    def going_lines(self) -> list[Line]:
        """The lines that are not cancelled."""
        canceled = {each.shop for each in self.shipments if each.status is Status.CANCELED}
        return [line for line in self.lines if line.shop not in canceled]

    def of_shop(self, shipment: Shipment) -> list[Line]:
        """The lines of a shipment."""
        return [line for line in self.lines if line.shop == shipment.shop]

    def shipment(self, shipment: ShipmentId) -> Shipment:
        """Find one; raise NotFound."""
        for each in self.shipments:
            if each.id == shipment:
                return each
        raise NotFound

    def pay(self, now: datetime, by: Actor = SYSTEM) -> None:
        """Note that it is paid in full; what was to be paid online is confirmed by it.

        Raise InvalidTransition when it is paid already or cancelled, or is to be paid at the door.
        """
        is_due = not self.is_paid and self.status is not Status.CANCELED
        if not is_due or self.payment_method is PaymentMethod.ON_DELIVERY:
            raise InvalidTransition
        self.is_paid, self.expires_at = True, None
        if self.payment_method is PaymentMethod.ONLINE and self.status is Status.NEW:
            self.advance(Status.CONFIRMED, by, now)

    def step(self, shipment: ShipmentId, status: Status, by: Actor, now: datetime) -> Release:
        """Take one shipment a step on; raise NotFound, InvalidTransition."""
        return self._become([self.shipment(shipment)], status, by, now)

    def advance(self, status: Status, by: Actor, now: datetime) -> Release:
        """Take the whole order a step on: every shipment that is not there yet; raise InvalidTransition."""
        if status not in NEXT[self.status]:
            raise InvalidTransition
        going = [each for each in self.shipments if each.status is not Status.CANCELED]
        behind = [each for each in going if status is Status.CANCELED or is_before(each.status, status)]
        return self._become(behind, status, by, now)

    def cancel(self, by: Actor, now: datetime) -> Release:
        """Cancel all that is not cancelled; raise InvalidTransition once some of it is sent."""
        return self.advance(Status.CANCELED, by, now)

    def expire(self, now: datetime) -> Release:
        """Cancel what was to be paid online by now and is not; raise InvalidTransition for any other.

        What an administrator has confirmed unpaid goes on.
        """
        if self.expires_at is None or self.expires_at > now:
            raise InvalidTransition
        return self._become(self.new_shipments, Status.CANCELED, SYSTEM, now)

    def change(self, offer: OfferId, quantity: int) -> tuple[Line, int]:
        """Order so many of a line instead; give it as it was, and how many more that are.

        Raise NotFound, Invalid; InvalidTransition once it is paid, or its shipment is confirmed.
        """
        place, line = self._changeable(offer)
        self.lines[place] = replace(line, quantity=quantity)
        return line, quantity - line.quantity

    def remove(self, offer: OfferId, by: Actor, now: datetime) -> Release:
        """Order a line no more; raise as `change` does.

        A shipment goes with its last line. With the last line that is not cancelled, the order is cancelled.
        """
        place, line = self._changeable(offer)
        if self.going_lines == [line]:
            return self._become(self.new_shipments, Status.CANCELED, by, now)
        del self.lines[place]
        self.shipments = [each for each in self.shipments if self.of_shop(each)]
        self._note(now, by)
        self._settle()
        return Release([line])

    def _changeable(self, offer: OfferId) -> tuple[int, Line]:
        for place, line in enumerate(self.lines):
            if line.offer == offer:
                if self.is_paid or line.shop not in {each.shop for each in self.new_shipments}:
                    raise InvalidTransition
                return place, line
        raise NotFound

    @property
    def new_shipments(self) -> list[Shipment]:
        """Those that nobody has begun with."""
        return [each for each in self.shipments if each.status is Status.NEW]

    def _become(self, shipments: Iterable[Shipment], status: Status, by: Actor, now: datetime) -> Release:
        chosen, release = list(shipments), NOTHING
        if status not in MAY[by.role] or any(status not in NEXT[each.status] for each in chosen):
            raise InvalidTransition
        if status is Status.CONFIRMED and by.role is Role.SHOP and self._awaits_payment():
            raise InvalidTransition
        if status is Status.CANCELED:
            lines = [line for each in chosen for line in self.of_shop(each)]
            release = Release(lines, sum_of(lines) if self.is_paid else ZERO)
        for each in chosen:
            each.status = status
            self.history.append(Event(status, now, by, each.id))
        self._note(now, by)
        self._settle()
        return release

    def _awaits_payment(self) -> bool:
        return self.payment_method is PaymentMethod.ONLINE and not self.is_paid

    def _settle(self) -> None:
        """Keep what follows: cash is paid at the door; of what is cancelled nothing is due."""
        if self.status is Status.DELIVERED and self.payment_method is PaymentMethod.ON_DELIVERY:
            self.is_paid = True
        if self.status is Status.CANCELED:
            self.is_paid = False
        if self.status is not Status.NEW:
            self.expires_at = None

    def _note(self, now: datetime, by: Actor) -> None:
        """Note the order's own status if it is another than before."""
        own = [event.status for event in self.history if event.shipment is None]
        if not own or own[-1] is not self.status:
            self.history.append(Event(self.status, now, by))
