"""What is done again and again: by the server itself, or by workers whom Beat calls."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from lavka.application.shop import Shop


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that is done until it says that none is left, and again after each such while."""

    work: Callable[[Shop], Callable[[], Awaitable[bool | None]]]
    every: timedelta


TIMETABLE: Mapping[str, Chore] = {
    "expire_orders": Chore(lambda shop: shop.fulfilling.expire_one, timedelta(seconds=5)),
    "poll_payments": Chore(lambda shop: shop.settling.poll_one, timedelta(seconds=10)),
    "plan_reconciliation": Chore(lambda shop: shop.reconciling.plan, timedelta(hours=1)),
    "tidy": Chore(lambda shop: shop.tidying.take_one, timedelta(seconds=5)),
}
