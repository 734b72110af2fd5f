"""How an account is shown."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lavka.adapters.http.pages import Time
from lavka.domain.accounts import AccountType, User
from lavka.domain.money import CURRENCY, ZERO, Money

EXAMPLE: dict[str, Any] = {
    "id": "0197a3c2-6f1e-7c4b-9d53-0f6a2b1c4d5e",
    "full_name": "Иванова Мария Петровна",
    "email": "maria@example.com",
    "phone": "+79123456789",
    "username": None,
    "account_type": "buyer",
    "is_admin": False,
    "email_verified": False,
    "avatar": None,
    "balance": 0,
    "currency": "RUB",
    "created_at": "2026-11-24T12:00:00+00:00",
}


class UserBody(BaseModel):
    """An account. `balance` is in minor units; no picture can be brought in yet."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: UUID
    full_name: str
    email: str
    phone: str
    username: str | None
    account_type: AccountType
    is_admin: bool
    email_verified: bool
    avatar: None = None
    balance: int
    currency: str = CURRENCY
    created_at: Time

    @classmethod
    def of(cls, user: User, balance: Money = ZERO) -> "UserBody":
        """Write one out."""
        return cls(
            id=user.id,
            full_name=user.full_name,
            email=user.email.address,
            phone=user.phone.number,
            username=user.username.name if user.username else None,
            account_type=user.account_type,
            is_admin=user.is_admin,
            email_verified=user.email_verified,
            balance=balance.minor,
            created_at=user.created_at,
        )
