"""What whoever writes letters out must do: every subject in every language, whatever names hold."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from builders import NOON, a_charge, a_line_of, a_shop, an_order

from lavka.adapters.letters import JinjaTemplates, money
from lavka.adapters.letters.words import WORDS
from lavka.application.ports.letters import Templates
from lavka.bootstrap import new_id
from lavka.domain.accounts import Email, Language
from lavka.domain.letters import Letter, Mail, Subject
from lavka.domain.money import MOST, Money
from lavka.domain.orders import Order, PaymentMethod
from lavka.domain.shipments import Status
from lavka.domain.tasks import TaskId

ORIGIN = "https://shop.example"
LINK = f"{ORIGIN}/orders/1?a=1&b=2"
RUSSIAN, ENGLISH = Language.RUSSIAN, Language.ENGLISH
HOSTILE = "<script>alert(1)</script>\r\nBcc: all@example.com\u202e\u200f\u2028{{ 7 * 7 }}"


@pytest.fixture(params=[JinjaTemplates])
def templates(request: pytest.FixtureRequest) -> Templates:
    return request.param(ORIGIN)  # type: ignore[no-any-return]


def the_order(name: str = "Чайник «Заря»", attributes: Mapping[str, str] | None = None) -> Order:
    shop = a_shop()
    lines = [
        a_line_of(shop.id, name=name, price=199_000, quantity=2, attributes=attributes or {"Цвет": "белый"}),
        a_line_of(shop.id, name="Ёлка", price=50_050, quantity=1, attributes={}),
    ]
    return an_order(*lines, payment_method=PaymentMethod.WALLET)


def facts(subject: Subject, order: Order, **changes: Any) -> dict[str, Any]:
    """What a letter is told of, no more than it is told in the shop."""
    told: dict[Subject, dict[str, Any]] = {
        Subject.CONFIRM_EMAIL: {"hours": 2},
        Subject.RESET_PASSWORD: {"hours": 2},
        Subject.PASSWORD_CHANGED: {"at": NOON},
        Subject.ORDER_PLACED: {"order": order, "status": Status.NEW},
        Subject.ORDER_STATUS: {"order": order, "status": Status.SENT},
        Subject.REFUND: {"order": order, "amount": Money(199_000), "is_to_wallet": True},
        Subject.NEW_ORDER: {"order": order, "status": Status.NEW, "shop": "Домашний очаг"},
    }
    return {"link": LINK, **told[subject], **changes}


def written(
    templates: Templates, subject: Subject, language: Language, order: Order | None = None, **changes: Any
) -> Mail:
    order = order or the_order()
    letter = Letter(
        TaskId(new_id()), subject, Email("m@example.com"), language, facts(subject, order, **changes)
    )
    mail = templates.write(letter)
    assert (mail.id, mail.to, mail.language) == (letter.id, letter.to, language)
    assert not mail.is_repeated
    return mail


class Page(HTMLParser):
    """What of a page is seen, and what it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


SAID = {
    (Subject.CONFIRM_EMAIL, RUSSIAN): ["Подтвердите адрес", LINK, "2 часа"],
    (Subject.CONFIRM_EMAIL, ENGLISH): ["Confirm your e-mail", LINK, "2 hours"],
    (Subject.RESET_PASSWORD, RUSSIAN): ["Новый пароль", LINK, "2 часа", "прежним"],
    (Subject.RESET_PASSWORD, ENGLISH): ["A new password", LINK, "2 hours", "stays as it is"],
    (Subject.PASSWORD_CHANGED, RUSSIAN): ["Пароль изменён", "24.11.2026 12:00 UTC"],
    (Subject.PASSWORD_CHANGED, ENGLISH): ["password was changed", "2026-11-24 12:00 UTC"],
    (Subject.ORDER_PLACED, RUSSIAN): [
        *("принят", "Чайник «Заря»", "Цвет: белый", "2 × 1 990,00 ₽", "3 980,00 ₽", "Ёлка", "500,50 ₽"),
        *("4 480,50 ₽", "с баланса, оплачен"),
    ],
    (Subject.ORDER_PLACED, ENGLISH): [
        *("received", "Чайник «Заря»", "2 × 1,990.00 RUB", "3,980.00 RUB", "500.50 RUB", "4,480.50 RUB"),
        "from the wallet, paid",
    ],
    (Subject.ORDER_STATUS, RUSSIAN): ["отправлен", "Чайник «Заря»", "4 480,50 ₽"],
    (Subject.ORDER_STATUS, ENGLISH): ["is sent", "Чайник «Заря»", "4,480.50 RUB"],
    (Subject.REFUND, RUSSIAN): ["возвращено 1 990,00 ₽", "на балансе"],
    (Subject.REFUND, ENGLISH): ["refunded 1,990.00 RUB", "in the wallet"],
    (Subject.NEW_ORDER, RUSSIAN): ["Домашний очаг", "Чайник «Заря»", "4 480,50 ₽", "доставка"],
    (Subject.NEW_ORDER, ENGLISH): ["Домашний очаг", "Чайник «Заря»", "4,480.50 RUB", "delivery"],
}
OF_ORDERS = {Subject.ORDER_PLACED, Subject.ORDER_STATUS, Subject.REFUND, Subject.NEW_ORDER}
EVERY = [(subject, language) for subject in Subject for language in Language]


@pytest.mark.parametrize(("subject", "language"), EVERY)
def test_every_letter_says_what_it_is_about_in_every_language(
    templates: Templates, subject: Subject, language: Language
) -> None:
    order = the_order()
    mail = written(templates, subject, language, order)
    said = f"{mail.title} {mail.text}".replace("\u00a0", " ")
    page = Page(mail.html)
    seen = page.text.replace("\u00a0", " ")
    for words in SAID[subject, language]:
        assert words in said, words
        assert words in seen, words
    if subject in OF_ORDERS:
        assert order.number in mail.title
        assert LINK in mail.text
    if subject is not Subject.PASSWORD_CHANGED:
        assert LINK in {attributes.get("href") for _, attributes in page.tags}
    assert ORIGIN in mail.text
    assert ("html", {"lang": language.value}) in page.tags
    assert mail.title in page.text


@pytest.mark.parametrize("subject", Subject)
def test_a_letter_is_in_one_language(templates: Templates, subject: Subject) -> None:
    order = the_order("Kettle", {"Colour": "white"})
    order.lines[1:] = []
    english = written(templates, subject, ENGLISH, order, shop="Hearth")
    assert not re.search("[а-яё]", f"{english.title}{english.text}{english.html}", re.IGNORECASE)
    russian = written(templates, subject, RUSSIAN, order, shop="Hearth")
    assert not re.search(r"\b(?:order|hello|you|the|password)\b", Page(russian.html).text, re.IGNORECASE)


@pytest.mark.parametrize(("subject", "language"), EVERY)
def test_a_hostile_name_does_nothing(templates: Templates, subject: Subject, language: Language) -> None:
    order = the_order(HOSTILE, {HOSTILE: HOSTILE})
    order.number = HOSTILE
    mail = written(templates, subject, language, order, shop=HOSTILE, link=f'{LINK}"><script>')
    assert mail.title.isprintable()
    assert "\n" not in mail.title
    assert not re.search(r"(?m)^Bcc:", mail.text)
    assert not re.search("[\u202e\u200f\u2028\r]", mail.text + mail.html)
    assert ("{{ 7 * 7 }}" in mail.text) is (subject in OF_ORDERS)
    page = Page(mail.html)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script>" not in mail.html


@pytest.mark.parametrize(("subject", "language"), EVERY)
def test_a_page_loads_nothing_and_runs_nothing(
    templates: Templates, subject: Subject, language: Language
) -> None:
    page = Page(written(templates, subject, language).html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "script", "style", "link", "form", "iframe"})
    named = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in named if name.startswith("on") or name in ("src", "background", "class")}
    assert not re.search(r"url\(|@import", " ".join(str(attributes) for _, attributes in page.tags))


@pytest.mark.parametrize("subject", sorted(OF_ORDERS - {Subject.REFUND}))
def test_names_of_any_length_leave_the_sums_on_a_narrow_screen(
    templates: Templates, subject: Subject
) -> None:
    html = written(templates, subject, RUSSIAN, the_order("Ы" * 200, {"Ц" * 50: "Щ" * 90})).html
    rigid = re.findall(r'<td style="[^"]*white-space:nowrap">(.*?)</td>', html)
    assert [re.sub("<[^>]+>|\u00a0", "", cell) for cell in rigid] == ["3980,00₽", "500,50₽", "4480,50₽"]
    assert "word-break:break-word" in html.partition("Ы")[0]


def test_a_title_is_not_longer_than_people_read(templates: Templates) -> None:
    mail = written(templates, Subject.NEW_ORDER, RUSSIAN, shop="Очень длинное имя " * 14)
    assert len(mail.title) == 150


@pytest.mark.parametrize("subject", [Subject.ORDER_STATUS, Subject.ORDER_PLACED, Subject.NEW_ORDER])
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("language", Language)
def test_every_state_has_its_word(
    templates: Templates, subject: Subject, status: Status, language: Language
) -> None:
    word = WORDS[language].statuses[status]
    mail = written(templates, subject, language, status=status)
    assert word in mail.text
    assert word in mail.html


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("language", Language)
def test_every_way_of_paying_has_its_words(
    templates: Templates, method: PaymentMethod, language: Language
) -> None:
    mail = written(templates, Subject.ORDER_PLACED, language, an_order(payment_method=method))
    assert WORDS[language].methods[method] in mail.text
    is_paid = any(re.search(rf"\b{word}\b", mail.text) for word in ("оплачен", "paid"))
    assert is_paid is (method is PaymentMethod.WALLET)


@pytest.mark.parametrize("language", Language)
def test_an_order_that_owes_money_says_where_it_is_paid(templates: Templates, language: Language) -> None:
    order = an_order(payment_method=PaymentMethod.ONLINE)
    url = "https://pay.test/1?order=2"
    order.payment = a_charge(order.buyer, order.total.minor, external_id="x", confirmation_url=url)
    mail = written(templates, Subject.ORDER_PLACED, language, order)
    assert (url in mail.text, f'href="{url}"' in mail.html) == (True, True)
    order.pay(NOON)
    mail = written(templates, Subject.ORDER_PLACED, language, order)
    assert url not in mail.text + mail.html


@pytest.mark.parametrize("language", Language)
def test_a_refund_goes_back_to_where_it_came_from(templates: Templates, language: Language) -> None:
    mail = written(templates, Subject.REFUND, language, is_to_wallet=False)
    assert ("откуда вы платили" if language is RUSSIAN else "where you paid from") in mail.text
    assert "на балансе" not in mail.text
    assert "wallet" not in mail.text


@pytest.mark.parametrize(
    ("language", "title"),
    [(RUSSIAN, "Возврат пополнения: 1 990,00 ₽"), (ENGLISH, "Refund of a top-up: 1,990.00 RUB")],
)
def test_a_top_up_that_is_refunded_has_no_order(templates: Templates, language: Language, title: str) -> None:
    letter = Letter(
        TaskId(new_id()),
        Subject.REFUND,
        Email("m@example.com"),
        language,
        {"order": None, "amount": Money(199_000), "is_to_wallet": False, "link": LINK},
    )
    mail = templates.write(letter)
    assert mail.title.replace("\u00a0", " ") == title
    assert not re.search("(?i)заказ|order", f"{mail.text} {Page(mail.html).text}".replace(LINK, ""))


@pytest.mark.parametrize("subject", Subject)
def test_a_fact_that_is_missing_is_not_passed_over(templates: Templates, subject: Subject) -> None:
    told = facts(subject, the_order())
    for name in told.keys() - ({"link"} if subject is Subject.PASSWORD_CHANGED else set()):
        letter = Letter(
            TaskId(new_id()),
            subject,
            Email("m@example.com"),
            RUSSIAN,
            {fact: value for fact, value in told.items() if fact != name},
        )
        with pytest.raises(Exception, match=rf"'{name}' is undefined"):
            templates.write(letter)


@pytest.mark.parametrize(
    ("minor", "russian", "english"),
    [
        (0, "0,00 ₽", "0.00 RUB"),
        (5, "0,05 ₽", "0.05 RUB"),
        (-199_050, "-1 990,50 ₽", "-1,990.50 RUB"),
        (123_456_789, "1 234 567,89 ₽", "1,234,567.89 RUB"),
        (MOST, "92 233 720 368 547 758,07 ₽", "92,233,720,368,547,758.07 RUB"),
    ],
)
def test_money_is_written_as_people_write_it(minor: int, russian: str, english: str) -> None:
    assert money(Money(minor), "ru") == russian.replace(" ", "\u00a0")
    assert money(Money(minor), "en") == english
