"""Synthetic products by the million, for measuring; COPY on PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from lavka.adapters.tortoise.database import POSTGRES, database, dialect, execute, transaction
from lavka.adapters.tortoise.kept import next_version
from lavka.adapters.tortoise.movements import COLUMNS as COLUMNS_OF_MOVEMENTS
from lavka.adapters.tortoise.movements import Cause
from lavka.adapters.tortoise.search_index import keep_search
from lavka.application.ports.system import Ids
from lavka.domain.catalog import fold, slugify

BATCH = 10_000
KINDS = ("Чайник", "Куртка", "Фонарь", "Блокнот", "Кресло", "Рюкзак", "Лампа", "Ваза", "Мяч", "Плед")
COLOURS = ("белый", "чёрный", "синий", "зелёный", "красный", "серый", "жёлтый")
CATEGORIES, SHOPS = 40, 5
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

COLUMNS = {
    "products": [
        "id",
        "name",
        "name_folded",
        "slug",
        "description",
        "category_id",
        "attributes",
        "image",
        "is_active",
        "price",
        "in_stock",
        "was_offered",
        "created_at",
        "updated_at",
    ],
    "offers": ["id", "product_id", "shop_id", "sku", "price", "recommended_price", "attributes", "is_active"],
    "stock": ["offer_id", "quantity"],
    "stock_movements": COLUMNS_OF_MOVEMENTS,
    "product_attributes": ["product_id", "name", "value"],
}


async def make_benchmark_data(count: int, ids: Ids, progress: Callable[[int], object]) -> None:
    """Add so many products, each with one offer, a transaction a batch; `progress` hears of each batch."""
    run = ids().hex[-12:]
    categories = [(ids(), f"Раздел {run} {number}", f"bench-{run}-{number}") for number in range(CATEGORIES)]
    shops = [(ids(), f"Лавка {run} {number}") for number in range(SHOPS)]
    for category in categories:
        await execute("INSERT INTO categories (id, name, slug) VALUES ($1, $2, $3)", category)
    for shop in shops:
        await execute("INSERT INTO shops (id, name, name_folded, is_open) VALUES ($1, $2, $2, TRUE)", shop)
    places = [row[0] for row in categories], [row[0] for row in shops]
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
        for rows in _rows(range(start, start + size), run, *places, ids):
            for name, made in zip(COLUMNS, rows, strict=True):
                tables[name] += made
        async with transaction():
            for name, batch in tables.items():
                await _insert(name, batch)
            await next_version()
            await keep_search([row[0] for row in tables["products"]])
        progress(size)
    if dialect() == POSTGRES:
        await database().execute_script(
            "ANALYZE products, offers, stock, categories, shops, product_attributes, search_words"
        )


def _rows(
    numbers: range, run: str, categories: Sequence[UUID], shops: Sequence[UUID], ids: Ids
) -> Iterator[tuple[list[tuple[Any, ...]], ...]]:
    """Make each product's rows, table by table."""
    for number in numbers:
        product, offer = ids(), ids()
        colour = COLOURS[_mixed(number, 1) % len(COLOURS)]
        name = f"{KINDS[_mixed(number, 2) % len(KINDS)]} {colour} № {number}"
        price, quantity = 10_000 + _mixed(number, 3) % 5_000_000, _mixed(number, 4) % 20
        told = {"Цвет": colour, "Номер": str(number)}
        attributes = orjson.dumps(told).decode()
        made = BEGINNING + timedelta(seconds=number)
        category, shop = categories[_mixed(number, 5) % CATEGORIES], shops[_mixed(number, 6) % SHOPS]
        text = (name, fold(name), slugify(name), f"Товар для замеров: {name}.")
        kept = (category, attributes, None, True, price, quantity > 0, True, made, made)
        offered = (offer, product, shop, f"{run}-{number}", price, price + 10_000, "{}", True)
        yield (
            [(product, *text, *kept)],
            [offered],
            [(offer, quantity)],
            [(offer, quantity, Cause.INITIAL.value, made)] if quantity else [],
            [(product, *each) for each in told.items()],
        )


def _mixed(number: int, salt: int) -> int:
    """Give always the same, without a pattern across salts (a part of MurmurHash3's finalizer)."""
    mixed = (number + salt * 0x9E3779B9) * 0x85EBCA6B & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return mixed ^ mixed >> 16


async def _insert(table: str, rows: list[tuple[Any, ...]]) -> None:
    columns = COLUMNS[table]
    if dialect() == POSTGRES:
        connection: asyncpg.Connection = database()._connection
        await connection.copy_records_to_table(table, records=rows, columns=columns)
        return
    places = ", ".join("?" * len(columns))
    written = [
        [value if isinstance(value, int | str | None) else str(value) for value in row] for row in rows
    ]
    await database().execute_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", written)
