"""The demo: a catalogue of our own making, read from `demo.yaml`, and users of each kind."""

import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from lavka.application.accounts import Registration
from lavka.application.ports.system import Clock, Ids
from lavka.application.stocking import Assortment
from lavka.domain.accounts import AccountType, Email, User, UserId, Username
from lavka.domain.catalog import Category, CategoryId, Offer, OfferId, Product, ProductId, slugify
from lavka.domain.money import Money
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.domain.shops import Shop, ShopId

KINDS = {
    "admin": ("Администратор демо-магазина", AccountType.BUYER),
    "seller": ("Продавец демо-магазина", AccountType.SHOP),
    "buyer": ("Покупатель демо-магазина", AccountType.BUYER),
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What to fill a shop with, and whom to sign in as; the passwords are nowhere else."""

    assortment: Assortment
    passwords: dict[str, str] = field(repr=False)


async def make_demo(hash_of: Callable[[Password], Awaitable[str]], clock: Clock, ids: Ids) -> Demo:
    """Read the catalogue and make users with new passwords."""
    catalog = yaml.safe_load((files("lavka") / "demo.yaml").read_text("utf-8"))
    passwords, users = {}, {}
    for number, name in enumerate(KINDS):
        form = _application(name, number)
        passwords[form.email.address] = form.password.secret
        users[name] = User(
            id=UserId(ids()),
            full_name=form.full_name,
            email=form.email,
            phone=form.phone,
            password_hash=await hash_of(form.password),
            created_at=clock(),
            username=form.username,
            account_type=form.account_type,
            is_admin=name == "admin",
        )
    return Demo(_assortment(catalog, users, clock, ids), passwords)


def _application(name: str, number: int) -> Registration:
    full_name, account_type = KINDS[name]
    return Registration(
        full_name=full_name,
        email=Email(f"{name}@demo.example"),
        phone=Phone(f"+7000000000{number}"),
        password=Password(f"Demo:{secrets.token_hex(6)}"),
        username=Username(f"demo-{name}"),
        account_type=account_type,
    )


def _assortment(catalog: dict[str, Any], users: dict[str, User], clock: Clock, ids: Ids) -> Assortment:
    categories = {each.slug: each for each in _categories(catalog["categories"], None, ids)}
    seller = users["seller"].id
    shops = {
        each["name"]: Shop(ShopId(ids()), each["name"], each["url"], each["is_open"], owner=seller)
        for each in catalog["shops"]
    }
    products, offers = [], []
    for goods in catalog["products"]:
        product = _product(goods, categories[goods["category"]].id, clock(), ids)
        products.append(product)
        offers += [_offer(each, product.id, shops[each["shop"]].id, ids) for each in goods["offers"]]
    return Assortment(
        tuple(users.values()), tuple(categories.values()), tuple(shops.values()), products, offers
    )


def _categories(tree: list[dict[str, Any]], parent: CategoryId | None, ids: Ids) -> Iterator[Category]:
    for node in tree:
        category = Category(CategoryId(ids()), node["name"], node["slug"], parent)
        yield category
        yield from _categories(node.get("children", []), category.id, ids)


def _product(goods: dict[str, Any], category: CategoryId, now: datetime, ids: Ids) -> Product:
    return Product(
        id=ProductId(ids()),
        name=goods["name"],
        slug=slugify(goods["name"]),
        created_at=now.astimezone(UTC),
        description=goods["description"],
        category=category,
        attributes=goods["attributes"],
    )


def _offer(written: dict[str, Any], product: ProductId, shop: ShopId, ids: Ids) -> Offer:
    recommended = written.get("recommended_price")
    return Offer(
        id=OfferId(ids()),
        product=product,
        shop=shop,
        sku=written["sku"],
        price=_roubles(written["price"]),
        quantity=written["quantity"],
        recommended_price=None if recommended is None else _roubles(recommended),
        attributes=written.get("attributes", {}),
    )


def _roubles(amount: float) -> Money:
    return Money.from_major(Decimal(str(amount)))
