"""The door for those who are coming in or going out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Form as FormField
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from lavka.adapters.http.callers import BroughtCart, Caller, TheShop, spoken
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import WRONG_CREDENTIALS, documented
from lavka.adapters.http.forms import (
    EmailText,
    Form,
    KnownSecret,
    Login,
    PhoneText,
    Secret,
    Text,
    broken,
    ruled,
    told,
)
from lavka.adapters.http.users import UserBody
from lavka.application.accounts import Registration
from lavka.application.ports.sessions import Tokens
from lavka.domain.accounts import AccountType, Email, Language, Username, full_name
from lavka.domain.errors import Detail
from lavka.domain.passwords import Password, broken_rules
from lavka.domain.phones import Phone
from lavka.domain.sessions import Device


def device(request: Request) -> Device:
    """Note what a sign-in comes from, bounded and printable."""
    agent = request.headers.get("user-agent", "")
    client = request.client.host if request.client else None
    return Device("".join(filter(str.isprintable, agent))[:255] or None, client[:45] if client else None)


class NewPasswordForm(Form):
    """A new password, twice; it is checked after its repetition, so that both are reported at once."""

    password_confirm: Secret
    password: Secret

    @field_validator("password")
    @classmethod
    def _keeps_the_rules(cls, password: str, info: ValidationInfo) -> str:
        details = [Detail("password", rule) for rule in broken_rules(password)]
        if info.data.get("password_confirm", password) != password:
            details.append(Detail("password_confirm", "This does not repeat the password."))
        if details:
            raise broken(details)
        return password


class RegisterForm(NewPasswordForm):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "full_name": "Иванова Мария Петровна",
                "email": "maria@example.com",
                "phone": "+79123456789",
                "password": "Correct-horse!",
                "password_confirm": "Correct-horse!",
            }
        }
    )

    full_name: Annotated[Text, StringConstraints(min_length=1, max_length=255), ruled(full_name)]
    email: Annotated[EmailText, ruled(Email), told(format="email")]
    phone: PhoneText
    username: (
        Annotated[
            Text,
            StringConstraints(max_length=32),
            ruled(Username),
            told(pattern="^[A-Za-z][A-Za-z0-9_.-]{2,31}$"),
        ]
        | None
    ) = None
    account_type: Literal["buyer", "shop"] = "buyer"

    def application(self, language: Language) -> Registration:
        """Put it into the words of the domain."""
        return Registration(
            self.full_name,
            Email(self.email),
            Phone(self.phone),
            Password(self.password),
            Username(self.username) if self.username is not None else None,
            AccountType(self.account_type),
            language,
        )


class LoginForm(Form):
    """E-mail, phone or user name, and the password."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"login": "maria@example.com", "password": "Correct-horse!"}}
    )

    login: Login
    password: KnownSecret


class TokenForm(Form):
    """An OAuth2 password form (RFC 6749, 4.3.2), of which `username` and `password` count."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"username": "maria@example.com", "password": "Correct-horse!"}},
    )

    username: Login
    password: Annotated[KnownSecret, Field(json_schema_extra={"format": "password"})]


class RefreshForm(Form):
    """A refresh token that has not been used."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"refresh_token": "q5JPVWmKX1rSE0fIh5pEZ3vXJm0xV0y8n7b8r2S1k3A"}}
    )

    refresh_token: Annotated[Text, StringConstraints(min_length=1, max_length=512)]


class PasswordForm(NewPasswordForm):
    """A new password and the one that it replaces."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "current_password": "Correct-horse!",
                "password": "Battery-staple%",
                "password_confirm": "Battery-staple%",
            }
        }
    )

    current_password: KnownSecret


class TokensBody(BaseModel):
    """A short access token (`expires_in` seconds) and a refresh token for one use."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # the name of a scheme (RFC 6750), not a secret
    expires_in: Annotated[int, Field(examples=[900])]

    @classmethod
    def of(cls, tokens: Tokens) -> "TokensBody":
        """Write them out."""
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_in=tokens.expires_in,
        )


async def no_store(response: Response) -> None:
    """Keep answers out of caches."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/auth", tags=["Accounts"], dependencies=[Depends(no_store)], route_class=Door)


@router.post("/register", status_code=201, responses=documented(409, 413, 415, 422, 503))
async def register(form: RegisterForm, request: Request, shop: TheShop) -> UserBody:
    """Open an account, and get a letter in the language that the request accepts."""
    return UserBody.of(await shop.joining.register(form.application(spoken(request))))


@router.post("/login", responses={**documented(413, 415, 422, 429, 503), **WRONG_CREDENTIALS})
async def log_in(form: LoginForm, request: Request, cart: BroughtCart, shop: TheShop) -> TokensBody:
    """Sign in with e-mail, phone or user name."""
    return TokensBody.of(await shop.signing_in.log_in(form.login, form.password, device(request), cart))


@router.post("/token", responses={**documented(413, 415, 422, 429, 503), **WRONG_CREDENTIALS})
async def log_in_by_form(
    form: Annotated[TokenForm, FormField()], request: Request, cart: BroughtCart, shop: TheShop
) -> TokensBody:
    """Sign in by an OAuth2 password form, as Authorize on this page does; its other fields are ignored."""
    return TokensBody.of(await shop.signing_in.log_in(form.username, form.password, device(request), cart))


@router.post("/refresh", responses=documented(401, 413, 415, 422, 503))
async def refresh(form: RefreshForm, shop: TheShop) -> TokensBody:
    """Trade a refresh token for a new pair; using one twice ends its session."""
    return TokensBody.of(await shop.sessions.refresh(form.refresh_token))


@router.post("/logout", status_code=204, responses=documented(401, 413, 415, 503))
async def log_out(who: Caller, shop: TheShop) -> None:
    """End this session."""
    await shop.sessions.log_out(who)


@router.post("/logout-all", status_code=204, responses=documented(401, 413, 415, 503))
async def log_out_everywhere(who: Caller, shop: TheShop) -> None:
    """End every session of this account."""
    await shop.sessions.log_out_everywhere(who)


@router.post("/password/change", status_code=204, responses=documented(401, 413, 415, 422, 429, 503))
async def change_password(form: PasswordForm, who: Caller, shop: TheShop) -> None:
    """Set a new password; every other session ends."""
    await shop.membership.change_password(who, form.current_password, Password(form.password))
