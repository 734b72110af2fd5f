"""Sign-ins in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.models import RefreshToken, SessionRow
from lavka.adapters.tortoise.rowsets import id_of, packed, rowset
from lavka.application.ports.sessions import Redeemed
from lavka.domain.accounts import UserId
from lavka.domain.sessions import Device, Session, SessionId

CHANNEL = "lavka_sessions_ended"
"""Where PostgreSQL tells every process which sessions have ended."""
KEPT = timedelta(days=30)
"""How long a session is remembered that nobody can use any more."""
LOOKED_AT = 200
"""Sessions that one call of `forget_expired` looks at."""
LOOK = (
    "SELECT id, expires_at <= $2 OR (ended_at IS NOT NULL AND ended_at <= $2) AS is_past "
    f"FROM sessions WHERE id > $1 ORDER BY id LIMIT {LOOKED_AT}"
)
FORGET = "DELETE FROM sessions WHERE id IN (SELECT id FROM {past})"
FIRST = UUID(int=0)


class TortoiseSessions:
    """Every sign-in, with the digests of its refresh tokens."""

    def __init__(self) -> None:
        self._looked_at = FIRST

    async def add(self, session: Session) -> None:
        """Keep a new one."""
        await SessionRow.create(
            id=session.id,
            user_id=session.user,
            user_agent=session.device.user_agent,
            ip=session.device.ip,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            ended_at=session.ended_at,
        )

    async def save(self, session: Session) -> None:
        """Keep what has changed."""
        await SessionRow.filter(id=session.id).update(
            last_used_at=session.last_used_at, expires_at=session.expires_at, ended_at=session.ended_at
        )

    async def of(self, user: UserId, now: datetime) -> Sequence[Session]:
        """List a user's live sessions, the last used first."""
        rows = SessionRow.filter(user_id=user, ended_at__isnull=True, expires_at__gt=now)
        return [_session(row) for row in await rows.order_by("-last_used_at", "-id")]

    async def end(
        self, user: UserId, now: datetime, *, only: SessionId | None = None, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        """End a user's live sessions and name those that it ended; other processes hear of it on commit."""
        which = "id = $3" if only else "id <> $3" if but else "CAST($3 AS TEXT) IS NULL"
        rows = await fetch(
            "UPDATE sessions SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL AND expires_at > $1 "
            f"AND {which} RETURNING id",
            [now, user, only or but],
        )
        ended = [SessionId(UUID(str(row["id"]))) for row in rows]
        if ended and dialect() == POSTGRES:
            await fetch(
                "SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id",
                [CHANNEL, [str(session) for session in ended]],
            )
        return ended

    async def add_token(self, digest: str, session: Session) -> None:
        """Keep a refresh token's digest; it expires with the session."""
        await RefreshToken.create(digest=digest, session_id=session.id, expires_at=session.expires_at)

    async def redeem(self, digest: str, now: datetime) -> Redeemed | None:
        """Use up a refresh token by a conditional UPDATE, which of many callers at once lets one through."""
        unused = RefreshToken.filter(digest=digest, used_at__isnull=True, expires_at__gt=now)
        first_use = await unused.update(used_at=now) == 1
        token = await RefreshToken.get_or_none(digest=digest)
        if token is None or (token.used_at is None and not first_use):
            return None
        row = await SessionRow.select_for_update().get(id=token.session_id)  # type: ignore[attr-defined]
        return Redeemed(_session(row), first_use)

    async def forget_expired(self, now: datetime) -> int:
        """Forget those of the next few that ended or expired 30 days ago, and count them.

        They are gone through by their ids, again and again: an index of their ends would cost every refresh.
        """
        looked_at = await fetch(LOOK, [self._looked_at, now - KEPT])
        self._looked_at = id_of(looked_at[-1]["id"]) if len(looked_at) == LOOKED_AT else FIRST
        past = [{"id": row["id"]} for row in looked_at if row["is_past"]]
        if past:
            await execute(FORGET.format(past=rowset({"id": "uuid"})), [packed(past)])
        return len(past)


def _session(row: SessionRow) -> Session:
    return Session(
        id=SessionId(row.id),
        user=UserId(row.user_id),  # type: ignore[attr-defined]  # Tortoise adds it beside the relation
        device=Device(row.user_agent, row.ip),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
