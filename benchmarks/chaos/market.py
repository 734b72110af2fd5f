"""Goods and buyers in a new database, and what has become of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import bcrypt

from benchmarks.calls import API, PASSWORD
from benchmarks.promises import Broken
from benchmarks.wire import Wire, written
from lavka.application.stocking import Assortment
from lavka.bootstrap import new_id, open_shop
from lavka.domain.accounts import Email, User, UserId
from lavka.domain.catalog import Offer, OfferId, Product, ProductId, slugify
from lavka.domain.money import Money
from lavka.domain.phones import Phone
from lavka.domain.shops import Shop, ShopId
from lavka.settings import load_settings

SHOPS = 2
PRICE = 10_000
AT_ONCE = 20
"""Sign-ins that run at once."""
OF_EACH = """SELECT s.offer_id::text AS offer, s.quantity AS left_over,
    COALESCE((SELECT sum(l.quantity) FROM order_lines l JOIN orders o ON o.id = l.order_id
        WHERE l.offer_id = s.offer_id AND o.status <> 'canceled'), 0)::int AS sold FROM stock s"""
ORDERS = "SELECT id::text FROM orders"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Market:
    """What is for sale, so many of each offer at first, and who may buy."""

    url: str
    offers: Sequence[str]
    units: int
    logins: Sequence[str]

    async def sold(self) -> dict[str, int]:
        """Count what was sold of each offer; raise Broken when it and what is left are not what there was."""
        told = {row["offer"]: row for row in await rows(self.url, OF_EACH)}
        for row in told.values():
            if row["left_over"] < 0 or row["left_over"] + row["sold"] != self.units:
                raise Broken(f"Of {self.units} were sold {row['sold']}, and {row['left_over']} are left.")
        return {offer: row["sold"] for offer, row in told.items()}

    async def orders(self) -> set[str]:
        """Every order that there is."""
        return {row["id"] for row in await rows(self.url, ORDERS)}

    async def deadlocks(self) -> int:
        """How many deadlocks the database has seen."""
        return int((await rows(self.url, DEADLOCKS))[0]["deadlocks"])


async def rows(url: str, query: str) -> list[asyncpg.Record]:
    """Ask the database, past the shop."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def open_market(url: str, offers: int, units: int, buyers: int) -> Market:
    """Fill an empty database."""
    settings = load_settings(_env_file=None, db_url=url, secret_key="k" * 48)
    now, secret = datetime.now(UTC), bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    users = [_buyer(number, secret, now) for number in range(buyers)]
    shops = [Shop(ShopId(new_id()), f"Лавка {number}") for number in range(SHOPS)]
    products = [_product(number, now) for number in range(offers)]
    made = [
        Offer(OfferId(new_id()), each.id, shops[number % SHOPS].id, f"{number}", Money(PRICE), units)
        for number, each in enumerate(products)
    ]
    async with open_shop(settings) as shop:
        await shop.stocking.fill(Assortment(users, (), shops, products, made))
    return Market(url, [str(each.id) for each in made], units, [str(user.email) for user in users])


def _buyer(number: int, secret: str, now: datetime) -> User:
    return User(
        id=UserId(new_id()),
        full_name="Покупатель",
        email=Email(f"buyer{number}@example.com"),
        phone=Phone(f"+7900{number:07}"),
        password_hash=secret,
        created_at=now,
    )


def _product(number: int, now: datetime) -> Product:
    name = f"Товар {number}"
    return Product(ProductId(new_id()), name, slugify(name), now)


async def sign_in(address: str, logins: Sequence[str]) -> list[str]:
    """Sign all of them in, and give their access tokens."""
    doors = asyncio.Semaphore(AT_ONCE)

    async def one(login: str) -> str:
        async with doors:
            wire = await Wire.to(address)
            answer = await wire.ask(
                written("POST", f"{API}/auth/login", {"login": login, "password": PASSWORD})
            )
            wire.close()
            return str(answer.json()["access_token"])

    return list(await asyncio.gather(*map(one, logins)))
