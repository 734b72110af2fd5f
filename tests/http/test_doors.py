"""Which calls need a token, and what any flaw of one gets: the exact 401."""

import re
from asyncio import sleep
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import jwt
import pytest
from builders import NOBODY, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.bootstrap import new_id
from lavka.settings import Settings

OPEN = {
    *("register", "log_in", "log_in_by_form", "refresh", "livez", "readyz"),
    *("confirm_email", "resend_confirmation", "forgot_password", "reset_password"),
    *("server_version", "client_version", "server_last_update", "client_last_update", "developers"),
    "hear_notification",  # it asks who calls by the address
}
"""The operations that need no token."""
GUARDED = {
    *("products", "facets", "product", "categories", "shops", "me", "sessions", "end_session"),
    *("log_out", "log_out_everywhere", "change_password"),
    *("pay_order", "show_payment", "top_up_wallet"),
    *("add_image", "move_image", "delete_image"),
    *("add_product", "change_product", "hide_product", "add_offer", "change_offer", "withdraw_offer"),
    *("add_category", "change_category", "remove_category", "open_a_shop", "show_shop", "change_shop"),
    *("show_cart", "put_into_cart", "change_quantity", "take_out_of_cart", "clear_cart"),
    *("contacts", "add_contact", "show_contact", "change_contact", "remove_contact"),
    *("place_an_order", "wallet", "wallet_entries", "accounts", "block_account", "adjust_wallet"),
    *("orders", "show_order", "cancel_order", "advance_order", "change_order_item", "remove_order_item"),
    *("shop_orders", "step_shipment", "everybodys_orders"),
    *("import_price_list", "import_history", "show_import", "roll_back_import", "export_price_list"),
}
MALFORMED = [
    *("", " ", "Bearer", "Bearer ", "bearer  ", "Basic YTpi", "Token x", "x", "Bearer x", "Bearer a.b.c"),
    *("Bearer ..", "Bearer a b", "Bearer, x", "Bearer\tx", "Bearer " + "a" * 9000, "Bearer null"),
    *(b"Bearer \xff\xfe", "Bearer ы".encode(), b'Bearer "x"', "Bearer eyJhbGciOiJIUzI1NiJ9.e30."),
]


async def test_every_call_but_the_open_ones_needs_a_token(app: FastAPI, client: AsyncClient) -> None:
    guarded = set()
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in OPEN:
                continue
            guarded.add(operation["operationId"])
            place = path.removeprefix("/api/v1")
            place = re.sub(r"\{\w+\}", NOBODY, place)
            assert unauthorized(await client.request(method, place)), (method, path)
            assert operation["security"], (method, path)
            assert "401" in operation["responses"], (method, path)
    assert guarded == GUARDED


NO_GOOD_BODY = [
    (b"{", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"<a/>", "application/xml"),
    (b"{}", ""),
    (b"x" * 900_000, "text/plain"),
]


async def test_who_may_not_come_in_is_told_nothing_else(client: AsyncClient) -> None:
    for place in ("/products/no-id", "/products/%00", "/products?page=0", "/me/sessions?size=0"):
        assert unauthorized(await client.get(place)), place
    assert unauthorized(await client.delete("/me/sessions/no-id"))
    for body, media_type in NO_GOOD_BODY:
        headers = {"Content-Type": media_type}
        for place in ("/auth/password/change", "/auth/logout", "/cart/items"):
            assert unauthorized(await client.post(place, content=body, headers=headers)), (place, body[:9])


async def test_a_malformed_header_is_no_token(client: AsyncClient) -> None:
    for header in MALFORMED:
        given = header if isinstance(header, bytes) else header.encode()
        for place in ("/me", "/products"):
            answer = await client.get(place, headers=[(b"Authorization", given)])
            assert unauthorized(answer), (place, header)


async def test_the_scheme_is_read_in_any_case(client: AsyncClient, tokens: dict[str, str]) -> None:
    headers = {"Authorization": f"bearer {tokens['access_token']}"}
    assert (await client.get("/me", headers=headers)).status_code == 200


def soon() -> int:
    return int((datetime.now(UTC) + timedelta(minutes=5)).timestamp())


FLAWS: dict[str, dict[str, Any]] = {
    "expired": {"exp": soon() - 3600},
    "expired this moment": {"exp": soon() - 301},
    "not yet": {"nbf": soon() + 24 * 3600},
    "another issuer": {"iss": "another"},
    "another audience": {"aud": "another"},
    "two other audiences": {"aud": ["another", "one more"]},
    "nobody": {"sub": ""},
    "no such kind of user": {"sub": "admin"},
    "a number for a user": {"sub": 1},
    "no such kind of session": {"sid": "x"},
    "a list for a session": {"sid": []},
    "nothing for a session": {"sid": None},
}


def forged(token: str, key: str, changes: dict[str, Any], without: str = "") -> str:
    """A token as the shop would make it, but for these claims."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    claims.pop(without, None)
    return jwt.encode(claims, key, "HS256")


async def knock(client: AsyncClient, token: str) -> bool:
    """Whether a token is refused with the exact 401 at every door."""
    headers = {"Authorization": f"Bearer {token}"}
    answers = [await client.get(place, headers=headers) for place in ("/me", "/products")]
    answers.append(await client.post("/auth/logout", headers=headers))
    return all(unauthorized(answer) for answer in answers)


async def test_a_token_made_alike_with_the_right_key_is_good(
    client: AsyncClient, tokens: dict[str, str], settings: Settings
) -> None:
    token = forged(tokens["access_token"], settings.signing_key(), {})
    answer = await client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_token_with_a_wrong_claim_is_refused(
    client: AsyncClient, tokens: dict[str, str], settings: Settings, flaw: str
) -> None:
    assert await knock(client, forged(tokens["access_token"], settings.signing_key(), FLAWS[flaw]))


@pytest.mark.parametrize("claim", ["sub", "sid", "exp", "iat", "jti", "iss", "aud"])
async def test_a_token_without_a_claim_is_refused(
    client: AsyncClient, tokens: dict[str, str], settings: Settings, claim: str
) -> None:
    assert await knock(client, forged(tokens["access_token"], settings.signing_key(), {}, claim))


async def test_a_token_that_was_good_is_refused_once_it_expires(
    client: AsyncClient, tokens: dict[str, str], settings: Settings
) -> None:
    expires_at = int(time()) + 2
    token = forged(tokens["access_token"], settings.signing_key(), {"exp": expires_at})
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/me", headers=headers)).status_code == 200
    await sleep(expires_at - time() + 0.01)
    assert await knock(client, token)


async def test_a_token_of_another_key_or_way_is_refused(
    client: AsyncClient, tokens: dict[str, str], settings: Settings
) -> None:
    token, key = tokens["access_token"], settings.signing_key()
    claims = jwt.decode(token, options={"verify_signature": False})
    head, body, signature = token.split(".")
    none_head = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    swapped = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
    for bad in (
        jwt.encode(claims, None, "none"),
        f"{none_head}.{body}.{signature}",
        jwt.encode(claims, "another" * 8, "HS256"),
        jwt.encode(claims, key * 2, "HS512"),
        jwt.encode(claims, key * 2, "HS384"),
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{swapped}",
        f"{token}.x",
        f"{head}.{body[:-2]}.{signature}",
    ):
        assert await knock(client, bad), bad


async def test_a_token_of_an_account_that_is_gone_is_refused(
    client: AsyncClient, tokens: dict[str, str], settings: Settings
) -> None:
    token = forged(tokens["access_token"], settings.signing_key(), {"sub": str(new_id())})
    assert unauthorized(await client.get("/me", headers={"Authorization": f"Bearer {token}"}))
