"""Passwords: requirement 1.2, and that they never show themselves."""

import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavka.domain.errors import Invalid
from lavka.domain.passwords import Password

SHORT = "Use at least 8 characters."
LONG = "Use at most 72 characters."
FOREIGN = "Use Latin letters, digits and ASCII punctuation only."
UPPER = "Use at least one upper-case Latin letter."
MARK = "Use at least one of $%&!:"

ALLOWED = string.ascii_letters + string.digits + string.punctuation + " "


def rules_broken_by(secret: str) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        Password(secret)
    assert {detail.field for detail in refusal.value.details} == {"password"}
    return [detail.message for detail in refusal.value.details]


@pytest.mark.parametrize(
    ("secret", "rules"),
    [
        ("Short!a", [SHORT]),
        ("A!" + "a" * 71, [LONG]),
        ("Пароль-Good!", [FOREIGN]),
        ("Good!pass\n", [FOREIGN]),
        ("Good!pass\0", [FOREIGN]),
        ("Good!pass\x7f", [FOREIGN]),
        ("Good!passé", [FOREIGN]),
        ("lower-case!", [UPPER]),
        ("No-mark-here", [MARK]),
        ("Ф", [SHORT, FOREIGN, UPPER, MARK]),
        ("", [SHORT, UPPER, MARK]),
        ("ы" * 73, [LONG, FOREIGN, UPPER, MARK]),
    ],
)
def test_every_broken_rule_is_named_and_no_other(secret: str, rules: list[str]) -> None:
    assert rules_broken_by(secret) == rules


@pytest.mark.parametrize("mark", "$%&!:")
def test_each_of_the_marks_is_enough(mark: str) -> None:
    assert Password(f"Password{mark}").secret == f"Password{mark}"


@pytest.mark.parametrize("other", "#@*-_=+?.,;~^'\"")
def test_other_punctuation_is_allowed_but_not_enough(other: str) -> None:
    assert rules_broken_by(f"Password{other}") == [MARK]
    assert Password(f"Password!{other}").secret


@pytest.mark.parametrize("length", [8, 72])
def test_8_and_72_characters_are_enough_and_not_too_many(length: int) -> None:
    assert len(Password("A!".ljust(length, "a")).secret) == length


def keeps_requirement_1_2(secret: str) -> bool:
    return (
        8 <= len(secret) <= 72
        and set(secret) <= set(ALLOWED)
        and bool(set(secret) & set(string.ascii_uppercase))
        and bool(set(secret) & set("$%&!:"))
    )


@given(st.one_of(st.text(max_size=80), st.text(ALLOWED, max_size=80), st.text("aA!Я", max_size=12)))
def test_what_is_accepted_keeps_the_requirement_and_the_rest_does_not(secret: str) -> None:
    try:
        accepted = Password(secret).secret == secret
    except Invalid:
        accepted = False
    assert accepted == keeps_requirement_1_2(secret)


@given(st.text(ALLOWED, min_size=6, max_size=70))
def test_what_is_accepted_fits_into_bcrypt(secret: str) -> None:
    assert len(Password(f"A!{secret}").secret.encode()) <= 72


def test_a_password_never_shows_itself() -> None:
    password = Password("Hidden-word!")
    for shown in (
        repr(password),
        str(password),
        f"{password}",
        f"{password!r}",
        repr([password]),
    ):
        assert "Hidden" not in shown
    assert "Hidden" not in format(password)


def test_a_refused_password_is_in_no_error_and_no_traceback() -> None:
    secret = "hidden-слово"
    with pytest.raises(Invalid) as refusal:
        Password(secret)
    shown = (
        "".join(traceback.format_exception(refusal.value)) + repr(refusal.value.details) + repr(refusal.value)
    )
    assert secret not in shown


def test_a_password_cannot_be_changed_past_its_rules() -> None:
    with pytest.raises(AttributeError):
        Password("Correct-horse!").secret = "weak"  # type: ignore[misc]
