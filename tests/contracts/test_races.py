"""Changes of one thing by two at once, overlapping as wanted; beside each a naive variant that goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import GOOD, NOON, a_category, a_listed_good, a_price_list, a_product, a_shop, a_user, an_offer
from overlapping import PATIENCE, Overlap, Step

from lavka.adapters.tortoise import goods as stored_goods
from lavka.adapters.tortoise import imports as stored_imports
from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.categories import TortoiseCategories
from lavka.adapters.tortoise.database import execute, fetch, transaction
from lavka.adapters.tortoise.imports import TortoiseImports
from lavka.adapters.tortoise.kept import KEPT_ACTIVE, KEPT_PRICE, KEPT_STOCK, next_version
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.models import CategoryRow, ShopRow
from lavka.adapters.tortoise.rows import category_of, shop_of
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.accounts import Registration
from lavka.application.carrying_out import CarryingOut
from lavka.application.goods import Arranging, Selling
from lavka.application.ports.sessions import Access, Redeemed, Tokens
from lavka.application.sessions import SigningIn, StayingSignedIn
from lavka.application.shop import Shop as LavkaShop
from lavka.bootstrap import new_id, utc_now
from lavka.domain.accounts import Email, User, UserId
from lavka.domain.catalog import Category, CategoryId, ProductId
from lavka.domain.errors import CategoryCycle, InvalidCredentials, Unauthorized
from lavka.domain.imports import Import, ImportId, Status, Terms
from lavka.domain.money import Money
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.domain.sessions import Device, Session, SessionId
from lavka.domain.shops import Shop, ShopId

pytestmark = pytest.mark.postgres

OFFERS_OF_EACH = "SELECT count(*) AS offers FROM offers GROUP BY product_id"
ANY_THAT_WAITS = """UPDATE price_lists SET status = 'running', claim = $1, claimed_until = $2
    WHERE id = (SELECT id FROM price_lists WHERE status = 'queued' AND $3::timestamptz IS NOT NULL
        LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"""
GUARD = "CREATE UNIQUE INDEX price_lists_one_runs ON price_lists (shop_id) WHERE status = 'running'"
MARIA = Registration("Иванова Мария", Email("maria@example.com"), Phone("+79110000000"), Password(GOOD))


@pytest.fixture
async def admin(shop: LavkaShop) -> Access:
    user = a_user(is_admin=True)
    await TortoiseUsers().add(user)
    return Access(user.id, SessionId(new_id()))


@pytest.fixture
async def unguarded(shop: LavkaShop) -> AsyncIterator[None]:
    """The database without the index that lets one import of a shop be at work."""
    await execute("DROP INDEX price_lists_one_runs")
    yield
    await execute("DELETE FROM price_lists")
    await execute(GUARD)


async def broken(shop: LavkaShop) -> set[str]:
    """The promises that do not hold."""
    return {name async for name, rows in shop.checks.broken() if rows}


async def keep_at_once(products: Sequence[ProductId]) -> None:
    """The naive way: what is kept is looked up in the very statement that waits for the other writer."""
    kept = f"price = {KEPT_PRICE}, in_stock = {KEPT_STOCK}, is_active = {KEPT_ACTIVE}"
    await execute(f"UPDATE products SET {kept} WHERE id = ANY($1)", [products])


async def change_two_offers(shop: LavkaShop, who: Access, overlap: Overlap) -> dict[str, Any]:
    """Make both offers of a product dearer and sold out at once; give what is kept of it."""
    seller, product = a_shop(), a_product()
    one, other = (an_offer(product.id, seller.id, price=price) for price in (500, 700))
    await TortoiseStockroom().bring(shops=[seller], products=[product], offers=[one, other])
    await overlap(
        lambda: shop.selling.change_offer(who, one.id, {"price": Money(900), "quantity": 0}),
        lambda: shop.selling.change_offer(who, other.id, {"price": Money(800), "quantity": 0}),
    )
    (kept,) = await fetch("SELECT price, in_stock FROM products")
    return kept


async def test_of_two_offers_changed_at_once_the_cheaper_is_kept(
    shop: LavkaShop, admin: Access, overlap: Overlap
) -> None:
    assert await change_two_offers(shop, admin, overlap) == {"price": 800, "in_stock": False}
    assert await broken(shop) == set()


async def test_what_is_kept_without_a_lock_would_be_caught(
    shop: LavkaShop, admin: Access, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_goods, "keep", keep_at_once)
    assert await change_two_offers(shop, admin, overlap) == {"price": 500, "in_stock": True}
    assert len(await broken(shop)) == 2


class UnheldShops(TortoiseShops):
    """The naive way: a shop is looked up, but may be closed until the offer is in."""

    async def get(self, shop: ShopId) -> Shop:
        return shop_of(await ShopRow.get(id=shop))


async def close_and_offer(
    shop: LavkaShop, selling: Selling, who: Access, overlap: Overlap, *, closing_first: bool
) -> None:
    """Close a shop while an offer comes into it, or the other way about."""
    seller, product = a_shop(), a_product()
    await TortoiseStockroom().bring(shops=[seller], products=[product])
    steps: list[Step] = [
        lambda: shop.selling.change(who, seller.id, {"is_open": False}),
        lambda: selling.offer(who, product.id, seller.id, {"sku": "1", "price": Money(500), "quantity": 1}),
    ]
    await overlap(*(steps if closing_first else reversed(steps)))


@pytest.mark.parametrize("closing_first", [True, False])
async def test_an_offer_that_comes_into_a_shop_as_it_closes_cannot_be_bought(
    shop: LavkaShop, admin: Access, overlap: Overlap, closing_first: bool
) -> None:
    await close_and_offer(shop, shop.selling, admin, overlap, closing_first=closing_first)
    assert await fetch("SELECT price, in_stock FROM products") == [{"price": None, "in_stock": False}]
    assert await broken(shop) == set()


@pytest.mark.parametrize("closing_first", [True, False])
async def test_a_shop_that_is_not_held_would_be_caught(
    shop: LavkaShop, admin: Access, overlap: Overlap, closing_first: bool
) -> None:
    naive = replace(shop.selling, shops=UnheldShops())
    await close_and_offer(shop, naive, admin, overlap, closing_first=closing_first)
    assert await fetch("SELECT price, in_stock FROM products") == [{"price": 500, "in_stock": True}]
    assert len(await broken(shop)) == 2


class UnlockedTree(TortoiseCategories):
    """The naive way: the tree is looked at before it is locked."""

    @asynccontextmanager
    async def change(self, category: CategoryId) -> AsyncIterator[Category]:
        async with transaction():
            lent = category_of(await CategoryRow.get(id=category))
            yield lent
            await CategoryRow.filter(id=category).update(parent_id=lent.parent)
            await next_version()


async def move_into_each_other(arranging: Arranging, who: Access, overlap: Overlap) -> None:
    """Put each of two categories into the other at once."""
    one, other = a_category("Дом"), a_category("Сад")
    await TortoiseStockroom().bring(categories=[one, other])
    await overlap(
        lambda: arranging.change(who, one.id, {"parent": other.id}),
        lambda: arranging.change(who, other.id, {"parent": one.id}),
    )


async def test_two_categories_moved_into_each_other_at_once_make_no_ring(
    shop: LavkaShop, admin: Access, overlap: Overlap
) -> None:
    with pytest.raises(CategoryCycle):
        await move_into_each_other(shop.arranging, admin, overlap)
    assert await broken(shop) == set()


async def test_a_tree_that_is_not_locked_would_be_caught(
    shop: LavkaShop, admin: Access, overlap: Overlap
) -> None:
    await move_into_each_other(replace(shop.arranging, categories=UnlockedTree()), admin, overlap)
    assert await broken(shop) == {"the categories are a tree"}


async def claim_two(overlap: Overlap) -> list[bool]:
    """Let two imports of one shop wait, and claim twice at once; whether each claim got one."""
    seller, imports, got = a_shop(), TortoiseImports(), []
    await TortoiseStockroom().bring(shops=[seller])
    for _ in range(2):
        await imports.add(Import(ImportId(new_id()), seller.id, utc_now()))

    async def claim() -> None:
        now = utc_now()
        got.append(await imports.claim(new_id(), now, now + timedelta(minutes=1)) is not None)

    await overlap(claim, claim)
    return got


async def test_of_two_imports_of_a_shop_claimed_at_once_one_is_at_work(
    shop: LavkaShop, overlap: Overlap
) -> None:
    assert await claim_two(overlap) == [True, False]
    assert not await TortoiseImports().claim(new_id(), NOON, NOON)


async def test_the_index_alone_keeps_a_shop_from_two_imports(
    shop: LavkaShop, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_imports, "CLAIM", ANY_THAT_WAITS)
    assert await claim_two(overlap) == [True, False]


async def test_a_claim_that_nothing_guards_would_be_caught(
    shop: LavkaShop, overlap: Overlap, monkeypatch: pytest.MonkeyPatch, unguarded: None
) -> None:
    monkeypatch.setattr(stored_imports, "CLAIM", ANY_THAT_WAITS)
    assert await claim_two(overlap) == [True, True]


class HeldListings(TortoiseListings):
    """An import that has written everything and waits to be let go on."""

    def __init__(self) -> None:
        super().__init__(new_id)
        self.has_written, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def settle(self, work: Import) -> None:
        await super().settle(work)
        self.has_written.set()
        await self.may_go_on.wait()


async def bring_the_same_twice(shop: LavkaShop, carrying_out: CarryingOut, folder: Path) -> list[int]:
    """Two shops bring one new good in at once, into categories that there are; the offers of each product."""
    one, other = a_shop(), a_shop()
    tree = [a_category("Чайники"), a_category("Ёлки")]
    await TortoiseStockroom().bring(shops=[one, other], categories=tree)
    file = folder / "prices.yaml"
    file.write_text(a_price_list(a_listed_good()))
    held = HeldListings()
    first = asyncio.create_task(replace(carrying_out, listings=held).carry_now(one.id, file, Terms()))
    await held.has_written.wait()
    second = asyncio.create_task(carrying_out.carry_now(other.id, file, Terms()))
    await asyncio.wait([second], timeout=PATIENCE)
    held.may_go_on.set()
    assert {(await each).status for each in (first, second)} == {Status.DONE}
    return [row["offers"] for row in await fetch(OFFERS_OF_EACH)]


async def test_two_shops_that_bring_one_new_thing_at_once_sell_one_product(
    shop: LavkaShop, tmp_path: Path
) -> None:
    assert await bring_the_same_twice(shop, shop.carrying_out, tmp_path) == [2]
    assert await broken(shop) == set()


async def test_imports_that_write_at_once_would_be_caught(shop: LavkaShop, tmp_path: Path) -> None:
    naive = replace(shop.carrying_out, writing=transaction)
    assert await bring_the_same_twice(shop, naive, tmp_path) == [1, 1]


class UnlockedSessions(TortoiseSessions):
    """The naive way: the session of a refresh token is read, but may be ended until it is prolonged."""

    async def redeem(self, digest: str, now: datetime) -> Redeemed | None:
        await execute("UPDATE refresh_tokens SET used_at = $1 WHERE digest = $2", [now, digest])
        (token,) = await fetch("SELECT session_id FROM refresh_tokens WHERE digest = $1", [digest])
        (row,) = await fetch("SELECT * FROM sessions WHERE id = $1", [token["session_id"]])
        times = (row["created_at"], row["last_used_at"], row["expires_at"], row["ended_at"])
        return Redeemed(Session(row["id"], row["user_id"], Device(), *times), True)


async def refresh_and_block(
    shop: LavkaShop, refreshing: StayingSignedIn, who: Access, overlap: Overlap, *, blocking_first: bool
) -> tuple[list[Session], list[Tokens]]:
    """Block an account while its session is refreshed, or the other way about.

    Where it is signed in then, and what the refresh has given.
    """
    await shop.joining.register(MARIA)
    tokens = await shop.signing_in.log_in(MARIA.email.address, GOOD, Device())
    access = await shop.sessions.recognise(tokens.access_token)
    given: list[Tokens] = []

    async def refresh() -> None:
        with suppress(Unauthorized):
            given.append(await refreshing.refresh(tokens.refresh_token))

    async def block() -> None:
        await shop.administering.block(who, access.user, is_blocked=True)

    steps: list[Step] = [block, refresh]
    await overlap(*(steps if blocking_first else reversed(steps)))
    live = await TortoiseSessions().of(access.user, utc_now())
    return list(live), given


@pytest.mark.parametrize("blocking_first", [True, False])
async def test_a_session_that_is_refreshed_as_its_account_is_blocked_ends(
    shop: LavkaShop, admin: Access, overlap: Overlap, blocking_first: bool
) -> None:
    live, given = await refresh_and_block(shop, shop.sessions, admin, overlap, blocking_first=blocking_first)
    assert live == []
    assert len(given) == (not blocking_first)
    for tokens in given:
        with pytest.raises(Unauthorized):
            await shop.sessions.refresh(tokens.refresh_token)
        with pytest.raises(Unauthorized):
            await shop.sessions.recognise(tokens.access_token)


async def test_a_session_that_is_not_locked_would_be_caught(
    shop: LavkaShop, admin: Access, overlap: Overlap
) -> None:
    sessions = UnlockedSessions()
    naive = replace(
        shop.sessions, sessions=sessions, issuing=replace(shop.sessions.issuing, sessions=sessions)
    )
    live, given = await refresh_and_block(shop, naive, admin, overlap, blocking_first=True)
    assert (len(live), len(given)) == (1, 1)


class UnlockedUsers(TortoiseUsers):
    """The naive way: an account is read, but may be blocked until its session is open."""

    @asynccontextmanager
    async def change(self, user: UserId) -> AsyncIterator[User]:
        yield await self.get(user)


async def sign_in_and_block(
    shop: LavkaShop, signing_in: SigningIn, who: Access, overlap: Overlap, *, blocking_first: bool
) -> list[Session]:
    """Block an account while somebody signs in to it, or the other way about; where it is signed in then."""
    user = await shop.joining.register(MARIA)

    async def sign_in() -> None:
        with suppress(InvalidCredentials):
            await signing_in.log_in(MARIA.email.address, GOOD, Device())

    async def block() -> None:
        await shop.administering.block(who, user.id, is_blocked=True)

    steps: list[Step] = [block, sign_in]
    await overlap(*(steps if blocking_first else reversed(steps)))
    return list(await TortoiseSessions().of(user.id, utc_now()))


@pytest.mark.parametrize("blocking_first", [True, False])
async def test_nobody_comes_in_as_the_account_is_blocked(
    shop: LavkaShop, admin: Access, overlap: Overlap, blocking_first: bool
) -> None:
    live = await sign_in_and_block(shop, shop.signing_in, admin, overlap, blocking_first=blocking_first)
    assert live == []


async def test_an_account_that_is_not_locked_would_be_caught(
    shop: LavkaShop, admin: Access, overlap: Overlap
) -> None:
    naive = replace(shop.signing_in, users=UnlockedUsers())
    assert len(await sign_in_and_block(shop, naive, admin, overlap, blocking_first=True)) == 1
