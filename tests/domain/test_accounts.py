"""Who uses the shop: phones, e-mails, user names, users."""

import pytest
from builders import a_user
from hypothesis import assume, given
from hypothesis import strategies as st

from lavka.domain.accounts import AccountType, Email, Language, Username, full_name, login_key
from lavka.domain.errors import Invalid, InvalidToken, OwnAccount
from lavka.domain.phones import Phone


def refused_field(make: type[Email | Phone | Username], written: str) -> str:
    with pytest.raises(Invalid) as refusal:
        make(written)
    (detail,) = refusal.value.details
    assert detail.message.endswith(".")
    return detail.field


@given(st.from_regex(r"[0-9]{10}", fullmatch=True, alphabet="0123456789"))
def test_a_phone_is_plus_seven_and_ten_digits(digits: str) -> None:
    assert str(Phone(f"+7{digits}")) == f"+7{digits}"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+7",
        "89123456789",
        "79123456789",
        "+7912345678",
        "+791234567890",
        "+89123456789",
        "+7 912 345-67-89",
        "+7912345678a",
        "+79123456789\n",
        " +79123456789",
        "+7٩١٢٣٤٥٦٧٨٩",
        "+7９１２３４５６７８９",
    ],
)
def test_any_other_phone_is_refused(written: str) -> None:
    assert refused_field(Phone, written) == "phone"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Maria@Example.COM", "maria@example.com"),
        ("  maria@example.com \n", "maria@example.com"),
        ("мария@пример.рф", "мария@пример.рф"),
        ("e\u0301@example.com", "é@example.com"),
        (f"{'a' * 64}@b.ru", f"{'a' * 64}@b.ru"),
    ],
)
def test_an_email_is_kept_in_one_form(written: str, kept: str) -> None:
    assert str(Email(written)) == Email(written).address == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "maria",
        "@example.com",
        "maria@",
        "a@b@c.ru",
        "ma ria@example.com",
        "maria@exam\tple.com",
        "maria\0@example.com",
        "maria@exa\x7fmple.com",
        f"{'a' * 65}@b.ru",
        f"{'a' * 60}@{'b' * 194}",
    ],
)
def test_what_is_no_email_is_refused(written: str) -> None:
    assert refused_field(Email, written) == "email"


def test_an_email_of_254_characters_is_the_longest() -> None:
    assert len(Email(f"{'a' * 60}@{'b' * 193}").address) == 254


@pytest.mark.parametrize("make", [Phone, Email, Username])
def test_a_refusal_does_not_repeat_what_was_written(make: type[Email | Phone | Username]) -> None:
    with pytest.raises(Invalid) as refusal:
        make("Секретно <script>")
    assert "Секретно" not in f"{refusal.value} {refusal.value!r} {refusal.value.details}"


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_an_email_is_found_by_the_login_that_it_was_written_as(name: str, domain: str) -> None:
    written = f"{name}@{domain}"
    try:
        kept = Email(written).address
    except Invalid:
        assume(False)
    assert login_key(written) == kept
    assert Email(kept).address == kept


@pytest.mark.parametrize("written", ["masha", "Masha", "m.a_s-ha9", "abc", "a" * 32])
def test_a_username_is_kept_in_lower_case(written: str) -> None:
    assert str(Username(written)) == Username(written).name == written.lower()


@pytest.mark.parametrize(
    "written",
    ["", "ab", "a" * 33, "9masha", "_masha", "маша", "ma sha", "ma@sha", "+7912345678", "masha\n", "ma\0sha"],
)
def test_any_other_username_is_refused(written: str) -> None:
    assert refused_field(Username, written) == "username"


@given(st.text(max_size=40))
def test_a_username_is_never_taken_for_a_phone_or_an_email(written: str) -> None:
    try:
        name = Username(written).name
    except Invalid:
        return
    assert not name.startswith("+")
    assert "@" not in name
    assert login_key(written) == name


def test_a_full_name_loses_its_spare_spaces() -> None:
    assert a_user(full_name="  Иванова \t Мария\n Петровна ").full_name == "Иванова Мария Петровна"


@pytest.mark.parametrize("written", ["", "   ", "\n\t", "Я" * 256])
def test_a_full_name_has_1_to_255_characters(written: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_user(full_name=written)
    assert [detail.field for detail in refusal.value.details] == ["full_name"]
    assert a_user(full_name="Я" * 255).full_name == "Я" * 255


def test_a_user_is_a_buyer_with_no_power_until_somebody_says_otherwise() -> None:
    user = a_user()
    assert user.account_type is AccountType.BUYER
    assert not user.is_admin
    assert not user.is_blocked
    assert not user.email_verified
    assert user.username is None


def test_a_user_never_shows_the_hash_of_the_password() -> None:
    assert "secret-hash" not in repr(a_user(password_hash="secret-hash"))


@pytest.mark.parametrize(
    ("written", "key"), [(" Maria@Example.com ", "maria@example.com"), ("MASHA", "masha"), ("+7912", "+7912")]
)
def test_a_login_is_compared_without_case_and_outer_spaces(written: str, key: str) -> None:
    assert login_key(written) == key


@pytest.mark.parametrize(
    "written", ["йога@example.com", "и\u0306ога@example.com", " И\u0306ОГА@Example.com "]
)
def test_letters_put_together_in_another_way_are_the_same_login(written: str) -> None:
    assert login_key(written) == Email(written).address == "йога@example.com"


@pytest.mark.parametrize("name", ["", " ", "...", "\u200b", "A\u202eB", "A\x00B", "A\x9bB", "я" * 256])
def test_a_full_name_shows_something_and_deceives_nobody(name: str) -> None:
    with pytest.raises(Invalid):
        full_name(name)


@pytest.mark.parametrize("name", ["علی\u200cرضا", "ශ්\u200dරී", "O’Brien-Smith", "李", "Ёлкин 2-й"])
def test_a_full_name_is_written_in_any_script(name: str) -> None:
    assert full_name(name) == name


def test_a_user_who_is_kept_under_an_older_rule_can_still_be_read() -> None:
    assert a_user(full_name="A\u202eB").full_name == "A\u202eB"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("root@xn--e1afmkfd.xn--p1ai", "root@пример.рф"),
        ("Root@ПРИМЕР.рф", "root@пример.рф"),
        ("root@ＥＸＡＭＰＬＥ.com", "root@example.com"),
        ("root@xn--.example", "root@.example"),
        ("root@xn--ы.example", "root@xn--ы.example"),
        ("xn--e1afmkfd", "xn--e1afmkfd"),
    ],
)
def test_a_host_is_kept_in_unicode(written: str, kept: str) -> None:
    assert login_key(written) == kept
    assert login_key(kept) == kept


def test_a_full_name_has_single_spaces() -> None:
    assert full_name("  Анна-Мария\u00a0 О’Нил\n") == "Анна-Мария О’Нил"


def test_an_account_is_blocked_and_let_in_again() -> None:
    user = a_user()
    user.block(a_user(is_admin=True).id)
    assert user.is_blocked
    user.unblock()
    assert not user.is_blocked


def test_nobody_blocks_himself() -> None:
    admin = a_user(is_admin=True)
    with pytest.raises(OwnAccount):
        admin.block(admin.id)
    assert not admin.is_blocked


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.RUSSIAN),
        ("en", Language.ENGLISH),
        ("en-GB,en;q=0.9", Language.ENGLISH),
        ("EN-us", Language.ENGLISH),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", Language.RUSSIAN),
        ("ru;q=0.3, en;q=0.8", Language.ENGLISH),
        ("de-DE, en;q=0.1", Language.ENGLISH),
        ("de, fr;q=0.5, *", Language.RUSSIAN),
        ("en;q=0", Language.RUSSIAN),
        ("en;q=2, ru;q=0.1", Language.RUSSIAN),
        ("en;q=nonsense", Language.RUSSIAN),
        ("," * 10_000 + "en", Language.RUSSIAN),
        ("\x00\r\n;;q=;q=1", Language.RUSSIAN),
    ],
)
def test_a_language_is_chosen_by_what_a_browser_accepts(header: str, language: Language) -> None:
    assert Language.of(header) is language


def test_a_link_confirms_the_address_that_it_was_sent_to() -> None:
    user = a_user(email="maria@example.com")
    with pytest.raises(InvalidToken):
        user.confirm(Email("former@example.com"))
    assert not user.email_verified
    for _ in range(2):
        user.confirm(Email("maria@example.com"))
        assert user.email_verified


def test_a_link_that_was_followed_sets_a_password_and_confirms_the_address() -> None:
    user = a_user(email="maria@example.com")
    user.recover(user.email, "another hash")
    assert (user.password_hash, user.email_verified) == ("another hash", True)


@pytest.mark.parametrize(
    ("changes", "address"), [({"is_blocked": True}, "maria@example.com"), ({}, "former@example.com")]
)
def test_neither_the_blocked_nor_another_address_get_a_new_password(
    changes: dict[str, bool], address: str
) -> None:
    user = a_user(email="maria@example.com", password_hash="a hash", **changes)
    with pytest.raises(InvalidToken):
        user.recover(Email(address), "another hash")
    assert (user.password_hash, user.email_verified) == ("a hash", False)
