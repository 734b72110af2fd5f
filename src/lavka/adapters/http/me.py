"""One's own account."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.pages import PageBody, Time, sliced
from lavka.adapters.http.queries import Paging
from lavka.adapters.http.users import UserBody
from lavka.application.ports.sessions import Access
from lavka.domain.sessions import Session, SessionId

router = APIRouter(prefix="/me", tags=["Accounts"], route_class=Door)


class SessionBody(BaseModel):
    """Where the account is signed in; `is_current` marks the session of this very call."""

    id: UUID
    user_agent: str | None
    ip: str | None
    created_at: Time
    last_used_at: Time
    expires_at: Time
    is_current: bool

    @classmethod
    def of(cls, session: Session, who: Access) -> "SessionBody":
        """Write one out for its owner."""
        return cls(
            id=session.id,
            user_agent=session.device.user_agent,
            ip=session.device.ip,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            is_current=session.id == who.session,
        )

    def place(self) -> str:
        """Where it stands in the list: text that sorts as the list does."""
        return f"{self.last_used_at.isoformat(timespec='microseconds')}/{self.id}"


class SessionPage(PageBody):
    """A page of sessions."""

    items: list[SessionBody]


@router.get("", responses=documented(401, 503))
async def me(who: Caller, shop: TheShop) -> UserBody:
    """Show my account."""
    return UserBody.of(await shop.membership.me(who), await shop.banking.balance(who))


@router.get("/sessions", responses=documented(401, 422, 503), openapi_extra=Paging.parameters())
async def sessions(who: Caller, shop: TheShop, request: Request) -> SessionPage:
    """List where I am signed in, the last used first."""
    live = [SessionBody.of(session, who) for session in await shop.sessions.signed_in(who)]
    return SessionPage.model_validate(sliced(live, Paging.of(request), SessionBody.place))


@router.delete("/sessions/{session_id}", status_code=204, responses=documented(401, 404, 422, 503))
async def end_session(session_id: UUID, who: Caller, shop: TheShop) -> None:
    """Sign one of my sessions out."""
    await shop.sessions.end(who, SessionId(session_id))
