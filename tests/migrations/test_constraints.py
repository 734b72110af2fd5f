"""What the models say must never be stored, the database itself refuses."""

import inspect
from collections.abc import AsyncIterator

import pytest
from builders import NOON, a_category, a_product, a_session, a_shop, a_user, an_offer
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from lavka.adapters.tortoise import database, models
from lavka.adapters.tortoise.accounts import TortoiseAttempts, TortoiseUsers
from lavka.adapters.tortoise.database import execute
from lavka.adapters.tortoise.models import PictureRow, PriceListRow
from lavka.adapters.tortoise.sessions import TortoiseSessions
from lavka.adapters.tortoise.stockroom import TortoiseStockroom
from lavka.bootstrap import database_config, new_id
from lavka.domain.shops import ShopId
from lavka.settings import Settings

CHECKS = [
    check
    for _, model in inspect.getmembers(models, inspect.isclass)
    if issubclass(model, Model)
    for check in getattr(model, "checks", {})
]
VIOLATIONS = {
    "catalog_version_single": ["UPDATE catalog_version SET id = 2"],
    "categories_not_own_parent": ["UPDATE categories SET parent_id = id"],
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
    "users_phone": ["UPDATE users SET phone = '89123456789'", "UPDATE users SET phone = '+7912345678'"],
}
REFERENCES = [
    "DELETE FROM users",
    "DELETE FROM categories WHERE parent_id IS NULL",
    "DELETE FROM shops",
    "DELETE FROM shops WHERE id = (SELECT shop_id FROM price_lists LIMIT 1)",
    "DELETE FROM products",
    "DELETE FROM offers",
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
        await TortoiseAttempts().fail("masha", NOON)
        home, shops, product = a_category(), [a_shop(owner=user.id) for user in users], a_product()
        kitchen = a_category(parent=home.id)
        product.category = kitchen.id
        offers = [an_offer(product.id, shop.id, quantity=10, recommended_price=1) for shop in shops]
        await TortoiseStockroom().bring([home, kitchen], shops, [product], offers)
        await PictureRow.create(id=new_id(), product_id=product.id, digest="0" * 64, position=1)
        for _ in range(2):
            await a_price_list(shops[0].id)
        yield


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


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_of_a_model_has_a_violation_here(check: str) -> None:
    assert VIOLATIONS.get(check), (
        f"Say here how to violate {check}, so that the database is seen to refuse it."
    )


def test_every_violation_here_is_of_a_check() -> None:
    assert VIOLATIONS.keys() == set(CHECKS)


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
        "UPDATE offers SET sku = 'one', shop_id = (SELECT id FROM shops ORDER BY name LIMIT 1)",
    ],
)
async def test_what_is_unique_cannot_be_there_twice(filled: None, sql: str) -> None:
    with pytest.raises(IntegrityError):
        await execute(sql)


async def test_a_user_without_anything_takes_the_sessions_along(filled: None) -> None:
    await execute("UPDATE shops SET owner_id = NULL")
    await execute("DELETE FROM users")
    for table in ("sessions", "refresh_tokens"):
        assert await database.fetch(f"SELECT 1 FROM {table}") == []
