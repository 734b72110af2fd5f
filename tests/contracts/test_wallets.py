"""What every ledger of wallets must do."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from builders import NOON, a_payment, a_transfer, a_user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.checks import TortoiseChecks
from lavka.adapters.tortoise.database import execute, execute_together, fetch, transaction
from lavka.adapters.tortoise.wallets import ACCOUNTS, TortoiseWallets
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.wallet import Wallets
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.errors import Conflict, InsufficientFunds, Invalid, NotFound, ShopError, WalletFull
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import OrderId
from lavka.domain.wallet import AGAINST, DEAREST, FULLEST, Entry, House, Kind, Transfer


class Broken(Exception):
    """Something went wrong after all."""


@pytest.fixture(params=[TortoiseWallets])
def wallets(request: pytest.FixtureRequest, store: None) -> Wallets:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def masha(store: None) -> UserId:
    return await a_member()


async def a_member() -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


async def entries(wallets: Wallets, user: UserId) -> Sequence[Entry]:
    return (await wallets.statement(user, PageWish(size=100))).items


async def broken_promises() -> set[str]:
    return {name async for name, rows in TortoiseChecks().broken() if rows}


async def test_a_wallet_is_empty_at_first(wallets: Wallets, masha: UserId) -> None:
    assert await wallets.balance(masha) == ZERO
    assert await entries(wallets, masha) == []


async def test_money_comes_in_and_goes_out(wallets: Wallets, masha: UserId) -> None:
    come, gone = a_transfer(masha, 500), a_payment(masha, 200)
    assert await wallets.post(come) == Entry(come, Money(500))
    assert await wallets.post(gone) == Entry(gone, Money(300))
    assert await wallets.balance(masha) == Money(300)
    assert await broken_promises() == set()


@pytest.mark.parametrize("kind", Kind)
async def test_every_field_comes_back_as_it_was_posted(wallets: Wallets, masha: UserId, kind: Kind) -> None:
    administrator = await a_member()
    transfer = a_transfer(
        masha,
        DEAREST.minor,
        kind=kind,
        reason="Чайник «Ёж» пришёл с трещиной",
        by=administrator,
        created_at=datetime(2026, 2, 28, 23, 59, 59, 123456, UTC),
    )
    await wallets.post(transfer)
    plain = replace(transfer, id=a_transfer().id, kind=Kind.TOP_UP, reason=None, by=None, order=None)
    await wallets.post(plain)
    assert await entries(wallets, masha) == [
        Entry(plain, DEAREST + DEAREST),
        Entry(transfer, DEAREST),
    ]
    assert {field.name for field in fields(Transfer)} == {
        *("id", "kind", "wallet", "amount", "created_at", "order", "reason", "by")
    }


@pytest.mark.parametrize("kind", Kind)
async def test_the_houses_account_gets_the_opposite(wallets: Wallets, masha: UserId, kind: Kind) -> None:
    await wallets.post(a_transfer(masha, 500, kind=kind))
    rows = await fetch("SELECT account_id, amount, balance FROM wallet_entries ORDER BY amount")
    assert [(str(row["account_id"]), row["amount"], row["balance"]) for row in rows] == [
        (str(ACCOUNTS[AGAINST[kind]]), -500, None),
        (str(masha), 500, 500),
    ]


async def test_the_house_has_an_account_of_each_kind(store: None) -> None:
    rows = await fetch("SELECT id, kind FROM wallet_accounts WHERE user_id IS NULL")
    assert {row["kind"]: str(row["id"]) for row in rows} == {
        kind.value: str(account) for kind, account in ACCOUNTS.items()
    }
    assert set(ACCOUNTS) == set(House)


@pytest.mark.parametrize("held", [0, 499])
async def test_more_than_there_is_does_not_leave(wallets: Wallets, masha: UserId, held: int) -> None:
    if held:
        await wallets.post(a_transfer(masha, held))
    with pytest.raises(InsufficientFunds):
        await wallets.post(a_payment(masha, 500))
    assert await wallets.balance(masha) == Money(held)
    assert len(await entries(wallets, masha)) == bool(held)
    assert await broken_promises() == set()


async def test_all_there_is_may_leave(wallets: Wallets, masha: UserId) -> None:
    await wallets.post(a_transfer(masha, 500))
    await wallets.post(a_payment(masha, 500))
    assert await wallets.balance(masha) == ZERO


async def test_a_wallet_holds_so_much_and_no_more(wallets: Wallets, masha: UserId) -> None:
    for _ in range(FULLEST.minor // DEAREST.minor):
        await wallets.post(a_transfer(masha, DEAREST.minor))
    with pytest.raises(WalletFull):
        await wallets.post(a_transfer(masha, 1))
    assert await wallets.balance(masha) == FULLEST
    await wallets.post(a_payment(masha, 1))
    await wallets.post(a_transfer(masha, 1))
    assert await broken_promises() == set()


async def test_an_order_is_paid_once(wallets: Wallets, masha: UserId) -> None:
    order = OrderId(new_id())
    await wallets.post(a_transfer(masha, 500))
    await wallets.post(a_payment(masha, 200, order=order))
    with pytest.raises(Conflict) as error:
        await wallets.post(a_payment(masha, 200, order=order))
    assert type(error.value) is Conflict
    assert await wallets.balance(masha) == Money(300)
    await wallets.post(a_transfer(masha, 50, kind=Kind.REFUND, order=order))
    await wallets.post(a_transfer(masha, 150, kind=Kind.REFUND, order=order))
    assert await wallets.balance(masha) == Money(500)


async def test_nobody_has_no_wallet(wallets: Wallets, masha: UserId) -> None:
    with pytest.raises(NotFound):
        await wallets.post(a_transfer(by=masha))
    with pytest.raises(NotFound):
        await wallets.post(a_transfer(masha, by=UserId(new_id())))
    assert await wallets.balance(masha) == ZERO


async def test_what_is_broken_off_did_not_happen(wallets: Wallets, masha: UserId) -> None:
    async def break_off() -> None:
        async with transaction():
            await wallets.post(a_transfer(masha, 500))
            raise Broken

    with pytest.raises(Broken):
        await break_off()
    assert await wallets.balance(masha) == ZERO
    assert await entries(wallets, masha) == []


async def test_wallets_are_told_apart(wallets: Wallets, masha: UserId) -> None:
    petr, nobody = await a_member(), UserId(new_id())
    await wallets.post(a_transfer(masha, 500))
    await wallets.post(a_transfer(petr, 700))
    assert await wallets.balances([masha, petr, nobody]) == {
        masha: Money(500),
        petr: Money(700),
        nobody: ZERO,
    }
    assert [entry.transfer.amount for entry in await entries(wallets, petr)] == [Money(700)]
    assert await wallets.balances([]) == {}


async def test_a_statement_comes_in_pages_the_last_posted_first(wallets: Wallets, masha: UserId) -> None:
    posted = [await wallets.post(a_transfer(masha, amount)) for amount in (10, 20, 30, 40, 50)]
    posted.reverse()
    first = await wallets.statement(masha, PageWish(size=2))
    assert (first.items, first.total, first.page, first.size) == (posted[:2], 5, 1, 2)
    second = await wallets.statement(masha, PageWish(size=2, cursor=first.next))
    assert second == await wallets.statement(masha, PageWish(2, 2))
    await wallets.post(a_transfer(masha, 60))
    third = await wallets.statement(masha, PageWish(size=2, cursor=second.next))
    assert (third.items, third.page, third.next) == (posted[4:], 3, None)
    past = await wallets.statement(masha, PageWish(10**9, 100))
    assert (past.items, past.total, past.next) == ([], 6, None)


async def test_the_order_is_that_of_posting_whatever_the_ids_and_times(
    wallets: Wallets, masha: UserId
) -> None:
    early, late = a_transfer(masha, 10), a_transfer(masha, 20, created_at=NOON.replace(hour=13))
    for transfer in (late, early):
        await wallets.post(transfer)
    assert await entries(wallets, masha) == [Entry(early, Money(30)), Entry(late, Money(20))]
    assert await broken_promises() == set()


async def test_a_cursor_of_another_list_is_invalid(wallets: Wallets, masha: UserId) -> None:
    for _ in range(2):
        user = await a_member()
    accounts = await TortoiseUsers().page(PageWish(size=1))
    for cursor in ("nonsense", accounts.next):
        with pytest.raises(Invalid):
            await wallets.statement(user, PageWish(cursor=cursor))


async def test_a_statement_takes_as_many_queries_whatever_its_size(
    wallets: Wallets, masha: UserId, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        await wallets.post(a_transfer(masha))
    cursor = (await wallets.statement(masha, PageWish(size=1))).next
    for wish in (PageWish(size=1), PageWish(), PageWish(3, 2), PageWish(size=2, cursor=cursor), PageWish(99)):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            await wallets.statement(masha, wish)
        assert len(caplog.records) == 2


@pytest.mark.postgres
async def test_a_transfer_is_one_statement(
    wallets: Wallets, masha: UserId, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await wallets.post(a_transfer(masha))
    assert len(caplog.records) == 1


moves = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-300, 300).filter(bool), st.sampled_from(Kind)), max_size=25
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(moves=moves)
async def test_the_ledger_does_what_a_dictionary_would(
    wallets: Wallets, moves: list[tuple[int, int, Kind]]
) -> None:
    members = [await a_member() for _ in range(3)]
    model = dict.fromkeys(members, 0)
    told: dict[UserId, list[tuple[int, int]]] = {member: [] for member in members}
    for place, amount, kind in moves:
        member = members[place]
        signed = -abs(amount) if kind is Kind.PAYMENT else amount
        try:
            await wallets.post(a_transfer(member, signed, kind=kind))
        except InsufficientFunds:
            assert model[member] + signed < 0
            continue
        model[member] += signed
        assert model[member] >= 0
        told[member].insert(0, (signed, model[member]))
    assert await wallets.balances(members) == {member: Money(held) for member, held in model.items()}
    for member in members:
        shown = [(each.transfer.amount.minor, each.balance.minor) for each in await entries(wallets, member)]
        assert shown == told[member]
    apart = {"no order gives a wallet back more than it paid", "every top-up was paid"}
    assert await broken_promises() <= apart


class ReadingWallets(TortoiseWallets):
    """The naive way: the balance is read, looked at, and written back."""

    async def post(self, transfer: Transfer) -> Entry:
        async with transaction():
            balance = await self.balance(transfer.wallet) + transfer.amount
            if balance < ZERO:
                raise InsufficientFunds
            told = [transfer.id, transfer.kind.value, transfer.order, transfer.created_at]
            await execute(
                "UPDATE wallet_accounts SET balance = $1 WHERE id = $2", [balance.minor, transfer.wallet]
            )
            await execute(
                "INSERT INTO wallet_transfers (id, kind, order_id, created_at) VALUES ($1, $2, $3, $4)", told
            )
            entry = "INSERT INTO wallet_entries (transfer_id, account_id, amount, balance)"
            entry += " VALUES ($1, $2, $3, $4)"
            amount, house = transfer.amount.minor, ACCOUNTS[AGAINST[transfer.kind]]
            await execute_together(
                [
                    (entry, [transfer.id, transfer.wallet, amount, balance.minor]),
                    (entry, [transfer.id, house, -amount, None]),
                ]
            )
        return Entry(transfer, balance)


async def pay_a_hundred_times_from_fifty(wallets: Wallets, user: UserId) -> int:
    """Have money for fifty payments, and pay for a hundred orders at once; how many were paid."""
    await TortoiseWallets().post(a_transfer(user, 50 * 300))
    payments = [a_payment(user, 300) for _ in range(100)]
    answers = await asyncio.gather(*map(wallets.post, payments), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, ShopError)]
    assert {type(answer) for answer in answers} <= {Entry, InsufficientFunds}, answers
    return len(answers) - len(refused)


async def test_of_a_hundred_payments_at_once_from_a_balance_for_fifty_there_are_fifty(
    wallets: Wallets, masha: UserId
) -> None:
    assert await pay_a_hundred_times_from_fifty(wallets, masha) == 50
    assert await wallets.balance(masha) == ZERO
    assert len(await entries(wallets, masha)) == 51
    assert await broken_promises() == set()


@pytest.mark.postgres
async def test_a_balance_that_is_read_and_written_back_would_be_caught(store: None, masha: UserId) -> None:
    assert await pay_a_hundred_times_from_fifty(ReadingWallets(), masha) > 50
    assert "what is in a wallet is the sum of its entries" in await broken_promises()


async def test_first_credits_at_once_make_one_wallet(wallets: Wallets, masha: UserId) -> None:
    await asyncio.gather(*(wallets.post(a_transfer(masha, 100)) for _ in range(20)))
    assert await wallets.balance(masha) == Money(2000)
    assert await broken_promises() == set()


async def test_of_many_payments_of_one_order_at_once_one_is_made(wallets: Wallets, masha: UserId) -> None:
    order = OrderId(new_id())
    await wallets.post(a_transfer(masha, 1000))
    payments = [wallets.post(a_payment(masha, 100, order=order)) for _ in range(10)]
    answers = await asyncio.gather(*payments, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 9 + ["Entry"]
    assert await wallets.balance(masha) == Money(900)
