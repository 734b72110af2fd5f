"""What the suites share: an open database, whichever this process has; the formats of price lists."""

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import asyncpg
import pytest
from overlapping import Overlap
from price_lists import Read

from lavka.adapters.tortoise import database
from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.ports.prices import PriceList, PriceListFormat
from lavka.bootstrap import database_config
from lavka.settings import Settings


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with database.opened(database_config(settings)):
        yield


@pytest.fixture(params=[YamlFeed])
def feed(request: pytest.FixtureRequest) -> PriceListFormat:
    """Every format of price lists."""
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
def read(feed: PriceListFormat, tmp_path: Path) -> Read:
    """Read a list as the shop does."""

    def read_list(content: str | bytes | Path) -> Awaitable[PriceList]:
        file = content if isinstance(content, Path) else tmp_path / "prices.yaml"
        if not isinstance(content, Path):
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return feed.read(file, tmp_path / "spool", lambda _: None)

    return read_list


@pytest.fixture
async def overlap(settings: Settings) -> AsyncIterator[Overlap]:
    """What lets two things be done at once."""
    outside = await asyncpg.connect(settings.db_url)
    yield Overlap(outside)
    await outside.close()
