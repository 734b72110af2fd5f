"""Shops."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from lavka.adapters.tortoise.database import fetch, hold, transaction
from lavka.adapters.tortoise.kept import FIRST, keep, next_version
from lavka.adapters.tortoise.models import ShopRow, UserRow
from lavka.adapters.tortoise.rows import changed, shop_columns, shop_of
from lavka.domain.accounts import AccountType, UserId
from lavka.domain.errors import Detail, Invalid, NotFound, ShopNameTaken
from lavka.domain.shops import HOUSE, HOUSE_NAME, Shop, ShopId

BATCH = 1000
SELLS = Q(account_type=AccountType.SHOP.value) | Q(is_admin=True)
NEXT_GOODS = f"""SELECT DISTINCT product_id AS id FROM offers
    WHERE shop_id = $1 AND product_id > $2 ORDER BY product_id LIMIT {BATCH}"""


class TortoiseShops:
    """Every shop."""

    async def add(self, shop: Shop) -> None:
        """Keep a new one; raise ShopNameTaken, Invalid for an owner who is not there."""
        async with transaction():
            await _hold_owner(shop)
            with _name_is_free():
                await ShopRow.create(**shop_columns(shop))
            await next_version()

    async def get(self, shop: ShopId) -> Shop:
        """Find one; raise NotFound. Within a transaction it stays as it is until the end."""
        async with transaction():
            if not await hold("shops", shop, "SHARE"):
                raise NotFound
            return shop_of(await ShopRow.get(id=shop))

    @asynccontextmanager
    async def change(self, shop: ShopId) -> AsyncIterator[Shop]:
        """Lock one, lend it, save what has changed, and what lists show of its goods."""
        async with transaction():
            row = await ShopRow.select_for_update(no_key=True).get_or_none(id=shop)
            if row is None:
                raise NotFound
            lent = shop_of(row)
            before = shop_columns(lent)
            yield lent
            changes = changed(before, shop_columns(lent))
            if "owner_id" in changes:
                await _hold_owner(lent)
            if changes:
                with _name_is_free():
                    await ShopRow.filter(id=shop).update(**changes)
                if "is_open" in changes:
                    await _keep_goods(shop)
                await next_version()

    async def house(self) -> Shop:
        """Give the house's own shop as `get` does, made if it is not there; raise ShopNameTaken."""
        async with transaction():
            if not await ShopRow.exists(id=HOUSE):
                with _name_is_free():
                    await ShopRow.create(**shop_columns(Shop(HOUSE, HOUSE_NAME)))
            return await self.get(HOUSE)

    async def owned_by(self, user: UserId) -> Sequence[Shop]:
        """Find a user's shops, the oldest first."""
        return [shop_of(row) for row in await ShopRow.filter(owner_id=user).order_by("id")]


async def _keep_goods(shop: ShopId) -> None:
    """Bring what is kept of a shop's products up to date, in the order of their ids."""
    last: Any = FIRST
    while found := await fetch(NEXT_GOODS, [shop, last]):
        await keep([row["id"] for row in found])
        last = found[-1]["id"]


async def _hold_owner(shop: Shop) -> None:
    if shop.owner is None:
        return
    await hold("users", shop.owner, "KEY SHARE")
    if not await UserRow.exists(SELLS, id=shop.owner):
        rule = "A shop is owned by a shop's account or by an administrator: take the id of one."
        raise Invalid([Detail("owner_id", rule)])


@contextmanager
def _name_is_free() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise ShopNameTaken from error
