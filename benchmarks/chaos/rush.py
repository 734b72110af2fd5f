"""(a) 200 buyers want one unit each of what there are 50 of, all at once, on two servers."""

import asyncio
from pathlib import Path

from benchmarks.chaos.buyer import Told, crowd
from benchmarks.chaos.fleet import Fleet, serving
from benchmarks.chaos.market import Market, open_market, sign_in
from benchmarks.promises import Broken

NAIVE = Path(__file__).with_name("naive.py")
BUYERS, UNITS = 200, 50


async def rush(url: str, rounds: int, *, people: int = BUYERS, units: int = UNITS) -> str:
    """Sell out so many offers, one after the other; raise Broken unless exactly all units are sold."""
    market = await open_market(url, rounds, units, people)
    told = Told()
    async with serving(url) as fleet:
        await _sell(market, fleet, told)
        await fleet.check()
    sold = await market.sold()
    if any(count != units for count in sold.values()):
        raise Broken(f"Of {units} each were sold {sorted(sold.values())}.")
    return f"{rounds} × {people} buyers for {units} units: {units} sold each time; {dict(told.answers)}"


async def naive_rush(url: str, rounds: int, *, people: int = BUYERS, units: int = UNITS) -> str:
    """The same with a stock that looks and then writes; raise Broken unless it sells more than there are."""
    market = await open_market(url, rounds, units, people)
    told = Told()
    async with serving(url, program=NAIVE, NAIVE_STOCK="looking") as fleet:
        await _sell(market, fleet, told)
    sold = len(await market.orders())
    if sold <= units * rounds:
        raise Broken("The canary did not sing: a naive stock has sold no more than there were.")
    return f"{rounds} × {people} buyers for {units} units, naively: {sold} sold of {units * rounds}"


async def _sell(market: Market, fleet: Fleet, told: Told) -> None:
    tokens = await sign_in(fleet.address(0), market.logins)
    with crowd(tokens, fleet, told) as people:
        for offer in market.offers:
            await asyncio.gather(*(each.put([(offer, 1)]) for each in people))
            await asyncio.gather(*(each.order() for each in people))
