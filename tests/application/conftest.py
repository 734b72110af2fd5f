"""An open shop whose clock a test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lavka.application.shop import Shop
from lavka.bootstrap import System, open_shop
from lavka.settings import Settings


@dataclass
class MovingClock:
    """It stands still until a test moves it; it begins now, since access tokens live by the true time."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
async def shop(settings: Settings, clock: MovingClock) -> AsyncIterator[Shop]:
    async with open_shop(settings, System(clock=clock)) as opened:
        yield opened
