"""Carts: whose each is, and what is in it; their offers are read as they stand."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.cart_writes import differences, keep, statements
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, execute_last, fetch, joined
from lavka.adapters.tortoise.wares import Seen, read_wares
from lavka.application.ports.cart import CartKey, Holder, Lent
from lavka.domain.accounts import UserId
from lavka.domain.cart import Cart, Ware
from lavka.domain.catalog import OfferId
from lavka.domain.errors import Unauthorized, Unavailable

LIFETIME = timedelta(days=30)
"""How long an anonymous cart is kept that nobody changes."""
PATIENCE = 3.0
"""Seconds in which a change must get through, beside all who change the same cart at the same time."""
LOCK = """INSERT INTO carts (id, {column}, expires_at) VALUES ($1, $2, $3) ON CONFLICT ({column})
    DO UPDATE SET expires_at = EXCLUDED.expires_at, version = carts.version + 1 RETURNING id"""
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
    FROM carts c JOIN cart_items i ON i.cart_id = c.id WHERE {cart}"""
MEANT = {
    "sqlite": " UNION ALL SELECT value, NULL, NULL FROM json_each({place})",
    "postgres": " UNION ALL SELECT value::uuid, NULL, NULL FROM json_array_elements_text({place}::json)",
}
"""As JSON, of which PostgreSQL expects the same whatever is in it: so it keeps its plan."""


class TortoiseCarts:
    """Every cart. Who changes one either has its row locked, or writes only where its version is as seen."""

    async def get(self, holder: Holder, now: datetime) -> Cart[Ware]:
        """Look at one, by one statement."""
        return (await _seen(holder, now)).full()

    async def attempts(
        self, holder: Holder, now: datetime, meant: Collection[OfferId] = ()
    ) -> AsyncIterator[Lent]:
        """Lend one until it is kept: by two statements, again if somebody has changed it in between."""
        expires_at = None if isinstance(holder, UUID) else now + LIFETIME
        tell = asyncio.get_running_loop().time
        until = tell() + PATIENCE
        while tell() < until:
            seen = await _seen(holder, now, meant)
            lent = _lent(seen, meant)
            yield lent
            if await keep(holder, seen, lent.cart, expires_at):
                return
            if expires_at:
                await execute(EXPIRE, [holder, now])
        raise Unavailable

    async def look(self, user: UUID, now: datetime) -> Lent:
        """Look at a user's, to order what is in it."""
        return _lent(await _seen(UserId(user), now), ())

    @asynccontextmanager
    async def change(self, user: UUID, now: datetime) -> AsyncIterator[Lent]:
        """Lock a user's, lend it, and save what has changed as the transaction ends.

        Raise Unauthorized when the user is gone.
        """
        async with joined():
            try:
                (row,) = await fetch(LOCK.format(column="user_id"), [uuid4(), user, None])
            except IntegrityError as error:
                raise Unauthorized from error
            seen = await read_wares(OF_CART, [row["id"]])
            lent = _lent(seen, ())
            yield lent
            await execute_last(list(statements(row["id"], *differences(seen.places, lent.cart))))

    async def take_over(self, key: CartKey, now: datetime) -> Cart[Ware]:
        """Lock an anonymous cart, forget it, and give what it held: of many who take it one gets it."""
        lock = " FOR UPDATE" if dialect() == POSTGRES else ""
        async with joined():
            held = await fetch(TAKE + lock, [key, now])
            if not held:
                return Cart()
            cart = (await read_wares(OF_CART, [held[0]["id"]])).full()
            await execute(FORGET, [held[0]["id"]])
        return cart

    async def forget_expired(self, now: datetime) -> int:
        """Forget some anonymous carts that have expired, and count them; one that is locked is let be."""
        return len(await fetch(FORGET_OLD[dialect()], [now]))


async def _seen(holder: Holder, now: datetime, meant: Collection[OfferId] = ()) -> Seen:
    """Look at a cart that has not expired, and at the offers that are meant."""
    parameters: list[Any] = [holder]
    cart = "c.user_id = $1"
    if isinstance(holder, str):
        cart, parameters = "c.token_digest = $1 AND c.expires_at > $2", [holder, now]
    which = OF_HOLDER.format(cart=cart)
    if meant:
        parameters.append(orjson.dumps([str(offer) for offer in meant]).decode())
        which += MEANT[dialect()].format(place=f"${len(parameters)}")
    return await read_wares(which, parameters, cart)


def _lent(seen: Seen, meant: Collection[OfferId]) -> Lent:
    wares = {offer: seen.wares[offer] for offer in meant if offer in seen.wares}
    return Lent(seen.full(), wares, seen.cart, seen.version)
