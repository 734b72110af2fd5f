"""Where a buyer is reached."""

import pytest
from builders import a_contact

from lavka.domain.contacts import LENGTHS, MOST, ContactChanges, must_be_few
from lavka.domain.errors import Invalid, TooManyContacts
from lavka.domain.phones import Phone

NO_ADDRESS: ContactChanges = {"city": None, "street": None, "house": None}


def wrong_fields(**texts: str | None) -> set[str]:
    with pytest.raises(Invalid) as error:
        a_contact(**texts)
    return {each.field for each in error.value.details}


def test_a_phone_alone_is_a_contact() -> None:
    assert a_contact(**NO_ADDRESS).address is None  # type: ignore[arg-type]  # the very texts


def test_an_address_is_written_on_one_line_as_a_parcel_bears_it() -> None:
    assert a_contact().address == "Москва, Тверская улица, д. 7"
    whole = a_contact(building="2", apartment="12", postal_code="125009", comment="Звонить дважды")
    assert whole.address == "125009, Москва, Тверская улица, д. 7, корп. 2, кв. 12"


@pytest.mark.parametrize("field", LENGTHS)
def test_a_text_has_its_length(field: str) -> None:
    a_contact(**{field: "x" * LENGTHS[field]})
    assert wrong_fields(**{field: "x" * (LENGTHS[field] + 1)}) == {field}
    assert field in wrong_fields(**{field: ""})


@pytest.mark.parametrize("field", ["city", "street"])
def test_an_address_begins_with_city_and_street(field: str) -> None:
    assert wrong_fields(**{field: None}) == {field}


@pytest.mark.parametrize("field", ["house", "building", "apartment", "postal_code"])
def test_no_part_of_an_address_stands_alone(field: str) -> None:
    alone = dict.fromkeys(("city", "street", "house")) | {field: "7"}
    assert wrong_fields(**alone) == {"city", "street"}


def test_a_change_is_made_whole_or_not_at_all() -> None:
    contact = a_contact()
    with pytest.raises(Invalid):
        contact.revise({"phone": Phone("+79990000000"), "city": None})
    assert contact.phone == Phone("+79123456789")
    contact.revise({"phone": Phone("+79990000000"), **NO_ADDRESS})
    assert (contact.phone.number, contact.address) == ("+79990000000", None)


def test_there_are_ten_at_most() -> None:
    must_be_few(MOST - 1)
    for count in (MOST, MOST + 1):
        with pytest.raises(TooManyContacts):
            must_be_few(count)
