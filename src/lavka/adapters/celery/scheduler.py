"""Beat's scheduler: calls for chores no faster than workers come to them."""

from typing import Any

from celery.beat import PersistentScheduler

from lavka.adapters.celery.app import CHORES

MOST_CALLS = 20
"""Calls that wait, at which no other is made: a chore that is done once is done for all of them."""


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery is not typed
    """Leaves calls out while workers are behind: those that wait stay young enough to be taken up."""

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **more: Any) -> Any:
        """Call for a chore, or leave it out this time."""
        if producer.channel.queue_declare(CHORES, durable=True).message_count < MOST_CALLS:
            return super().apply_async(entry, producer, advance, **more)
        return None
