"""What workers are told over Redis: each message is in its queue alone, and holds nothing that is secret."""

import base64
import json
from collections.abc import Iterator, Sequence

import pytest
from conftest import REDIS
from promised import a_task
from redis import Redis

from lavka.adapters.celery import publishing
from lavka.adapters.celery.app import QUEUES
from lavka.adapters.celery.publishing import CeleryPublisher
from lavka.application.ports.outbox import Claim
from lavka.bootstrap import new_id
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import Kind

pytestmark = pytest.mark.redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    """The tests' own database, empty."""
    with Redis.from_url(REDIS) as connection:
        connection.flushdb()
        yield connection
        connection.flushdb()


@pytest.fixture
def publisher(redis: Redis) -> CeleryPublisher:
    return CeleryPublisher(REDIS)


def claims(*kinds: Kind) -> Sequence[Claim]:
    return [Claim(a_task(kind, about={"email": "maria@example.com"}), new_id(), tries=0) for kind in kinds]


def waiting(redis: Redis) -> dict[str, int]:
    return {queue: redis.llen(queue) for queue in QUEUES}


async def test_a_message_is_in_its_queue_alone(redis: Redis, publisher: CeleryPublisher) -> None:
    await publisher.publish(claims(Kind.OPEN_PAYMENT, Kind.SEND_LETTER, Kind.REFUND_PAYMENT))
    assert waiting(redis) == {"payments": 2, "letters": 1, "chores": 0}


async def test_a_message_holds_the_task_and_the_claim_and_no_more(
    redis: Redis, publisher: CeleryPublisher
) -> None:
    (claim,) = claims(Kind.SEND_LETTER)
    await publisher.publish([claim])
    message = json.loads(redis.lindex("letters", 0))
    assert "maria" not in json.dumps(message)
    assert message["content-type"] == "application/json"
    arguments, named, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, named) == ([str(claim.task.id), str(claim.token)], {})


async def test_workers_that_are_behind_are_not_told_more(
    redis: Redis, publisher: CeleryPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_WAITING", 3)
    await publisher.publish(claims(*[Kind.OPEN_PAYMENT] * 3))
    with pytest.raises(Unavailable):
        await publisher.publish(claims(Kind.OPEN_PAYMENT))
    await publisher.publish(claims(Kind.SEND_LETTER))
    assert waiting(redis) == {"payments": 3, "letters": 1, "chores": 0}


async def test_without_redis_it_is_said_at_once() -> None:
    with pytest.raises(Unavailable):
        await CeleryPublisher("redis://127.0.0.1:1/0").publish(claims(Kind.SEND_LETTER))
