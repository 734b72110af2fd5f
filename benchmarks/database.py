"""The database to measure on: one of its own, with so many synthetic products."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

DEFAULT = "postgres://postgres@127.0.0.1:5432/lavka_bench"
MAINTENANCE = "postgres"
"""The database from which others are created and dropped."""


def prepare(url: str, products: int, *, fresh: bool = False) -> None:
    """Make it hold exactly so many products: whatever else it holds is dropped and filled anew."""
    if not fresh and asyncio.run(_count(url)) == products:
        return
    create(url)
    lavka = Path(sys.executable).with_name("lavka")
    environment = {**os.environ, "DB_URL": url}
    subprocess.run([lavka, "benchmark-data", str(products)], env=environment, check=True)
    asyncio.run(_run(url, "VACUUM ANALYZE"))


def create(url: str) -> None:
    """Make it anew, with nothing in it."""
    asyncio.run(_recreate(url))


def version(url: str) -> str:
    """Name the server's version."""
    return str(asyncio.run(_value(_beside(url), "SHOW server_version"))).split()[0]


def _beside(url: str) -> str:
    """A database of the same server that is there in any case."""
    return urlsplit(url)._replace(path=f"/{MAINTENANCE}").geturl()


async def _count(url: str) -> int | None:
    """Count the products; None when there is no such database or table."""
    try:
        return int(await _value(url, "SELECT count(*) FROM products"))
    except (asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError):
        return None


async def _recreate(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    await _run(_beside(url), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _value(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
