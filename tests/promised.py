"""Tasks that wait in the outbox, and their being done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from builders import NOON

from lavka.application.ports.outbox import Work
from lavka.application.relaying import Performing
from lavka.application.shop import Shop
from lavka.bootstrap import new_id
from lavka.domain.tasks import Kind, Queue, Task, TaskId


def a_task(
    kind: Kind = Kind.OPEN_PAYMENT,
    *,
    id: UUID | None = None,  # noqa: A002  # builders speak the names of the fields
    due_at: datetime = NOON,
    about: Mapping[str, str] | None = None,
) -> Task:
    return Task(TaskId(id or new_id()), kind, {"payment": "17"} if about is None else about, due_at)


def doing(shop: Shop, work: Work, kind: Kind = Kind.OPEN_PAYMENT) -> Shop:
    """The shop with another way to do tasks of a kind."""
    performing: Performing = replace(shop.performing, works={**shop.performing.works, kind: work})
    relaying = replace(shop.relaying, deliver=performing.perform_all)
    return replace(shop, performing=performing, relaying=relaying)


async def all_is_done(shop: Shop) -> None:
    """Do whatever is due, as the server does beside its requests."""
    for queue in Queue:
        while await shop.relaying.relay(queue):
            pass
