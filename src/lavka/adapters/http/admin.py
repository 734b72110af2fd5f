"""What administrators see to: accounts and their wallets."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, StringConstraints

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Line
from lavka.adapters.http.pages import PageBody, around
from lavka.adapters.http.queries import Paging
from lavka.adapters.http.users import EXAMPLE, UserBody
from lavka.adapters.http.wallet import EntryBody
from lavka.domain.accounts import User, UserId
from lavka.domain.money import ZERO, Money
from lavka.domain.wallet import DEAREST, LONGEST_REASON

router = APIRouter(prefix="/admin/users", tags=["Administration"], route_class=Door)

Amount = Annotated[int, Field(ge=-DEAREST.minor, le=DEAREST.minor)]
"""In minor units, below nothing to take away."""


class BlockForm(Form):
    """Whether the account is kept out."""

    model_config = ConfigDict(json_schema_extra={"example": {"is_blocked": True}})

    is_blocked: bool


class AdjustmentForm(Form):
    """Money to put into a wallet or, below nothing, to take out of it; its owner reads the reason."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"amount": 50000, "reason": "Чайник пришёл с трещиной"}}
    )

    amount: Amount
    reason: Annotated[Line, StringConstraints(min_length=1, max_length=LONGEST_REASON)]


class AccountBody(UserBody):
    """An account as administrators see it."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE | {"is_blocked": False}})

    is_blocked: bool

    @classmethod
    def of(cls, user: User, balance: Money = ZERO) -> "AccountBody":
        """Write one out."""
        return cls(**UserBody.of(user, balance).model_dump(), is_blocked=user.is_blocked)


class AccountPage(PageBody):
    """A page of accounts."""

    items: list[AccountBody]


@router.get("", responses=documented(401, 403, 422, 503), openapi_extra=Paging.parameters())
async def accounts(who: Caller, shop: TheShop, request: Request) -> AccountPage:
    """List accounts, the newest first; for administrators."""
    page, balances = await shop.administering.accounts(who, Paging.of(request).wish())
    items = [AccountBody.of(user, balances[user.id]) for user in page.items]
    return AccountPage.model_validate(around(items, page))


@router.patch("/{user_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def block_account(user_id: UUID, form: BlockForm, who: Caller, shop: TheShop) -> AccountBody:
    """Block an account, which signs it out everywhere, or let it in again; for administrators."""
    return AccountBody.of(*await shop.administering.block(who, UserId(user_id), is_blocked=form.is_blocked))


@router.post(
    "/{user_id}/wallet/adjustments",
    status_code=201,
    responses=documented(401, 403, 404, 409, 413, 415, 422, 503),
)
async def adjust_wallet(user_id: UUID, form: AdjustmentForm, who: Caller, shop: TheShop) -> EntryBody:
    """Put money into a wallet, or take it out; for administrators."""
    return EntryBody.of(await shop.banking.adjust(who, UserId(user_id), Money(form.amount), form.reason))
