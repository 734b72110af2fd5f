"""Accounts, sign-ins and guesses at passwords."""

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model


class UserRow(Model):
    """An account; e-mail and user name in lower case."""

    id = fields.UUIDField(primary_key=True)
    full_name = fields.CharField(255)
    email = fields.CharField(254, unique=True)
    phone = fields.CharField(12, unique=True)
    username = fields.CharField(32, unique=True, null=True)
    password_hash = fields.CharField(100)
    account_type = fields.CharField(8)
    is_admin = fields.BooleanField()
    is_blocked = fields.BooleanField()
    email_verified = fields.BooleanField()
    created_at = fields.DatetimeField()
    language = fields.CharField(2, default="ru")

    checks: ClassVar[dict[str, str]] = {
        "users_account_type": "account_type IN ('buyer', 'shop')",
        "users_phone": "phone LIKE '+7__________'",
        "users_language": "language IN ('ru', 'en')",
    }

    class Meta:
        table = "users"


class SessionRow(Model):
    """A sign-in."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="sessions", on_delete=fields.CASCADE
    )
    user_agent = fields.CharField(255, null=True)
    ip = fields.CharField(45, null=True)
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    checks: ClassVar[dict[str, str]] = {"sessions_order": "expires_at > created_at"}

    class Meta:
        table = "sessions"
        indexes = (("user_id", "last_used_at"), ("ended_at",))


class RefreshToken(Model):
    """The SHA-256 of a refresh token; each is used once."""

    digest = fields.CharField(64, primary_key=True)
    session: fields.ForeignKeyRelation[SessionRow] = fields.ForeignKeyField(
        "models.SessionRow", related_name="refresh_tokens", on_delete=fields.CASCADE
    )
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    checks: ClassVar[dict[str, str]] = {"refresh_tokens_digest": "length(digest) = 64"}

    class Meta:
        table = "refresh_tokens"
        indexes = (("session_id",),)


class EmailToken(Model):
    """The SHA-256 of what a link in a letter carries, good once; and the address that it was sent to."""

    digest = fields.CharField(64, primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "models.UserRow", related_name="email_tokens", on_delete=fields.CASCADE
    )
    purpose = fields.CharField(14)
    email = fields.CharField(254)
    expires_at = fields.DatetimeField(db_index=True)

    checks: ClassVar[dict[str, str]] = {
        "email_tokens_digest": "length(digest) = 64",
        "email_tokens_purpose": "purpose IN ('confirm_email', 'reset_password')",
    }

    class Meta:
        table = "email_tokens"
        indexes = (("user_id", "purpose"),)


class LoginFailure(Model):
    """A failed guess at one account's password; the key is a SHA-256 of whose."""

    id = fields.UUIDField(primary_key=True)
    key = fields.CharField(64)
    failed_at = fields.DatetimeField(db_index=True)

    checks: ClassVar[dict[str, str]] = {"login_failures_key": "length(key) = 64"}

    class Meta:
        table = "login_failures"
        indexes = (("key", "failed_at"),)
