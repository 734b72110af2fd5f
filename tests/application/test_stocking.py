"""Filling an empty shop."""

from asyncio import gather
from dataclasses import replace

import pytest
from builders import a_category, a_product, a_shop, a_user, an_offer
from tortoise.exceptions import IntegrityError

from lavka.application.shop import Shop
from lavka.application.stocking import Assortment
from lavka.domain.errors import EmailTaken, Invalid, NotEmpty


def goods(products: int = 5) -> Assortment:
    """A few products, each with two offers."""
    category, shop = a_category(), a_shop()
    made = [a_product(f"Товар {number}", category=category.id) for number in range(products)]
    offers = [an_offer(product.id, shop.id, price=price) for price in (700, 500) for product in made]
    return Assortment([a_user()], [category], [shop], made, offers)


async def test_everything_is_brought_in_by_the_batch(shop: Shop) -> None:
    heard: list[int] = []
    await shop.stocking.fill(goods(5), size=2, progress=heard.append)
    assert heard == [2, 2, 1]
    page = await shop.browsing.products()
    assert page.total == 5
    assert {item["price"] for item in page.items.values} == {500}
    for item in page.items.values:
        card = await shop.browsing.product(item["id"])
        assert [offer["price"] for offer in card.values["offers"]] == [500, 700]
    assert len((await shop.browsing.categories()).values) == (await shop.browsing.shops()).total == 1


@pytest.mark.parametrize(
    "held", [Assortment(users=[a_user()]), Assortment(shops=[a_shop()]), Assortment(products=[a_product()])]
)
async def test_a_shop_that_holds_anything_is_not_filled(shop: Shop, held: Assortment) -> None:
    assert await shop.stocking.is_empty()
    await shop.stocking.fill(held)
    assert not await shop.stocking.is_empty()
    with pytest.raises(NotEmpty):
        await shop.stocking.fill(goods())


async def test_a_shop_is_filled_whole_or_not_at_all(shop: Shop) -> None:
    right = goods(5)
    wrong = replace(right, products=[*right.products, right.products[0]])
    with pytest.raises(IntegrityError):
        await shop.stocking.fill(wrong, size=2)
    assert await shop.stocking.is_empty()
    assert (await shop.browsing.products()).total == 0
    assert (await shop.browsing.categories()).values == []
    await shop.stocking.fill(right)


async def test_an_offer_of_no_product_is_refused(shop: Shop) -> None:
    right = goods(2)
    with pytest.raises(Invalid):
        await shop.stocking.fill(replace(right, offers=[*right.offers, an_offer()]))
    assert await shop.stocking.is_empty()


async def test_of_two_that_fill_at_once_one_does(shop: Shop) -> None:
    answers = await gather(*(shop.stocking.fill(goods(20)) for _ in range(2)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {type(None), NotEmpty}
    assert (await shop.browsing.products()).total == 20


async def test_users_who_cannot_be_told_apart_are_refused(shop: Shop) -> None:
    one = a_user()
    with pytest.raises(EmailTaken):
        await shop.stocking.fill(Assortment(users=[one, a_user(email=one.email.address)]))
    assert await shop.stocking.is_empty()
