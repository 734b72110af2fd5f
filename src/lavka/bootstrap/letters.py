"""Accounts, the letters that they get, and the post that takes all letters, put together."""

from datetime import timedelta
from typing import Any

from lavka.adapters.crypto import new_code
from lavka.adapters.letters import JinjaTemplates
from lavka.adapters.post.folder import FolderPost
from lavka.adapters.post.message import Stationery
from lavka.adapters.post.smtp import Server, SmtpPost
from lavka.adapters.tortoise.accounts import TortoiseAttempts
from lavka.adapters.tortoise.database import transaction
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.application.accounts import Joining, Membership
from lavka.application.letters import Linking, LookingUp, Writing
from lavka.application.passwords import Passwords
from lavka.application.ports.letters import Post
from lavka.application.ports.sessions import Revocations
from lavka.application.ports.system import Clock
from lavka.application.recovering import Confirming, Links, Recovering
from lavka.application.telling import Asking, Telling
from lavka.bootstrap.stores import Stores, System
from lavka.domain.letters import Purpose
from lavka.settings import Settings

HOUR = timedelta(hours=1)


def asking(settings: Settings, system: System, outbox: TortoiseOutbox) -> Asking:
    """Whoever promises letters that are asked for."""
    counted = TortoiseAttempts(settings.letters_per_hour, HOUR)
    return Asking(Telling(outbox, system.ids), counted, system.clock)


def accounts(at: Stores, passwords: Passwords, revocations: Revocations, asking: Asking) -> dict[str, Any]:
    """Put the use cases of accounts together, by the names that they have in the shop."""
    users, sessions, telling, clock = at.users, at.sessions, asking.telling, asking.clock
    confirm = Links(at.email_tokens, Purpose.CONFIRM_EMAIL, clock)
    reset = Links(at.email_tokens, Purpose.RESET_PASSWORD, clock)
    return {
        "joining": Joining(users, passwords, telling, clock, telling.ids, transaction),
        "membership": Membership(users, sessions, revocations, passwords, telling, clock, transaction),
        "confirming": Confirming(users, confirm, asking, transaction),
        "recovering": Recovering(users, sessions, revocations, passwords, reset, asking, transaction),
    }


def writing(at: Stores, settings: Settings, clock: Clock) -> Writing:
    """Whoever writes letters, when their turn comes."""
    origin = settings.origin
    return Writing(
        LookingUp(at.users, at.shops, at.orders, origin),
        Linking(at.email_tokens, new_code, clock, origin),
        JinjaTemplates(origin),
        _post(settings, clock),
        at.sent_letters,
        clock,
    )


def _post(settings: Settings, clock: Clock) -> Post:
    """A mail server if one is set, or else a folder."""
    stationery, url = Stationery(settings.mail_from, clock), settings.smtp_url.get_secret_value().strip()
    return SmtpPost(Server.of(url), stationery) if url else FolderPost(settings.mail, stationery)
