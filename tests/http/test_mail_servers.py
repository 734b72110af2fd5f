"""The shop with a mail server: one that takes letters, and one that hangs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from builders import GOOD, bearer, log_in, registered
from httpx2 import ASGITransport, AsyncClient
from mailing import Box, Silence, mail_server, serving, text_of, token_of

from lavka.adapters.tortoise.database import fetch
from lavka.bootstrap import web
from lavka.settings import Settings


@asynccontextmanager
async def a_visitor(settings: Settings, port: int) -> AsyncIterator[AsyncClient]:
    """Somebody at a shop whose mail server is at this port."""
    app = web(load(settings, port))
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://shop.test/api/v1") as client:
            yield client


def load(settings: Settings, port: int) -> Settings:
    values = settings.model_dump() | {"smtp_url": f"smtp://127.0.0.1:{port}?tls=none"}
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


async def test_a_letter_goes_by_the_mail_server_that_is_set(settings: Settings) -> None:
    box = Box()
    async with mail_server(box) as port, a_visitor(settings, port) as client:
        form = await registered(client)
        async with asyncio.timeout(5):
            while not box.letters:  # noqa: ASYNC110  # it comes over a line of its own
                await asyncio.sleep(0.02)
        (letter,) = box.letters
        assert letter["To"] == form["email"]
        assert "Здравствуйте" in text_of(letter)
        answer = await client.post("/auth/email/confirm", json={"token": token_of(letter)})
        assert answer.status_code == 204


async def test_nobody_waits_for_a_mail_server_that_hangs(settings: Settings) -> None:
    async with serving(Silence) as port, a_visitor(settings, port) as client:
        begun = time.monotonic()
        form = await registered(client)
        headers = bearer(await log_in(client, form["email"]))
        for _ in range(5):
            assert (await client.get("/me", headers=headers)).status_code == 200
            forgotten = await client.post("/auth/password/forgot", json={"email": form["email"]})
            assert forgotten.status_code == 202
        change = {"current_password": GOOD, "password": f"{GOOD}2", "password_confirm": f"{GOOD}2"}
        answer = await client.post("/auth/password/change", json=change, headers=headers)
        assert answer.status_code == 204
        assert time.monotonic() - begun < 5
        assert len(await fetch("SELECT id FROM outbox WHERE queue = 'letters'")) == 7
        assert await fetch("SELECT id FROM letters WHERE sent_at IS NOT NULL") == []
