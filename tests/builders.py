"""What tests are made of: each builder gives a valid thing; name only what the test is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID

from httpx2 import AsyncClient, Response
from PIL import Image

from lavka.application.accounts import Registration
from lavka.application.ports.accounts import PasswordHashes
from lavka.application.shop import Shop as LavkaShop
from lavka.application.stocking import Assortment
from lavka.bootstrap import new_id
from lavka.domain.accounts import AccountType, Email, Language, User, UserId, Username
from lavka.domain.cart import Ware
from lavka.domain.catalog import Category, CategoryId, Offer, OfferId, Product, ProductId, slugify
from lavka.domain.contacts import Contact, ContactId
from lavka.domain.money import Money
from lavka.domain.orders import Line, Order, OrderId, PaymentMethod
from lavka.domain.passwords import Password
from lavka.domain.payments import Bill, Item, Payment, PaymentId
from lavka.domain.payments import Status as PaymentStatus
from lavka.domain.phones import Phone
from lavka.domain.prices import Good, Row
from lavka.domain.sessions import Device, Session, SessionId
from lavka.domain.shipments import Actor, Event, Role, Shipment, ShipmentId, Status
from lavka.domain.shops import Shop, ShopId
from lavka.domain.wallet import Kind, Transfer, TransferId

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = "Correct-horse!"
NOBODY = "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4dff"
"""The id of nothing."""
Headers = dict[str, str]
_numbers = count(1)


def a_password(secret: str = GOOD) -> Password:
    return Password(secret)


def hashing(use_case: Any, hashes: PasswordHashes) -> Any:
    """A use case whose passwords are hashed by something else."""
    return replace(use_case, passwords=replace(use_case.passwords, hashes=hashes))


def a_user(
    *,
    id: UUID | None = None,  # noqa: A002  # builders speak the names of the fields
    full_name: str = "Иванова Мария Петровна",
    email: str | None = None,
    phone: str | None = None,
    username: str | None = None,
    password_hash: str = "$2b$04$abcdefghijklmnopqrstuuJ8R1Z1aB0r5eS1hG3o9jK7mN5pQ3sT1u",
    account_type: AccountType = AccountType.BUYER,
    is_admin: bool = False,
    is_blocked: bool = False,
    email_verified: bool = False,
    created_at: datetime = NOON,
    language: Language = Language.RUSSIAN,
) -> User:
    number = next(_numbers)
    return User(
        id=UserId(id or new_id()),
        full_name=full_name,
        email=Email(email or f"user{number}@example.com"),
        phone=Phone(phone or f"+7900{number:07}"),
        password_hash=password_hash,
        created_at=created_at,
        username=Username(username) if username else None,
        account_type=account_type,
        is_admin=is_admin,
        is_blocked=is_blocked,
        email_verified=email_verified,
        language=language,
    )


def a_session(
    user: UserId,
    *,
    created_at: datetime = NOON,
    last_used_at: datetime | None = None,
    lifetime: timedelta = timedelta(days=30),
    ended_at: datetime | None = None,
    device: Device = Device("a browser", "127.0.0.1"),  # noqa: B008  # frozen
) -> Session:
    return Session(
        id=SessionId(new_id()),
        user=user,
        device=device,
        created_at=created_at,
        last_used_at=last_used_at or created_at,
        expires_at=created_at + lifetime,
        ended_at=ended_at,
    )


def a_category(
    name: str = "Чайники", *, slug: str | None = None, parent: CategoryId | None = None
) -> Category:
    return Category(CategoryId(new_id()), name, slug or f"{slugify(name)}-{next(_numbers)}", parent)


def a_shop(
    name: str | None = None, *, url: str | None = None, is_open: bool = True, owner: UserId | None = None
) -> Shop:
    return Shop(ShopId(new_id()), name or f"Лавка {next(_numbers)}", url, is_open, owner)


def a_product(
    name: str = "Чайник",
    *,
    created_at: datetime = NOON,
    description: str = "",
    category: CategoryId | None = None,
    attributes: Mapping[str, str] | None = None,
    is_active: bool = True,
) -> Product:
    return Product(
        id=ProductId(new_id()),
        name=name,
        slug=slugify(name),
        created_at=created_at,
        description=description,
        category=category,
        attributes=attributes or {},
        is_active=is_active,
    )


def an_offer(
    product: ProductId | None = None,
    shop: ShopId | None = None,
    *,
    sku: str | None = None,
    price: int = 199_000,
    quantity: int = 10,
    recommended_price: int | None = None,
    attributes: Mapping[str, str] | None = None,
    is_active: bool = True,
) -> Offer:
    return Offer(
        id=OfferId(new_id()),
        product=product or ProductId(new_id()),
        shop=shop or ShopId(new_id()),
        sku=sku or f"SKU-{next(_numbers)}",
        price=Money(price),
        quantity=quantity,
        recommended_price=None if recommended_price is None else Money(recommended_price),
        attributes=attributes or {},
        is_active=is_active,
    )


def a_row(number: int = 1, *, parameters: Sequence[tuple[str | None, str | None]] = (), **texts: str) -> Row:
    """A row of a price list as it was written."""
    row = {"id": "CH-17", "category": "224", "name": "Чайник", "price": "1990", "quantity": "14"}
    return Row(number, row | texts, parameters)


def a_good(
    row: int = 1,
    *,
    sku: str | None = None,
    name: str = "Чайник",
    category: str = "Чайники",
    price: int = 199_000,
    quantity: int = 14,
    model: str | None = None,
    recommended_price: int | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Good:
    """A row of a price list as it was read."""
    return Good(
        row=row,
        sku=sku or f"SKU-{next(_numbers)}",
        name=name,
        category=category,
        price=Money(price),
        quantity=quantity,
        model=model,
        recommended_price=None if recommended_price is None else Money(recommended_price),
        attributes=attributes or {},
    )


def a_price_list(*goods: str, head: str = "shop: Домашний очаг\n") -> str:
    """A supplier's file: goods as YAML without their dashes; categories 1 and 2 are declared."""
    categories = "categories:\n  - id: 1\n    name: Чайники\n  - id: 2\n    name: Ёлки\n"
    rows = "".join("  - " + text.strip("\n").replace("\n", "\n    ") + "\n" for text in goods)
    return f"{head}{categories}goods:\n{rows}"


def a_listed_good(extra: str = "", **texts: str) -> str:
    """One good of such a file, and whatever else it is to say."""
    row = {"id": "17", "category": "1", "name": "Чайник", "price": "1990", "quantity": "14"}
    return "".join(f"{name}: {text}\n" for name, text in (row | texts).items()) + extra


def a_photo(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), *, mode: str = "RGB", **options: Any
) -> bytes:
    """A picture's file, red on the left and blue on the right; each call another one, by its last row."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    number = next(_numbers)
    for place in range(16):
        picture.putpixel(
            (place % size[0], size[1] - 1), (255, 255, 255) if number >> place & 1 else (0, 0, 0)
        )
    return written(picture.convert(mode), kind, **options)


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def a_form(**changes: object) -> dict[str, object]:
    """The body of a registration; each call another person."""
    number = next(_numbers)
    form: dict[str, object] = {
        "full_name": "Иванова Мария Петровна",
        "email": f"buyer{number}@example.com",
        "phone": f"+7911{number:07}",
        "password": GOOD,
        "password_confirm": GOOD,
    }
    return form | changes


@dataclass(frozen=True, slots=True)
class Goods:
    """A small catalogue: every product differs from the others in what a list can ask for."""

    home: Category
    kitchen: Category
    kettles: Category
    clothes: Category
    hearth: Shop
    frost: Shop
    closed: Shop
    kettle: Product
    fir: Product
    ball: Product
    jacket: Product
    cotton: Product
    hidden: Product
    offers: tuple[Offer, ...]

    @property
    def assortment(self) -> Assortment:
        """The same as a shop is filled with it."""
        return Assortment(
            categories=(self.home, self.kitchen, self.kettles, self.clothes),
            shops=(self.hearth, self.frost, self.closed),
            products=(self.kettle, self.fir, self.ball, self.jacket, self.cotton, self.hidden),
            offers=self.offers,
        )


def some_goods() -> Goods:
    """Two branches of categories; a closed shop; goods out of stock, without a price, hidden."""
    home = a_category("Дом", slug="home")
    kitchen = a_category("Кухня", slug="kitchen", parent=home.id)
    kettles = a_category("Чайники", slug="kettles", parent=kitchen.id)
    clothes = a_category("Одежда", slug="clothes")
    hearth, frost = a_shop("Домашний очаг", url="https://hearth.example"), a_shop("Мороз")
    closed = a_shop("Закрыто на учёт", is_open=False)
    kettle = a_product(
        "Чайник «Заря» 1,7 л",
        created_at=NOON,
        category=kettles.id,
        description="Закипает за три минуты.",
        attributes={"Объём": "1,7 л"},
    )
    fir = a_product("Ёлка", created_at=NOON + timedelta(minutes=1), category=home.id)
    ball = a_product("елочный шар", created_at=NOON + timedelta(minutes=2))
    jacket = a_product("Куртка", created_at=NOON + timedelta(minutes=3), category=clothes.id)
    cotton = a_product("Футболка, 100% хлопок", created_at=NOON + timedelta(minutes=4), category=clothes.id)
    hidden = a_product(
        "Чайник со склада", created_at=NOON + timedelta(minutes=5), category=kettles.id, is_active=False
    )
    offers = (
        an_offer(
            kettle.id,
            hearth.id,
            sku="CH-17-W",
            price=199_000,
            quantity=14,
            recommended_price=229_000,
            attributes={"Цвет": "белый"},
        ),
        an_offer(kettle.id, frost.id, price=189_000, quantity=0),
        an_offer(kettle.id, closed.id, price=1_000),
        an_offer(kettle.id, frost.id, price=2_000, is_active=False),
        an_offer(fir.id, frost.id, price=50_000, quantity=0),
        an_offer(ball.id, hearth.id, price=1_500, quantity=3),
        an_offer(jacket.id, closed.id, price=900_000),
        an_offer(cotton.id, hearth.id, price=300_000, quantity=1),
        an_offer(hidden.id, hearth.id, price=100),
    )
    return Goods(
        home,
        kitchen,
        kettles,
        clothes,
        hearth,
        frost,
        closed,
        kettle,
        fir,
        ball,
        jacket,
        cotton,
        hidden,
        offers,
    )


async def registered(client: AsyncClient, **changes: object) -> dict[str, Any]:
    """Register somebody over HTTP and give the form."""
    form = a_form(**changes)
    answer = await client.post("/auth/register", json=form)
    assert answer.status_code == 201, answer.text
    return form


async def log_in(client: AsyncClient, login: object, password: object = GOOD) -> dict[str, str]:
    """Sign in over HTTP and give the tokens."""
    answer = await client.post("/auth/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


def bearer(tokens: Mapping[str, str]) -> Headers:
    """The headers of whoever holds these tokens."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def an_admin(shop: LavkaShop, client: AsyncClient) -> Headers:
    """The headers of a new administrator."""
    form = {name: str(value) for name, value in a_form().items()}
    who = Registration(form["full_name"], Email(form["email"]), Phone(form["phone"]), Password(GOOD))
    await shop.joining.register(who, is_admin=True)
    return bearer(await log_in(client, form["email"]))


async def a_seller(client: AsyncClient) -> Headers:
    """The headers of a new shop's account."""
    form = await registered(client, account_type="shop")
    return bearer(await log_in(client, form["email"]))


def made(answer: Response) -> dict[str, Any]:
    """Claim that something was made, and give it."""
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: Response, status: int, kind: str) -> list[dict[str, str]]:
    """Claim that an answer is this refusal in the contract's form, and give its details."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) - {"details"} == {"code", "message", "type"}
    assert (body["code"], body["type"]) == (status, kind)
    assert isinstance(body["message"], str)
    assert len(body["message"]) > 10
    assert answer.headers["X-Request-ID"]
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (status == 401)  # RFC 9110, 11.6.1
    details: list[dict[str, str]] = body.get("details", [])
    assert all(set(each) == {"field", "message"} and all(each.values()) for each in details)
    return details


def unauthorized(answer: Response) -> bool:
    """Whether an answer is the exact one to a missing or bad token."""
    body = {"code": 401, "message": "Unauthorized"}
    return (answer.status_code, answer.json(), answer.headers.get("WWW-Authenticate")) == (
        401,
        body,
        "Bearer",
    )


def a_ware(
    *,
    price: int = 199_000,
    quantity: int = 10,
    name: str = "Чайник",
    shop_name: str = "Домашний очаг",
    image: str | None = None,
    attributes: Mapping[str, str] | None = None,
    is_for_sale: bool = True,
) -> Ware:
    """An offer as a buyer meets it."""
    offer = an_offer(price=price, quantity=quantity)
    return Ware(
        id=offer.id,
        product=offer.product,
        shop=offer.shop,
        sku=offer.sku,
        price=offer.price,
        quantity=offer.quantity,
        attributes=attributes or {},
        name=name,
        shop_name=shop_name,
        image=image,
        is_for_sale=is_for_sale,
    )


def a_line(offer: Offer, quantity: int = 1) -> Line:
    """So many of an offer, ordered."""
    return Line(
        offer.id, offer.product, offer.shop, "Чайник", offer.sku, offer.price, quantity, offer.attributes
    )


def a_line_of(
    shop: ShopId | None = None,
    *,
    offer: OfferId | None = None,
    product: ProductId | None = None,
    name: str = "Чайник «Заря» 1,7 л",
    price: int = 199_000,
    quantity: int = 2,
    attributes: Mapping[str, str] | None = None,
) -> Line:
    return Line(
        offer=offer or OfferId(new_id()),
        product=product or ProductId(new_id()),
        shop=shop or ShopId(new_id()),
        name=name,
        sku=f"SKU-{next(_numbers)}",
        price=Money(price),
        quantity=quantity,
        attributes=attributes or {},
    )


def an_order(
    *lines: Line,
    buyer: UserId | None = None,
    payment_method: PaymentMethod = PaymentMethod.ON_DELIVERY,
    delivery_address: str | None = "Санкт-Петербург, Садовая улица, д. 12",
    comment: str | None = None,
    is_paid: bool | None = None,
    created_at: datetime = NOON,
    lifetime: timedelta = timedelta(minutes=30),
) -> Order:
    """An order as it is just after it was placed; one to be paid from the wallet is paid."""
    made = lines or (a_line_of(),)
    shops = dict.fromkeys(line.shop for line in made)
    by = Actor(Role.BUYER, buyer or UserId(new_id()))
    shipments = [Shipment(ShipmentId(new_id()), shop, f"Лавка {nth}") for nth, shop in enumerate(shops, 1)]
    placed = [Event(Status.NEW, created_at, by, each) for each in (*(each.id for each in shipments), None)]
    is_online = payment_method is PaymentMethod.ONLINE
    return Order(
        id=OrderId(new_id()),
        number=f"T{next(_numbers):010}",
        buyer=by.user or UserId(new_id()),
        payment_method=payment_method,
        phone=Phone("+79123456789"),
        created_at=created_at,
        lines=list(made),
        shipments=shipments,
        delivery_address=delivery_address,
        comment=comment,
        is_paid=payment_method is PaymentMethod.WALLET if is_paid is None else is_paid,
        expires_at=created_at + lifetime if is_online else None,
        history=placed,
    )


def a_transfer(
    wallet: UserId | None = None,
    amount: int = 50_000,
    *,
    kind: Kind = Kind.ADJUSTMENT,
    order: OrderId | None = None,
    reason: str | None = None,
    by: UserId | None = None,
    created_at: datetime = NOON,
) -> Transfer:
    """Money that comes into a wallet; an adjustment is the owner's own unless somebody else is named."""
    owner = wallet or UserId(new_id())
    is_adjustment = kind is Kind.ADJUSTMENT
    return Transfer(
        id=TransferId(new_id()),
        kind=kind,
        wallet=owner,
        amount=Money(amount),
        created_at=created_at,
        order=OrderId(new_id()) if order is None and kind in (Kind.PAYMENT, Kind.REFUND) else order,
        reason="Начальный остаток" if reason is None and is_adjustment else reason,
        by=owner if by is None and is_adjustment else by,
    )


def a_payment(wallet: UserId, amount: int, *, order: OrderId | None = None) -> Transfer:
    """Money that leaves a wallet for an order."""
    return a_transfer(wallet, -amount, kind=Kind.PAYMENT, order=order)


def a_charge(
    payer: UserId | None = None,
    amount: int = 50_000,
    *,
    order: OrderId | None = None,
    status: PaymentStatus = PaymentStatus.PENDING,
    external_id: str | None = None,
    created_at: datetime = NOON,
    **more: Any,
) -> Payment:
    """A payment by the till; what is not pending has been opened there."""
    item = Item("Чайник", 1, Money(amount))
    is_known = status is not PaymentStatus.PENDING or external_id is not None
    asked = {"bill": Bill("Заказ", "maria@example.com", (item,)), "asked_at": created_at} if is_known else {}
    return Payment(
        id=PaymentId(new_id()),
        payer=payer or UserId(new_id()),
        amount=Money(amount),
        created_at=created_at,
        order=order,
        status=status,
        external_id=external_id or (f"till-{next(_numbers)}" if is_known else None),
        **(asked | more),
    )


def a_contact(user: UserId | None = None, **texts: str | None) -> Contact:
    """A contact with an address, unless other texts are named."""
    home = {"city": "Москва", "street": "Тверская улица", "house": "7"}
    return Contact(ContactId(new_id()), user or UserId(new_id()), Phone("+79123456789"), **(home | texts))


async def an_id(client: AsyncClient, who: Headers) -> str:
    """The id of whoever has these headers."""
    return str((await client.get("/me", headers=who)).json()["id"])


async def bring_in(client: AsyncClient, admin: Headers, user: str, amount: int) -> dict[str, Any]:
    """Put money into somebody's wallet over HTTP, and give the entry."""
    form = {"amount": amount, "reason": "Начальный остаток"}
    return made(await client.post(f"/admin/users/{user}/wallet/adjustments", json=form, headers=admin))
