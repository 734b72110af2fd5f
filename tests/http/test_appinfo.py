"""What the installation says about itself, and its signs of life."""

from dataclasses import replace

import pytest
from builders import refused
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.domain.errors import Unavailable
from lavka.settings import DeveloperEntry, Settings

ORIGIN = "http://shop.test"
SAID = {
    "/api/appinfo/server/version": {"version": "7.8.9"},
    "/api/appinfo/client/version": {"version": "4.5.6"},
    "/api/appinfo/server/last_update": {"last_update": "2026-11-01"},
    "/api/appinfo/client/last_update": {"last_update": "2026-11-02"},
    "/api/appinfo/developers": [
        {"name": "Мария Иванова", "position": "backend"},
        {"name": "Пётр Петров", "position": "frontend"},
    ],
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    changes = {
        "server_version": "7.8.9",
        "client_version": "4.5.6",
        "server_last_update": "2026-11-01",
        "client_last_update": "2026-11-02",
        "developers": (
            DeveloperEntry(name="Мария Иванова", position="backend"),
            DeveloperEntry(name="Пётр Петров", position="frontend"),
        ),
    }
    return settings.model_copy(update=changes)


@pytest.mark.parametrize("path", SAID)
async def test_everyone_may_read_what_the_settings_say(client: AsyncClient, path: str) -> None:
    answer = await client.get(ORIGIN + path)
    assert (answer.status_code, answer.json()) == (200, SAID[path])


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_a_healthy_shop_says_so_to_everyone(client: AsyncClient, path: str) -> None:
    answer = await client.get(ORIGIN + path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_its_database_it_lives_but_is_not_ready(app: FastAPI, client: AsyncClient) -> None:
    async def lost() -> None:
        raise Unavailable(retry_after=3)

    app.state.shop = replace(app.state.shop, probe=lost)
    answer = await client.get(f"{ORIGIN}/readyz")
    refused(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "3"
    assert (await client.get(f"{ORIGIN}/livez")).status_code == 200
