"""How carts are written: what has changed of what they hold, and only where nobody has been meanwhile."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.database import POSTGRES, Statement, dialect, execute, fetch, joined
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.adapters.tortoise.wares import Place, Seen
from lavka.application.ports.cart import Holder
from lavka.domain.cart import Cart, Ware
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Unauthorized

ITEM = {"offer_id": "uuid", "quantity": "int", "position": "int"}
MAKE = """INSERT INTO carts (id, {column}, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT ({column}) DO NOTHING RETURNING id"""
MARK = (
    """UPDATE carts SET version = version + 1, expires_at = $3 WHERE id = $1 AND version = $2 RETURNING id"""
)
FORGET = "DELETE FROM carts WHERE id = $1 AND version = $2 RETURNING id"
KEEP = """INSERT INTO cart_items (cart_id, offer_id, quantity, position)
    SELECT {cart}, r.offer_id, r.quantity, r.position FROM {rows} WHERE TRUE
    ON CONFLICT (cart_id, offer_id) DO UPDATE
    SET quantity = EXCLUDED.quantity, position = EXCLUDED.position"""
REMOVE = "DELETE FROM cart_items WHERE cart_id = {cart} AND {these}"
AT_ONCE = """WITH cart AS ({mark}),
    gone AS (DELETE FROM cart_items i USING cart WHERE i.cart_id = cart.id AND i.offer_id = ANY($4)),
    kept AS (INSERT INTO cart_items (cart_id, offer_id, quantity, position)
        SELECT cart.id, r.offer_id, r.quantity, r.position FROM cart, {rows}
        ON CONFLICT (cart_id, offer_id) DO UPDATE
        SET quantity = EXCLUDED.quantity, position = EXCLUDED.position)
    SELECT id FROM cart"""
"""One statement, which is whole by itself: nothing is written when the cart is not as it was seen."""


async def keep(holder: Holder, seen: Seen, cart: Cart[Ware], expires_at: datetime | None) -> bool:
    """Write what has changed; say whether the cart was still as it was seen, so that it was written.

    An anonymous cart that is left empty is forgotten. Raise Unauthorized when the user is gone.
    """
    gone, items = differences(seen.places, cart)
    if not gone and not items:
        return True
    if isinstance(holder, str) and not len(cart):
        return bool(await fetch(FORGET, [seen.cart, seen.version]))
    mark, marked = _mark(holder, seen, expires_at)
    try:
        if dialect() == POSTGRES:
            sql = AT_ONCE.format(mark=mark, rows=rowset(ITEM, 5))
            return bool(await fetch(sql, [*marked, sorted_ids(gone), packed(items)]))
        return await _keep_by_steps(mark, marked, gone, items)
    except IntegrityError as error:
        raise Unauthorized from error


async def _keep_by_steps(
    mark: str, marked: list[Any], gone: set[OfferId], items: list[dict[str, Any]]
) -> bool:
    async with joined():
        if not (held := await fetch(mark, marked)):
            return False
        for statement in statements(held[0]["id"], gone, items):
            await execute(*statement)
        return True


def _mark(holder: Holder, seen: Seen, expires_at: datetime | None) -> tuple[str, list[Any]]:
    """Make the cart, or raise its version: only one of many who have seen the same can."""
    if seen.cart is not None:
        return MARK, [seen.cart, seen.version, expires_at]
    column = "user_id" if isinstance(holder, UUID) else "token_digest"
    return MAKE.format(column=column), [uuid4(), holder, expires_at]


def differences(
    before: Mapping[OfferId, Place], cart: Cart[Ware]
) -> tuple[set[OfferId], list[dict[str, Any]]]:
    """What is gone from a cart, and what is another or stands elsewhere than before."""
    after = dict(_places(before, cart))
    items = [
        {"offer_id": offer, "quantity": place[0], "position": place[1]}
        for offer, place in after.items()
        if before.get(offer) != place
    ]
    return before.keys() - after.keys(), items


def statements(cart: Any, gone: set[OfferId], items: list[dict[str, Any]]) -> Iterator[Statement]:
    """The same as statements, for a cart that is locked."""
    if gone:
        yield REMOVE.format(cart="$1", these=among("offer_id", 2)), [cart, sorted_ids(gone)]
    if items:
        yield KEEP.format(cart="$1", rows=rowset(ITEM, 2)), [cart, packed(items)]


def _places(before: Mapping[OfferId, Place], cart: Cart[Ware]) -> Iterator[tuple[OfferId, Place]]:
    """Where each item stands: where it stood, unless that is no longer behind the one before it."""
    last = -1
    for item in cart:
        _, stood = before.get(item.offer.id, (0, -1))
        last = stood if stood > last else last + 1
        yield item.offer.id, (item.quantity, last)
