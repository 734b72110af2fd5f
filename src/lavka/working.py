"""What `celery -A lavka.working` loads: the workers and the clock of a shop that has REDIS_URL."""

from contextlib import AbstractAsyncContextManager

from celery.signals import setup_logging

from lavka.adapters.celery.app import beat_schedule, celery_app
from lavka.adapters.celery.worker import Worker
from lavka.application.shop import Shop
from lavka.bootstrap import relayed
from lavka.bootstrap.timetable import TIMETABLE
from lavka.serving import structured_logs
from lavka.settings import load_settings

MOST_CONNECTIONS = 4
"""Of a pool process, which does one task at a time, to the database."""


def _opening() -> AbstractAsyncContextManager[Shop]:
    settings = load_settings()
    most = min(settings.db_pool_max, MOST_CONNECTIONS)
    fewer = {"db_pool_max": most, "db_pool_min": min(settings.db_pool_min, most)}
    return relayed(settings.model_copy(update=fewer))


def _logs(**_: object) -> None:
    structured_logs()


app = celery_app(load_settings().redis_url)
app.conf.beat_schedule = beat_schedule({name: chore.every for name, chore in TIMETABLE.items()})
setup_logging.connect(_logs, weak=False)
Worker(_opening, {name: chore.work for name, chore in TIMETABLE.items()}).join(app)
