"""Letters: to whom they go, what they tell, and that each goes once."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import a_line_of, a_shop, a_user, an_order
from mailing import Pillar

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.database import fetch
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.shops import TortoiseShops
from lavka.application.letters import LINKS, Writing
from lavka.application.shop import Shop
from lavka.bootstrap import new_id
from lavka.domain.accounts import AccountType, Language, User
from lavka.domain.errors import InvalidToken, Unavailable
from lavka.domain.letters import LINK_LIVES, Subject, to_be_sent
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.shipments import Status
from lavka.domain.tasks import Hopeless, Task

ORIGIN = "http://127.0.0.1:8000"
LINK = re.compile(rf"{ORIGIN}/(?:confirm-email|reset-password)\?token=([A-Za-z0-9_-]{{43}})")
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def post() -> Pillar:
    return Pillar()


@pytest.fixture
def writing(shop: Shop, post: Pillar) -> Writing:
    return replace(shop.writing, post=post)


async def kept(**changes: Any) -> User:
    user = a_user(**changes)
    await TortoiseUsers().add(user)
    return user


async def an_order_of(buyer: User, **changes: Any) -> Order:
    order = an_order(buyer=buyer.id, **changes)
    await TortoiseOrders().add(order)
    return order


def a_letter(subject: Subject, clock: Any, **about: object) -> Task:
    return to_be_sent(new_id(), subject, clock(), **about)


@pytest.mark.parametrize("by", ["user", "email"])
@pytest.mark.parametrize("language", Language)
async def test_a_link_to_confirm_goes_to_its_user_in_his_language(
    shop: Shop, writing: Writing, post: Pillar, clock: Any, by: str, language: Language
) -> None:
    user = await kept(language=language)
    await writing.write(
        a_letter(Subject.CONFIRM_EMAIL, clock, **{by: user.id if by == "user" else user.email})
    )
    (mail,) = post.mails
    assert (mail.to, mail.language, mail.is_repeated) == (user.email, language, False)
    (token,) = set(LINK.findall(mail.text))
    assert token in mail.html
    assert token not in str(await fetch("SELECT * FROM email_tokens"))
    await shop.confirming.confirm(token)
    assert (await TortoiseUsers().get(user.id)).email_verified


async def test_a_link_lives_for_two_hours_from_the_letter_on(
    shop: Shop, writing: Writing, post: Pillar, clock: Any
) -> None:
    user = await kept()
    for late in (MOMENT, timedelta()):
        await writing.write(a_letter(Subject.RESET_PASSWORD, clock, email=user.email))
        clock.now += LINK_LIVES - late
        token = LINK.findall(post.mails[-1].text)[0]
        if late:
            await shop.recovering.check(token)
        else:
            with pytest.raises(InvalidToken):
                await shop.recovering.check(token)


@pytest.mark.parametrize(
    ("subject", "changes"),
    [
        (Subject.CONFIRM_EMAIL, {"email_verified": True}),
        *((subject, {"is_blocked": True}) for subject in LINKS),
    ],
)
async def test_who_is_not_to_be_written_to_is_not(
    writing: Writing, post: Pillar, clock: Any, subject: Subject, changes: dict[str, bool]
) -> None:
    user = await kept(**changes)
    await writing.write(a_letter(subject, clock, email=user.email))
    assert post.mails == []
    assert await fetch("SELECT * FROM email_tokens") == []


async def test_who_is_blocked_is_told_of_money_all_the_same(
    writing: Writing, post: Pillar, clock: Any
) -> None:
    order = await an_order_of(await kept(is_blocked=True))
    await writing.write(a_letter(Subject.REFUND, clock, order=order.id, amount="1990", method="wallet"))
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    "about", [{"email": "nobody@example.com"}, {"user": new_id()}, {"order": new_id(), "status": "sent"}]
)
async def test_nobody_is_written_to_in_silence(
    writing: Writing, post: Pillar, clock: Any, about: dict[str, object]
) -> None:
    subject = Subject.ORDER_STATUS if "order" in about else Subject.CONFIRM_EMAIL
    await writing.write(a_letter(subject, clock, **about))
    assert post.mails == []


@pytest.mark.parametrize("subject", [Subject.ORDER_PLACED, Subject.ORDER_STATUS])
async def test_a_buyer_is_told_of_an_order(
    writing: Writing, post: Pillar, clock: Any, subject: Subject
) -> None:
    buyer = await kept(language=Language.ENGLISH)
    order = await an_order_of(buyer)
    await writing.write(a_letter(subject, clock, order=order.id, status=Status.ASSEMBLED))
    (mail,) = post.mails
    assert mail.to == buyer.email
    for told in (
        order.number,
        order.lines[0].name,
        "3,980.00 RUB",
        "assembled",
        f"{ORIGIN}/orders/{order.id}",
    ):
        assert told in mail.text, told


@pytest.mark.parametrize(
    ("method", "where"), [(PaymentMethod.WALLET, "на балансе"), (PaymentMethod.ONLINE, "откуда вы платили")]
)
@pytest.mark.parametrize("has_order", [True, False])
async def test_a_refund_tells_how_much_and_where_to(
    writing: Writing, post: Pillar, clock: Any, method: PaymentMethod, where: str, has_order: bool
) -> None:
    buyer = await kept()
    order = await an_order_of(buyer)
    about = {"user": buyer.id, "amount": 50_050, "method": method.value}
    await writing.write(
        a_letter(Subject.REFUND, clock, **about, **({"order": order.id} if has_order else {}))
    )
    (mail,) = post.mails
    assert mail.to == buyer.email
    assert "500,50" in mail.title
    assert where in mail.text
    assert (order.number in mail.text) is has_order


async def test_a_seller_is_told_of_his_own_part(writing: Writing, post: Pillar, clock: Any) -> None:
    owner, buyer = await kept(account_type=AccountType.SHOP, language=Language.ENGLISH), await kept()
    own, other, ownerless = a_shop("Очаг", owner=owner.id), a_shop("Мороз"), a_shop("Ничья")
    for each in (own, other, ownerless):
        await TortoiseShops().add(each)
    order = await an_order_of_shops(buyer, own.id, other.id, ownerless.id)
    await writing.write(a_letter(Subject.NEW_ORDER, clock, order=order.id, shop=own.id))
    (mail,) = post.mails
    assert (mail.to, mail.language) == (owner.email, Language.ENGLISH)
    assert mail.title == f"Очаг: new order {order.number}"
    assert "Товар 0" in mail.text
    assert "1,000.00 RUB" in mail.text
    for hidden in ("Товар 1", "Товар 2", buyer.full_name, str(buyer.email), order.phone.number, "Садовая"):
        assert hidden not in mail.text + mail.html, hidden
    for shop_id in (ownerless.id, new_id(), a_shop().id):
        await writing.write(a_letter(Subject.NEW_ORDER, clock, order=order.id, shop=shop_id))
    assert len(post.mails) == 1


async def an_order_of_shops(buyer: User, *shops: Any) -> Order:
    lines = [
        a_line_of(each, name=f"Товар {nth}", price=100_000, quantity=1) for nth, each in enumerate(shops)
    ]
    order = an_order(*lines, buyer=buyer.id)
    await TortoiseOrders().add(order)
    return order


async def test_a_changed_password_is_told_with_the_time_that_it_was(
    writing: Writing, post: Pillar, clock: Any
) -> None:
    user, then = await kept(language=Language.ENGLISH), clock()
    task = a_letter(Subject.PASSWORD_CHANGED, clock, user=user.id, at=then.isoformat())
    clock.pass_(hours=3)
    await writing.write(task)
    (mail,) = post.mails
    assert f"{then:%Y-%m-%d %H:%M} UTC" in mail.text


async def test_a_letter_that_has_gone_goes_no_more(writing: Writing, post: Pillar, clock: Any) -> None:
    task = a_letter(Subject.CONFIRM_EMAIL, clock, user=(await kept()).id)
    for _ in range(3):
        await writing.write(task)
    assert [mail.is_repeated for mail in post.mails] == [False]
    assert len(await fetch("SELECT * FROM email_tokens")) == 1


async def test_one_that_may_have_gone_goes_again_once_and_marked(
    writing: Writing, post: Pillar, clock: Any
) -> None:
    task = a_letter(Subject.CONFIRM_EMAIL, clock, user=(await kept()).id)
    dying = replace(writing, post=replace(post, mails=post.mails, after=[Unavailable()]))
    with pytest.raises(Unavailable):
        await dying.write(task)
    for _ in range(3):
        await writing.write(task)
    assert [mail.is_repeated for mail in post.mails] == [False, True]
    assert {mail.id for mail in post.mails} == {task.id}


@pytest.mark.parametrize("error", [Unavailable, lambda: Hopeless("550")])
async def test_what_the_post_refuses_is_told_and_not_taken_for_sent(
    writing: Writing, post: Pillar, clock: Any, error: Callable[[], Exception]
) -> None:
    task = a_letter(Subject.PASSWORD_CHANGED, clock, user=(await kept()).id, at=clock().isoformat())
    refused = error()
    with pytest.raises(type(refused)):
        await replace(writing, post=Pillar(before=[refused])).write(task)
    await writing.write(task)
    assert len(post.mails) == 1


@pytest.mark.parametrize("subject", LINKS)
async def test_a_link_to_where_no_letter_comes_is_given_up_in_silence(
    writing: Writing, clock: Any, subject: Subject
) -> None:
    user = await kept()
    for about in ({"user": user.id}, {"email": user.email}):
        task = a_letter(subject, clock, **about)
        await replace(writing, post=Pillar(before=[Hopeless("550")])).write(task)
        with pytest.raises(Unavailable):
            await replace(writing, post=Pillar(before=[Unavailable()])).write(task)


async def test_a_task_that_says_nothing_is_hopeless(writing: Writing, post: Pillar, clock: Any) -> None:
    with pytest.raises(Hopeless):
        await writing.write(a_letter(Subject.ORDER_STATUS, clock, order=new_id()))
    assert post.mails == []


async def test_the_same_task_at_once_leaves_one_letter_unmarked(
    writing: Writing, post: Pillar, clock: Any
) -> None:
    task = a_letter(Subject.CONFIRM_EMAIL, clock, user=(await kept()).id)
    await asyncio.gather(*(writing.write(task) for _ in range(8)))
    assert [mail.is_repeated for mail in post.mails].count(False) == 1
