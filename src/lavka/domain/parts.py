"""A shop's part of an order."""

from dataclasses import replace

from lavka.domain.errors import NotFound
from lavka.domain.orders import Order
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
        history=[replace(event, shipment=None) for event in order.history if event.shipment == shipment.id],
    )
