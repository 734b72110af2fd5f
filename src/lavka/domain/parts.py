"""A shop's part of an order."""

from dataclasses import replace

from lavka.domain.errors import NotFound
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.shipments import Shipment, Status
from lavka.domain.shops import ShopId


def part_of(order: Order, shop: ShopId) -> Order:
    """What a shop sees of an order: its own shipment as if there were no other; raise NotFound."""
    own = [shipment for shipment in order.shipments if shipment.shop == shop]
    if not own:
        raise NotFound
    (shipment,) = own
    return replace(
        order,
        lines=order.of_shop(shipment),
        shipments=own,
        is_paid=_is_paid(order, shipment),
        payment=None,
        history=[replace(event, shipment=None) for event in order.history if event.shipment == shipment.id],
    )


def _is_paid(order: Order, shipment: Shipment) -> bool:
    """Whether a part is: cash comes at the door of each shipment, and what is cancelled is given back."""
    if shipment.status is Status.CANCELED:
        return False
    is_cash = order.payment_method is PaymentMethod.ON_DELIVERY
    return shipment.status is Status.DELIVERED if is_cash else order.is_paid
