"""Price lists of our own making, as large as wanted: no name repeats."""

from collections.abc import Iterator
from pathlib import Path

THINGS = ("Чайник", "Кружка", "Лампа", "Плед", "Полка", "Самовар", "Скатерть", "Сковорода", "Табурет", "Ваза")
COLOURS = ("белый", "синий", "красный", "зелёный", "серый")
CATEGORIES = 50
SHOWN = 100
"""Goods on a page."""
GOOD = """\
  - id: L-{number:06}
    category: {category}
    model: lavka/{number}
    name: "{thing} «Лавка» № {number:06}, {colour}"
    price: {price}
    price_rrc: {recommended}
    quantity: {quantity}
    parameters:
      "Цвет": {colour}
      "Объём (л)": {volume}
      "Страна": Россия
"""


def write(file: Path, goods: int, dearer: int = 0) -> None:
    """Write a list of so many goods, each so many roubles dearer."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(_lines(goods, dearer))


def price(number: int, dearer: int = 0) -> int:
    """What a good costs, in kopecks."""
    return (100 + number % 900 + dearer) * 100


def shown(goods: int, dearer: int = 0) -> int:
    """The sum of the prices of the first page by name, in kopecks."""
    by_name = sorted(range(goods), key=lambda number: (THINGS[number % len(THINGS)], number))
    return sum(price(number, dearer) for number in by_name[:SHOWN])


def _lines(goods: int, dearer: int) -> Iterator[str]:
    yield "shop: Лавка мер и весов\ncategories:\n"
    yield from (f"  - id: {number}\n    name: Отдел {number}\n" for number in range(CATEGORIES))
    yield "goods:\n"
    for number in range(goods):
        roubles = price(number, dearer) // 100
        yield GOOD.format(
            number=number,
            category=number % CATEGORIES,
            thing=THINGS[number % len(THINGS)],
            colour=COLOURS[number % len(COLOURS)],
            price=roubles,
            recommended=roubles + 50,
            quantity=number % 40,
            volume=number % 7 + 1,
        )
