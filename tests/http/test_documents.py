"""The documentation: complete, and served from this machine alone."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

ORIGIN = "http://shop.test"
PAGES = ["/docs", "/redoc", "/api/docs", "/api/redoc"]
ADDRESS = re.compile(r"""(?:src|href|url|URL)\s*[=:]\s*["']([^"']+)""")


def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    """Every operation of the document by its method and path."""
    return {
        f"{method} {path}": operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_needs_nothing_from_elsewhere(client: AsyncClient, page: str) -> None:
    answer = await client.get(ORIGIN + page)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "openapi.json" in answer.text
    assert not re.findall(r"""(?:https?:)?//[\w.-]+\.\w+[^"'\s]*""", answer.text)


@pytest.mark.parametrize("page", PAGES)
async def test_whatever_a_page_loads_is_there(client: AsyncClient, page: str) -> None:
    html = (await client.get(ORIGIN + page)).text
    loaded = [address for address in ADDRESS.findall(html) if address.startswith("/")]
    assert any(address.endswith(".js") for address in loaded)
    for address in loaded:
        assert (await client.get(ORIGIN + address)).status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_may_run_its_own_scripts_only(client: AsyncClient, page: str) -> None:
    policy = (await client.get(ORIGIN + page)).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/openapi.json", "/api/schema"])
async def test_the_document_is_served(client: AsyncClient, app: FastAPI, path: str) -> None:
    answer = await client.get(ORIGIN + path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == app.openapi()


def test_every_operation_says_what_it_does(app: FastAPI) -> None:
    said = {place: operation.get("summary", "") for place, operation in operations(app).items()}
    assert said
    assert all(len(summary.split()) > 2 or summary == "Show my account" for summary in said.values()), said
    assert len(set(said.values())) == len(said)


def test_every_operation_has_a_short_name_of_its_own(app: FastAPI) -> None:
    names = [operation["operationId"] for operation in operations(app).values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_body_that_is_asked_for_has_an_example(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    without = []
    for place, operation in operations(app).items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = schemas.get(content["schema"].get("$ref", "").rsplit("/", 1)[-1], content["schema"])
            if not {"example", "examples"} & (content.keys() | schema.keys()):
                without.append(place)
    assert without == []


def test_every_example_is_a_whole_one(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    shown = {name: schema for name, schema in schemas.items() if "example" in schema}
    assert {"OrderBody", "AccountBody"} <= shown.keys()
    for name, schema in shown.items():
        fields = {field: schema["properties"][field] for field in schema.get("required", ())}
        firm = {field for field, told in fields.items() if {"type": "null"} not in told.get("anyOf", ())}
        assert firm <= schema["example"].keys(), name  # FastAPI leaves out what is null


def test_a_repeated_answer_is_described(app: FastAPI) -> None:
    created = app.openapi()["paths"]["/api/v1/orders"]["post"]["responses"]["201"]
    assert created["headers"].keys() == {"Idempotent-Replayed"}
    assert created["content"]["application/json"]["schema"]


def test_every_operation_describes_its_answers(app: FastAPI) -> None:
    for place, operation in operations(app).items():
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert len(good) == 1, place
        if good != ["204"] and operation["operationId"] != "hear_notification":
            contents = operation["responses"][good[0]]["content"].values()
            assert [content["schema"] for content in contents if content["schema"]], place
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= operation["responses"].keys(), place


def test_authorize_signs_in_at_the_token_door(app: FastAPI) -> None:
    schemes = app.openapi()["components"]["securitySchemes"].values()
    assert [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes] == ["/api/v1/auth/token"]
