"""One's own wallet."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.pages import PageBody, Time, around
from lavka.adapters.http.queries import Paging
from lavka.domain.money import CURRENCY
from lavka.domain.wallet import Entry, Kind

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


@router.get("", responses=documented(401, 503))
async def wallet(who: Caller, shop: TheShop) -> WalletBody:
    """Tell what is in my wallet."""
    return WalletBody(balance=(await shop.banking.balance(who)).minor)


@router.get("/entries", responses=documented(401, 422, 503), openapi_extra=Paging.parameters())
async def wallet_entries(who: Caller, shop: TheShop, request: Request) -> EntryPage:
    """List what came into my wallet and went out of it, the newest first."""
    statement = await shop.banking.statement(who, Paging.of(request).wish())
    return EntryPage.model_validate(around([EntryBody.of(entry) for entry in statement.items], statement))
