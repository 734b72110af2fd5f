"""What every loading bay must do: bring in all or nothing, and keep prices, stock and totals right."""

from dataclasses import dataclass, replace

import pytest
from builders import a_category, a_product, a_shop, a_user, an_offer
from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.catalog import TortoiseCatalog
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.ports.catalog import Stockroom
from lavka.domain.catalog import DEAREST, Offer, Product
from lavka.domain.errors import EmailTaken
from lavka.domain.shops import Shop


@pytest.fixture(params=[TortoiseStockroom])
def stockroom(request: pytest.FixtureRequest, store: None) -> Stockroom:
    return request.param()  # type: ignore[no-any-return]


async def kept(product: Product) -> tuple[int | None, bool]:
    """The price and the availability that lists show."""
    (row,) = await fetch("SELECT price, in_stock FROM products WHERE id = $1", [product.id])
    return row["price"], bool(row["in_stock"])


async def version() -> int:
    return (await fetch("SELECT version FROM catalog_version"))[0]["version"]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Sold:
    """One offer: its price, how many there are, and what may keep it from being bought."""

    price: int
    quantity: int = 1
    is_active: bool = True
    in_open_shop: bool = True


CASES: dict[str, tuple[list[Sold], tuple[int | None, bool]]] = {
    "no offers": ([], (None, False)),
    "one offer": ([Sold(500)], (500, True)),
    "the cheapest of several": ([Sold(700), Sold(500), Sold(900)], (500, True)),
    "sold out keeps its price": ([Sold(500, quantity=0)], (500, False)),
    "one of several is left": ([Sold(500, quantity=0), Sold(700)], (500, True)),
    "an inactive offer is none": ([Sold(100, is_active=False), Sold(500, quantity=0)], (500, False)),
    "only inactive offers": ([Sold(100, is_active=False)], (None, False)),
    "a closed shop sells nothing": ([Sold(100, in_open_shop=False), Sold(500, quantity=0)], (500, False)),
    "only closed shops": ([Sold(100, in_open_shop=False)], (None, False)),
    "the largest amount": ([Sold(DEAREST.minor)], (DEAREST.minor, True)),
}


def offers_of(product: Product, sold: list[Sold], open_shop: Shop, closed: Shop) -> list[Offer]:
    return [
        an_offer(
            product.id,
            (open_shop if each.in_open_shop else closed).id,
            price=each.price,
            quantity=each.quantity,
            is_active=each.is_active,
        )
        for each in sold
    ]


@pytest.mark.parametrize(("sold", "expected"), CASES.values(), ids=CASES.keys())
async def test_a_products_price_and_stock_follow_from_its_offers(
    stockroom: Stockroom, sold: list[Sold], expected: tuple[int | None, bool]
) -> None:
    product, neighbour, shops = a_product(), a_product(), [a_shop(), a_shop(is_open=False)]
    offers = offers_of(product, sold, *shops)
    await stockroom.bring(
        (), shops, [product, neighbour], [*offers, an_offer(neighbour.id, shops[0].id, price=42)]
    )
    assert await kept(product) == expected
    assert await kept(neighbour) == (42, True)


@pytest.mark.parametrize(
    ("sold", "expected"),
    [(Sold(300), (300, True)), (Sold(700), (500, True)), (Sold(300, is_active=False), (500, False))],
)
async def test_offers_that_come_later_are_counted_too(
    stockroom: Stockroom, sold: Sold, expected: tuple[int | None, bool]
) -> None:
    product, shop = a_product(), a_shop()
    await stockroom.bring((), [shop], [product], offers_of(product, [Sold(500, quantity=0)], shop, shop))
    await stockroom.bring(offers=offers_of(product, [sold], shop, shop))
    assert await kept(product) == expected


async def test_every_field_of_an_offer_is_kept(stockroom: Stockroom) -> None:
    product, shop = a_product(), a_shop()
    offer = an_offer(
        product.id,
        shop.id,
        sku="Ч-" + "1" * 98,
        price=199_000,
        quantity=10**9,
        recommended_price=229_000,
        attributes={"Цвет": "синий"},
    )
    plain = an_offer(product.id, shop.id, is_active=False, quantity=0)
    await stockroom.bring((), [shop], [product], [offer, plain])
    for each in (offer, plain):
        (row,) = await fetch(
            "SELECT o.*, s.quantity FROM offers o JOIN stock s ON s.offer_id = o.id WHERE o.id = $1",
            [each.id],
        )
        assert str(row["product_id"]) == str(product.id)
        assert str(row["shop_id"]) == str(shop.id)
        recommended = each.recommended_price.minor if each.recommended_price else None
        assert (row["sku"], row["price"], row["recommended_price"]) == (
            each.sku,
            each.price.minor,
            recommended,
        )
        assert (row["quantity"], bool(row["is_active"])) == (each.quantity, each.is_active)
        assert ("синий" in str(row["attributes"])) == bool(each.attributes)


async def test_a_name_that_grows_when_it_is_folded_still_fits(stockroom: Stockroom) -> None:
    product = a_product("\ufdfa" * 255)  # one letter that folds into eighteen
    await stockroom.bring(products=[product])
    (row,) = await fetch("SELECT name, name_folded FROM products WHERE id = $1", [product.id])
    assert row["name"] == product.name
    assert len(row["name_folded"]) == 510


async def test_goods_are_brought_in_all_or_none(stockroom: Stockroom) -> None:
    product, shop, category = a_product(), a_shop(), a_category()
    twice = an_offer(product.id, shop.id)
    before = await version()
    with pytest.raises(IntegrityError):
        await stockroom.bring([category], [shop], [product], [twice, replace(an_offer(), id=twice.id)])
    assert await stockroom.is_empty()
    assert await fetch("SELECT id FROM categories") == []
    assert await version() == before


async def test_every_delivery_makes_kept_totals_outdated(stockroom: Stockroom) -> None:
    before = await version()
    product, shop = a_product(), a_shop()
    await stockroom.bring((), [shop], [product])
    between = await version()
    await stockroom.bring(offers=[an_offer(product.id, shop.id)])
    assert before < between < await version()


async def test_a_shop_without_anything_is_empty(stockroom: Stockroom) -> None:
    assert await stockroom.is_empty() is True


@pytest.mark.parametrize("thing", ["a user", "a shop", "a product", "a hidden product"])
async def test_a_shop_with_anything_is_not_empty(stockroom: Stockroom, thing: str) -> None:
    if thing == "a user":
        await stockroom.bring_users([a_user()])
    elif thing == "a shop":
        await stockroom.bring(shops=[a_shop()])
    else:
        await stockroom.bring(products=[a_product(is_active=thing == "a product")])
    assert await stockroom.is_empty() is False


async def test_users_are_brought_in_whole_and_refused_as_anywhere(stockroom: Stockroom) -> None:
    seller = a_user(username="seller", is_admin=True)
    await stockroom.bring_users([seller, a_user()])
    assert await TortoiseUsers().get(seller.id) == seller
    with pytest.raises(EmailTaken):
        await stockroom.bring_users([a_user(email=seller.email.address)])


async def test_a_tree_is_brought_in_parents_first(stockroom: Stockroom) -> None:
    home = a_category("Дом")
    kitchen = a_category("Кухня", parent=home.id)
    await stockroom.bring([home, kitchen])
    (root,) = (await TortoiseCatalog().categories()).values
    assert (root["id"], root["children"][0]["id"]) == (str(home.id), str(kitchen.id))
