"""The calls that are measured, on either side, and the check that both sides answer alike."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2

API = "/api/v1"
DEEP = 100
"""The page far into the list, reached by following cursors."""
PRICES = {"min_price": 1_000_000, "max_price": 4_000_000}
PASSWORD = "Benchmark-pass-1!"  # noqa: S105  # of an account that lives in a throw-away database
COUNTED = {"total", "pages", "next"}
"""What the limit leaves out where it does not count."""


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the table: our URL beside the one that it is compared with."""

    name: str
    url: str
    beside: str


class Differs(Exception):
    """The two sides answer something else, so that comparing them says nothing."""


def sign_in(lavka: str, account_type: str = "buyer") -> str:
    """Open an account, sign in and give the access token."""
    mark = f"{secrets.randbelow(10**9):09}"
    person = {
        "full_name": "Benchmark",
        "email": f"bench{mark}@example.com",
        "phone": f"+79{mark}",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "account_type": account_type,
    }
    httpx2.post(f"{lavka}{API}/auth/register", json=person).raise_for_status()
    login = {"login": person["email"], "password": PASSWORD}
    answer = httpx2.post(f"{lavka}{API}/auth/login", json=login).raise_for_status()
    return str(answer.json()["access_token"])


def calls(lavka: str, limit: str, token: str) -> list[Call]:
    """Name every call, once both sides have been seen to answer it alike; raise Differs."""
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        products = f"{lavka}{API}/products"
        first = _read(client, products)
        slug = _read(client, f"{lavka}{API}/categories")[0]["slug"]
        card = first["items"][len(first["items"]) // 2]["id"]
        query = urlencode({"category": slug, **PRICES, "sort": "price"})
        listed = [
            Call("R1 page of 20", products, f"{limit}/page"),
            Call("R1 counted", products, f"{limit}/page-counted"),
            Call("R2 filtered", f"{products}?{query}", f"{limit}/filtered?{query}"),
            Call("R3 card", f"{products}/{card}", f"{limit}/card/{card}"),
        ]
        for call in listed:
            _compare(_read(client, call.url), _read(client, call.beside), call.name)
        if deep := _deep(client, products, first):
            listed.insert(2, Call(f"R1 page {DEEP}, beside our page 1", deep, products))
    return listed


def _deep(client: httpx2.Client, products: str, page: dict[str, Any]) -> str | None:
    """Follow cursors to the page far in; None when the list is shorter."""
    while page["page"] < DEEP - 1 and page["next"]:
        page = _read(client, f"{products}?{urlencode({'cursor': page['next']})}")
    return f"{products}?{urlencode({'cursor': page['next']})}" if page["next"] else None


def _read(client: httpx2.Client, url: str) -> Any:
    return client.get(url).raise_for_status().json()


def _compare(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> None:
    missing = ours.keys() - theirs.keys()
    if missing and missing != COUNTED:
        raise Differs(f"{name}: the limit does not tell {', '.join(sorted(missing))}")
    for key in theirs.keys() | ours.keys() - missing:
        if key not in ours or ours[key] != theirs[key]:
            raise Differs(f"{name}: {key} is {ours.get(key)!r} here and {theirs.get(key)!r} at the limit")
    if not ours.get("items", [ours]):
        raise Differs(f"{name}: an empty list says nothing")
