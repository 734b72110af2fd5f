"""What letters call states and ways of paying, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from lavka.domain.accounts import Language
from lavka.domain.orders import PaymentMethod
from lavka.domain.shipments import Status


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language; those of a state follow the word for order."""

    statuses: Mapping[Status, str]
    methods: Mapping[PaymentMethod, str]


WORDS = {
    Language.RUSSIAN: Words(
        {
            Status.NEW: "принят",
            Status.CONFIRMED: "подтверждён",
            Status.ASSEMBLED: "собран",
            Status.SENT: "отправлен",
            Status.DELIVERED: "доставлен",
            Status.CANCELED: "отменён",
        },
        {
            PaymentMethod.ONLINE: "онлайн",
            PaymentMethod.ON_DELIVERY: "при получении",
            PaymentMethod.WALLET: "с баланса",
        },
    ),
    Language.ENGLISH: Words(
        {
            Status.NEW: "received",
            Status.CONFIRMED: "confirmed",
            Status.ASSEMBLED: "assembled",
            Status.SENT: "sent",
            Status.DELIVERED: "delivered",
            Status.CANCELED: "cancelled",
        },
        {
            PaymentMethod.ONLINE: "online",
            PaymentMethod.ON_DELIVERY: "on delivery",
            PaymentMethod.WALLET: "from the wallet",
        },
    ),
}
