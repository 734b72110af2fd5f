"""Every refusal of the domain has a status of its own category, in the contract's form."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders import refused, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient

from lavka.adapters.tortoise.opening import CannotOpen
from lavka.domain.errors import (
    Detail,
    IdempotencyKeyReused,
    Invalid,
    OutOfStock,
    PriceChanged,
    ShopError,
    TooManyAttempts,
    Unauthorized,
    Unavailable,
)

CATEGORIES = {
    "Invalid": 422,
    "InvalidCredentials": 401,
    "InvalidToken": 400,
    "Forbidden": 403,
    "NotFound": 404,
    "Conflict": 409,
    "TooLarge": 413,
    "UnsupportedMediaType": 415,
    "TooManyAttempts": 429,
    "Unavailable": 503,
}
GIVEN: dict[type[ShopError], tuple[Any, ...]] = {
    Invalid: ([Detail("name", "Write a name.")],),
    IdempotencyKeyReused: (),
    OutOfStock: ([Detail("0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d60", "There are 3 of this left.")],),
    PriceChanged: ([Detail("total_price", "1500")],),
    TooManyAttempts: (7,),
    Unavailable: (7,),
    CannotOpen: ("cAnArY: no such file",),
}


def below(kind: type[ShopError]) -> Iterator[type[ShopError]]:
    """Every kind of refusal that there is."""
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def category(kind: type[ShopError]) -> str:
    """The class right under the root."""
    return next(each.__name__ for each in kind.__mro__ if each.__base__ is ShopError)


KINDS = [kind for kind in below(ShopError) if kind is not Unauthorized]


async def answer_to(app: FastAPI, client: AsyncClient, error: ShopError) -> Any:
    """What a call that refuses in this way answers."""

    async def refuse() -> None:
        raise error

    app.add_api_route("/api/v1/refusing", refuse)
    return await client.get("/refusing")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_every_refusal_has_a_status(app: FastAPI, client: AsyncClient, kind: type[ShopError]) -> None:
    given = next((GIVEN[each] for each in kind.__mro__ if each in GIVEN), ())
    answer = await answer_to(app, client, kind(*given))
    details = refused(answer, CATEGORIES[category(kind)], kind.type)
    assert answer.json()["message"] == kind.message
    assert bool(details) == issubclass(kind, Invalid | OutOfStock | PriceChanged)
    waits = issubclass(kind, TooManyAttempts | Unavailable)
    told = str(7 if 7 in given else Unavailable().retry_after)
    assert answer.headers.get("Retry-After") == (told if waits else None)
    assert "cAnArY" not in answer.text


async def test_no_valid_token_is_the_exact_one(app: FastAPI, client: AsyncClient) -> None:
    assert unauthorized(await answer_to(app, client, Unauthorized()))


def test_types_are_slugs_that_tell_refusals_apart() -> None:
    types = [kind.type for kind in [*KINDS, Unauthorized] if "type" in vars(kind)]
    assert len(set(types)) == len(types)
    assert all(each.isascii() and each == each.lower() and each.replace("_", "").isalpha() for each in types)
    assert {"conflict", "email_taken", "phone_taken", "username_taken"} <= set(types)
