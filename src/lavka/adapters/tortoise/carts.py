"""Carts: whose each is, and what is in it; their offers are read as they stand."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.database import (
    POSTGRES,
    Statement,
    dialect,
    execute,
    execute_last,
    fetch,
    joined,
)
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.adapters.tortoise.wares import Place, read_wares
from lavka.application.ports.cart import CartKey, Holder, Lent
from lavka.domain.cart import Cart, CartItem, Ware
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Unauthorized

LIFETIME = timedelta(days=30)
"""How long an anonymous cart is kept that nobody changes."""
LOCK = """INSERT INTO carts (id, {column}, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT ({column}) DO UPDATE SET expires_at = EXCLUDED.expires_at RETURNING id"""
EXPIRE = "DELETE FROM carts WHERE token_digest = $1 AND expires_at <= $2"
TAKE = "SELECT id FROM carts WHERE token_digest = $1 AND expires_at > $2"
FORGET = "DELETE FROM carts WHERE id = $1"
OLD = "SELECT id FROM carts WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000"
FORGET_OLD = {
    "sqlite": f"DELETE FROM carts WHERE id IN ({OLD}) RETURNING id",
    "postgres": f"DELETE FROM carts WHERE id IN ({OLD} FOR UPDATE SKIP LOCKED) RETURNING id",
}
OF_CART = "SELECT offer_id, quantity, position FROM cart_items WHERE cart_id = $1"
OF_HOLDER = """SELECT i.offer_id, i.quantity, i.position
    FROM carts c JOIN cart_items i ON i.cart_id = c.id WHERE c.{condition}"""
MEANT = {
    "sqlite": " UNION ALL SELECT value, NULL, NULL FROM json_each($2)",
    "postgres": " UNION ALL SELECT id, NULL, NULL FROM unnest($2::uuid[]) AS id",
}
ITEM = {"cart_id": "uuid", "offer_id": "uuid", "quantity": "int", "position": "int"}
KEEP = """INSERT INTO cart_items (cart_id, offer_id, quantity, position)
    SELECT cart_id, offer_id, quantity, position FROM {rows} WHERE TRUE
    ON CONFLICT (cart_id, offer_id) DO UPDATE
    SET quantity = EXCLUDED.quantity, position = EXCLUDED.position"""
REMOVE = "DELETE FROM cart_items WHERE cart_id = $1 AND {these}"
EMPTY = "DELETE FROM cart_items WHERE cart_id = $1"


class TortoiseCarts:
    """Every cart. Its row is what changers lock; of what it holds they write what has changed."""

    async def get(self, holder: Holder, now: datetime) -> Cart[Ware]:
        """Look at one, by one statement."""
        if isinstance(holder, UUID):
            return _cart(*await read_wares(OF_HOLDER.format(condition="user_id = $1"), [holder]))
        live = OF_HOLDER.format(condition="token_digest = $1 AND c.expires_at > $2")
        return _cart(*await read_wares(live, [holder, now]))

    @asynccontextmanager
    async def change(
        self, holder: Holder, now: datetime, meant: Collection[OfferId] = ()
    ) -> AsyncIterator[Lent]:
        """Lock one, lend it, save what has changed; an anonymous one that is left empty is forgotten.

        Raise Unauthorized when the user is gone.
        """
        async with joined():
            cart_id = await _lock(holder, now)
            wares, before = await (
                read_wares(OF_CART + MEANT[dialect()], [cart_id, sorted_ids(meant)])
                if meant
                else read_wares(OF_CART, [cart_id])
            )
            lent = Lent(_cart(wares, before), {offer: wares[offer] for offer in meant if offer in wares})
            yield lent
            if isinstance(holder, str) and not len(lent.cart):
                await execute(FORGET, [cart_id])
            else:
                await execute_last(list(_differences(cart_id, before, lent.cart)))

    async def take_over(self, key: CartKey, now: datetime) -> Cart[Ware]:
        """Lock an anonymous cart, forget it, and give what it held: of many who take it one gets it."""
        lock = " FOR UPDATE" if dialect() == POSTGRES else ""
        async with joined():
            held = await fetch(TAKE + lock, [key, now])
            if not held:
                return Cart()
            cart = _cart(*await read_wares(OF_CART, [held[0]["id"]]))
            await execute(FORGET, [held[0]["id"]])
        return cart

    async def forget_expired(self, now: datetime) -> int:
        """Forget some anonymous carts that have expired, and count them; one that is locked is let be."""
        return len(await fetch(FORGET_OLD[dialect()], [now]))


async def _lock(holder: Holder, now: datetime) -> Any:
    """Lock a cart, made if it is not there, and give its id."""
    if isinstance(holder, UUID):
        try:
            return (await fetch(LOCK.format(column="user_id"), [uuid4(), holder, None]))[0]["id"]
        except IntegrityError as error:
            raise Unauthorized from error
    await execute(EXPIRE, [holder, now])
    return (await fetch(LOCK.format(column="token_digest"), [uuid4(), holder, now + LIFETIME]))[0]["id"]


def _cart(wares: Mapping[OfferId, Ware], places: Mapping[OfferId, Place]) -> Cart[Ware]:
    return Cart(CartItem(wares[offer], quantity) for offer, (quantity, _) in places.items())


def _differences(cart_id: Any, before: Mapping[OfferId, Place], cart: Cart[Ware]) -> Iterator[Statement]:
    """What has to be written so that a cart is kept as it is now."""
    if before and not len(cart):
        yield EMPTY, [cart_id]
        return
    after = dict(_places(before, cart))
    if gone := before.keys() - after.keys():
        yield REMOVE.format(these=among("offer_id", 2)), [cart_id, sorted_ids(gone)]
    items = [
        {"cart_id": cart_id, "offer_id": offer, "quantity": place[0], "position": place[1]}
        for offer, place in after.items()
        if before.get(offer) != place
    ]
    if items:
        yield KEEP.format(rows=rowset(ITEM)), [packed(items)]


def _places(before: Mapping[OfferId, Place], cart: Cart[Ware]) -> Iterator[tuple[OfferId, Place]]:
    """Where each item stands: where it stood, unless that is no longer behind the one before it."""
    last = -1
    for item in cart:
        _, stood = before.get(item.offer.id, (0, -1))
        last = stood if stood > last else last + 1
        yield item.offer.id, (item.quantity, last)
