"""Beat over a real Redis."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import REDIS
from redis import Redis

from lavka.adapters.celery.app import CHORES, beat_schedule, celery_app
from lavka.adapters.celery.scheduler import MOST_CALLS, Scheduler

pytestmark = pytest.mark.redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    """The tests' own database, empty."""
    with Redis.from_url(REDIS) as connection:
        connection.flushdb()
        yield connection
        connection.flushdb()


def call(beat: Scheduler) -> None:
    for _ in range(5 * MOST_CALLS):
        beat.tick()
        time.sleep(0.002)


def test_chores_are_not_called_for_while_workers_are_behind(redis: Redis, tmp_path: Path) -> None:
    """Calls would wait until they are too old, and those behind them as well."""
    app = celery_app(REDIS)
    app.conf.beat_schedule = beat_schedule({"tidy": timedelta(milliseconds=1)})
    beat = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    call(beat)
    assert redis.llen(CHORES) == MOST_CALLS
    redis.ltrim(CHORES, 0, 2)
    call(beat)
    assert redis.llen(CHORES) == MOST_CALLS
    beat.close()
    app.close()


def test_the_program_is_told_to_call_so() -> None:
    assert celery_app(REDIS).conf.beat_scheduler == f"{Scheduler.__module__}:{Scheduler.__name__}"
