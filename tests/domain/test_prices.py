"""The rules of a row of a price list, one by one and all together."""

import pytest
from builders import a_row, a_shop
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.catalog import DEAREST, MOST_STOCK
from lavka.domain.errors import Invalid
from lavka.domain.money import Money
from lavka.domain.prices import (
    MOST_OF_ONE_ID,
    Categories,
    Good,
    ListedCategory,
    Row,
    Skus,
    tidy,
)
from lavka.domain.shops import is_web_address

SHELVES = Categories(
    [ListedCategory("224", "Чайники"), ListedCategory("Ёлки", "Дом"), ListedCategory("7", "Ёлки")]
)
CONTROL = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ufeff", "\uffff", "\ud800"]


def read(row: Row) -> Good | None:
    return row.good(SHELVES, Skus())


def good(row: Row) -> Good:
    found = read(row)
    assert found is not None, row.faults
    return found


def faulty(row: Row) -> list[str]:
    """The fields that a row is refused for."""
    assert read(row) is None
    assert all(fault.row == row.number and fault.message.endswith(".") for fault in row.faults)
    return [fault.field for fault in row.faults]


def test_a_row_that_keeps_every_rule_is_a_good() -> None:
    row = a_row(
        7,
        model="Заря 1,7",
        price="1990.50",
        price_rrc="2290",
        parameters=[("Цвет", "белый"), ("Объём", "1,7 л")],
    )
    assert good(row) == Good(
        row=7,
        sku="CH-17",
        name="Чайник",
        category="Чайники",
        price=Money(199_050),
        quantity=14,
        model="Заря 1,7",
        recommended_price=Money(229_000),
        attributes={"Цвет": "белый", "Объём": "1,7 л"},
    )


def test_model_recommended_price_and_parameters_may_be_absent() -> None:
    plain = good(a_row(model="", price_rrc=" "))
    assert (plain.model, plain.recommended_price, plain.attributes) == (None, None, {})


def test_a_row_names_everything_that_is_wrong_with_it_in_one_go() -> None:
    row = Row(3, {"price": "-1", "price_rrc": "x", "quantity": "сто", "model": "m" * 256}, [(None, "белый")])
    fields = ["id", "category", "model", "name", "price", "price_rrc", "quantity", "parameters.1"]
    assert faulty(row) == fields


@given(st.integers(1, DEAREST.minor))
def test_a_price_is_read_as_it_is_written(minor: int) -> None:
    assert good(a_row(price=str(Money(minor)))).price == Money(minor)


@pytest.mark.parametrize(
    ("written", "minor"),
    [("1990", 199_000), ("1990.5", 199_050), ("0.01", 1), (" 5 ", 500), ("10000000000", 10**12)],
)
def test_roubles_become_minor_units_exactly(written: str, minor: int) -> None:
    row = good(a_row(price=written, price_rrc=written))
    assert row.price == row.recommended_price == Money(minor)


BAD_PRICES = [
    "-1",
    "+1",
    "0",
    "0.00",
    "0.001",
    "1990.505",
    "1 990",
    "1990,50",
    "1_990",
    "1e3",
    "1.",
    ".5",
    "0123",
]
BAD_PRICES += ["NaN", "inf", "12:30", "даром", "١٢", "10000000000.01", "9" * 60_000, "0x1F", "5\x00", "1\n2"]


@pytest.mark.parametrize("price", BAD_PRICES, ids=range(len(BAD_PRICES)))
def test_whatever_is_no_price_in_roubles_is_refused(price: str) -> None:
    assert faulty(a_row(price=price, price_rrc=price)) == ["price", "price_rrc"]


def test_a_price_must_be_named() -> None:
    assert faulty(a_row(price="")) == ["price"]


@pytest.mark.parametrize(("written", "quantity"), [("0", 0), (" 14 ", 14), (str(MOST_STOCK), MOST_STOCK)])
def test_a_quantity_is_a_whole_number(written: str, quantity: int) -> None:
    assert good(a_row(quantity=written)).quantity == quantity


BAD_QUANTITIES = ["сто", "-1", "+5", "1.0", "1e2", "007", "14 шт", "", "٣", str(MOST_STOCK + 1), "9" * 60_000]


@pytest.mark.parametrize("quantity", BAD_QUANTITIES, ids=range(len(BAD_QUANTITIES)))
def test_what_cannot_be_counted_is_refused(quantity: str) -> None:
    assert faulty(a_row(quantity=quantity)) == ["quantity"]


@pytest.mark.parametrize("text", ["NO", "12:30", "0123", "1e3", "~x", "null"])
def test_texts_stay_as_they_were_written(text: str) -> None:
    row = good(a_row(id=text, name=text, model=text, parameters=[(text, text)]))
    assert (row.sku, row.name, row.model, row.attributes) == (text, text, text, {text: text})


def test_texts_are_written_with_single_spaces() -> None:
    row = good(
        a_row(
            id=" CH  17 ", name="Чайник\n «Заря»\u00a0\u2028синий", parameters=[(" Цвет ", " белый\tснег ")]
        )
    )
    assert (row.sku, row.name, row.attributes) == ("CH 17", "Чайник «Заря» синий", {"Цвет": "белый снег"})


@pytest.mark.parametrize(("field", "longest"), [("id", 100), ("name", 255), ("model", 255)])
def test_texts_have_their_lengths(field: str, longest: int) -> None:
    assert read(a_row(**{field: "ч" * longest})) is not None
    assert faulty(a_row(**{field: "ч" * (longest + 1)})) == [field]


@pytest.mark.parametrize("letter", CONTROL, ids=range(len(CONTROL)))
def test_control_characters_have_no_place_in_a_text(letter: str) -> None:
    text = f"a{letter}b"
    row = a_row(id=text, category=text, model=text, name=text, parameters=[(text, "x"), ("y", text)])
    assert faulty(row) == ["id", "category", "model", "name", "parameters.1", "parameters.2"]


@pytest.mark.parametrize("field", ["id", "name", "category"])
@pytest.mark.parametrize("nothing", ["", "  ", "\u00a0"])
def test_what_is_mandatory_must_say_something(field: str, nothing: str) -> None:
    assert faulty(a_row(**{field: nothing})) == [field]


@pytest.mark.parametrize(
    ("reference", "name"),
    [("224", "Чайники"), ("Чайники", "Чайники"), ("чайники", "Чайники"), ("Ёлки", "Дом"), ("7", "Ёлки")],
)
def test_a_category_is_named_by_its_id_or_else_by_its_name(reference: str, name: str) -> None:
    assert good(a_row(category=reference)).category == name


def test_a_category_that_is_not_declared_is_refused() -> None:
    assert faulty(a_row(category="225")) == ["category"]


def test_a_parameter_without_a_value_is_left_out_and_an_empty_text_is_a_value() -> None:
    assert good(a_row(parameters=[("Цвет", None), ("Запах", "")])).attributes == {"Запах": ""}


def test_parameters_have_their_lengths_and_their_number() -> None:
    full = [(f"{number:0100}", "з" * 500) for number in range(100)]
    assert len(good(a_row(parameters=full)).attributes) == 100
    assert faulty(a_row(parameters=[*full, ("Цвет", "белый")])) == ["parameters"]
    assert faulty(a_row(parameters=[("ц" * 101, "белый"), ("Цвет", "з" * 501)])) == [
        "parameters.1",
        "parameters.2",
    ]


def test_a_parameter_is_given_once_and_by_name() -> None:
    row = a_row(parameters=[("Цвет", "белый"), (" Цвет", "чёрный"), ("", "x"), (None, "x")])
    assert faulty(row) == ["parameters.2", "parameters.3", "parameters.4"]


def test_goods_of_other_names_may_share_an_id() -> None:
    skus = Skus()
    assert [skus.give("46785", name) for name in ("Suzuki", "Ducati", "Yamaha")] == [
        "46785",
        "46785 (2)",
        "46785 (3)",
    ]
    assert skus.give("46785 (2)", "Suzuki") == "46785 (2) (2)"


def test_a_code_that_was_given_out_stays_when_it_comes_back_as_an_id() -> None:
    skus = Skus()
    exported = [("46785", "Suzuki"), ("46785 (2)", "Ducati")]
    assert [skus.give(*each) for each in exported] == ["46785", "46785 (2)"]
    assert skus.give("46785", "Yamaha") == "46785 (3)"


@pytest.mark.parametrize("again", ["Suzuki", "SUZUKI ", "Ducati"])
def test_the_same_good_twice_is_refused(again: str) -> None:
    skus = Skus()
    skus.give("46785", "Suzuki"), skus.give("46785", "Ducati")
    row = a_row(id="46785", name=again)
    assert row.good(SHELVES, skus) is None
    assert [fault.field for fault in row.faults] == ["id"]


def test_only_so_many_goods_share_an_id_and_only_where_it_has_room() -> None:
    skus = Skus()
    assert len({skus.give("1", str(number)) for number in range(MOST_OF_ONE_ID)}) == MOST_OF_ONE_ID
    with pytest.raises(ValueError, match="id of its own"):
        skus.give("1", "one more")
    assert skus.give("1" * 97, "a") == "1" * 97
    with pytest.raises(ValueError, match="id of its own"):
        skus.give("1" * 97, "b")


def test_a_bad_row_keeps_its_code_so_that_the_codes_of_others_do_not_move() -> None:
    skus = Skus()
    assert a_row(id="1", name="Suzuki", price="x").good(SHELVES, skus) is None
    after = a_row(id="1", name="Ducati").good(SHELVES, skus)
    assert after is not None
    assert after.sku == "1 (2)"


def test_a_bad_row_without_a_name_takes_no_code() -> None:
    skus = Skus()
    assert a_row(id="1", name="").good(SHELVES, skus) is None
    after = a_row(id="1").good(SHELVES, skus)
    assert after is not None
    assert after.sku == "1"


@given(st.text(max_size=40))
def test_tidying_once_is_enough_and_never_fails_otherwise(text: str) -> None:
    try:
        once = tidy(text, 40)
    except ValueError as error:
        assert str(error).endswith(".")  # noqa: PT017  # most texts are tidied
    else:
        assert tidy(once, 40) == once == once.strip()


@pytest.mark.parametrize(
    "url", ["https://shop.example/a?b", "http://x", "shop.example", "javascript:x", "https:// a", ""]
)
def test_the_address_of_a_list_is_one_that_a_shop_takes(url: str) -> None:
    try:
        a_shop(url=url)
    except Invalid:
        assert not is_web_address(url)
    else:
        assert is_web_address(url)
