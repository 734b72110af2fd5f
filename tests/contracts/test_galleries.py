"""What every store of galleries must do: lend, save what has changed, and hold a digest."""

import asyncio

import pytest
from builders import a_product

from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.database import fetch, transaction
from lavka.adapters.tortoise.pictures import TortoiseGalleries
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import PageWish, ProductFilter, Sort
from lavka.application.ports.pictures import Galleries
from lavka.bootstrap import new_id
from lavka.domain.catalog import ProductId
from lavka.domain.errors import NotFound
from lavka.domain.pictures import Picture, PictureId

A, B, C = "aa" + "1" * 62, "aa" + "2" * 62, "ff" + "3" * 62


@pytest.fixture(params=[TortoiseGalleries])
def galleries(request: pytest.FixtureRequest, store: None) -> Galleries:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def product(galleries: Galleries) -> ProductId:
    """A product on the shelves."""
    product = a_product()
    await TortoiseStockroom().bring(products=[product, a_product()])
    return product.id


async def hang(galleries: Galleries, product: ProductId, *digests: str) -> list[Picture]:
    async with galleries.change(product) as gallery:
        return [gallery.add(PictureId(new_id()), digest) for digest in digests]


async def hung(galleries: Galleries, product: ProductId) -> list[Picture]:
    async with galleries.change(product) as gallery:
        return list(gallery)


async def version() -> int:
    return (await fetch("SELECT version FROM catalog_version"))[0]["version"]  # type: ignore[no-any-return]


async def test_every_field_of_a_picture_is_kept(galleries: Galleries, product: ProductId) -> None:
    assert await hung(galleries, product) == []
    added = await hang(galleries, product, A, C)
    assert await hung(galleries, product) == added
    assert [picture.position for picture in added] == [1, 2]


async def test_moves_and_removals_are_kept(galleries: Galleries, product: ProductId) -> None:
    first, second, third = await hang(galleries, product, A, B, C)
    async with galleries.change(product) as gallery:
        gallery.move(third.id, 1)
        gallery.remove(second.id)
    assert [(each.id, each.position) for each in await hung(galleries, product)] == [
        (third.id, 1),
        (first.id, 2),
    ]


async def test_an_exception_leaves_no_trace(galleries: Galleries, product: ProductId) -> None:
    added = await hang(galleries, product, A)
    before = await version()

    async def fail() -> None:
        async with galleries.change(product) as gallery:
            gallery.add(PictureId(new_id()), B)
            gallery.remove(added[0].id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await hung(galleries, product) == added
    assert await version() == before + 1  # of this very look


async def test_there_is_no_gallery_without_a_product(galleries: Galleries, product: ProductId) -> None:
    assert await galleries.exists(product)
    assert not await galleries.exists(ProductId(new_id()))
    before = await version()
    with pytest.raises(NotFound):
        await hung(galleries, ProductId(new_id()))
    assert await version() == before


async def test_a_hidden_product_has_a_gallery_too(galleries: Galleries) -> None:
    hidden = a_product(is_active=False)
    await TortoiseStockroom().bring(products=[hidden])
    assert await galleries.exists(hidden.id)
    assert len(await hang(galleries, hidden.id, A)) == 1


async def test_lists_and_cards_show_the_pictures(galleries: Galleries, product: ProductId) -> None:
    catalog = TortoiseCatalog()

    async def shown() -> tuple[object, object]:
        page = await catalog.products(ProductFilter(), Sort.NEWEST, PageWish())
        item = next(each for each in page.items.values if each["id"] == str(product))
        return item["image"], (await catalog.product(product)).values["images"]

    assert await shown() == (None, [])
    first, second = await hang(galleries, product, A, C)
    card = [
        {"id": str(each.id), "url": each.url, "thumbnails": each.thumbnails, "position": each.position}
        for each in (first, second)
    ]
    assert await shown() == (first.url, card)
    before = await version()
    async with galleries.change(product) as gallery:
        gallery.move(second.id, 1)
    assert await version() > before
    image, images = await shown()
    assert image == second.url
    assert [(each["id"], each["position"]) for each in images] == [(str(second.id), 1), (str(first.id), 2)]  # type: ignore[attr-defined]
    async with galleries.change(product) as gallery:
        for each in list(gallery):
            gallery.remove(each.id)
    assert await shown() == (None, [])


async def test_digests_are_found_by_their_beginning(galleries: Galleries, product: ProductId) -> None:
    assert await galleries.are_empty()
    await hang(galleries, product, A, B, C)
    assert not await galleries.are_empty()
    other = a_product()
    await TortoiseStockroom().bring(products=[other])
    await hang(galleries, other.id, A)
    assert await galleries.named("aa") == {A, B}
    assert await galleries.named("ff") == {C}
    assert await galleries.named("00") == await galleries.named("ab") == set()
    assert await galleries.named(A) == {A}
    assert await galleries.named(C) == {C}
    assert await galleries.named("f" * 64) == set()


async def test_of_two_who_change_one_gallery_the_second_sees_what_the_first_has_done(
    galleries: Galleries, product: ProductId
) -> None:
    await asyncio.gather(*(hang(galleries, product, f"{number:064x}") for number in range(8)))
    assert [each.position for each in await hung(galleries, product)] == list(range(1, 9))


async def test_a_digest_is_held_until_the_transaction_ends(galleries: Galleries) -> None:
    happened: list[str] = []

    async def hold(name: str, digest: str, pause: float) -> None:
        async with transaction():
            await galleries.hold(digest)
            happened.append(f"{name} holds")
            await asyncio.sleep(pause)
            happened.append(f"{name} lets go")

    first = asyncio.create_task(hold("first", A, 0.3))
    await asyncio.sleep(0.1)
    await hold("second", A, 0)
    await first
    assert happened == ["first holds", "first lets go", "second holds", "second lets go"]
