"""What workers are told, over which queues, and how long anybody waits for Redis."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from celery import Celery
from kombu.entity import Exchange
from kombu.entity import Queue as Line

from lavka.domain.tasks import Queue

PERFORM = "lavka.perform"
CHORE = "lavka.chore"
CHORES = "chores"
"""The queue of what Beat calls for, beside those of the outbox."""
QUEUES = (*(queue.value for queue in Queue), CHORES)
LONGEST = 120
"""Seconds after which a pool process is ended that has not come back from a task; its own limit is lower."""
INVISIBLE = 600
"""Seconds after which Redis hands out again what was not acknowledged: longer than any task."""
LATE = 300.0
"""Seconds after which nobody takes a call for a chore up: workers may be busy with others for long."""
SOCKET = 2.0
"""Seconds to wait for Redis: connecting, and for an answer."""

WAYS: Mapping[str, Any] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_time_limit": LONGEST,
    "task_publish_retry": False,
    "task_default_queue": CHORES,
    "task_create_missing_queues": False,
    "worker_prefetch_multiplier": 1,
    "worker_proc_alive_timeout": 60.0,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "broker_connection_timeout": SOCKET,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "beat_scheduler": "lavka.adapters.celery.scheduler:Scheduler",
    "timezone": "UTC",
}
TRANSPORT: Mapping[str, Any] = {
    "visibility_timeout": INVISIBLE,
    "socket_connect_timeout": SOCKET,
    "socket_timeout": SOCKET,
    "retry_on_timeout": False,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


def celery_app(redis_url: str) -> Celery:
    """Make the application that publishers, workers and Beat share."""
    queues = [Line(name, Exchange(name), routing_key=name) for name in QUEUES]  # type: ignore[no-untyped-call]
    app = Celery("lavka", broker=redis_url, set_as_current=False)
    app.conf.update(WAYS, task_queues=queues, broker_transport_options=dict(TRANSPORT))
    return app


def beat_schedule(timetable: Mapping[str, timedelta]) -> dict[str, Any]:
    """Call for each chore again and again; what nobody has taken up for long is dropped."""
    return {
        name: {
            "task": CHORE,
            "schedule": every.total_seconds(),
            "args": (name,),
            "options": {"queue": CHORES, "expires": max(LATE, every.total_seconds())},
        }
        for name, every in timetable.items()
    }
