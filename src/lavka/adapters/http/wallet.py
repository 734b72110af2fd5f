"""One's own wallet."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form
from lavka.adapters.http.idempotency import PERHAPS_REPLAYED, IdempotencyKey, answered, once
from lavka.adapters.http.pages import JSON, PageBody, Time, around
from lavka.adapters.http.payment_bodies import PaymentBody
from lavka.adapters.http.payments import written
from lavka.adapters.http.queries import Paging
from lavka.domain.money import CURRENCY, Money
from lavka.domain.wallet import MOST_TOP_UP, Entry, Kind

router = APIRouter(prefix="/wallet", tags=["Accounts"], route_class=Door)


class WalletBody(BaseModel):
    """What is in a wallet, in minor units."""

    balance: int
    currency: str = CURRENCY


class EntryBody(BaseModel):
    """Money that came in or, below nothing, went out, and the balance after it; in minor units."""

    id: UUID
    kind: Kind
    amount: int
    balance: int
    currency: str = CURRENCY
    order_id: UUID | None
    reason: str | None
    created_at: Time

    @classmethod
    def of(cls, entry: Entry) -> "EntryBody":
        """Write one out for the wallet's owner, who is not told which administrator it was."""
        transfer = entry.transfer
        return cls(
            id=transfer.id,
            kind=transfer.kind,
            amount=transfer.amount.minor,
            balance=entry.balance.minor,
            order_id=transfer.order,
            reason=transfer.reason,
            created_at=transfer.created_at,
        )


class EntryPage(PageBody):
    """A page of a wallet's entries."""

    items: list[EntryBody]


class TopUpForm(Form):
    """How much is to come in, in minor units."""

    model_config = ConfigDict(json_schema_extra={"example": {"amount": 50000}})

    amount: Annotated[int, Field(ge=1, le=MOST_TOP_UP.minor)]


@router.post(
    "/top-ups",
    status_code=201,
    response_model=PaymentBody,
    responses={**PERHAPS_REPLAYED, **documented(401, 409, 413, 415, 422, 503)},
)
async def top_up_wallet(
    form: TopUpForm, who: Caller, shop: TheShop, request: Request, key: IdempotencyKey = None
) -> Response:
    """Ask for a payment that comes into my wallet; with an Idempotency-Key once, however often it is sent."""
    if key is None:
        payment = await shop.paying.top_up(who, Money(form.amount))
        return Response(written(payment), 201, media_type=JSON)
    asked = once(key, request, form, written)
    return answered(await shop.paying.top_up_once(who, Money(form.amount), asked))


@router.get("", responses=documented(401, 503))
async def wallet(who: Caller, shop: TheShop) -> WalletBody:
    """Tell what is in my wallet."""
    return WalletBody(balance=(await shop.banking.balance(who)).minor)


@router.get("/entries", responses=documented(401, 422, 503), openapi_extra=Paging.parameters())
async def wallet_entries(who: Caller, shop: TheShop, request: Request) -> EntryPage:
    """List what came into my wallet and went out of it, the newest first."""
    statement = await shop.banking.statement(who, Paging.of(request).wish())
    return EntryPage.model_validate(around([EntryBody.of(entry) for entry in statement.items], statement))
