"""What the models say must never be stored, the database itself refuses."""

import inspect
import re
from collections.abc import AsyncIterator, Mapping

import pytest
from builders import (
    NOBODY,
    NOON,
    a_category,
    a_charge,
    a_contact,
    a_payment,
    a_product,
    a_session,
    a_shop,
    a_transfer,
    a_user,
    an_offer,
)
from promised import a_task
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from lavka.adapters.tortoise import database, migrating, models
from lavka.adapters.tortoise.accounts import TortoiseAttempts, TortoiseUsers
from lavka.adapters.tortoise.contacts import TortoiseContacts
from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.letters import TortoiseEmailTokens
from lavka.adapters.tortoise.models import CartRow, PictureRow, PriceListRow
from lavka.adapters.tortoise.orders import TortoiseOrders
from lavka.adapters.tortoise.outbox import TortoiseOutbox
from lavka.adapters.tortoise.payments import TortoisePayments, TortoiseRefunds
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.adapters.tortoise.wallets import TortoiseWallets
from lavka.application.ports.letters import Holder
from lavka.bootstrap import database_config, new_id
from lavka.domain.accounts import UserId
from lavka.domain.catalog import Offer
from lavka.domain.letters import Purpose
from lavka.domain.money import Money
from lavka.domain.orders import Line, Order, OrderId, PaymentMethod
from lavka.domain.payments import RefundId
from lavka.domain.payments import Status as PaymentStatus
from lavka.domain.phones import Phone
from lavka.domain.shipments import SYSTEM, Event, Shipment, ShipmentId, Status
from lavka.domain.shops import ShopId
from lavka.settings import Settings

NEW = new_id()


def _insert(table: str, values: Mapping[str, object]) -> str:
    return f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(map(str, values.values()))}"


def a_movement(**values: object) -> str:
    """A row for the stock's ledger, right but for these values."""
    right = {
        "offer_id": f"'{NEW}'",
        "change": 1,
        "reason": "'initial'",
        "order_id": "NULL",
        "at": f"'{NOON}'",
    }
    return _insert("stock_movements", right | values)


def a_wallet_transfer(**values: object) -> str:
    """A row for the wallets' ledger, right but for these values."""
    nothing = dict.fromkeys(("order_id", "reason", "by_id"), "NULL")
    right = {"id": f"'{NEW}'", "kind": "'top_up'", "created_at": f"'{NOON}'"} | nothing
    return _insert("wallet_transfers", right | values)


def an_entry(**values: object) -> str:
    """An entry of that ledger, right but for these values."""
    top_ups = "(SELECT id FROM wallet_accounts WHERE kind = 'top_ups')"
    transfer = "(SELECT id FROM wallet_transfers WHERE kind = 'payment')"
    right = {"transfer_id": transfer, "account_id": top_ups, "amount": 1, "balance": "NULL"}
    return _insert("wallet_entries", right | values)


CHECKS = {
    check
    for _, model in inspect.getmembers(models, inspect.isclass)
    if issubclass(model, Model)
    for check in getattr(model, "checks", {})
}
WRITTEN = {
    check
    for file in (migrating.migrations() / "models").glob("[0-9]*_*.py")
    for check in re.findall(r'CONSTRAINT "(\w+)" CHECK', file.read_text())
}
"""Those of the revisions, which also make tables without a model."""
VIOLATIONS = {
    "cart_items_quantity": [
        "UPDATE cart_items SET quantity = 0",
        "UPDATE cart_items SET quantity = -1",
        "UPDATE cart_items SET quantity = 10001",
    ],
    "payments_amount": ["UPDATE payments SET amount = 0", "UPDATE payments SET amount = -1"],
    "payments_status": ["UPDATE payments SET status = 'paid'"],
    "payments_refunded": [
        "UPDATE payments SET refunded = 101 WHERE status = 'succeeded'",
        "UPDATE payments SET refunded = -1 WHERE status = 'succeeded'",
    ],
    "payments_refunded_of_paid": ["UPDATE payments SET refunded = 1 WHERE status = 'pending'"],
    "payments_asked": [
        "UPDATE payments SET bill = NULL WHERE status = 'succeeded'",
        "UPDATE payments SET bill = '{}' WHERE status = 'pending'",
    ],
    "payments_opened": ["UPDATE payments SET external_id = 'x' WHERE status = 'pending'"],
    "payments_paid": [
        "UPDATE payments SET external_id = NULL WHERE status = 'succeeded'",
        "UPDATE payments SET status = 'waiting_for_capture' WHERE status = 'pending'",
    ],
    "payments_look": [f"UPDATE payments SET look_at = '{NOON}' WHERE status = 'succeeded'"],
    "refunds_amount": ["UPDATE refunds SET amount = 0"],
    "refunds_status": ["UPDATE refunds SET status = 'done'"],
    "refunds_given": ["UPDATE refunds SET status = 'succeeded'"],
    "carts_expiry": [
        "UPDATE carts SET expires_at = NULL WHERE user_id IS NULL",
        f"UPDATE carts SET expires_at = '{NOON}' WHERE user_id IS NOT NULL",
    ],
    "carts_owner": [
        "UPDATE carts SET user_id = NULL WHERE user_id IS NOT NULL",
        "UPDATE carts SET user_id = (SELECT id FROM users LIMIT 1) WHERE user_id IS NULL",
    ],
    "carts_token_digest": ["UPDATE carts SET token_digest = 'short' WHERE user_id IS NULL"],
    "contacts_address": ["UPDATE contacts SET city = NULL", "UPDATE contacts SET street = NULL"],
    "contacts_phone": ["UPDATE contacts SET phone = '89123456789'"],
    "order_lines_price": ["UPDATE order_lines SET price = 0", "UPDATE order_lines SET price = -1"],
    "order_lines_quantity": [
        "UPDATE order_lines SET quantity = 0",
        "UPDATE order_lines SET quantity = 10001",
    ],
    "orders_delivery": [
        "UPDATE orders SET requires_delivery = FALSE",
        "UPDATE orders SET delivery_address = NULL",
    ],
    "orders_payment_method": ["UPDATE orders SET payment_method = 'barter'"],
    "orders_status": ["UPDATE orders SET status = 'lost'", "UPDATE orders SET status = 'cancelled'"],
    "orders_total": ["UPDATE orders SET total = -1"],
    "outbox_claim": [
        f"UPDATE outbox SET claim = '{NOBODY}'",
        f"UPDATE outbox SET claimed_until = '{NOON}'",
    ],
    "outbox_parked": [f"UPDATE outbox SET parked_at = '{NOON}', claim = '{NEW}', claimed_until = '{NOON}'"],
    "outbox_queue": ["UPDATE outbox SET queue = 'parcels'"],
    "outbox_tries": ["UPDATE outbox SET tries = -1"],
    "shipments_status": ["UPDATE shipments SET status = 'lost'"],
    "stock_movements_change": [a_movement(change=0)],
    "stock_movements_order": [
        a_movement(reason="'order'"),
        a_movement(order_id=f"'{NEW}'"),
        *(a_movement(reason=f"'{reason}'") for reason in ("change", "cancellation", "expiry")),
    ],
    "stock_movements_reason": [a_movement(reason="'theft'")],
    "stock_version_single": ["UPDATE stock_version SET id = 2"],
    "wallet_accounts_balance": ["UPDATE wallet_accounts SET balance = -1"],
    "wallet_accounts_kind": ["UPDATE wallet_accounts SET kind = 'gifts' WHERE user_id IS NULL"],
    "wallet_accounts_owner": [
        "UPDATE wallet_accounts SET user_id = NULL WHERE kind = 'wallet'",
        "UPDATE wallet_accounts SET kind = 'wallet' WHERE kind = 'sales'",
    ],
    "wallet_entries_amount": [an_entry(amount=0)],
    "wallet_entries_balance": [an_entry(balance=-1)],
    "wallet_transfers_kind": [a_wallet_transfer(kind="'gift'")],
    "wallet_transfers_order": [
        a_wallet_transfer(kind="'payment'"),
        a_wallet_transfer(kind="'refund'"),
        a_wallet_transfer(order_id=f"'{NEW}'"),
    ],
    "wallet_transfers_reason": [
        a_wallet_transfer(kind="'adjustment'", reason="'why'"),
        a_wallet_transfer(kind="'adjustment'", by_id="(SELECT id FROM users LIMIT 1)"),
    ],
    "catalog_version_single": ["UPDATE catalog_version SET id = 2"],
    "categories_not_own_parent": ["UPDATE categories SET parent_id = id"],
    "email_tokens_digest": ["UPDATE email_tokens SET digest = 'the-token-itself'"],
    "email_tokens_purpose": ["UPDATE email_tokens SET purpose = 'curiosity'"],
    "login_failures_key": ["UPDATE login_failures SET key = 'the-login-itself'"],
    "offers_price": ["UPDATE offers SET price = 0", "UPDATE offers SET price = -1"],
    "offers_recommended_price": ["UPDATE offers SET recommended_price = 0"],
    "pictures_digest": ["UPDATE pictures SET digest = 'short'"],
    "pictures_position": ["UPDATE pictures SET position = 0"],
    "price_lists_claim": ["UPDATE price_lists SET status = 'running'"],
    "price_lists_counts": [
        "UPDATE price_lists SET processed = -1",
        "UPDATE price_lists SET created = -1",
        "UPDATE price_lists SET updated = -1",
        "UPDATE price_lists SET deactivated = -1",
    ],
    "price_lists_mode": ["UPDATE price_lists SET mode = 'half'"],
    "price_lists_status": ["UPDATE price_lists SET status = 'lost'"],
    "products_price": ["UPDATE products SET price = 0", "UPDATE products SET price = -1"],
    "refresh_tokens_digest": ["UPDATE refresh_tokens SET digest = 'short'"],
    "sessions_order": ["UPDATE sessions SET expires_at = created_at"],
    "stock_not_negative": ["UPDATE stock SET quantity = -1", "UPDATE stock SET quantity = quantity - 11"],
    "users_account_type": ["UPDATE users SET account_type = 'boss'", "UPDATE users SET account_type = ''"],
    "users_language": ["UPDATE users SET language = 'de'", "UPDATE users SET language = ''"],
    "users_phone": ["UPDATE users SET phone = '89123456789'", "UPDATE users SET phone = '+7912345678'"],
}
REFERENCES = [
    "DELETE FROM users",
    "DELETE FROM categories WHERE parent_id IS NULL",
    "DELETE FROM shops",
    "DELETE FROM shops WHERE id = (SELECT shop_id FROM price_lists LIMIT 1)",
    "DELETE FROM products",
    "DELETE FROM offers",
    "DELETE FROM orders",
    "DELETE FROM wallet_accounts WHERE kind = 'wallet'",
    "DELETE FROM wallet_accounts WHERE kind = 'sales'",
    "DELETE FROM users WHERE id = (SELECT user_id FROM wallet_accounts WHERE user_id IS NOT NULL)",
]


@pytest.fixture
async def filled(settings: Settings) -> AsyncIterator[None]:
    """One row at least in every table, two where something is unique."""
    async with database.opened(database_config(settings)):
        users, sessions = [a_user(), a_user()], TortoiseSessions()
        for user in users:
            await TortoiseUsers().add(user)
            session = a_session(user.id)
            await sessions.add(session)
            await sessions.add_token(session.id.hex * 2, session)
            await TortoiseEmailTokens().add(
                user.id.hex * 2, Purpose.CONFIRM_EMAIL, Holder(user.id, user.email), NOON
            )
        await TortoiseAttempts().fail("masha", NOON)
        home, shops, product = a_category(), [a_shop(owner=user.id) for user in users], a_product()
        kitchen = a_category(parent=home.id)
        product.category = kitchen.id
        offers = [an_offer(product.id, shop.id, quantity=10, recommended_price=1) for shop in shops]
        await TortoiseStockroom().bring([home, kitchen], shops, [product], offers)
        await PictureRow.create(id=new_id(), product_id=product.id, digest="0" * 64, position=1)
        for _ in range(2):
            await a_price_list(shops[0].id)
        for user in users:
            await what_a_buyer_has(user.id)
        await an_order(users[0].id, offers[0])
        await TortoiseOutbox().put([a_task()])
        yield


async def what_a_buyer_has(user: UserId) -> None:
    """A contact, a cart and one that was somebody's, an answer that is kept, and money."""
    await TortoiseContacts().add(a_contact(user))
    for owner in ({"user_id": user}, {"token_digest": new_id().hex * 2, "expires_at": NOON}):
        cart = await CartRow.create(id=new_id(), **owner)
        await execute(
            "INSERT INTO cart_items (cart_id, offer_id, quantity, position) VALUES ($1, $2, 1, 0)",
            [cart.id, new_id()],
        )
    await execute(
        "INSERT INTO idempotency_keys (user_id, key, digest, answer, created_at) VALUES ($1, $2, $3, $4, $5)",
        [user, "key", "digest", "{}", NOON],
    )


async def an_order(user: UserId, offer: Offer) -> None:
    """An order that is paid from the wallet and to be delivered."""
    line = Line(offer.id, offer.product, offer.shop, "Чайник", offer.sku, offer.price, 1)
    shipment = Shipment(ShipmentId(new_id()), offer.shop, "Очаг")
    order = Order(
        id=OrderId(new_id()),
        number="A1B2-C3D4-E",
        buyer=user,
        payment_method=PaymentMethod.WALLET,
        phone=Phone("+79123456789"),
        created_at=NOON,
        lines=[line],
        shipments=[shipment],
        delivery_address="Москва, Тверская улица",
        history=[Event(Status.NEW, NOON, SYSTEM)],
    )
    await TortoiseOrders().add(order)
    await execute(a_movement(order_id=f"'{order.id}'", reason="'order'", change=-1))
    await TortoiseWallets().post(a_transfer(user, offer.price.minor))
    await TortoiseWallets().post(a_payment(user, offer.price.minor, order=order.id))
    paid = a_charge(user, 100, order=order.id, status=PaymentStatus.SUCCEEDED)
    await TortoisePayments().add(paid)
    await TortoisePayments().add(a_charge(user, 100))
    await TortoiseRefunds().add(paid.refund(RefundId(new_id()), Money(40), [], NOON))


async def a_price_list(shop: ShopId) -> None:
    """An import that waits."""
    none = dict.fromkeys(["rows", "processed", "created", "updated", "deactivated", "attempts"], 0)
    await PriceListRow.create(
        id=new_id(),
        shop_id=shop,
        created_at=NOON,
        status="queued",
        mode="whole",
        dry_run=False,
        errors=[],
        changes=[],
        **none,
    )


@pytest.mark.parametrize("check", sorted(CHECKS | WRITTEN))
def test_every_check_of_a_model_has_a_violation_here(check: str) -> None:
    assert VIOLATIONS.get(check), (
        f"Say here how to violate {check}, so that the database is seen to refuse it."
    )


def test_every_violation_here_is_of_a_check() -> None:
    assert VIOLATIONS.keys() == CHECKS | WRITTEN


@pytest.mark.parametrize("right", [a_movement(), a_wallet_transfer(), an_entry()])
async def test_what_is_wrong_in_one_thing_is_right_without_it(filled: None, right: str) -> None:
    count = f"SELECT count(*) AS rows FROM {right.split()[2]}"
    (before,) = await database.fetch(count)
    await execute(right)
    assert await database.fetch(count) == [{"rows": before["rows"] + 1}]


@pytest.mark.parametrize(
    ("check", "sql"), [(check, sql) for check, statements in VIOLATIONS.items() for sql in statements]
)
async def test_the_database_refuses_what_a_check_forbids(filled: None, check: str, sql: str) -> None:
    with pytest.raises(IntegrityError, match=check):
        await execute(sql)


@pytest.mark.parametrize("sql", REFERENCES)
async def test_what_others_rest_on_cannot_be_deleted(filled: None, sql: str) -> None:
    with pytest.raises(IntegrityError):
        await execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET email = 'one@example.com'",
        "UPDATE users SET phone = '+79123456789'",
        "UPDATE users SET username = 'one'",
        "UPDATE shops SET name = 'one'",
        "UPDATE categories SET slug = 'one'",
        "UPDATE price_lists SET status = 'running', claim = id",
        "INSERT INTO wallet_transfers (id, kind, order_id, created_at) "
        f"SELECT '{NEW}', kind, order_id, created_at FROM wallet_transfers WHERE kind = 'payment'",
        "INSERT INTO wallet_entries (transfer_id, account_id, amount) "
        "SELECT transfer_id, account_id, amount FROM wallet_entries",
        f"UPDATE carts SET token_digest = '{'0' * 64}' WHERE user_id IS NULL",
        "UPDATE offers SET sku = 'one', shop_id = (SELECT id FROM shops ORDER BY name LIMIT 1)",
    ],
)
async def test_what_is_unique_cannot_be_there_twice(filled: None, sql: str) -> None:
    with pytest.raises(IntegrityError):
        await execute(sql)


@pytest.mark.parametrize("deed", ["UPDATE {0} SET order_id = order_id", "DELETE FROM {0}"])
@pytest.mark.parametrize("ledger", ["stock_movements", "order_history", "wallet_transfers"])
async def test_a_ledger_only_grows(filled: None, ledger: str, deed: str) -> None:
    before = await database.fetch(f"SELECT * FROM {ledger}")
    assert before
    with pytest.raises(IntegrityError, match=f"{ledger} only grows"):
        await execute(deed.format(ledger))
    assert await database.fetch(f"SELECT * FROM {ledger}") == before


@pytest.mark.parametrize("deed", ["UPDATE wallet_entries SET amount = amount", "DELETE FROM wallet_entries"])
async def test_the_entries_of_wallets_only_grow(filled: None, deed: str) -> None:
    with pytest.raises(IntegrityError, match="wallet_entries only grows"):
        await execute(deed)
    assert len(await database.fetch("SELECT id FROM wallet_entries")) == 4


async def test_a_user_without_orders_or_money_takes_all_along(filled: None) -> None:
    await execute("UPDATE shops SET owner_id = NULL")
    await execute("DELETE FROM users WHERE id NOT IN (SELECT user_id FROM orders)")
    for table in ("sessions", "refresh_tokens", "email_tokens", "contacts", "idempotency_keys"):
        assert len(await database.fetch(f"SELECT 1 FROM {table}")) == 1, table
    for table in ("carts", "cart_items"):  # of the two users, and two that are nobody's
        assert len(await database.fetch(f"SELECT 1 FROM {table}")) == 3, table
