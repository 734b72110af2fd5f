"""Hostile and broken requests: each a 4xx in the contract's form, and none hears its own words again."""

import json
from typing import Any

import pytest
from builders import GOOD, a_form, log_in, refused, registered, unauthorized
from httpx2 import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CANARY = "cAnArY"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KINDS = {
    400: {"bad_request"},
    401: {"invalid_credentials"},
    404: {"not_found"},
    405: {"method_not_allowed"},
    409: {"email_taken", "phone_taken", "username_taken", "too_many_contacts"},
    413: {"too_large"},
    415: {"unsupported_media_type"},
    422: {"validation_error"},
    429: {"rate_limited"},
}

BODIES: dict[str, dict[str, object]] = {
    "/auth/register": a_form(username="maria", account_type="buyer"),
    "/auth/login": {"login": "nobody@example.com", "password": GOOD},
    "/auth/refresh": {"refresh_token": "nonsense"},
    "/me/contacts": {"phone": "+79123456789"},
    "/auth/password/change": {"current_password": "Wrong!", "password": GOOD, "password_confirm": GOOD},
}
WITHOUT_BODY = ["/auth/logout", "/auth/logout-all"]
LISTS = ["/products", "/shops", "/me/sessions", "/me/contacts", "/wallet/entries", "/orders"]
NO_ID = ["x", "1", CANARY, "null", "%00", "%ff", "%ED%A0%80", "0" * 5000, "{id}", "00000000"]

NOT_TEXT = {
    "a whole number": "7",
    "a huge number": "9" * 4000,
    "a number too long to read": "9" * 5000,
    "a fraction": "1.5e308",
    "more than infinity": "1e999",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "a flag": "true",
    "a list": f'["{CANARY}"]',
    "an object": f'{{"{CANARY}": "{CANARY}"}}',
}
BAD_TEXT = {
    "NUL": f'"{CANARY}\\u0000"',
    "a lone surrogate": f'"{CANARY}\\ud800"',
    "the other lone surrogate": f'"\\udfff{CANARY}"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
    "a control character": f'"{CANARY}\\u001b[2J"',
    "DEL": f'"{CANARY}\\u007f"',
    "an empty string": '""',
    "an enormous string": f'"{CANARY * 20_000}"',
}


def broken(answer: Response) -> None:
    """Claim that this is a refusal in the contract's form, without a word of what was sent."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert CANARY not in answer.text
    assert not any(CANARY in value for value in answer.headers.values())
    if not unauthorized(answer):
        refused(answer, answer.status_code, answer.json()["type"])
        assert answer.json()["type"] in KINDS[answer.status_code]


async def send(client: AsyncClient, path: str, body: bytes | str, headers: dict[str, str]) -> Response:
    """Post this very text."""
    sent = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return await client.post(path, content=sent, headers=headers | JSON)


def with_raw(body: dict[str, object], field: str, raw: str) -> str:
    """The text of a body with this text for one field."""
    members = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in body.items() if name != field]
    return "{" + ", ".join([*members, f"{json.dumps(field)}: {raw}"]) + "}"


@pytest.mark.parametrize("value", NOT_TEXT)
@pytest.mark.parametrize("path", BODIES)
async def test_text_is_text_and_nothing_else(
    client: AsyncClient, signed_in: dict[str, str], path: str, value: str
) -> None:
    for field in BODIES[path]:
        answer = await send(client, path, with_raw(BODIES[path], field, NOT_TEXT[value]), signed_in)
        broken(answer)
        assert answer.status_code in (400, 422), (field, answer.text)
        if answer.status_code == 422:
            details = refused(answer, 422, "validation_error")
            assert {each["field"].partition(".")[0] for each in details} == {field}


@pytest.mark.parametrize("value", BAD_TEXT)
@pytest.mark.parametrize("path", BODIES)
async def test_text_that_no_person_writes_is_refused(
    client: AsyncClient, signed_in: dict[str, str], path: str, value: str
) -> None:
    for field in BODIES[path]:
        answer = await send(client, path, with_raw(BODIES[path], field, BAD_TEXT[value]), signed_in)
        broken(answer)
        if "password" not in field and value != "an empty string":
            assert answer.status_code in (400, 422), (field, answer.text)


@pytest.mark.parametrize("path", BODIES)
async def test_null_is_no_value_for_a_mandatory_field(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    for field in BODIES[path]:
        if field != "username":
            answer = await send(client, path, with_raw(BODIES[path], field, "null"), signed_in)
            details = refused(answer, 422, "validation_error")
            assert {each["field"] for each in details} == {field}


NO_FORMS: list[bytes | str] = [
    *("", " ", "{", "}", "[", "]", "{]", "nul", "'a'", '"', '{"a"}', '{"a":}', '{"a":1,}', "{a:1}"),
    *("null", "true", "0", "-", "1e", "NaN", "Infinity", '"text"', "[]", "[{}]", "{}", "9" * 5000),
    *(b"\xff\xfe", b'{"login": "\xff"}', b"\x00", b'\xef\xbb\xbf{"login": "a"}', b'"\xed\xa0\x80"'),
    *('{"a": "\\x"}', '{"a": "\\u12"}', '{"a": "\n"}', "{} {}", "// comment", f'"{CANARY}', CANARY),
    "[" * 100_000,
    '{"a":' * 100_000,
    '{"login":' + "[" * 500 + "]" * 500 + "}",
    '{"login":' + "[" * 100_000 + "]" * 100_000 + "}",
    f'{{"{CANARY}": ' + '{"a":' * 200 + "1" + "}" * 201,
]


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_that_is_no_form_is_refused(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    for body in NO_FORMS:
        answer = await send(client, path, body, signed_in)
        broken(answer)
        assert answer.status_code in (400, 422), body[:50]


@pytest.mark.parametrize("path", BODIES)
async def test_a_key_written_twice_hides_nothing_from_the_rules(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    members = json.dumps(BODIES[path])[1:-1]
    for field in BODIES[path]:
        last_is_wrong = await send(client, path, f'{{{members}, "{field}": 7}}', signed_in)
        assert [each["field"] for each in refused(last_is_wrong, 422, "validation_error")] == [field]
        first_is_wrong = await send(client, path, f'{{"{field}": "{CANARY}", {members}}}', signed_in)
        assert first_is_wrong.status_code < 500
        assert CANARY not in first_is_wrong.text


@pytest.mark.parametrize("path", BODIES)
async def test_unknown_fields_are_refused_and_never_named(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    for name in (CANARY, f"{CANARY}\x00", "", "__proto__", "ы" * 1000, "constructor"):
        answer = await client.post(path, json=BODIES[path] | {name: CANARY}, headers=signed_in)
        broken(answer)
        assert len(refused(answer, 422, "validation_error")) == 1
    many = BODIES[path] | {f"{CANARY}{number}": number for number in range(10_000)}
    answer = await client.post(path, json=many, headers=signed_in)
    broken(answer)
    assert len(answer.content) < 20_000


OTHER_KINDS = [
    *("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"),
    *("multipart/form-data; boundary=x", "application/jsonp", "json", "*/*", "", "application/json2"),
    *(f"text/{CANARY}", "application/octet-stream", "text/plain; application/json"),
]


@pytest.mark.parametrize("path", [*BODIES, *WITHOUT_BODY])
async def test_another_kind_of_body_is_unsupported(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    body = json.dumps(BODIES.get(path, {"a": 1})).encode()
    for media_type in OTHER_KINDS:
        answer = await client.post(path, content=body, headers=signed_in | {"Content-Type": media_type})
        broken(answer)
        refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_without_a_kind_is_unsupported(
    client: AsyncClient, signed_in: dict[str, str], path: str
) -> None:
    answer = await client.post(path, content=json.dumps(BODIES[path]).encode(), headers=signed_in)
    refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_in_any_spelling_is_json(client: AsyncClient, media_type: str) -> None:
    body = json.dumps(BODIES["/auth/login"]).encode()
    answer = await client.post("/auth/login", content=body, headers={"Content-Type": media_type})
    refused(answer, 401, "invalid_credentials")


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_the_token_door_takes_forms_only(client: AsyncClient, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    answer = await client.post("/auth/token", content=b'--x\r\n{"username": "a"}', headers=headers)
    broken(answer)
    assert answer.status_code in (400, 415)


BROKEN_FORMS = [
    *(b"", b"x", b"=", b"&&&", b"username=a", b"password=a", b"username=&password=", b"a=b" * 1000),
    *(b"username=%00" + CANARY.encode() + b"&password=a", b"username=a%1b&password=a"),
    b"username=%ff%fe" + CANARY.encode() + b"&password=b",
    b"username=%ed%a0%80" + CANARY.encode() + b"&password=b",
    b"username=a&password=%00" + CANARY.encode(),
    b"username=a&password=%ed%a0%80%ff",
    b"username=" + CANARY.encode() * 5000 + b"&password=a",
    b"username=a&password=" + CANARY.encode() * 5000,
    b"username=a&username=b&password=c&password=d",
    b"&".join(b"k%d=v" % number for number in range(5000)),
]


async def test_a_broken_form_opens_no_door(client: AsyncClient) -> None:
    for body in BROKEN_FORMS:
        broken(await client.post("/auth/token", content=body, headers=FORM))


HUGE = [str(10**19), "9" * 5000, "-1", "1.5", "abc", "1e3", "", " ", "0x10", "NaN", "true", "%00", CANARY]
QUERIES: dict[str, list[str]] = {
    "page": ["0", *HUGE, str(10**9 + 1), "1,2"],
    "size": ["0", "101", *HUGE],
    "cursor": ["%00" + CANARY, "%1b", "a" * 4097, CANARY, "%ff", ""],
}
PRODUCT_QUERIES: dict[str, list[str]] = {
    "min_price": HUGE,
    "max_price": HUGE,
    "in_stock": ["2", "perhaps", "", CANARY, "%00"],
    "sort": ["", CANARY, "PRICE", "price,name", "%00", "-"],
    "shop": ["", CANARY, "1", "%00", "0" * 5000],
    "category": ["%00" + CANARY, "a%1b", "a" * 101],
    "search": ["", "%00" + CANARY, "a%0b", "%7f", CANARY * 20],
}
EVERY_QUERY = [
    *((place, name, value) for place in LISTS for name, values in QUERIES.items() for value in values),
    *(("/products", name, value) for name, values in PRODUCT_QUERIES.items() for value in values),
]


async def test_a_wrong_query_is_refused_and_named(client: AsyncClient, signed_in: dict[str, str]) -> None:
    for place, name, value in EVERY_QUERY:
        answer = await client.get(f"{place}?{name}={value}", headers=signed_in)
        assert answer.status_code == 422, (place, name, value[:50], answer.text[:200])
        broken(answer)
        assert [each["field"] for each in answer.json()["details"]] == [name]


@pytest.mark.parametrize("place", LISTS)
async def test_an_unknown_query_parameter_is_refused(
    client: AsyncClient, signed_in: dict[str, str], place: str
) -> None:
    for name in (CANARY, "Page", "%00", "page[]", "limit", "offset", "ы", "attr"):
        answer = await client.get(f"{place}?{name}={CANARY}", headers=signed_in)
        broken(answer)
        assert len(refused(answer, 422, "validation_error")) == 1


async def test_what_is_no_id_is_refused_and_not_repeated(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    told = set()
    for value in NO_ID:
        for method, place in (("GET", "/products"), ("DELETE", "/me/sessions")):
            answer = await client.request(method, f"{place}/{value}", headers=signed_in)
            broken(answer)
            told |= {each["message"] for each in refused(answer, 422, "validation_error")}
    assert len(told) == 1  # the same whatever was sent


async def test_a_field_of_a_query_is_sent_once(client: AsyncClient, signed_in: dict[str, str]) -> None:
    for query in ("page=1&page=2", "search=a&search=a", "page=x&page=1"):
        broken(await client.get(f"/products?{query}", headers=signed_in))


async def test_fifty_thousand_unknown_fields_are_one_mistake(client: AsyncClient) -> None:
    many = json.dumps({str(number): 1 for number in range(50_000)}).encode()
    for path in ("/auth/register", "/auth/login", "/auth/refresh"):
        answer = await client.post(path, content=many, headers={"Content-Type": "application/json"})
        assert len(refused(answer, 422, "validation_error")) == 1


@pytest.mark.parametrize("name", ["\u200b", "\ufeff", "...", "A\x9bB", "A\u202eB", "A\u2066B", "A\uffffB"])
async def test_a_name_is_something_that_can_be_seen_and_deceives_nobody(
    client: AsyncClient, name: str
) -> None:
    answer = await client.post("/auth/register", json=a_form(full_name=name))
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["full_name"]


async def test_strange_headers_do_no_harm(client: AsyncClient, signed_in: dict[str, str]) -> None:
    good = [(name.encode(), text.encode()) for name, text in signed_in.items()]
    for header in (b"If-None-Match", b"User-Agent", b"Accept", b"Cookie", b"Range", b"X-Request-ID"):
        for value in (b"\xff\xfe", b"a" * 60_000, b'"' * 1000, b",,,,", b"W/W/W/", b"\t"):
            answer = await client.get("/categories", headers=[*good, (header, value)])
            assert answer.status_code == 200, (header, value[:20])


async def test_an_unknown_address_is_not_found_and_not_repeated(client: AsyncClient) -> None:
    for path in (
        f"/{CANARY}",
        "/%00",
        "/%ff",
        "/..%2f..%2fetc/passwd",
        "/products/a/b",
        "//",
        "/" + "a" * 9000,
    ):
        answer = await client.get(path)
        broken(answer)
        refused(answer, 404, "not_found")


async def test_no_answer_leads_to_where_the_host_header_says(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    for path in ("/products/", "/me/", "/auth/login/", "/products/..%2f"):
        answer = await client.get(path, headers=signed_in | {"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", "")
        assert "evil.example" not in answer.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, Any]:
    """A call and a body in which at least one field is not what it should be."""
    path = draw(st.sampled_from(sorted(BODIES)))
    fields = draw(st.lists(st.sampled_from(sorted(BODIES[path])), min_size=1, unique=True))
    changed: dict[str, object] = {field: draw(anything) for field in fields}
    return path, draw(st.just(BODIES[path] | changed) | st.just({**changed, CANARY: CANARY}) | anything)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(sent=bodies())
async def test_no_body_whatever_makes_a_fault(
    client: AsyncClient, signed_in: dict[str, str], sent: tuple[str, Any]
) -> None:
    path, body = sent
    answer = await send(client, path, json.dumps(body), signed_in)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        broken(answer)


async def test_passwords_are_never_repeated(client: AsyncClient) -> None:
    form = await registered(client)
    secret = f"{CANARY}-ы-weak"
    wrong = a_form(password=secret, password_confirm=f"{secret}2")
    for path, body in {
        "/auth/register": wrong,
        "/auth/login": {"login": form["email"], "password": secret},
        "/auth/refresh": {"refresh_token": secret},
    }.items():
        broken(await client.post(path, json=body))
        broken(await client.post(path, json=body | {"extra": secret}))
    assert await log_in(client, form["email"])
