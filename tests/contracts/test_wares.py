"""Offers as they are sold today, looked at one by one."""

import pytest
from builders import a_product, a_shop, an_offer

from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wares import TortoiseWares
from lavka.bootstrap import new_id
from lavka.domain.catalog import OfferId

pytestmark = pytest.mark.usefixtures("store")


async def test_an_offer_is_found_with_its_price_and_what_there_is_of_it() -> None:
    shop, product = a_shop("Очаг"), a_product("Чайник")
    offer = an_offer(product.id, shop.id, price=500, quantity=3)
    await TortoiseStockroom().bring(shops=[shop], products=[product], offers=[offer])
    ware = await TortoiseWares().find(offer.id)
    assert ware is not None
    found = (ware.id, ware.price.minor, ware.quantity, ware.name, ware.shop_name, ware.is_for_sale)
    assert found == (offer.id, 500, 3, "Чайник", "Очаг", True)


async def test_one_that_is_nowhere_is_not_found() -> None:
    assert await TortoiseWares().find(OfferId(new_id())) is None
