"""What a worker does: the outbox's tasks under their claims, and the chores that Beat calls for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from uuid import UUID

from celery import Celery
from celery.exceptions import Reject
from celery.signals import worker_process_init, worker_process_shutdown

from lavka.adapters.celery.app import CHORE, LONGEST, PERFORM
from lavka.adapters.celery.household import Household
from lavka.application.shop import Shop
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import TaskId

Chore = Callable[[Shop], Callable[[], Awaitable[bool | None]]]
PAUSE = 1.0
"""Seconds before a message goes back for which there was no database."""
TURN = 30.0
"""Seconds after which a chore makes room for others; what is left is done when it is called for again."""
CLOSING = 10.0
PATIENCE = LONGEST - 10.0
"""Seconds after which a task is given up from outside, should its own limit have failed."""


class Worker:
    """The tasks of one pool process; they share one open shop."""

    def __init__(
        self, opening: Callable[[], AbstractAsyncContextManager[Shop]], chores: Mapping[str, Chore]
    ) -> None:
        self._opening, self._chores = opening, chores
        self._household: Household[Shop] | None = None

    def join(self, app: Celery) -> None:
        """Make its tasks known, and have it begin and end with its process."""
        for work, name in ((self.perform, PERFORM), (self.chore, CHORE)):
            app.task(work, name=name, typing=False)  # Celery miscounts the arguments of a method
        worker_process_init.connect(self.begin, weak=False)
        worker_process_shutdown.connect(self.end, weak=False)

    def begin(self, **_: object) -> None:
        """Begin in a process of the pool: after the fork, since threads do not survive it."""
        self._household = Household(self._opening)

    def end(self, **_: object) -> None:
        """Close the shop before the process ends."""
        if self._household:
            with suppress(TimeoutError):
                self._household.close(CLOSING)

    def perform(self, task: str, token: str) -> None:
        """Do a task of the outbox, unless somebody else has it; without the database it goes back."""
        known, right = TaskId(UUID(task)), UUID(token)
        try:
            self._in_the_shop(lambda shop: shop.performing.perform(known, right))
        except Unavailable:
            time.sleep(PAUSE)
            raise Reject(requeue=True) from None

    def chore(self, name: str) -> None:
        """Do a chore until nothing is left, or its turn is over."""

        async def work(shop: Shop) -> None:
            take_one = self._chores[name](shop)
            until = asyncio.get_running_loop().time() + TURN
            while await take_one() and asyncio.get_running_loop().time() < until:
                pass

        with suppress(Unavailable):  # Beat calls again
            self._in_the_shop(work)

    def _in_the_shop(self, work: Callable[[Shop], Awaitable[None]]) -> None:
        assert self._household is not None
        self._household.do(work, PATIENCE)
