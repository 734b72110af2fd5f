"""The way to workers, when the shop has some."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from lavka.application.ports.outbox import Deliver
from lavka.settings import Settings, SettingsError

PUBLISHED = timedelta(minutes=5)
"""After so long what was published and not begun counts as lost, and is published again."""


def has_workers(settings: Settings) -> bool:
    """Whether others do what waits; an embedded database serves one process, which does all."""
    return bool(settings.redis_url) and not settings.is_embedded


def ask_for_celery(settings: Settings) -> None:
    """Raise SettingsError when there ought to be workers, and Celery is not installed."""
    if has_workers(settings) and find_spec("celery") is None:
        raise SettingsError("REDIS_URL: it needs Celery, which `pip install 'lavka[prod]'` brings.")


def publisher(settings: Settings) -> Deliver:
    """Open the way; raise SettingsError where Celery is not installed."""
    ask_for_celery(settings)
    publishing = import_module("lavka.adapters.celery.publishing")  # by name: the base install goes without
    deliver: Deliver = publishing.CeleryPublisher(settings.redis_url).publish
    return deliver
