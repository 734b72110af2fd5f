"""Imports that are taken up whose process died, or that cannot be carried out at all."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from builders import NOON, a_listed_good, a_price_list, a_product, a_shop, an_offer

from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.imports import TortoiseImports
from lavka.adapters.tortoise.listings import TortoiseListings
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.shop import Shop
from lavka.bootstrap import new_id, utc_now
from lavka.domain.errors import Conflict, Unavailable
from lavka.domain.imports import MOST_ATTEMPTS, Import, ImportId, Status
from lavka.domain.listings import Stored
from lavka.domain.shops import ShopId


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which lists wait for this test alone."""
    monkeypatch.chdir(tmp_path)


async def an_import(shop: Shop) -> Import:
    """One that waits, its list beside it."""
    seller = a_shop()
    await TortoiseStockroom().bring(shops=[seller])
    work = Import(ImportId(new_id()), seller.id, utc_now())
    await shop.importing.inbox.keep(work.id, BytesIO(a_price_list(a_listed_good()).encode()))
    await TortoiseImports().add(work)
    return work


async def die_at_it() -> bool:
    """Claim whatever waits, as a process does that is silent from then on."""
    return bool(await TortoiseImports().claim(new_id(), utc_now(), NOON - timedelta(days=365)))


async def told(work: Import) -> Import:
    return await TortoiseImports().get(work.shop, work.id)


async def test_one_whose_process_died_is_carried_out_by_the_next(shop: Shop) -> None:
    work = await an_import(shop)
    assert await die_at_it()
    assert await shop.carrying_out.take_one()
    assert ((await told(work)).status, (await told(work)).created) == (Status.DONE, 1)
    assert not await shop.carrying_out.take_one()


async def test_one_whose_process_is_alive_is_left_alone(shop: Shop) -> None:
    work = await an_import(shop)
    assert await TortoiseImports().claim(new_id(), utc_now(), utc_now() + timedelta(seconds=30))
    assert not await shop.carrying_out.take_one()
    assert (await told(work)).status is Status.RUNNING


async def test_one_that_ends_every_process_at_it_is_given_up(shop: Shop) -> None:
    work = await an_import(shop)
    for _ in range(MOST_ATTEMPTS):
        assert await die_at_it()
    assert await shop.carrying_out.take_one()
    report = await told(work)
    assert (report.status, [fault.field for fault in report.errors]) == (Status.FAILED, ["document"])
    assert not shop.importing.inbox.place(work.id).exists()
    assert not await shop.carrying_out.take_one()


async def test_one_whose_list_is_gone_fails_at_once(shop: Shop) -> None:
    work = await an_import(shop)
    await shop.importing.inbox.forget(work.id)
    assert await shop.carrying_out.take_one()
    report = await told(work)
    assert (report.status, [fault.field for fault in report.errors]) == (Status.FAILED, ["file"])


async def test_who_has_lost_an_import_to_another_keeps_nothing_of_it(shop: Shop) -> None:
    work = await an_import(shop)
    claim = await TortoiseImports().claim(new_id(), utc_now(), NOON - timedelta(days=365))
    assert claim
    assert await shop.carrying_out.take_one()
    claim.work.created = 99
    with pytest.raises(Conflict):
        await TortoiseImports().finish(claim)
    await TortoiseImports().prolong(claim, utc_now())
    await TortoiseImports().release(claim, utc_now())
    assert ((await told(work)).status, (await told(work)).created) == (Status.DONE, 1)


async def test_one_that_is_crossed_by_hand_is_taken_up_again(shop: Shop) -> None:
    work = await an_import(shop)
    product = a_product()
    await TortoiseStockroom().bring(products=[product], offers=[an_offer(product.id, work.shop, sku="17")])
    blind = replace(shop.carrying_out, listings=Blind(new_id))
    with pytest.raises(Unavailable):
        await blind.take_one()
    assert (await told(work)).status is Status.QUEUED
    assert not await shop.carrying_out.take_one()  # it waits a while, so that others have their turn
    await execute("UPDATE price_lists SET claimed_until = NULL")
    assert await shop.carrying_out.take_one()
    assert ((await told(work)).status, (await told(work)).updated) == (Status.DONE, 1)


async def test_one_that_failed_tells_of_nothing_done(shop: Shop) -> None:
    work = await an_import(shop)
    broken = replace(shop.carrying_out, listings=Failing(new_id))
    with pytest.raises(ZeroDivisionError):
        await broken.take_one()
    report = await told(work)
    assert (report.status, report.created, report.processed) == (Status.FAILED, 0, 0)
    assert [fault.field for fault in report.errors] == ["document"]


class Blind(TortoiseListings):
    """Sees no offer that is there already."""

    async def stored(self, shop: ShopId, skus: Collection[str], *, hold: bool) -> Mapping[str, Stored]:
        return {}


class Failing(TortoiseListings):
    """Fails at the very end."""

    async def settle(self, work: Import) -> None:
        raise ZeroDivisionError
