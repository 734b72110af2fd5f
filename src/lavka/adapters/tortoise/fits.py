"""How well products fit a search: how many there are in each tier of it, which decides how a page is read.

The counts are kept for each version of the catalogue, as totals are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lavka.adapters.tortoise.by_version import VERSION, ByVersion
from lavka.adapters.tortoise.database import POSTGRES, dialect, fetch
from lavka.adapters.tortoise.filtering import found

MOST_KEPT = 1024
FEW = 5_000
"""Finds that are gathered and sorted by age; more are met soon on the way along it."""
EXACT_UP_TO = 100_000
"""Finds whose tiers are counted; of more only a sample is looked at."""
SAMPLE = 20_000
OFTEN = 200
"""Times that a sample must have seen a tier for it to be met soon on the way."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What fits a search in some way and in no better one: its place, its condition, whether it is rare."""

    number: int
    condition: str
    is_sparse: bool


@dataclass(frozen=True, slots=True)
class Fits:
    """How many active products a search finds, at which version, and the tiers that have any of them."""

    version: int = 0
    total: int = 0
    tiers: tuple[Tier, ...] = ()


NOTHING = Fits()


class Fitting:
    """The fits of searches, which are given as conditions, each of which includes the one before it."""

    def __init__(self) -> None:
        self._kept: ByVersion[tuple[str, ...], Fits] = ByVersion(MOST_KEPT)

    async def of(self, searched: tuple[str, ...], version: int) -> Fits:
        """Count them at this version of the catalogue, or at a later one; of no search there are none."""

        async def find() -> tuple[int, Fits]:
            sql = f"SELECT {VERSION} AS version, count(*) AS total FROM products WHERE is_active AND "
            row = (await fetch(sql + found().format("$1"), [searched[-1]]))[0]
            fits = Fits(row["version"], row["total"], await _tiers(searched, row["total"]))
            return fits.version, fits

        return await self._kept.of(searched, find, version) if searched else NOTHING


async def _tiers(searched: Sequence[str], total: int) -> tuple[Tier, ...]:
    """Choose the tiers to be read one after the other: those that have something, or else the last."""
    last = len(searched) - 1
    if total > EXACT_UP_TO and dialect() == POSTGRES:
        return tuple(await _sampled(searched))
    counts = [*await _counts(searched[:-1], searched[-1], "products"), total]
    own = [more - less for more, less in zip(counts, [0, *counts], strict=False)]
    filled = [Tier(number, searched[number], one <= FEW) for number, one in enumerate(own) if one]
    return tuple(filled) or (Tier(last, searched[last], is_sparse=True),)


async def _sampled(searched: Sequence[str]) -> list[Tier]:
    """Choose tiers of a search that finds very many products: those that cost little to read.

    That is what a sample sees often, or words that it never sees; the rest comes with the tier after it, and
    all that is left with the last.
    """
    size = "(SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'products'::regclass)"
    share = (await fetch(f"SELECT least(100, 100.0 * {SAMPLE} / {size})::float8 AS share"))[0]["share"]
    sample = f"products TABLESAMPLE SYSTEM ({share}) REPEATABLE (0)"
    wordy = [tier.replace(":*A", ":*").replace(":A", "").replace(":B", "") for tier in searched]
    counts = await _counts([*searched, *wordy], searched[-1], sample)
    fitting, having = counts[: len(searched)], counts[len(searched) :]
    chosen: list[Tier] = []
    before = 0
    for number, condition in enumerate(searched[:-1]):
        if not having[number] or fitting[number] - before >= OFTEN:
            chosen.append(Tier(number, condition, is_sparse=not having[number]))
            before = fitting[number]
    return [*chosen, Tier(len(searched) - 1, searched[-1], is_sparse=False)]


async def _counts(conditions: Sequence[str], within: str, source: str) -> list[int]:
    """Count how many of what is found within a search meet each condition."""
    if not conditions:
        return []
    counted = ", ".join(
        f"count(*) FILTER (WHERE {found().format(f'${place}')}) AS tier{place}"
        for place in range(2, len(conditions) + 2)
    )
    sql = f"SELECT {counted} FROM {source} WHERE is_active AND {found().format('$1')}"
    return list((await fetch(sql, [within, *conditions]))[0].values())
