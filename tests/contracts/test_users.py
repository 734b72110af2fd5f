"""What every store of accounts must do."""

import asyncio
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime

import pytest
from builders import a_transfer, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import transaction
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import PageWish
from lavka.bootstrap import new_id
from lavka.domain.accounts import AccountType, Email, Language, User, UserId, Username, login_key
from lavka.domain.errors import EmailTaken, Invalid, NotFound, PhoneTaken, ShopError, UsernameTaken
from lavka.domain.phones import Phone


class Broken(Exception):
    """Something went wrong after all."""


@pytest.fixture(params=[TortoiseUsers])
def users(request: pytest.FixtureRequest, store: None) -> Users:
    return request.param()  # type: ignore[no-any-return]


def an_unusual_user() -> User:
    """One whose every field is other than its default."""
    return a_user(
        full_name="О'Нил-Ёлкина «Мария» 李",
        email="мария+o'neil@пример.рф",
        phone="+79123456789",
        username="o.neil-9",
        password_hash="$2b$12$" + "x" * 53,
        account_type=AccountType.SHOP,
        is_admin=True,
        is_blocked=True,
        email_verified=True,
        created_at=datetime(2026, 2, 28, 23, 59, 59, 123456, UTC),
        language=Language.ENGLISH,
    )


def test_the_unusual_user_leaves_no_field_at_its_default() -> None:
    user = an_unusual_user()
    for field in fields(User):
        assert field.default is MISSING or getattr(user, field.name) != field.default, field.name


async def test_every_field_comes_back_as_it_was_kept(users: Users) -> None:
    for user in (a_user(), an_unusual_user()):
        await users.add(user)
        assert await users.get(user.id) == user


@pytest.mark.parametrize("account_type", AccountType)
async def test_every_account_type_comes_back(users: Users, account_type: AccountType) -> None:
    user = a_user(account_type=account_type)
    await users.add(user)
    assert (await users.get(user.id)).account_type is account_type


@pytest.mark.parametrize("flag", ["is_admin", "is_blocked", "email_verified"])
@pytest.mark.parametrize("value", [True, False])
async def test_each_flag_comes_back_by_itself(users: Users, flag: str, value: bool) -> None:
    user = replace(
        a_user(is_admin=not value, is_blocked=not value, email_verified=not value), **{flag: value}
    )
    await users.add(user)
    kept = await users.get(user.id)
    assert kept == user
    assert getattr(kept, flag) is value


async def test_the_longest_of_everything_fits(users: Users) -> None:
    user = a_user(
        full_name="Я" * 255, email=f"{'a' * 64}@{'b' * 189}", username="u" * 32, password_hash="h" * 100
    )
    await users.add(user)
    assert await users.get(user.id) == user


async def test_an_unknown_id_is_not_found(users: Users) -> None:
    await users.add(a_user())
    with pytest.raises(NotFound):
        await users.get(UserId(new_id()))


@pytest.mark.parametrize(
    "login", ["Maria@Example.com", " maria@example.com ", "+79123456789", "MASHA", "masha"]
)
async def test_each_login_finds_the_account(users: Users, login: str) -> None:
    await users.add(a_user())
    user = a_user(email="maria@example.com", phone="+79123456789", username="masha")
    await users.add(user)
    assert await users.find(login_key(login)) == user


@pytest.mark.parametrize(
    "login",
    ["", "nobody", "nobody@example.com", "+79999999999", "masha@", "mash", "mas%", "m_sha", "a" * 10_000],
)
async def test_any_other_login_finds_nobody(users: Users, login: str) -> None:
    await users.add(a_user(email="maria@example.com", phone="+79123456789", username="masha"))
    await users.add(a_user())
    assert await users.find(login) is None


@pytest.mark.parametrize(
    ("same", "refusal"),
    [
        ({"email": "taken(phone)@example.com"}, EmailTaken),
        ({"phone": "+79123456789"}, PhoneTaken),
        ({"username": "taken"}, UsernameTaken),
    ],
)
async def test_a_login_belongs_to_one_account(
    users: Users, same: dict[str, str], refusal: type[ShopError]
) -> None:
    first, second = a_user(**same), a_user(**same)  # type: ignore[arg-type]
    await users.add(first)
    with pytest.raises(refusal) as caught:
        await users.add(second)
    assert type(caught.value) is refusal
    with pytest.raises(NotFound):
        await users.get(second.id)
    assert await users.get(first.id) == first


async def test_any_number_of_accounts_have_no_username(users: Users) -> None:
    for user in (a_user(), a_user()):
        await users.add(user)
        assert (await users.get(user.id)).username is None


async def test_a_change_saves_every_field_and_nobody_elses(users: Users) -> None:
    user, other = a_user(), a_user()
    changed = replace(an_unusual_user(), id=user.id)
    await users.add(user)
    await users.add(other)
    async with users.change(user.id) as lent:
        assert lent == user
        for field in fields(User):
            setattr(lent, field.name, getattr(changed, field.name))
    assert await users.get(user.id) == changed
    assert await users.get(other.id) == other


async def test_a_change_can_take_things_away(users: Users) -> None:
    user = an_unusual_user()
    await users.add(user)
    async with users.change(user.id) as lent:
        lent.username, lent.is_admin, lent.account_type = None, False, AccountType.BUYER
    kept = await users.get(user.id)
    assert (kept.username, kept.is_admin, kept.account_type) == (None, False, AccountType.BUYER)


async def test_a_change_that_fails_leaves_no_trace(users: Users) -> None:
    user = a_user()
    await users.add(user)

    async def break_off() -> None:
        async with users.change(user.id) as lent:
            lent.full_name = "Никто"
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    assert await users.get(user.id) == user


async def test_a_change_within_a_failing_transaction_leaves_no_trace(users: Users) -> None:
    user = a_user()
    await users.add(user)

    async def break_off() -> None:
        async with transaction():
            async with users.change(user.id) as lent:
                lent.full_name = "Никто"
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    assert await users.get(user.id) == user


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("email", Email("taken@example.com"), EmailTaken),
        ("phone", Phone("+79123456789"), PhoneTaken),
        ("username", Username("taken"), UsernameTaken),
    ],
)
async def test_a_change_cannot_take_what_is_taken(
    users: Users, field: str, value: object, refusal: type[ShopError]
) -> None:
    await users.add(a_user(email="taken@example.com", phone="+79123456789", username="taken"))
    user = a_user()
    await users.add(user)

    async def take() -> None:
        async with users.change(user.id) as lent:
            lent.full_name = "Никто"
            setattr(lent, field, value)

    with pytest.raises(refusal) as caught:
        await take()
    assert type(caught.value) is refusal
    assert await users.get(user.id) == user


async def test_an_unknown_account_cannot_be_changed(users: Users) -> None:
    with pytest.raises(NotFound):
        async with users.change(UserId(new_id())):
            pytest.fail("nothing was there to lend")


async def test_changes_at_the_same_time_wait_for_each_other(users: Users) -> None:
    user = a_user(full_name="И")
    await users.add(user)

    async def add(letter: str) -> None:
        async with users.change(user.id) as lent:
            name = lent.full_name
            await asyncio.sleep(0.002)
            lent.full_name = name + letter

    await asyncio.gather(*map(add, "абвгдежз"))
    assert sorted((await users.get(user.id)).full_name) == sorted("Иабвгдежз")


async def test_accounts_come_in_pages_the_newest_first(users: Users) -> None:
    everybody = [an_unusual_user(), *(a_user() for _ in range(4))]
    for user in everybody:
        await users.add(user)
    everybody.reverse()
    first = await users.page(PageWish(size=2))
    assert (first.items, first.total, first.page, first.size) == (everybody[:2], 5, 1, 2)
    second = await users.page(PageWish(size=2, cursor=first.next))
    assert second == await users.page(PageWish(2, 2))
    await users.add(a_user())
    third = await users.page(PageWish(size=2, cursor=second.next))
    assert (third.items, third.page, third.next) == (everybody[4:], 3, None)
    past = await users.page(PageWish(10**9, 100))
    assert (past.items, past.total, past.next) == ([], 6, None)


async def test_a_cursor_of_another_list_is_invalid(users: Users) -> None:
    user = a_user()
    await users.add(user)
    for _ in range(2):
        await TortoiseWallets().post(a_transfer(user.id))
    statement = await TortoiseWallets().statement(user.id, PageWish(size=1))
    for cursor in ("nonsense", statement.next):
        with pytest.raises(Invalid):
            await users.page(PageWish(cursor=cursor))
