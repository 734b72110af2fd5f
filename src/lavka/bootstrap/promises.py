"""What must happen after a commit, put together."""

from collections.abc import Mapping
from typing import Any

from lavka.adapters.background import log_fault
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.application.ports.outbox import Work
from lavka.application.relaying import Performing, Relaying
from lavka.bootstrap.stores import System
from lavka.domain.tasks import Kind


def promises(outbox: TortoiseOutbox, works: Mapping[Kind, Work], system: System) -> dict[str, Any]:
    """Put these use cases together, by the names that they have in the shop; they do these works."""
    performing = Performing(outbox, works, system.clock, system.chance, log_fault)
    relaying = Relaying(outbox, performing.perform_all, system.clock, system.ids)
    return {"performing": performing, "relaying": relaying, "parked": outbox}
