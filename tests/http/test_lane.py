"""What takes the short way to a route is answered as FastAPI answers it, to the byte."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from builders import Goods, Headers
from buying import PICK_UP
from fastapi import FastAPI, Request, Response
from httpx2 import AsyncClient

from lavka.adapters.http import lane
from lavka.adapters.http.forms import Form
from lavka.adapters.tortoise.database import execute
from lavka.application.ports.sessions import Access

LONG = "?way=long"
"""A query string, which neither call has: FastAPI's own routes answer then."""
PUT, ORDER = "/cart/items", "/orders"
NUMBERS = "0 -0 -1 1.0 1e0 1.5 1E400 NaN Infinity -Infinity true null 01 +1 1. .5 0x1 1_0 [1] {} 10000 10001"
HUGE = ("9223372036854775808", "1" + "0" * 30, "9" * 4300, "9" * 4301, "9" * 9000)
TEXTS = (
    "\\ud800",
    "\\ud83d\\ude00",
    "\\u0000",
    "\\u007f",
    "a\tb",
    "\x7f",
    "",
    "x",
    "OFFER ",
    "{OFFER}",
    "PLAIN",
)
NAMED = '"offer_id":"OFFER"'
PUTTING = (
    *(f'{{{NAMED},"quantity":{number}}}' for number in (*NUMBERS.split(), *HUGE, '"1"')),
    *(f'{{"offer_id":"{text}"}}' for text in (*TEXTS, "urn:uuid:OFFER", "OFFER\\u0000")),
    f'{{"quantity":9,"quantity":1,{NAMED}}}',
    f'{{{NAMED},"quantity":1,"quantity":"x"}}',
    f'{{"offer_id":"x",{NAMED}}}',
    f'{{"items":[],"items":[{{{NAMED}}}]}}',
    f'{{"items":[{{"quantity":0,"quantity":1,{NAMED}}}]}}',
    f'{{"items":[{{{NAMED},"offer_id":"x"}}]}}',
    f'{{"items":[{{{NAMED}}},{{{NAMED}}}]}}',
    '{"items":[' + ",".join([f"{{{NAMED}}}"] * 101) + "]}",
    f'{{{NAMED},"items":[]}}',
    f"{{{','.join([NAMED] * 60)}}}",
    f'{{{NAMED},"price":NaN}}',
    f'{{{NAMED},"\\ud800":1}}',
    '{"offer_i\\u0064":"OFFER"}',
    '{"items":["OFFER"]}',
    *('{"items":' + "[" * depth + "]" * depth + "}" for depth in (1, 2, 150, 250)),
)
BROKEN = (
    *(f"{{{NAMED}{rest}" for rest in ("", ",}", "}x", "}{}", "/**/}", "}\x00", "} \n\t\r")),
    *(f"{before}{{{NAMED}}}" for before in ("\ufeff", "\xa0", "\x0b", " \n\t\r", "//\n")),
    *("{}", "[]", "null", "1", '"OFFER"', " ", "", "\x00", "{", "{'a':1}", "[" * 3000, '{"a":' * 3000),
)
FIELDS = ("payment_method", "requires_delivery", "contact_id", "phone", "comment", "expected_total", "price")
VALUES = (
    *("null", "1", "1.0", "true", "[]", "{}", "NaN", "123456", "1e3", *HUGE),
    *(f'"{text}"' for text in (*TEXTS, "online", "ONLINE", "wallet", "89123456789", "+7 912 345-67-89")),
)
MEDIA_TYPES = (
    *("application/json", "Application/JSON", "application/json;charset=utf-16", "application/json ; x=y"),
    *("application/json;", "application/json, text/plain", "application/json\x0b", "application/json\xa0"),
    *("application/problem+json", '"application/json"', "text/plain", ""),
)
HEADERS = (
    *([("Content-Type", "application/json"), ("Content-Type", "text/plain")],),
    *([("Content-Type", "text/plain"), ("Content-Type", "application/json")],),
    *([("Content-Type", each)] for each in MEDIA_TYPES),
    *([("Authorization", each)] for each in ("Bearer x", "")),
    *([("X-Cart-Token", each)] for each in ("x", "")),
    *([("Idempotency-Key", each)] for each in ("a b", "x" * 64, "x" * 65, "", "\xe9", "a\x7f", " k ")),
    *([("Idempotency-Key", "a"), ("Idempotency-Key", "")],),
    *([("Idempotency-Key", ""), ("Idempotency-Key", "b")],),
)
OWN = re.compile(rb'"(id|number|created_at|at|confirmation_url)":"[^"]*"')
"""What is another of every order."""


@dataclass(frozen=True)
class Ways:
    """One buyer who sends everything either way."""

    client: AsyncClient
    who: Headers
    offer: str

    async def answer(self, path: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> Any:
        """What came of a call by a cart that holds one thing, if it is to be ordered, or nothing."""
        await execute("DELETE FROM carts")
        await execute("DELETE FROM idempotency_keys")
        if path.startswith(ORDER):
            await self.client.post(PUT + LONG, json={"offer_id": self.offer}, headers=self.who)
        sent = [*self.who.items(), *headers]
        if not any(name == "Content-Type" for name, _ in sent):
            sent.append(("Content-Type", "application/json"))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent]
        answer = await self.client.post(path, content=body, headers=raw)
        told = [each for each in answer.headers.multi_items() if each[0] != "x-request-id"]
        return answer.status_code, told, OWN.sub(b"", answer.content)

    async def differ(self, path: str, body: str | bytes, headers: Sequence[tuple[str, str]] = ()) -> bool:
        """Whether it matters which way is taken."""
        if isinstance(body, str):
            plain = self.offer.replace("-", "")
            body = body.replace("OFFER", self.offer).replace("PLAIN", plain).encode()
        short = await self.answer(path, body, headers)
        return bool(short != await self.answer(path + LONG, body, headers))


@pytest.fixture
async def ways(client: AsyncClient, signed_in: Headers, goods: Goods) -> Ways:
    await execute("UPDATE stock SET quantity = 100000")
    return Ways(client, signed_in, str(goods.offers[5].id))


async def test_what_is_put_into_a_cart_is_read_alike(ways: Ways) -> None:
    assert [body for body in (*PUTTING, *BROKEN) if await ways.differ(PUT, body)] == []


async def test_text_in_another_encoding_is_read_alike(ways: Ways) -> None:
    text = json.dumps({"offer_id": ways.offer})
    bodies = [text.encode(name) for name in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig")]
    bodies += [b"\xff", b'{"offer_id":"\xed\xa0\x80"}', text.encode().replace(b"}", b',"\xff":1}')]
    assert [body for body in bodies if await ways.differ(PUT, body)] == []


async def test_how_a_cart_is_to_be_ordered_is_read_alike(ways: Ways) -> None:
    given = {name: json.dumps(value) for name, value in PICK_UP.items()}
    bodies = ["{%s}"] + [f'{{%s,"{name}":{value}}}' for name in FIELDS for value in VALUES]
    text = ",".join(f'"{name}":{value}' for name, value in given.items())
    assert [body for body in bodies if await ways.differ(ORDER, body.replace("%s", text))] == []


@pytest.mark.parametrize("path", [PUT, ORDER])
async def test_headers_are_read_alike(ways: Ways, path: str) -> None:
    good = {PUT: f"{{{NAMED}}}", ORDER: json.dumps(PICK_UP)}[path]
    told = [(each, body) for each in HEADERS for body in (good, "{}", "\x00")]
    assert [(each, body) for each, body in told if await ways.differ(path, body, each)] == []


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "bearer TOKEN", "TOKEN"])
async def test_tokens_are_read_alike(ways: Ways, token: str) -> None:
    good = ways.who["Authorization"].removeprefix("Bearer ")
    other = Ways(ways.client, {"Authorization": token.replace("TOKEN", good)}, ways.offer)
    for body in (f"{{{NAMED}}}", "{"):
        assert not await other.differ(PUT, body)


@pytest.mark.parametrize(("first", "then"), [("", LONG), (LONG, "")])
async def test_an_order_made_either_way_is_repeated_the_other(ways: Ways, first: str, then: str) -> None:
    headers = ways.who | {"Idempotency-Key": "one"}
    await ways.client.post(PUT, json={"offer_id": ways.offer}, headers=ways.who)
    made = await ways.client.post(ORDER + first, json=PICK_UP, headers=headers)
    again = await ways.client.post(ORDER + then, json=dict(reversed(PICK_UP.items())), headers=headers)
    assert (made.status_code, again.status_code, again.content) == (201, 201, made.content)
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_short_way_that_answers_otherwise_would_be_caught(
    app: FastAPI, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(request: Request, who: Access, form: Form) -> Response:
        return Response("{}", media_type="application/json")

    for path, (form, _) in lane.WRITES.items():
        monkeypatch.setitem(lane.WRITES, path, (form, write))
    assert await ways.differ(PUT, f"{{{NAMED}}}")
    assert await ways.differ(ORDER, json.dumps(PICK_UP))
