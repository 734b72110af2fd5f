"""What the suites of the stores share: an open database, whichever this process has."""

from collections.abc import AsyncIterator

import pytest

from lavka.adapters.tortoise import database
from lavka.bootstrap import database_config
from lavka.settings import Settings


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with database.opened(database_config(settings)):
        yield
