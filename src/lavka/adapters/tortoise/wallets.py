"""The wallets and their ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.cursors import Cursor
from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.application.ports.catalog import PageWish
from lavka.application.ports.wallet import Statement
from lavka.domain.accounts import UserId
from lavka.domain.errors import Conflict, InsufficientFunds, NotFound, WalletFull
from lavka.domain.money import ZERO, Money
from lavka.domain.orders import OrderId
from lavka.domain.wallet import AGAINST, FULLEST, Entry, House, Kind, Transfer, TransferId

ACCOUNTS = {
    House.SALES: UUID("6c61766b-6100-7000-8000-000000000002"),
    House.ADJUSTMENTS: UUID("6c61766b-6100-7000-8000-000000000003"),
    House.TOP_UPS: UUID("6c61766b-6100-7000-8000-000000000004"),
}
"""The house's accounts, as the migration made them."""

FILL = f"""INSERT INTO wallet_accounts (id, kind, user_id, balance) VALUES ($1, 'wallet', $1, $2)
    ON CONFLICT (id) DO UPDATE SET balance = wallet_accounts.balance + $2
    WHERE wallet_accounts.balance <= {FULLEST.minor} - $2 RETURNING balance"""
EMPTY = (
    "UPDATE wallet_accounts SET balance = balance + $2 WHERE id = $1 AND balance + $2 >= 0 RETURNING balance"
)
TRANSFER = """INSERT INTO wallet_transfers (id, kind, order_id, reason, by_id, created_at)
    SELECT $3, $4, $5, $6, $7, $8 FROM {wallet}"""
ENTRY = """INSERT INTO wallet_entries (transfer_id, account_id, amount, balance)
    SELECT $3, $1, $2, balance FROM {wallet}"""
COUNTER_ENTRY = """INSERT INTO wallet_entries (transfer_id, account_id, amount)
    SELECT $3, $9, -$2 FROM {wallet}"""
AT_ONCE = f"""WITH wallet AS ({{moved}}), transfer AS ({TRANSFER}), entry AS ({ENTRY}),
    counter_entry AS ({COUNTER_ENTRY}) SELECT balance FROM wallet""".replace("{wallet}", "wallet")
"""All of a transfer in one statement; when the wallet refuses, it writes nothing."""
IN_TURN = ((TRANSFER, 8), (ENTRY, 3), (COUNTER_ENTRY, 9))
"""The same by statements that follow the first, each with as many of the parameters."""

STATEMENT = "statement"
ENTRIES = """SELECT t.id, t.kind, t.order_id, t.reason, t.by_id, t.created_at, e.amount, e.balance
    FROM wallet_entries e JOIN wallet_transfers t ON t.id = e.transfer_id WHERE e.account_id = $1"""
BEFORE = "e.id < (SELECT id FROM wallet_entries WHERE account_id = $1 AND transfer_id = $2)"


class TortoiseWallets:
    """Every user's wallet, and a ledger that only grows."""

    async def post(self, transfer: Transfer) -> Entry:
        """Write a transfer with its entries, on PostgreSQL in one round trip.

        Raise InsufficientFunds, WalletFull; Conflict for the second payment of an order, NotFound for a user
        who is not there.
        """
        is_filled = transfer.amount > ZERO
        with _paid_once():
            written = await _write(FILL if is_filled else EMPTY, _parameters(transfer))
        if not written:
            raise WalletFull if is_filled else InsufficientFunds
        return Entry(transfer, Money(written[0]["balance"]))

    async def balance(self, user: UserId) -> Money:
        """Tell what is in a user's wallet."""
        return (await self.balances([user]))[user]

    async def balances(self, users: Collection[UserId]) -> Mapping[UserId, Money]:
        """Tell what is in the wallet of each of them."""
        chosen = f"SELECT id, balance FROM wallet_accounts WHERE {among('id', 1)}"
        rows = await fetch(chosen, [sorted_ids(users)])
        return dict.fromkeys(users, ZERO) | {_user(row["id"]): Money(row["balance"]) for row in rows}

    async def statement(self, user: UserId, wish: PageWish) -> Statement:
        """List a wallet's entries in the order in which they were posted, the newest first; raise Invalid."""
        cursor = Cursor.read(wish.cursor, STATEMENT) if wish.cursor else None
        number = cursor.page if cursor else wish.page
        where, given = (f"AND {BEFORE}", cursor.id) if cursor else ("", None)
        skipped = 0 if cursor else (number - 1) * wish.size
        rows = await fetch(
            f"{ENTRIES} {where} ORDER BY e.id DESC LIMIT {wish.size + 1} OFFSET {skipped}",
            [user, given] if cursor else [user],
        )
        shown = [_entry(user, row) for row in rows[: wish.size]]
        is_last = len(rows) <= wish.size
        after = None if is_last else Cursor(STATEMENT, "", str(shown[-1].transfer.id), number + 1).text()
        (all_of_them,) = await fetch(
            "SELECT count(*) AS total FROM wallet_entries WHERE account_id = $1", [user]
        )
        return Statement(shown, all_of_them["total"], number, wish.size, after)


async def _write(moved: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """Move the balance, and write down why; nothing comes back when the wallet refuses."""
    if dialect() == POSTGRES:
        return await fetch(AT_ONCE.format(moved=moved), parameters)
    async with transaction():
        written = await fetch(moved, parameters[:2])
        for sql, count in IN_TURN if written else ():
            await execute(sql.format(wallet="wallet_accounts WHERE id = $1"), parameters[:count])
    return written


def _parameters(transfer: Transfer) -> list[Any]:
    return [
        transfer.wallet,
        transfer.amount.minor,
        transfer.id,
        transfer.kind.value,
        transfer.order,
        transfer.reason,
        transfer.by,
        transfer.created_at,
        ACCOUNTS[AGAINST[transfer.kind]],
    ]


@contextmanager
def _paid_once() -> Iterator[None]:
    """Tell an order that is paid already from a user who is not there."""
    try:
        yield
    except IntegrityError as error:
        text = str(error)
        if "wallet_transfers_one_payment" in text or "wallet_transfers.order_id" in text:
            raise Conflict from error
        if "foreign key" in text.lower():
            raise NotFound from error
        raise


def _entry(user: UserId, row: Mapping[str, Any]) -> Entry:
    order, by, at = row["order_id"], row["by_id"], row["created_at"]
    transfer = Transfer(
        id=TransferId(UUID(str(row["id"]))),
        kind=Kind(row["kind"]),
        wallet=user,
        amount=Money(row["amount"]),
        created_at=at if isinstance(at, datetime) else datetime.fromisoformat(at),
        order=None if order is None else OrderId(UUID(str(order))),
        reason=row["reason"],
        by=None if by is None else _user(by),
    )
    return Entry(transfer, Money(row["balance"]))


def _user(written: Any) -> UserId:
    return UserId(UUID(str(written)))
