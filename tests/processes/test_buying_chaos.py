"""What `python -m benchmarks.chaos` proves at length, in seconds: two servers, crowds, kills, deadlocks."""

import random

import pytest

from benchmarks.chaos.crossing import crossing, naive_crossing
from benchmarks.chaos.kills import kills
from benchmarks.chaos.rush import naive_rush, rush

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


async def test_a_crowd_on_two_servers_buys_exactly_what_there_is(postgres_url: str) -> None:
    assert await rush(postgres_url, 2)


async def test_a_stock_that_looks_and_then_writes_would_be_caught(postgres_url: str) -> None:
    assert await naive_rush(postgres_url, 2)


async def test_killed_servers_lose_no_order_and_make_none_twice(postgres_url: str) -> None:
    assert await kills(postgres_url, 400, random.Random(17))


async def test_orders_that_cross_meet_no_deadlock(postgres_url: str) -> None:
    assert await crossing(postgres_url, 400, random.Random(17))


async def test_lines_taken_in_any_order_would_be_caught(postgres_url: str) -> None:
    assert await naive_crossing(postgres_url, 400, random.Random(17))
