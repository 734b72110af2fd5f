"""How the suites about price lists read them and look at what came out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lavka.adapters.yaml_feed import reader, spool
from lavka.adapters.yaml_feed.feed import YamlFeed
from lavka.application.ports.prices import PriceList
from lavka.domain.prices import Good, ListedCategory

Read = Callable[[str | bytes | Path], Awaitable[PriceList]]
HEAD = "shop: Очаг\nurl: https://a.example\n"
ONE = "[{id: 17, category: 1, name: Чайник, price: 1990, quantity: 14}]"
"""The goods of a list, on one line."""


def read_here(text: str) -> tuple[PriceList, list[Good]]:
    """Read a text in this process, which starts no other: for what is tried many times."""
    with TemporaryDirectory() as folder:
        file, goods = Path(folder, "prices.yaml"), Path(folder, "spool")
        file.write_text(text, "utf-8", newline="")
        reader.read(file, goods, lambda _: None).save(goods)
        found = spool.price_list(goods)
        return found, goods_of(found)


async def written(
    shop: str, url: str | None, categories: Sequence[ListedCategory], *batches: Sequence[Good]
) -> str:
    """A list as the shop writes it."""

    async def goods() -> AsyncIterator[Sequence[Good]]:
        for batch in batches:
            yield batch

    return "".join([piece async for piece in YamlFeed().write(shop, url, categories, goods())])


def goods_of(found: PriceList) -> list[Good]:
    """All the goods at once."""
    return [good for batch in found.goods() for good in batch]


def faults_of(found: PriceList) -> list[tuple[int | None, str]]:
    """Where each fault is: row and field."""
    return [(fault.row, fault.field) for fault in found.faults]


def names_in(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(each.name for each in folder.iterdir())
