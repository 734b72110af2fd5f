"""What the task of a letter says."""

import pytest
from builders import NOON

from lavka.bootstrap import new_id
from lavka.domain.accounts import Email, UserId
from lavka.domain.letters import NEEDED, About, Letter, Mail, Subject, to_be_sent
from lavka.domain.money import Money
from lavka.domain.orders import OrderId, PaymentMethod
from lavka.domain.shipments import Status
from lavka.domain.shops import ShopId
from lavka.domain.tasks import Hopeless, Kind, Queue, Task, TaskId

USER, ORDER, SHOP = UserId(new_id()), OrderId(new_id()), ShopId(new_id())
WHOLE = {
    "user": USER,
    "email": Email("мария@пример.рф"),
    "order": ORDER,
    "shop": SHOP,
    "status": Status.SENT,
    "amount": Money(199_000),
    "method": PaymentMethod.WALLET,
    "at": NOON,
}
WRITTEN = WHOLE | {"amount": 199_000, "at": NOON.isoformat()}


def test_a_letter_waits_among_letters_under_its_own_id() -> None:
    letter = new_id()
    task = to_be_sent(letter, Subject.ORDER_PLACED, NOON, order=ORDER)
    assert task == Task(
        TaskId(letter), Kind.SEND_LETTER, {"subject": "order_placed", "order": str(ORDER)}, NOON
    )
    assert task.kind.queue is Queue.LETTERS


@pytest.mark.parametrize("subject", Subject)
def test_what_was_said_is_read(subject: Subject) -> None:
    task = to_be_sent(new_id(), subject, NOON, **WRITTEN)
    assert About.of(task) == About(subject, **WHOLE)  # type: ignore[arg-type]


@pytest.mark.parametrize("subject", Subject)
def test_what_does_not_say_enough_is_hopeless(subject: Subject) -> None:
    for missing in NEEDED[subject]:
        said = {name: value for name, value in WRITTEN.items() if name != missing}
        with pytest.raises(Hopeless, match=missing):
            About.of(to_be_sent(new_id(), subject, NOON, **said))
    nobody = {name: value for name, value in WRITTEN.items() if name not in ("user", "email", "order")}
    with pytest.raises(Hopeless):
        About.of(to_be_sent(new_id(), subject, NOON, **nobody))


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"user": str(USER)},
        {"subject": "poem", "user": str(USER)},
        {"subject": "confirm_email", "user": "nobody"},
        {"subject": "confirm_email", "email": "nobody"},
        {"subject": "confirm_email", "user": str(USER), "colour": "red"},
        {"subject": "order_status", "order": str(ORDER), "status": "lost"},
        {"subject": "refund", "user": str(USER), "method": "wallet", "amount": "19.90"},
        {"subject": "refund", "user": str(USER), "method": "barter", "amount": "1990"},
        {"subject": "refund", "user": str(USER), "method": "wallet", "amount": "9" * 30},
        {"subject": "password_changed", "user": str(USER), "at": "yesterday"},
    ],
)
def test_what_cannot_be_read_is_hopeless_and_not_echoed(about: dict[str, str]) -> None:
    with pytest.raises(Hopeless) as refusal:
        About.of(Task(TaskId(new_id()), Kind.SEND_LETTER, about, NOON))
    assert not any(len(value) > 3 and value in str(refusal.value) for value in about.values())


def test_what_letters_say_is_not_shown() -> None:
    letter = Letter(TaskId(new_id()), Subject.REFUND, Email("m@example.com"), "ru", {"link": "hidden-word"})  # type: ignore[arg-type]
    mail = Mail(letter.id, letter.to, letter.language, "title", "hidden-word", "hidden-word")
    assert "hidden-word" not in f"{letter!r} {mail!r}"
