"""What every kind of access token must do: tell who calls, and refuse whatever it did not sign."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from lavka.adapters import crypto
from lavka.adapters.crypto import JwtTokens
from lavka.application.ports.sessions import Access, AccessTokens
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.errors import Unauthorized
from lavka.domain.sessions import SessionId

KEY, OTHER_KEY = "k" * 48, "o" * 48
LIFETIME = 900


@pytest.fixture(params=[JwtTokens])
def tokens(request: pytest.FixtureRequest) -> AccessTokens:
    return request.param(KEY, LIFETIME)  # type: ignore[no-any-return]


def an_access() -> Access:
    return Access(UserId(new_id()), SessionId(new_id()))


def now() -> datetime:
    return datetime.now(UTC)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})  # type: ignore[no-any-return]


def signed(changes: dict[str, Any], without: str = "", *, key: str = KEY, algorithm: str = "HS256") -> str:
    """A token as the shop makes it, but for these changes."""
    claims = claims_of(JwtTokens(KEY, LIFETIME).issue(an_access(), now())) | changes
    claims.pop(without, None)
    return jwt.encode(claims, key, algorithm)


def part(written: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(written).encode()).decode().rstrip("=")


def test_a_token_tells_who_calls_as_often_as_asked(tokens: AccessTokens) -> None:
    one, other = an_access(), an_access()
    first, second = tokens.issue(one, now()), tokens.issue(other, now())
    for _ in range(3):
        assert tokens.read(first) == one
        assert tokens.read(second) == other


def test_another_process_with_the_same_key_reads_it(tokens: AccessTokens) -> None:
    access = an_access()
    assert JwtTokens(KEY, LIFETIME).read(tokens.issue(access, now())) == access


def test_a_token_made_by_hand_like_the_shops_own_is_read(tokens: AccessTokens) -> None:
    assert tokens.read(signed({})).user  # so that each refusal below is for its one change


def test_a_token_that_lives_longer_than_ended_sessions_are_remembered_is_refused(
    tokens: AccessTokens,
) -> None:
    longer = JwtTokens(KEY, LIFETIME + 1).issue(an_access(), now())
    with pytest.raises(Unauthorized):
        tokens.read(longer)


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "MOST_VERIFIED", 3)
    tokens = JwtTokens(KEY, LIFETIME)
    for _ in range(10):
        assert tokens.read(tokens.issue(an_access(), now()))
    assert len(tokens._verified) == 3


def test_two_tokens_of_one_session_differ(tokens: AccessTokens) -> None:
    access, moment = an_access(), now()
    assert tokens.issue(access, moment) != tokens.issue(access, moment)


def test_a_token_lives_its_lifetime_and_says_so(tokens: AccessTokens) -> None:
    claims = claims_of(tokens.issue(an_access(), now()))
    assert claims["exp"] - claims["iat"] == tokens.lifetime == LIFETIME
    tokens.read(tokens.issue(an_access(), now() - timedelta(seconds=LIFETIME - 5)))
    with pytest.raises(Unauthorized):
        tokens.read(tokens.issue(an_access(), now() - timedelta(seconds=LIFETIME)))


async def test_a_token_that_was_good_expires_all_the_same(tokens: AccessTokens) -> None:
    token = tokens.issue(an_access(), now() - timedelta(seconds=LIFETIME - 1))
    assert tokens.read(token)
    await asyncio.sleep(1.05)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            tokens.read(token)


def test_a_host_whose_clock_is_ahead_makes_good_tokens(tokens: AccessTokens) -> None:
    access = an_access()
    assert tokens.read(tokens.issue(access, now() + timedelta(seconds=2))) == access


@pytest.mark.parametrize("claim", ["exp", "sub", "sid", "jti", "iat", "iss", "aud"])
def test_a_token_that_lacks_a_claim_is_refused(tokens: AccessTokens, claim: str) -> None:
    with pytest.raises(Unauthorized):
        tokens.read(signed({}, without=claim))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 0},
        {"exp": -1},
        {"exp": "never"},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"nbf": 99_999_999_999},
        {"iss": "another-shop"},
        {"iss": ["lavka"]},
        {"aud": "another-api"},
        {"aud": []},
        {"aud": None},
        {"sub": "not-a-uuid"},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
        {"sub": ["01890a5d-ac96-774b-bcce-b302099a8057"]},
        {"sid": "not-a-uuid"},
        {"sid": 7},
        {"sid": None},
        {"sid": {"a": 1}},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(tokens: AccessTokens, changes: dict[str, Any]) -> None:
    claims = claims_of(tokens.issue(an_access(), now())) | changes
    header, payload = part({"alg": "HS256", "typ": "JWT"}), part(claims)
    signature = jwt.get_algorithm_by_name("HS256").sign(f"{header}.{payload}".encode(), KEY.encode())
    token = f"{header}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    for _ in range(2):
        with pytest.raises(Unauthorized):
            tokens.read(token)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256", "", None, 7])
def test_only_the_one_algorithm_is_believed(tokens: AccessTokens, algorithm: object) -> None:
    good = tokens.issue(an_access(), now())
    _, payload, signature = good.split(".")
    header = part({"alg": algorithm, "typ": "JWT"})
    for token in (f"{header}.{payload}.", f"{header}.{payload}.{signature}"):
        with pytest.raises(Unauthorized):
            tokens.read(token)


def test_a_token_signed_with_a_stronger_algorithm_and_the_key_is_refused(tokens: AccessTokens) -> None:
    with pytest.raises(Unauthorized):
        tokens.read(signed({}, key=KEY + KEY, algorithm="HS512"))
    with pytest.raises(Unauthorized):
        tokens.read(signed({}, key=KEY, algorithm="HS384"))


def test_a_token_signed_with_another_key_is_refused(tokens: AccessTokens) -> None:
    with pytest.raises(Unauthorized):
        tokens.read(signed({}, key=OTHER_KEY))
    with pytest.raises(Unauthorized):
        tokens.read(JwtTokens(OTHER_KEY, LIFETIME).issue(an_access(), now()))


def test_a_token_that_was_tampered_with_is_refused_even_after_the_true_one_was_read(
    tokens: AccessTokens,
) -> None:
    good = tokens.issue(an_access(), now())
    tokens.read(good)
    header, payload, signature = good.split(".")
    foreign = part(claims_of(good) | {"sub": str(new_id())})
    for token in (
        f"{header}.{foreign}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature[:-2]}",
        f"{header}.{payload}.{signature}.{signature}",
    ):
        with pytest.raises(Unauthorized):
            tokens.read(token)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "garbage",
        "a.b.c",
        "ёж.ёж.ёж",
        "\0",
        "\ud800.a.b",
        "e30.e30.e30",
        f"{base64.urlsafe_b64encode(b'[' * 5000).decode()}.e30.x",
        "A" * 100_000,
    ],
    ids=lambda token: repr(token)[:12],
)
def test_garbage_is_refused(tokens: AccessTokens, token: str) -> None:
    with pytest.raises(Unauthorized):
        tokens.read(token)
