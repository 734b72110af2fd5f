"""Answers that cost much and change only with the catalogue: found once for each version of it, and kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from typing import Generic, TypeVar

from lavka.adapters.tortoise.database import fetch
from lavka.application.ports.catalog import ProductFilter

VERSION = "(SELECT version FROM catalog_version)"
STOCK_VERSION = "(SELECT version FROM stock_version)"
Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


def version_of_stock(which: ProductFilter) -> str:
    """What a question's answer depends on besides the catalogue's version, as SQL to be added to that.

    Orders let lists show what has run out; they raise a version of their own, so that only what asks for
    stock is found anew, and buyers never queue for the catalogue's.
    """
    return "0" if which.in_stock is None else STOCK_VERSION


def version_of(which: ProductFilter) -> str:
    """The version that a question's answer is of, as SQL; it only grows."""
    return f"({VERSION} + {version_of_stock(which)})"


async def current_version(which: ProductFilter) -> int:
    """Read it."""
    return int((await fetch(f"SELECT {version_of(which)} AS version"))[0]["version"])


class ByVersion(Generic[Question, Answer]):
    """The newest answer to each question, at most so many, the least used forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Question, tuple[int, Answer]] = OrderedDict()
        self._finding: dict[Question, asyncio.Task[None]] = {}

    async def of(
        self, question: Question, find: Callable[[], Awaitable[tuple[int, Answer]]], version: int
    ) -> Answer:
        """Give the answer at this version, or at a later one; of many that ask at once one finds it.

        `find` gives the answer and the version that it is of.
        """
        while (kept := self._at(question, version)) is None:
            if question not in self._finding:
                # a context of its own: the search outlives the request, and its transaction
                finding = asyncio.create_task(self._find(question, find), context=Context())
                self._finding[question] = finding
                finding.add_done_callback(lambda task: self._forget(question, task))
            await asyncio.shield(self._finding[question])
        return kept[0]

    def _forget(self, question: Question, finding: asyncio.Task[None]) -> None:
        del self._finding[question]
        if not finding.cancelled():
            finding.exception()  # who still waits has heard of it

    def _at(self, question: Question, version: int) -> tuple[Answer] | None:
        kept = self._kept.get(question)
        if kept is None or kept[0] < version:
            return None
        self._kept.move_to_end(question)
        return (kept[1],)

    async def _find(self, question: Question, find: Callable[[], Awaitable[tuple[int, Answer]]]) -> None:
        self._kept[question] = await find()
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
