"""The door for those who confirm an address, or have forgotten a password."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lavka.adapters.http.auth import NewPasswordForm, no_store
from lavka.adapters.http.callers import TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import EmailText, Form, Text, ruled, told
from lavka.domain.accounts import Email
from lavka.domain.passwords import Password

TOKEN = "q5JPVWmKX1rSE0fIh5pEZ3vXJm0xV0y8n7b8r2S1k3A"  # noqa: S105  # an example
LinkToken = Annotated[Text, StringConstraints(min_length=1, max_length=512)]
"""What a link carries; what has another form never was one, which is said as of one that is used."""


class LinkForm(Form):
    """The token of a link in a letter."""

    model_config = ConfigDict(json_schema_extra={"example": {"token": TOKEN}})

    token: LinkToken


class AddressForm(Form):
    """Where a letter is to go."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "maria@example.com"}})

    email: Annotated[EmailText, ruled(Email), told(format="email")]


class ResetForm(NewPasswordForm):
    """The token of a link in a letter, and the new password."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"token": TOKEN, "password": "Battery-staple%", "password_confirm": "Battery-staple%"}
        }
    )

    token: LinkToken


class AskedBody(BaseModel):
    """The same for every address, whether or not anybody has it."""

    message: Annotated[str, Field(examples=["…"])] = (
        "If there is such an account, a letter is on its way: look for it in a few minutes."
    )


router = APIRouter(prefix="/auth", tags=["Accounts"], dependencies=[Depends(no_store)], route_class=Door)


@router.post("/email/confirm", status_code=204, responses=documented(400, 413, 415, 422, 503))
async def confirm_email(form: LinkForm, shop: TheShop) -> None:
    """Confirm the address that a link was sent to."""
    await shop.confirming.confirm(form.token)


@router.post("/email/resend", status_code=202, responses=documented(413, 415, 422, 503))
async def resend_confirmation(form: AddressForm, shop: TheShop) -> AskedBody:
    """Ask for another link to confirm an address."""
    await shop.confirming.resend(Email(form.email))
    return AskedBody()


@router.post("/password/forgot", status_code=202, responses=documented(413, 415, 422, 503))
async def forgot_password(form: AddressForm, shop: TheShop) -> AskedBody:
    """Ask for a link to set a new password."""
    await shop.recovering.forgot(Email(form.email))
    return AskedBody()


@router.post("/password/reset", status_code=204, responses=documented(400, 413, 415, 422, 503))
async def reset_password(form: ResetForm, shop: TheShop) -> None:
    """Set a new password by a link in a letter; every session ends."""
    await shop.recovering.reset(form.token, Password(form.password))
