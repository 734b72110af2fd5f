"""Price lists as text, in the format that the reader reads."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence

from lavka.domain.prices import Good, ListedCategory

_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
"""What would end a quoted text, or what YAML takes for the end of a line or for no text at all."""


async def write(
    shop: str, url: str | None, categories: Sequence[ListedCategory], goods: AsyncIterator[Sequence[Good]]
) -> AsyncIterator[str]:
    """Write a list in pieces; the category of every good is among `categories`."""
    yield "".join(_head(shop, url, categories))
    ids = {each.name: quoted(each.id) for each in categories}
    first = True
    async for batch in goods:
        yield ("goods:\n" if first else "") + "".join(_row(good, ids[good.category]) for good in batch)
        first = False
    if first:
        yield "goods: []\n"


def quoted(text: str) -> str:
    """Write a text so that YAML reads it back letter by letter, whatever it looks like."""
    return '"' + _UNSAFE.sub(_escaped, text) + '"'


def _escaped(match: re.Match[str]) -> str:
    letter = match[0]
    return f"\\{letter}" if letter in '"\\' else f"\\u{ord(letter):04x}"


def _head(shop: str, url: str | None, categories: Sequence[ListedCategory]) -> Iterator[str]:
    yield f"shop: {quoted(shop)}\n"
    if url is not None:
        yield f"url: {quoted(url)}\n"
    yield "categories:\n" if categories else "categories: []\n"
    for each in categories:
        yield f"  - id: {quoted(each.id)}\n    name: {quoted(each.name)}\n"


def _row(good: Good, category: str) -> str:
    return "".join(_fields(good, category))


def _fields(good: Good, category: str) -> Iterator[str]:
    yield f"  - id: {quoted(good.sku)}\n    category: {category}\n"
    if good.model is not None:
        yield f"    model: {quoted(good.model)}\n"
    yield f"    name: {quoted(good.name)}\n    price: {good.price}\n"
    if good.recommended_price is not None:
        yield f"    price_rrc: {good.recommended_price}\n"
    yield f"    quantity: {good.quantity}\n"
    if good.attributes:
        yield "    parameters:\n"
    for name, value in good.attributes.items():
        yield f"      {quoted(name)}: {quoted(value)}\n"
