"""What requests are made of, below the calls themselves."""

import pytest
from builders import a_form, refused
from fastapi import Request
from httpx2 import AsyncClient
from pydantic import ValidationError

from lavka.adapters.http.auth import LoginForm, device
from lavka.adapters.http.filters import ProductListing

CANARY = "cAnArY-Qx7"


def test_an_error_of_a_form_or_a_query_does_not_hold_what_was_sent() -> None:
    for form, fields in (
        (LoginForm, {"login": [CANARY], "password": {"a": CANARY}}),
        (ProductListing, {"page": CANARY, "sort": CANARY}),
    ):
        with pytest.raises(ValidationError) as error:
            form.model_validate(fields)  # type: ignore[attr-defined]
        assert CANARY not in str(error.value)


async def test_a_password_far_too_long_is_said_to_be_and_its_rules_are_not_counted_out(
    client: AsyncClient,
) -> None:
    long = "ы" * 1025
    form = a_form(password=long, password_confirm=long)
    details = refused(await client.post("/auth/register", json=form), 422, "validation_error")
    assert {each["field"] for each in details} == {"password", "password_confirm"}
    assert len(details) == 2
    assert all("1024" in each["message"] for each in details)


def test_what_is_noted_of_a_program_fits_its_column() -> None:
    headers = [(b"user-agent", b"a" * 1000)]
    noted = device(Request({"type": "http", "headers": headers, "client": ("f" * 100, 1)}))
    assert (len(noted.user_agent or ""), len(noted.ip or "")) == (255, 45)
    bare = device(Request({"type": "http", "headers": [], "client": None}))
    assert (bare.user_agent, bare.ip) == (None, None)
