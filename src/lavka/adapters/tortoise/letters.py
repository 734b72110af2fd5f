"""Which letters have gone, and what their links are good for."""

from datetime import datetime, timedelta

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.rowsets import id_of
from lavka.application.ports.letters import Holder
from lavka.domain.accounts import Email, UserId
from lavka.domain.letters import Purpose
from lavka.domain.tasks import TaskId

KEPT = timedelta(days=30)
"""How long it is remembered that a letter has gone: its task may be brought again until then."""
BEGIN = "INSERT INTO letters (id, begun_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id"
SENT = "UPDATE letters SET sent_at = $2 WHERE id = $1"
OLD = "SELECT id FROM letters WHERE begun_at <= $1 ORDER BY begun_at LIMIT 100"
ADD = "INSERT INTO email_tokens (digest, user_id, purpose, email, expires_at) VALUES ($1, $2, $3, $4, $5)"
FIND = "SELECT user_id, email FROM email_tokens WHERE digest = $1 AND purpose = $2 AND expires_at > $3"
LOCKED = f"""SELECT digest FROM email_tokens WHERE purpose = $2
    AND user_id = (SELECT user_id FROM ({FIND}) AS mine) ORDER BY digest"""
"""All of one user, in the same order for all who lock them: two links followed at once make no deadlock."""
EXPIRED = "SELECT digest FROM email_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT 100"


class TortoiseSentLetters:
    """A row a letter, from the first attempt on."""

    async def begin(self, letter: TaskId, now: datetime) -> bool | None:
        """Note that one is about to go; say whether it may have gone before, None when it certainly has."""
        if await fetch(BEGIN, [letter, now]):
            return False
        found = await fetch("SELECT sent_at FROM letters WHERE id = $1", [letter])
        return None if found and found[0]["sent_at"] else True

    async def sent(self, letter: TaskId, now: datetime) -> None:
        """Note that it has gone."""
        await execute(SENT, [letter, now])

    async def forget_old(self, now: datetime) -> int:
        """Forget some that are old, and count them."""
        return await execute(f"DELETE FROM letters WHERE id IN ({OLD}{_unlocked()})", [now - KEPT])


class TortoiseEmailTokens:
    """The digests of what links in letters carry; each is good once, for a while."""

    async def add(self, digest: str, purpose: Purpose, holder: Holder, expires_at: datetime) -> None:
        """Keep a new one."""
        await execute(ADD, [digest, holder.user, purpose.value, holder.email.address, expires_at])

    async def find(self, digest: str, purpose: Purpose, now: datetime) -> Holder | None:
        """Look at one without using it up; None when there is none, or it is too late."""
        found = await fetch(FIND, [digest, purpose.value, now])
        return Holder(UserId(id_of(found[0]["user_id"])), Email(found[0]["email"])) if found else None

    async def redeem(self, digest: str, purpose: Purpose, now: datetime) -> Holder | None:
        """Use one up by one DELETE, which of many callers at once lets one through.

        All others of this user for this purpose are used up with it.
        """
        lock = " FOR UPDATE" if dialect() == POSTGRES else ""
        used_up = await fetch(
            f"DELETE FROM email_tokens WHERE digest IN ({LOCKED}{lock}) RETURNING digest, user_id, email",
            [digest, purpose.value, now],
        )
        mine = [row for row in used_up if row["digest"] == digest]
        return Holder(UserId(id_of(mine[0]["user_id"])), Email(mine[0]["email"])) if mine else None

    async def forget_expired(self, now: datetime) -> int:
        """Forget some that are too late, and count them."""
        return await execute(f"DELETE FROM email_tokens WHERE digest IN ({EXPIRED}{_unlocked()})", [now])


def _unlocked() -> str:
    """Let be what somebody else is about to delete."""
    return " FOR UPDATE SKIP LOCKED" if dialect() == POSTGRES else ""
