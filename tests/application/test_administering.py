"""Blocking accounts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from builders import GOOD, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.application.accounts import Registration
from lavka.application.ports.sessions import Access
from lavka.application.shop import Shop
from lavka.bootstrap import new_id
from lavka.domain.accounts import Email, UserId
from lavka.domain.errors import InvalidCredentials, Unauthorized
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.domain.sessions import Device, SessionId

MARIA = Registration("Иванова Мария", Email("maria@example.com"), Phone("+79110000000"), Password(GOOD))


class Broken(Exception):
    """Something went wrong after all."""


class SessionsOnAFullDisk(TortoiseSessions):
    """It ends sessions, and breaks off."""

    async def end(self, user: UserId, now: datetime, **which: Any) -> Sequence[SessionId]:
        await super().end(user, now, **which)
        raise Broken


@pytest.fixture
async def admin(shop: Shop) -> Access:
    user = a_user(is_admin=True)
    await TortoiseUsers().add(user)
    return Access(user.id, SessionId(new_id()))


async def test_who_is_blocked_is_out_and_stays_out(shop: Shop, admin: Access) -> None:
    maria = await shop.joining.register(MARIA)
    tokens = await shop.signing_in.log_in("maria@example.com", GOOD, Device())
    blocked, _ = await shop.administering.block(admin, maria.id, is_blocked=True)
    assert blocked.is_blocked
    with pytest.raises(Unauthorized):
        await shop.sessions.recognise(tokens.access_token)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(tokens.refresh_token)
    with pytest.raises(InvalidCredentials):
        await shop.signing_in.log_in("maria@example.com", GOOD, Device())


async def test_a_block_that_breaks_off_leaves_no_trace(shop: Shop, admin: Access) -> None:
    maria = await shop.joining.register(MARIA)
    tokens = await shop.signing_in.log_in("maria@example.com", GOOD, Device())
    breaking = replace(shop.administering, sessions=SessionsOnAFullDisk())
    with pytest.raises(Broken):
        await breaking.block(admin, maria.id, is_blocked=True)
    assert not (await shop.membership.me(await shop.sessions.recognise(tokens.access_token))).is_blocked
    assert await shop.sessions.refresh(tokens.refresh_token)
