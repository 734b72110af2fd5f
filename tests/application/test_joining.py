"""Joining the shop."""

from dataclasses import replace
from typing import Any

import pytest
from builders import GOOD, hashing

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.application.accounts import Registration
from lavka.application.shop import Shop
from lavka.domain.accounts import AccountType, Email, Username
from lavka.domain.errors import Unavailable
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone

FORM = Registration(
    full_name="Иванова Мария Петровна",
    email=Email("maria@example.com"),
    phone=Phone("+79123456789"),
    password=Password(GOOD),
    username=Username("masha"),
    account_type=AccountType.SHOP,
)


class OverloadedHashes:
    """Sends everybody away."""

    async def make(self, password: Password) -> str:
        raise Unavailable

    async def verify(self, secret: str, hashed: str | None) -> bool:
        raise Unavailable


async def test_an_account_holds_what_the_form_said(shop: Shop, clock: Any) -> None:
    user = await shop.joining.register(FORM)
    kept = await TortoiseUsers().get(user.id)
    assert kept == user
    assert (kept.full_name, kept.email, kept.phone) == (FORM.full_name, FORM.email, FORM.phone)
    assert (kept.username, kept.account_type, kept.created_at) == (FORM.username, FORM.account_type, clock())
    assert not kept.is_admin
    assert not kept.is_blocked
    assert not kept.email_verified


async def test_a_password_is_kept_as_a_hash_only(shop: Shop) -> None:
    user = await shop.joining.register(FORM)
    assert GOOD not in user.password_hash
    assert await shop.joining.passwords.hashes.verify(GOOD, user.password_hash)


async def test_an_administrator_is_made_only_when_asked_for(shop: Shop) -> None:
    admin = await shop.joining.register(FORM, is_admin=True)
    assert (await TortoiseUsers().get(admin.id)).is_admin


async def test_every_account_has_an_id_of_its_own_and_later_ones_sort_after(shop: Shop) -> None:
    users = [
        await shop.joining.register(
            replace(
                FORM,
                email=Email(f"m{number}@example.com"),
                phone=Phone(f"+7912345678{number}"),
                username=None,
            )
        )
        for number in range(3)
    ]
    ids = [user.id for user in users]
    assert ids == sorted(set(ids))
    assert {user_id.version for user_id in ids} == {7}


async def test_when_no_password_can_be_hashed_nobody_joins(shop: Shop) -> None:
    with pytest.raises(Unavailable):
        await hashing(shop.joining, OverloadedHashes()).register(FORM)
    assert await TortoiseStockroom().is_empty()


def test_a_form_never_shows_its_password() -> None:
    assert GOOD not in repr(FORM)
