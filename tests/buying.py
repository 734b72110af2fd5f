"""Buying over HTTP: what tests of carts and orders say often."""

from typing import Any

from builders import Headers, made
from httpx2 import AsyncClient, Response

from lavka.domain.catalog import Offer

PICK_UP: dict[str, Any] = {
    "payment_method": "on_delivery",
    "requires_delivery": False,
    "phone": "+79123456789",
}
HOME = {"phone": "+79120000000", "city": "Москва", "street": "ул. Ленина", "house": "1", "apartment": "3"}


async def put(client: AsyncClient, who: Headers, *offers: tuple[Offer, int]) -> dict[str, Any]:
    """Put offers into the cart, and give it."""
    items = [{"offer_id": str(offer.id), "quantity": quantity} for offer, quantity in offers]
    answer = await client.post("/cart/items", json={"items": items}, headers=who)
    assert answer.status_code == 200, answer.text
    cart: dict[str, Any] = answer.json()
    return cart


async def ordering(
    client: AsyncClient, who: Headers, *, key: str | None = None, **changes: object
) -> Response:
    """Order what is in the cart, to be picked up unless the changes say otherwise."""
    headers = who | ({"Idempotency-Key": key} if key else {})
    return await client.post("/orders", json=PICK_UP | changes, headers=headers)


async def ordered(
    client: AsyncClient, who: Headers, *offers: tuple[Offer, int], **changes: object
) -> dict[str, Any]:
    """Put offers into the cart and order them."""
    await put(client, who, *offers)
    return made(await ordering(client, who, **changes))  # type: ignore[arg-type]
