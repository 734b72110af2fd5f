"""The shop as a library: opened by a program, without HTTP."""

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import GOOD, a_product, a_shop, an_offer
from conftest import settings_for

from lavka.application.accounts import Registration
from lavka.application.ports.catalog import PageWish, ProductFilter, Sort
from lavka.application.ports.sessions import Access, Tokens
from lavka.application.shop import Shop
from lavka.application.stocking import Assortment
from lavka.bootstrap import open_shop
from lavka.domain.accounts import Email, Username
from lavka.domain.errors import (
    EmailTaken,
    Invalid,
    InvalidCredentials,
    NotFound,
    PhoneTaken,
    TooManyAttempts,
    Unauthorized,
    Unavailable,
    UsernameTaken,
)
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.domain.sessions import Device
from lavka.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
NEW = "Another-horse!"
MARIA = Registration(
    full_name="Иванова Мария Петровна",
    email=Email("maria@example.com"),
    phone=Phone("+79123456789"),
    password=Password(GOOD),
    username=Username("masha"),
)


async def sign_in(shop: Shop, login: str = "maria@example.com", password: str = GOOD) -> Tokens:
    return await shop.signing_in.log_in(login, password, Device("a program", "127.0.0.1"))


async def a_member(shop: Shop) -> tuple[Tokens, Access]:
    """Maria, registered and signed in."""
    await shop.joining.register(MARIA)
    tokens = await sign_in(shop)
    return tokens, await shop.sessions.recognise(tokens.access_token)


async def is_known(shop: Shop, tokens: Tokens) -> bool:
    try:
        await shop.sessions.recognise(tokens.access_token)
    except Unauthorized:
        return False
    return True


async def test_a_program_registers_signs_in_and_looks_around(settings: Settings) -> None:
    async with open_shop(settings) as shop:
        product, seller = a_product("Чайник"), a_shop("Лавка")
        await shop.stocking.fill(
            Assortment(
                shops=[seller], products=[product], offers=[an_offer(product.id, seller.id, price=199_000)]
            )
        )
        maria = await shop.joining.register(MARIA)
        tokens = await sign_in(shop)
        access = await shop.sessions.recognise(tokens.access_token)
        assert await shop.membership.me(access) == maria
        page = await shop.browsing.products(ProductFilter(search="чай"), Sort.PRICE, PageWish(size=10))
        assert [(item["name"], item["price"]) for item in page.items.values] == [("Чайник", 199_000)]
        assert page.total == 1
        card = await shop.browsing.product(product.id)
        assert card.values["offers"][0]["shop"]["name"] == "Лавка"
        assert [row["name"] for row in (await shop.browsing.shops()).items.values] == ["Лавка"]
        assert (await shop.browsing.categories()).values == []
        await shop.probe()


async def test_what_was_done_is_there_when_the_shop_opens_again(settings: Settings) -> None:
    async with open_shop(settings) as shop:
        tokens, access = await a_member(shop)
        gone = await sign_in(shop)
        await shop.sessions.log_out(await shop.sessions.recognise(gone.access_token))
    async with open_shop(settings) as shop:
        assert (await shop.membership.me(access)).full_name == MARIA.full_name
        assert await is_known(shop, tokens)
        assert not await is_known(shop, gone)


async def test_a_program_may_open_another_shop_afterwards(settings: Settings, bare_url: str) -> None:
    async with open_shop(settings) as shop:
        await shop.joining.register(MARIA)
    async with open_shop(settings_for(bare_url)) as another:
        assert await another.stocking.is_empty()
        await another.joining.register(MARIA)


async def test_every_task_of_the_program_uses_the_shop_at_once(shop: Shop) -> None:
    await a_member(shop)
    pages = await asyncio.gather(*(shop.browsing.products() for _ in range(10)))
    assert {page.total for page in pages} == {0}


async def test_a_form_is_refused_where_the_login_is_taken(shop: Shop) -> None:
    await shop.joining.register(MARIA)
    for change, refusal in [
        ({"phone": Phone("+79120000001"), "username": None}, EmailTaken),
        ({"email": Email("other@example.com"), "username": None}, PhoneTaken),
        ({"email": Email("other@example.com"), "phone": Phone("+79120000001")}, UsernameTaken),
    ]:
        with pytest.raises(refusal):
            await shop.joining.register(replace(MARIA, **change))


@pytest.mark.parametrize("login", ["maria@example.com", "MARIA@example.com ", "+79123456789", "masha"])
async def test_each_login_signs_in(shop: Shop, login: str) -> None:
    await shop.joining.register(MARIA)
    assert await is_known(shop, await sign_in(shop, login))


@pytest.mark.parametrize(("login", "password"), [("maria@example.com", "Wrong-horse!"), ("nobody", GOOD)])
async def test_a_wrong_login_and_a_wrong_password_are_refused_alike(
    shop: Shop, login: str, password: str
) -> None:
    await shop.joining.register(MARIA)
    with pytest.raises(InvalidCredentials):
        await sign_in(shop, login, password)


async def test_after_ten_failures_even_the_right_password_waits(shop: Shop) -> None:
    await shop.joining.register(MARIA)
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            await sign_in(shop, password="Wrong-horse!")
    with pytest.raises(TooManyAttempts):
        await sign_in(shop)


async def test_a_session_goes_on_with_a_new_pair_of_tokens(shop: Shop) -> None:
    tokens, access = await a_member(shop)
    renewed = await shop.sessions.refresh(tokens.refresh_token)
    assert renewed.refresh_token != tokens.refresh_token
    assert await shop.sessions.recognise(renewed.access_token) == access
    assert (await shop.sessions.refresh(renewed.refresh_token)).access_token


async def test_a_refresh_token_that_was_used_before_ends_the_session(shop: Shop) -> None:
    tokens, _ = await a_member(shop)
    other = await sign_in(shop)
    renewed = await shop.sessions.refresh(tokens.refresh_token)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(tokens.refresh_token)
    assert not await is_known(shop, renewed)
    assert not await is_known(shop, tokens)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(renewed.refresh_token)
    assert await is_known(shop, other)


async def test_of_many_refreshes_at_once_one_gets_tokens_and_the_session_ends(shop: Shop) -> None:
    tokens, _ = await a_member(shop)
    answers = await asyncio.gather(
        *(shop.sessions.refresh(tokens.refresh_token) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(answer, Tokens) for answer in answers) == 1
    assert {type(answer) for answer in answers} <= {Tokens, Unauthorized}
    assert not await is_known(shop, tokens)


async def test_logging_out_is_felt_at_once_and_elsewhere_not_at_all(shop: Shop) -> None:
    tokens, access = await a_member(shop)
    other = await sign_in(shop)
    await shop.sessions.log_out(access)
    assert not await is_known(shop, tokens)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(tokens.refresh_token)
    assert await is_known(shop, other)


async def test_logging_out_everywhere_ends_every_session(shop: Shop) -> None:
    tokens, access = await a_member(shop)
    other = await sign_in(shop)
    await shop.sessions.log_out_everywhere(access)
    assert [await is_known(shop, each) for each in (tokens, other)] == [False, False]


async def test_a_member_sees_and_ends_single_sessions(shop: Shop) -> None:
    _, access = await a_member(shop)
    other = await sign_in(shop)
    signed_in = await shop.sessions.signed_in(access)
    (elsewhere,) = [session for session in signed_in if session.id != access.session]
    assert elsewhere.device == Device("a program", "127.0.0.1")
    await shop.sessions.end(access, elsewhere.id)
    assert not await is_known(shop, other)
    with pytest.raises(NotFound):
        await shop.sessions.end(access, elsewhere.id)
    assert [session.id for session in await shop.sessions.signed_in(access)] == [access.session]


async def test_a_new_password_ends_the_other_sessions_and_is_the_only_one(shop: Shop) -> None:
    tokens, access = await a_member(shop)
    other = await sign_in(shop)
    await shop.membership.change_password(access, GOOD, Password(NEW))
    assert await is_known(shop, tokens)
    assert not await is_known(shop, other)
    with pytest.raises(Unauthorized):
        await shop.sessions.refresh(other.refresh_token)
    with pytest.raises(InvalidCredentials):
        await sign_in(shop)
    assert await is_known(shop, await sign_in(shop, password=NEW))


async def test_a_wrong_current_password_changes_nothing(shop: Shop) -> None:
    _, access = await a_member(shop)
    other = await sign_in(shop)
    with pytest.raises(Invalid) as refusal:
        await shop.membership.change_password(access, "Wrong-horse!", Password(NEW))
    assert [detail.field for detail in refusal.value.details] == ["current_password"]
    assert await is_known(shop, other)
    assert await is_known(shop, await sign_in(shop))


async def test_guessing_the_current_password_is_counted(shop: Shop) -> None:
    _, access = await a_member(shop)
    for _ in range(10):
        with pytest.raises(Invalid):
            await shop.membership.change_password(access, "Wrong-horse!", Password(NEW))
    with pytest.raises(TooManyAttempts):
        await shop.membership.change_password(access, GOOD, Password(NEW))


async def test_a_database_that_is_not_there_is_said_to_be_unavailable() -> None:
    nowhere = settings_for("postgres://nobody@127.0.0.1:1/nothing")

    async def enter() -> None:
        async with open_shop(nowhere):
            pytest.fail("there is nothing to open")

    with pytest.raises(Unavailable):
        await enter()


@pytest.mark.processes
def test_the_readmes_program_runs_as_it_is_written(tmp_path: Path) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert any("open_shop" in program for program in programs)
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=os.environ | {"DB_URL": f"sqlite://{tmp_path / 'shop.db'}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout
