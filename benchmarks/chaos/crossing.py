"""(e) Orders of two lines, in one order and in the other, all at once: no deadlock reaches a buyer."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.chaos.buyer import Buyer, Told, crowd
from benchmarks.chaos.fleet import serving
from benchmarks.chaos.kills import must_hold
from benchmarks.chaos.market import Market, open_market, sign_in
from benchmarks.promises import Broken
from benchmarks.servers import MAIN

NAIVE = Path(__file__).with_name("naive.py")
OFFERS = 3
BUYERS = 16
FINE = {"200", "201", "503 unavailable"}
LOOK = 0.2
"""Seconds between looks for deadlocks."""


async def crossing(url: str, orders: int, chance: random.Random) -> str:
    """Make so many; raise Broken when a deadlock reaches a buyer, as a 503."""
    market = await open_market(url, OFFERS, 2 * orders, BUYERS)
    told = await _cross(market, orders, chance, MAIN)
    found, refused = await market.deadlocks(), told.answers["503 unavailable"]
    if strange := told.answers.keys() - FINE:
        raise Broken(f"Buyers were told {strange}.")
    if found and refused:  # without a deadlock it is only that the machine is slow
        raise Broken(f"There were {found} deadlocks, and buyers were told {refused} times to try again.")
    await must_hold(market, told)
    return f"{orders} orders of two lines, crossing: {dict(told.answers)}; deadlocks in PostgreSQL: {found}"


async def naive_crossing(url: str, orders: int, chance: random.Random) -> str:
    """The same with a stock that takes lines as they are named; raise Broken when nothing comes of it."""
    market = await open_market(url, OFFERS, 2 * orders, BUYERS)
    crossed = asyncio.create_task(_cross(market, orders, chance, NAIVE))
    while not (crossed.done() or await market.deadlocks()):  # noqa: ASYNC110  # in the database
        await asyncio.sleep(LOOK)
    crossed.cancel()
    await asyncio.wait([crossed])
    found = await market.deadlocks()
    if not found:
        raise Broken("The canary did not sing: lines taken in any order have made no deadlock.")
    return f"orders of two lines, crossing naively: {found} deadlocks among {len(await market.orders())}"


async def _cross(market: Market, orders: int, chance: random.Random, program: Path) -> Told:
    told = Told()
    async with serving(market.url, program=program, NAIVE_STOCK="unsorted") as fleet:
        tokens = await sign_in(fleet.address(0), market.logins)
        left = iter(range(orders))
        with crowd(tokens, fleet, told) as people:
            await asyncio.gather(*(_order(each, market, left, chance) for each in people))
        if program == MAIN:
            await fleet.check()
    return told


async def _order(buyer: Buyer, market: Market, left: Iterator[int], chance: random.Random) -> None:
    for _ in left:
        await buyer.attempt([(offer, 1) for offer in chance.sample(market.offers, 2)])
