"""Files and rows stay in step, whatever crosses and whatever crashes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import a_photo, a_product, a_user

from lavka.adapters.pillow.pictures import PillowPictures
from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.pictures import TortoiseGalleries
from lavka.application.pictures import MOST_LEFT, PROMISES, Picturing
from lavka.application.ports.pictures import Prepared
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import new_id
from lavka.domain.catalog import ProductId
from lavka.domain.errors import Forbidden, GalleryFull, Invalid, NotFound, PictureRepeated, Unauthorized
from lavka.domain.pictures import MOST_PICTURES, PictureId, file_names
from lavka.domain.sessions import SessionId
from lavka.settings import Settings

MISSING, LEFT_OVER = PROMISES
MEDIA = Path("var/media")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A shop whose files are in a folder of this test's own."""
    monkeypatch.chdir(tmp_path)
    return settings


@pytest.fixture
async def products(shop: Shop) -> list[ProductId]:
    """Two products on the shelves."""
    products = [a_product(), a_product()]
    await shop.stocking.stockroom.bring(products=products)
    return [product.id for product in products]


async def a_caller(shop: Shop, *, is_admin: bool = True) -> Access:
    user = a_user(is_admin=is_admin)
    await shop.joining.users.add(user)
    return Access(user.id, SessionId(new_id()))


@pytest.fixture
async def admin(shop: Shop) -> Access:
    return await a_caller(shop)


def sending(content: bytes) -> Callable[[], Awaitable[bytes]]:
    async def send() -> bytes:
        return content

    return send


async def unread() -> bytes:
    raise AssertionError("Who may not send a file is not listened to.")


def files() -> list[str]:
    return sorted(file.relative_to(MEDIA).as_posix() for file in MEDIA.rglob("*") if file.is_file())


async def broken(shop: Shop) -> dict[str, Sequence[dict[str, Any]]]:
    return {name: rows async for name, rows in shop.checks.broken() if rows}


async def test_a_picture_is_added_with_its_files(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    first = await shop.picturing.add(admin, products[0], sending(a_photo()))
    second = await shop.picturing.add(admin, products[0], sending(a_photo("GIF")))
    assert (first.position, second.position) == (1, 2)
    assert first.product == products[0]
    assert files() == sorted([*file_names(first.digest), *file_names(second.digest)])
    assert await broken(shop) == {}


async def test_only_administrators_may(shop: Shop, products: list[ProductId], admin: Access) -> None:
    picture = await shop.picturing.add(admin, products[0], sending(a_photo()))
    nobody = Access(a_user().id, admin.session)
    for who, refusal in ((await a_caller(shop, is_admin=False), Forbidden), (nobody, Unauthorized)):
        with pytest.raises(refusal):
            await shop.picturing.add(who, products[0], unread)
        with pytest.raises(refusal):
            await shop.picturing.move(who, products[0], picture.id, 1)
        with pytest.raises(refusal):
            await shop.picturing.remove(who, products[0], picture.id)
    assert files() == sorted(file_names(picture.digest))


async def test_what_is_not_there_is_not_found(shop: Shop, admin: Access, products: list[ProductId]) -> None:
    picture = await shop.picturing.add(admin, products[0], sending(a_photo()))
    with pytest.raises(NotFound):
        await shop.picturing.add(admin, ProductId(new_id()), unread)
    for product, wanted in ((products[1], picture.id), (products[0], PictureId(new_id()))):
        with pytest.raises(NotFound):
            await shop.picturing.move(admin, product, wanted, 1)
        with pytest.raises(NotFound):
            await shop.picturing.remove(admin, product, wanted)
    assert len(files()) == 4


async def test_a_refused_picture_leaves_nothing(shop: Shop, admin: Access, products: list[ProductId]) -> None:
    photo = a_photo()
    await shop.picturing.add(admin, products[0], sending(photo))
    with pytest.raises(PictureRepeated):
        await shop.picturing.add(admin, products[0], sending(photo))
    with pytest.raises(Invalid):
        await shop.picturing.add(admin, products[0], sending(photo[:-20]))
    assert len(files()) == 4
    assert await broken(shop) == {}


async def test_a_full_gallery_takes_no_more(shop: Shop, admin: Access, products: list[ProductId]) -> None:
    async with shop.picturing.galleries.change(products[0]) as gallery:
        for number in range(MOST_PICTURES):
            gallery.add(PictureId(new_id()), f"{number:064x}")
    with pytest.raises(GalleryFull):
        await shop.picturing.add(admin, products[0], sending(a_photo()))
    assert LEFT_OVER not in await broken(shop)


async def test_a_deleted_picture_leaves_no_file_unless_another_product_has_it(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    photo = a_photo()
    one, other = [await shop.picturing.add(admin, each, sending(photo)) for each in products]
    assert (one.id != other.id, one.digest == other.digest) == (True, True)
    await shop.picturing.remove(admin, products[0], one.id)
    assert files() == sorted(file_names(photo_digest := one.digest))
    await shop.picturing.remove(admin, products[1], other.id)
    assert files() == []
    again = await shop.picturing.add(admin, products[0], sending(photo))
    assert again.digest == photo_digest
    assert files() == sorted(file_names(photo_digest))
    assert await broken(shop) == {}


class Slow(PillowPictures):
    """Files that take their time to be deleted: whoever crosses that meets it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.has_begun, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def forget(self, digest: str) -> None:
        self.has_begun.set()
        await self.may_go_on.wait()
        await super().forget(digest)


class Careless(TortoiseGalleries):
    """Galleries that hold nothing: what the tests below must notice."""

    async def hold(self, digest: str) -> None:
        """Let anybody do anything."""


async def crossed(picturing: Picturing, admin: Access, products: list[ProductId]) -> None:
    """Upload for one product the picture whose files are just being deleted for another."""
    slow, photo = Slow(MEDIA), a_photo()
    picturing = replace(picturing, pictures=slow)
    old = await picturing.add(admin, products[0], sending(photo))
    removing = asyncio.create_task(picturing.remove(admin, products[0], old.id))
    await slow.has_begun.wait()
    adding = asyncio.create_task(picturing.add(admin, products[1], sending(photo)))
    await asyncio.sleep(0.5)
    slow.may_go_on.set()
    await asyncio.gather(removing, adding)
    slow.close()


async def test_an_upload_that_crosses_a_deletion_of_the_same_picture_has_its_files(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    await crossed(shop.picturing, admin, products)
    assert len(files()) == 4
    assert await broken(shop) == {}


@pytest.mark.postgres
async def test_without_holding_the_digest_a_crossing_would_lose_the_files(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    await crossed(replace(shop.picturing, galleries=Careless()), admin, products)
    assert (await broken(shop)).keys() == {MISSING}


async def test_uploads_and_deletions_of_one_picture_by_many_leave_files_and_rows_in_step(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    prepared = await shop.picturing.pictures.prepare(a_photo())

    class Ready(PillowPictures):
        """Files whose making is not what this is about."""

        async def prepare(self, content: bytes) -> Prepared:
            return prepared

    quick = replace(shop.picturing, pictures=Ready(MEDIA))

    async def come_and_go(product: ProductId) -> None:
        for _ in range(10):
            picture = await quick.add(admin, product, sending(b""))
            assert set(files()) == set(file_names(picture.digest))
            await quick.remove(admin, product, picture.id)

    await asyncio.gather(*map(come_and_go, products))
    assert files() == []
    assert await broken(shop) == {}


def left_behind(digest: str, name: str = "") -> Path:
    """A file as a crash leaves it."""
    file = MEDIA / digest[:2] / (name or f"{digest}.webp")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"a picture")
    return file


async def test_what_a_crash_has_left_is_found_and_swept(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    kept = await shop.picturing.add(admin, products[0], sending(a_photo()))
    whole, half = "ab" + "1" * 62, "cd" + "3" * 62
    left_behind(whole)
    left_behind(half, f"{half}-64.draft")
    assert await broken(shop) == {LEFT_OVER: [{"digest": each} for each in (whole, half)]}
    assert await shop.picturing.sweep() == 2
    assert files() == sorted(file_names(kept.digest))
    assert await shop.picturing.sweep() == 0


async def test_the_files_of_another_database_are_not_swept(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    left_behind("ab" + "1" * 62)
    assert await shop.picturing.sweep() == 0  # nobody here has a picture
    await shop.picturing.add(admin, products[0], sending(a_photo()))
    others = [left_behind(f"{number:064x}") for number in range(MOST_LEFT)]
    assert await shop.picturing.sweep() == 0
    others[0].unlink()
    assert await shop.picturing.sweep() == MOST_LEFT
    assert len(files()) == 4


async def test_a_sweep_waits_for_an_upload_and_leaves_its_files(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    await shop.picturing.add(admin, products[0], sending(a_photo()))
    kept, may_go_on = asyncio.Event(), asyncio.Event()

    class Slow(PillowPictures):
        """Files that are there for a while before their row is."""

        async def keep(self, prepared: Prepared) -> None:
            await super().keep(prepared)
            kept.set()
            await may_go_on.wait()

    slow = replace(shop.picturing, pictures=Slow(MEDIA))
    adding = asyncio.create_task(slow.add(admin, products[1], sending(a_photo())))
    await kept.wait()
    sweeping = asyncio.create_task(shop.picturing.sweep())
    await asyncio.sleep(0.3)
    may_go_on.set()
    await adding
    assert await sweeping == 0
    assert len(files()) == 8
    assert await broken(shop) == {}


async def test_a_lost_file_is_found(shop: Shop, admin: Access, products: list[ProductId]) -> None:
    whole, harmed, gone = [await shop.picturing.add(admin, products[0], sending(a_photo())) for _ in range(3)]
    (MEDIA / file_names(harmed.digest)[2]).unlink()
    for name in file_names(gone.digest):
        (MEDIA / name).unlink()
    digests = sorted([harmed.digest, gone.digest])
    assert await broken(shop) == {MISSING: [{"digest": each} for each in digests]}
    assert whole.digest not in digests


async def test_only_the_first_twenty_are_shown(shop: Shop) -> None:
    for number in range(30):
        left_behind(f"{number:064x}")
    assert len((await broken(shop))[LEFT_OVER]) == 20


async def test_a_moved_picture_becomes_the_main_one(
    shop: Shop, admin: Access, products: list[ProductId]
) -> None:
    await shop.picturing.add(admin, products[0], sending(a_photo()))
    second = await shop.picturing.add(admin, products[0], sending(a_photo()))
    moved = await shop.picturing.move(admin, products[0], second.id, 1)
    assert moved == replace(second, position=1)
    assert (await shop.browsing.product(products[0])).values["image"] == second.url
    with pytest.raises(Invalid):
        await shop.picturing.move(admin, products[0], second.id, 3)
    await execute("UPDATE products SET is_active = FALSE")
    assert (await shop.picturing.move(admin, products[0], second.id, 2)).position == 2
