"""(d) PostgreSQL is restarted, and frozen, while buyers buy: told 503 soon, and served soon after."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from benchmarks.chaos.buyer import Buyer, Told, crowd
from benchmarks.chaos.cluster import Cluster, cluster
from benchmarks.chaos.fleet import serving
from benchmarks.chaos.kills import must_hold
from benchmarks.chaos.market import Market, open_market, sign_in
from benchmarks.promises import Broken

OFFERS, UNITS, BUYERS = 20, 100_000, 16
CALM = 3.0
"""Seconds of buying before, between and after what goes wrong."""
FROZEN = 8.0
LONGEST = 5.0
"""Seconds that a request may take, whatever PostgreSQL does."""
SOONEST = 2.0
"""Seconds after PostgreSQL accepts in which a buyer is served."""
FINE = {200, 201}
MAY = {503, 409}
"""What may come between: unavailable, or that the same request of before is still in doubt."""
Failing = Callable[[], Awaitable[float]]


async def outage(chance: random.Random, frozen: float = FROZEN) -> str:
    """Let it go wrong in both ways; raise Broken."""
    with cluster() as postgres:
        market, told = await open_market(postgres.url, OFFERS, UNITS, BUYERS), Told()
        async with serving(postgres.url) as fleet:
            tokens = await sign_in(fleet.address(0), market.logins)
            with crowd(tokens, fleet, told) as people:
                said = await _endured(people, market, postgres, chance, frozen)
            await fleet.check()
        await must_hold(market, told)
    slowest = max(ended - sent for sent, ended, _ in told.moments)
    if slowest > LONGEST:
        raise Broken(f"A request took {slowest:.1f} s.")
    kept = f"{len(told.orders)} orders acknowledged, all there"
    return f"{'; '.join(said)}; slowest request {slowest:.1f} s; {kept}; {dict(told.answers)}"


async def _endured(
    people: list[Buyer], market: Market, postgres: Cluster, chance: random.Random, frozen: float
) -> list[str]:
    """Let people buy meanwhile, and tell what each went through."""
    stop = asyncio.Event()
    buying = [asyncio.create_task(_buy(each, market, stop, chance)) for each in people]
    try:
        restarted = await _survived("restarted", postgres.restart, people[0].told)
        name = f"frozen for {frozen:.0f} s"
        return [restarted, await _survived(name, lambda: postgres.freeze(frozen), people[0].told)]
    finally:
        stop.set()
        await asyncio.gather(*buying)


async def _buy(buyer: Buyer, market: Market, stop: asyncio.Event, chance: random.Random) -> None:
    while not stop.is_set():
        await buyer.attempt([(offer, 1) for offer in chance.sample(market.offers, 2)])


async def _survived(name: str, fail: Failing, told: Told) -> str:
    """Let something go wrong; raise Broken for other answers than may come, or when service is late."""
    await asyncio.sleep(CALM)
    begun = len(told.moments)
    accepted = await fail()
    await asyncio.sleep(CALM)
    answers = Counter(status for _, _, status in told.moments[begun:])
    if strange := answers.keys() - FINE - MAY:
        raise Broken(f"{name}: buyers were told {sorted(strange)}; 0 is a connection that broke.")
    if not answers[503]:
        raise Broken(f"{name}: nobody noticed.")
    served = [ended for _, ended, status in told.moments if status in FINE and ended > accepted]
    if not served or min(served) - accepted > SOONEST:
        raise Broken(f"{name}: nobody was served within {SOONEST} s.")
    return f"{name}: {dict(answers)}, served {min(served) - accepted:.2f} s after it accepted"
