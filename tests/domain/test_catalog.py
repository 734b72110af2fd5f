"""Categories, products, offers, and the two forms of a name."""

import re
from collections.abc import Callable

import pytest
from builders import a_category, a_product, an_offer
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.catalog import fold, slugify
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
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_every_russian_letter_has_its_latin_one() -> None:
    assert slugify("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") == "abvgdeyozhziyklmnoprstufkhtschshshchyeyuya"
    assert slugify("Й") == slugify("й") == "y"


@given(letters)
def test_a_slug_is_empty_or_one_that_a_category_takes(name: str) -> None:
    slug = slugify(name)
    assert len(slug) <= 100
    assert slug == "" or a_category(slug=slug).slug == slug


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
    "slug", ["", "Чайники", "Tea", "tea_pots", "-tea", "tea-", "tea--pots", "tea pots", "tea\n"]
)
def test_a_category_refuses_what_is_no_slug(slug: str) -> None:
    category = a_category(slug="tea-pots-2")
    assert re.fullmatch(r"[a-z0-9-]+", category.slug)
    assert refused_fields(lambda: type(category)(category.id, "Чайники", slug)) == ["slug"]


@pytest.mark.parametrize("name", ["", "ч" * 256])
def test_a_product_has_a_name_of_1_to_255_characters(name: str) -> None:
    assert refused_fields(lambda: a_product(name)) == ["name"]
    assert a_product("ч" * 255).name == "ч" * 255


@pytest.mark.parametrize("price", [0, -1])
def test_an_offer_costs_more_than_nothing(price: int) -> None:
    assert refused_fields(lambda: an_offer(price=price)) == ["price"]
    assert an_offer(price=1).price.minor == 1


def test_an_offer_has_no_negative_quantity() -> None:
    assert refused_fields(lambda: an_offer(quantity=-1)) == ["quantity"]
    assert an_offer(quantity=0).quantity == 0
