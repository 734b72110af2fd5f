"""What every answer carries, whatever it is: an id, safe headers, and no traceback."""

import json
from collections.abc import AsyncIterator

import pytest
from builders import a_form, refused
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from starlette.types import Message, Send

from lavka.adapters.http.edge import BodyLimit, Edge
from lavka.settings import Settings

ORIGIN = "http://shop.test"
CANARY = "cAnArY-Qx7"
OVER = b'"' + b"a" * 1024 * 1024 + b'"'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def faulty(app: FastAPI) -> FastAPI:
    """A shop with a call that fails."""

    async def fail() -> None:
        raise RuntimeError(CANARY)

    app.add_api_route("/api/v1/fault", fail)
    return app


async def in_pieces(body: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    """A body that does not announce its length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def every_answer(client: AsyncClient, **headers: str) -> dict[int, Response]:
    """One answer of every status that any call can give."""
    post = "/auth/login"
    answers = [
        await client.get(f"{ORIGIN}/livez", headers=headers),
        await client.post("/auth/register", json=a_form(), headers=headers),
        await client.get("/me", headers=headers),
        await client.get("/nowhere", headers=headers),
        await client.put("/me", headers=headers),
        await client.post(post, content=OVER, headers=headers | JSON),
        await client.post(post, content=b"x", headers=headers | {"Content-Type": "text/plain"}),
        await client.post(post, json={}, headers=headers),
        await client.get("/fault", headers=headers),
    ]
    return {answer.status_code: answer for answer in answers}


@pytest.mark.usefixtures("faulty")
async def test_every_answer_has_an_id_of_its_own(client: AsyncClient) -> None:
    answers = await every_answer(client)
    assert set(answers) == {200, 201, 401, 404, 405, 413, 415, 422, 500}
    ids = [answer.headers.get_list("X-Request-ID") for answer in answers.values()]
    assert all(len(each) == 1 and len(each[0]) >= 16 for each in ids)
    assert len({each[0] for each in ids}) == len(ids)


@pytest.mark.usefixtures("faulty")
async def test_a_proxys_harmless_id_is_kept_on_every_answer(client: AsyncClient) -> None:
    answers = await every_answer(client, **{"X-Request-ID": "from-Proxy-0123"})
    assert {answer.headers["X-Request-ID"] for answer in answers.values()} == {"from-Proxy-0123"}


@pytest.mark.parametrize(
    "given",
    [
        b"short",
        b"a" * 65,
        b"with space",
        b"<script>alert(1)</script>",
        b"a" * 9 + b"\xff",
        b"",
        b"id;12345678",
    ],
)
async def test_any_other_id_is_replaced(client: AsyncClient, given: bytes) -> None:
    answer = await client.get("/me", headers=[(b"X-Request-ID", given)])
    assert answer.headers["X-Request-ID"].encode() != given
    assert len(answer.headers["X-Request-ID"]) >= 16


@pytest.mark.usefixtures("faulty")
async def test_every_answer_has_the_safe_headers(client: AsyncClient) -> None:
    for status, answer in (await every_answer(client)).items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", status
        assert answer.headers["X-Frame-Options"] == "DENY", status
        assert answer.headers["Referrer-Policy"] == "no-referrer", status
        policy = "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Content-Security-Policy"] == policy, status
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", status
        assert "Strict-Transport-Security" not in answer.headers, status


@pytest.mark.usefixtures("faulty")
async def test_every_refusal_is_in_the_contracts_form(client: AsyncClient) -> None:
    answers = await every_answer(client)
    kinds = {
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
        415: "unsupported_media_type",
        422: "validation_error",
        500: "internal_error",
    }
    for status, kind in kinds.items():
        refused(answers[status], status, kind)
        assert answers[status].headers["Content-Type"] == "application/json"
    assert "GET" in answers[405].headers["Allow"]


@pytest.mark.usefixtures("faulty")
async def test_a_fault_tells_the_operator_where_and_the_visitor_nothing(
    client: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await client.get("/fault")
    refused(answer, 500, "internal_error")
    for secret in (CANARY, "Traceback", "RuntimeError", ".py"):
        assert secret not in answer.text
    logged = "".join(capsys.readouterr())
    assert answer.headers["X-Request-ID"] in logged
    assert "RuntimeError" in logged
    assert CANARY not in logged


class TestLargeBodies:
    """More than a megabyte is refused, announced or not, before it is read."""

    @pytest.mark.parametrize("path", ["/auth/register", "/auth/login", "/auth/refresh", "/auth/token"])
    async def test_in_one_piece(self, client: AsyncClient, path: str) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = form if path == "/auth/token" else JSON
        refused(await client.post(path, content=OVER, headers=headers), 413, "too_large")

    @pytest.mark.parametrize("path", ["/auth/register", "/auth/login", "/auth/refresh", "/auth/token"])
    async def test_in_many(self, client: AsyncClient, path: str) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = form if path == "/auth/token" else JSON
        refused(await client.post(path, content=in_pieces(OVER), headers=headers), 413, "too_large")

    async def test_behind_a_token(self, client: AsyncClient, signed_in: dict[str, str]) -> None:
        for body in (OVER, in_pieces(OVER)):
            answer = await client.post("/auth/password/change", content=body, headers=signed_in | JSON)
            refused(answer, 413, "too_large")

    async def test_announced_but_never_sent(self, client: AsyncClient) -> None:
        headers = JSON | {"Content-Length": "99999999999999999999999"}
        refused(await client.post("/auth/login", content=b"{}", headers=headers), 413, "too_large")

    async def test_a_whole_megabyte_is_still_read(self, client: AsyncClient) -> None:
        body = json.dumps({"login": "a", "password": "b"}).encode().ljust(1024 * 1024)
        for content in (body, in_pieces(body)):
            answer = await client.post("/auth/login", content=content, headers=JSON)
            refused(answer, 401, "invalid_credentials")


async def test_who_goes_on_sending_may_finish_a_little_and_then_reads_the_answer() -> None:
    received, sent = [], []

    async def receive() -> Message:
        received.append(1)
        return {"type": "http.request", "body": b"x" * 1024 * 1024, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    async def nobody(*_: object) -> None:
        raise AssertionError("A refused body is nobody's business.")

    scope = {"type": "http", "headers": [(b"content-length", b"99999999")]}
    await BodyLimit(nobody)(scope, receive, send)
    assert sent[0]["status"] == 413
    assert [message.get("more_body", False) for message in sent[1:]] == [True, False]
    assert len(received) == 8


async def test_head_is_get_without_its_content(client: AsyncClient, signed_in: dict[str, str]) -> None:
    for path in (f"{ORIGIN}/livez", "/products", "/me", f"{ORIGIN}/docs"):
        got = await client.get(path, headers=signed_in)
        answer = await client.head(path, headers=signed_in)
        assert (answer.status_code, answer.content) == (200, b"")
        ours = {"x-request-id"}
        assert {n: v for n, v in answer.headers.items() if n not in ours} == {
            name: value for name, value in got.headers.items() if name not in ours
        }
    assert (await client.head("/me")).status_code == 401


async def test_a_fault_midway_does_not_begin_a_second_answer() -> None:
    sent = []

    async def breaks(_: object, __: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a part", "more_body": True})
        raise RuntimeError

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "headers": []}
    await Edge(breaks, is_https=False)(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


class TestHttps:
    """With an https:// address browsers are told to keep to it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"public_url": "https://shop.example"})

    async def test_browsers_are_told(self, client: AsyncClient) -> None:
        answer = await client.get("/me")
        assert "max-age=" in answer.headers["Strict-Transport-Security"]


class TestCors:
    """Pages of the origins in the settings may call; others may not."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"cors_origins": ("https://web.example",)})

    async def test_a_known_origin_is_let_in(self, client: AsyncClient) -> None:
        asked = {"Origin": "https://web.example", "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = "authorization,content-type"
        answer = await client.options("/auth/login", headers=asked)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://web.example"

    async def test_its_pages_may_read_a_refusal_too(self, client: AsyncClient) -> None:
        headers = JSON | {"Origin": "https://web.example"}
        answer = await client.post("/auth/login", content=OVER, headers=headers)
        refused(answer, 413, "too_large")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://web.example"
        assert answer.headers["Connection"] == "close"

    async def test_its_pages_may_read_the_headers_that_matter(self, client: AsyncClient) -> None:
        answer = await client.get("/me", headers={"Origin": "https://web.example"})
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert set(exposed) == {"ETag", "X-Request-ID", "Retry-After", "X-Cart-Token", "Idempotent-Replayed"}

    async def test_another_is_not(self, client: AsyncClient) -> None:
        answer = await client.get("/me", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
