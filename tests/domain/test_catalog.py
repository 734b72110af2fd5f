"""Categories, products, offers, and the two forms of a name."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from builders import a_category, a_product, a_shop, an_offer
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.cart import MOST, Cart, CartItem
from lavka.domain.catalog import DEAREST, fold, slugify
from lavka.domain.errors import Invalid

letters = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБЯёЁabzABZ0189 -_.,!№«»é\t", max_size=300)


def refused_fields(make: Callable[[], object]) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        make()
    return [detail.field for detail in refusal.value.details]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Чайник", "chaynik"),
        ("Жёлтый щит", "zhyoltyy-shchit"),
        ("Подъёмные объятия, цехъ", "podyomnye-obyatiya-tsekh"),
        ("Эхо юности", "ekho-yunosti"),
        ("Нож «Шеф» № 5", "nozh-shef-no-5"),
        ("  Café -- Crème  ", "cafe-creme"),
        ("Lamp_2000.pro", "lamp-2000-pro"),
        ("!!!", "x"),
        ("", "x"),
        ("李", "x"),
        ("a" * 99 + " b", "a" * 99),
        ("a" * 120, "a" * 100),
    ],
)
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_every_russian_letter_has_its_latin_one() -> None:
    assert slugify("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") == "abvgdeyozhziyklmnoprstufkhtschshshchyeyuya"
    assert slugify("Й") == slugify("й") == "y"


@given(letters)
def test_any_name_becomes_a_slug_that_a_category_takes(name: str) -> None:
    slug = slugify(name)
    assert a_category(slug=slug).slug == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ЧАЙНИК", "чайник"),
        ("Ёлка", "елка"),
        ("ёлка", "ЕЛКА"),
        ("е\u0308лка", "елка"),
        ("Straße", "STRASSE"),
        ("  синий \t чайник ", "синий чайник"),
        ("чайник\u00a0белый", "чайник белый"),
        ("ﬁлин", "fiлин"),
        ("Ｌａｖｋａ", "lavka"),
    ],
)
def test_names_that_differ_in_form_only_are_one_to_a_search(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("чайник", "чайники"), ("мой", "мои"), ("чай ник", "чайник")])
def test_names_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(letters)
def test_folding_once_is_enough(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(name.upper()) == fold(name.lower()) == fold(name)


@pytest.mark.parametrize(
    "slug", ["", "Чайники", "Tea", "tea_pots", "-tea", "tea-", "tea--pots", "tea pots", "tea\n", "a" * 101]
)
def test_a_category_and_a_product_refuse_what_is_no_slug(slug: str) -> None:
    category, product = a_category(slug="tea-pots-2"), a_product()
    assert category.slug == "tea-pots-2"
    assert refused_fields(lambda: replace(category, slug=slug)) == ["slug"]
    assert refused_fields(lambda: replace(product, slug=slug)) == ["slug"]


@pytest.mark.parametrize("name", ["", "ч" * 256])
def test_what_is_shown_has_a_name_of_1_to_255_characters(name: str) -> None:
    for shown in (a_product(), a_category(), a_shop()):
        assert refused_fields(partial(replace, shown, name=name)) == ["name"]
    assert a_product("ч" * 255).name == "ч" * 255


@pytest.mark.parametrize("price", [0, -1, DEAREST.minor + 1])
def test_an_offer_costs_more_than_nothing_and_no_fortune(price: int) -> None:
    assert refused_fields(lambda: an_offer(price=price)) == ["price"]
    assert refused_fields(lambda: an_offer(recommended_price=price)) == ["recommended_price"]
    for good in (1, DEAREST.minor):
        assert an_offer(price=good, recommended_price=good).price.minor == good


@pytest.mark.parametrize("quantity", [-1, 10**9 + 1])
def test_an_offer_has_a_quantity_that_can_be_counted(quantity: int) -> None:
    assert refused_fields(lambda: an_offer(quantity=quantity)) == ["quantity"]
    assert [an_offer(quantity=good).quantity for good in (0, 10**9)] == [0, 10**9]


@pytest.mark.parametrize("sku", ["", "s" * 101])
def test_an_offer_has_the_sellers_code(sku: str) -> None:
    assert refused_fields(lambda: replace(an_offer(), sku=sku)) == ["sku"]


@pytest.mark.parametrize(
    "url", ["", "shop.example", "javascript:alert(1)", "https://", "https://a b", "x" * 9]
)
def test_a_shop_has_an_address_of_the_web_or_none(url: str) -> None:
    assert refused_fields(lambda: a_shop(url=url)) == ["url"]
    assert [a_shop(url=good).url for good in (None, "https://shop.example/a?b")] == [
        None,
        "https://shop.example/a?b",
    ]


def test_a_cart_of_the_dearest_goods_still_has_a_total() -> None:
    dearest = [CartItem(an_offer(price=DEAREST.minor), MOST) for _ in range(100)]
    assert Cart(dearest).total_price == DEAREST * MOST * 100
