"""Telling workers what is due. Redis may be dead, or hang: that is no more than a delay."""

import asyncio
from collections.abc import Sequence

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from lavka.adapters.celery.app import PERFORM, celery_app
from lavka.application.ports.outbox import Claim
from lavka.domain.errors import Unavailable

LONGEST = 3.0
"""Seconds to wait for Redis in all."""
MOST_WAITING = 1000
"""Messages of a queue at which workers count as behind: more would only be published again and again."""


class CeleryPublisher:
    """Publishes claims; nothing in them but the task's id and the claim's token."""

    def __init__(self, redis_url: str) -> None:
        self._app: Celery = celery_app(redis_url)

    async def publish(self, claims: Sequence[Claim]) -> None:
        """Tell workers of them; raise Unavailable when Redis does not take them, or workers are behind."""
        try:
            async with asyncio.timeout(LONGEST):
                await asyncio.to_thread(self._publish, claims)
        except (TimeoutError, KombuError, RedisError, OSError) as error:
            raise Unavailable from error

    def _publish(self, claims: Sequence[Claim]) -> None:
        with self._app.producer_pool.acquire(block=True, timeout=LONGEST) as producer:
            for queue in {claim.task.kind.queue.value for claim in claims}:
                if producer.channel.queue_declare(queue, durable=True).message_count >= MOST_WAITING:
                    raise Unavailable
            for claim in claims:
                self._app.send_task(
                    PERFORM,
                    (str(claim.task.id), str(claim.token)),
                    task_id=str(claim.task.id),
                    queue=claim.task.kind.queue.value,
                    producer=producer,
                    retry=False,
                    ignore_result=True,
                )
