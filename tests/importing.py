"""Bringing price lists in over HTTP, as tests tell of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from builders import Headers, a_price_list
from httpx2 import AsyncClient, Response


async def send(client: AsyncClient, who: Headers, shop: str, *goods: str, query: str = "") -> Response:
    """Send a list of these goods."""
    files = {"file": ("prices.yaml", a_price_list(*goods).encode())}
    return await client.post(f"{shop}/price-lists{query}", files=files, headers=who)


async def ended(client: AsyncClient, who: Headers, shop: str, answer: Response) -> dict[str, Any]:
    """Follow an import to its end."""
    assert answer.status_code == 202, answer.text
    for _ in range(200):
        report: dict[str, Any] = (
            await client.get(f"{shop}/price-lists/{answer.json()['id']}", headers=who)
        ).json()
        if report["status"] in ("done", "failed"):
            return report
        await asyncio.sleep(0.02)
    raise AssertionError(report)


async def brought(
    client: AsyncClient, who: Headers, shop: str, *goods: str, query: str = ""
) -> dict[str, Any]:
    """Bring a list in, and tell how it ended."""
    return await ended(client, who, shop, await send(client, who, shop, *goods, query=query))


def counts(report: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(report[name] for name in ("status", "rows", "created", "updated", "deactivated"))


async def on_sale(client: AsyncClient, who: Headers) -> dict[str, int]:
    """What is listed, and at which price."""
    items = (await client.get("/products?size=100", headers=who)).json()["items"]
    return {item["name"]: item["price"] for item in items}
