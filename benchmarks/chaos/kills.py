"""(c) Buyers put and order while servers are killed: no unit twice, no order lost, none twice for a key."""

import asyncio
import random
from collections.abc import Iterator

from benchmarks.chaos.buyer import Buyer, Told, crowd
from benchmarks.chaos.fleet import Fleet, serving
from benchmarks.chaos.market import Market, open_market, sign_in
from benchmarks.promises import Broken

OFFERS = 20
BUYERS = 32
MOST = 2
"""Units of an offer in one attempt."""
CANCELLED = 0.1
"""The share of orders that are taken back."""
PAUSE = (0.05, 1.0)
"""Seconds for which both servers live."""


async def kills(url: str, attempts: int, chance: random.Random) -> str:
    """Make so many attempts; raise Broken for what is lost, sold twice or ordered twice."""
    market = await open_market(url, OFFERS, max(1, 2 * attempts // OFFERS), BUYERS)
    told = Told()
    async with serving(url) as fleet:
        tokens = await sign_in(fleet.address(0), market.logins)
        stop, left = asyncio.Event(), iter(range(attempts))
        killing = asyncio.create_task(_kill(fleet, chance, stop))
        try:
            with crowd(tokens, fleet, told) as people:
                await asyncio.gather(*(_buy(each, market, left, chance) for each in people))
        finally:
            stop.set()
            count = await killing
        await fleet.check()
    await must_hold(market, told)
    kept = f"{len(told.orders)} orders acknowledged, {told.replayed} of them by a repetition"
    return f"{attempts} attempts, {count} kills: {kept}; {dict(told.answers)}, refused {dict(told.refused)}"


async def must_hold(market: Market, told: Told) -> None:
    """Raise Broken unless what was acknowledged is what is there, and nothing else."""
    there, acknowledged = await market.orders(), set(told.orders.values())
    if lost := acknowledged - there:
        raise Broken(f"{len(lost)} orders were acknowledged and are not there.")
    if len(acknowledged) < len(told.orders):
        raise Broken(f"{len(told.orders)} keys have made {len(acknowledged)} orders.")
    if extra := there - acknowledged:
        raise Broken(f"{len(extra)} orders are there beside those of the keys.")
    await market.sold()


async def _buy(buyer: Buyer, market: Market, left: Iterator[int], chance: random.Random) -> None:
    for _ in left:
        offers = chance.sample(market.offers, chance.randint(1, 2))
        order = await buyer.attempt([(offer, chance.randint(1, MOST)) for offer in offers])
        if order and chance.random() < CANCELLED:
            await buyer.cancel(order)


async def _kill(fleet: Fleet, chance: random.Random, stop: asyncio.Event) -> int:
    """Kill one of two servers after the other, and count."""
    count = 0
    while not stop.is_set():
        await asyncio.sleep(chance.uniform(*PAUSE))
        await fleet.kill(chance.randrange(2))
        count += 1
    return count
