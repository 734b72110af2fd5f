"""Everything that can be set, from the environment or `.env`; names and defaults as in `.env.sample`."""

import os
import re
import secrets
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

from lavka.settings.forms import (
    Words,
    Written,
    address,
    database_url,
    mail_server,
    origin,
    redis_server,
    sender,
)

SHORTEST_SECRET = 32
"""Bytes; a shorter HMAC key than the hash is weak (RFC 7518, section 3.2)."""


YOOKASSA_NETWORKS = (
    *("185.71.76.0/27", "185.71.77.0/27", "77.75.153.0/25", "77.75.154.128/25"),
    *("77.75.156.11/32", "77.75.156.35/32", "2a02:5180::/32"),
)
"""Where the provider's notifications come from (https://yookassa.ru/developers/using-api/webhooks)."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one sentence that names it."""


class Environment(StrEnum):
    """Where the shop runs: development has defaults for everything, production for no secret."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class DeveloperEntry(BaseModel):
    """One of `DEVELOPERS`."""

    name: str
    position: str


class Settings(BaseSettings):
    """The settings of one shop. Times are in the unit that their name says."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True, validate_default=True
    )

    environment: Environment = Environment.DEVELOPMENT
    db_url: str = "sqlite://var/lavka.db"
    db_pool_min: int = Field(1, ge=1, le=100)
    db_pool_max: int = Field(10, ge=1, le=1000)
    db_acquire_seconds: float = Field(1.5, gt=0, le=60)
    db_statement_seconds: float = Field(3, ge=0.05, le=3600)
    db_lock_seconds: float = Field(3, ge=0.05, le=3600)
    secret_key: SecretStr = SecretStr("")
    host: Written = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxies: Words = ()
    cors_origins: Words = ()
    catalog_public: bool = False
    access_token_minutes: int = Field(15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(30, ge=1, le=365)
    password_cost: int = Field(12, ge=4, le=16)
    order_payment_minutes: int = Field(30, ge=1, le=7 * 24 * 60)
    redis_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: Written = "Lavka <shop@localhost>"
    letters_per_hour: int = Field(5, ge=1, le=1000)
    yookassa_shop_id: str = ""
    yookassa_secret_key: SecretStr = SecretStr("")
    yookassa_api_url: str = "https://api.yookassa.ru/v3"
    yookassa_notification_networks: Words = YOOKASSA_NETWORKS
    yookassa_two_stage: bool = False
    receipt_vat_code: int = Field(1, ge=1, le=12)
    receipt_tax_system_code: int | None = Field(None, ge=1, le=6)
    local_till: bool | None = None
    import_lease_seconds: int = Field(30, ge=2, le=3600)
    server_version: Written = "0.1.0"
    client_version: Written = "0.1.0"
    server_last_update: str = ""
    client_last_update: str = ""
    developers: tuple[DeveloperEntry, ...] = ()

    @field_validator("db_url")
    @classmethod
    def _is_known_database(cls, url: str) -> str:
        return database_url(url)

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str) -> str:
        return url and redis_server(url)

    @field_validator("public_url", "yookassa_api_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        return url and address(url)

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, url: SecretStr) -> SecretStr:
        return SecretStr(mail_server(url.get_secret_value())) if url.get_secret_value().strip() else url

    @field_validator("mail_from")
    @classmethod
    def _is_a_sender(cls, text: str) -> str:
        return sender(text)

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(origin, origins))

    @field_validator("receipt_tax_system_code", "local_till", mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("trusted_proxies", "yookassa_notification_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks

    @model_validator(mode="after")
    def _fits_production(self) -> Self:
        key = self.secret_key.get_secret_value().strip()
        if key and len(key.encode()) < SHORTEST_SECRET:
            raise ValueError(f"SECRET_KEY: write at least {SHORTEST_SECRET} bytes of chance")
        if self.environment is Environment.PRODUCTION and not key:
            raise ValueError(f"SECRET_KEY: production needs one of at least {SHORTEST_SECRET} bytes")
        if self.environment is Environment.PRODUCTION and self.password_cost < 10:
            raise ValueError("PASSWORD_COST: production needs at least 10")
        if bool(self.yookassa_shop_id) != bool(self.yookassa_secret_key.get_secret_value()):
            raise ValueError("YOOKASSA_SHOP_ID and YOOKASSA_SECRET_KEY: write both, or neither")
        if self.db_pool_min > self.db_pool_max:
            raise ValueError("DB_POOL_MIN: write at most DB_POOL_MAX")
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file, which one process at a time may serve."""
        return self.db_url.startswith("sqlite")

    @property
    def has_yookassa(self) -> bool:
        """Whether a provider takes the money."""
        return bool(self.yookassa_shop_id)

    @property
    def has_local_till(self) -> bool:
        """Whether payers pay nothing at a page of our own: in development, unless there is a provider."""
        if self.has_yookassa:
            return False
        is_wanted = self.local_till
        return self.environment is Environment.DEVELOPMENT if is_wanted is None else is_wanted

    @property
    def var(self) -> Path:
        """The folder for what the shop keeps beside a database of its own."""
        return Path("var")

    @property
    def media(self) -> Path:
        """The folder of the pictures' files."""
        return self.var / "media"

    @property
    def origin(self) -> str:
        """Where people reach the shop, without a slash at the end."""
        return self.public_url.rstrip("/") or self.here

    @property
    def here(self) -> str:
        """Where this machine reaches the server, whatever people call it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # asked, not set
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def mail(self) -> Path:
        """The folder of letters that no mail server takes."""
        return self.var / "mail"

    def signing_key(self) -> str:
        """SECRET_KEY; in development one is made on first use and kept under `var/`, for its owner only."""
        return self.secret_key.get_secret_value().strip() or _kept_secret(self.var / "secret_key")


def load_settings(**values: object) -> Settings:
    """Read the settings; raise SettingsError for the first that is wrong."""
    try:
        return Settings(**values)  # type: ignore[arg-type]  # any setting may be given by name
    except UnreadableError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = field[1].upper() if field else "A setting"
        raise SettingsError(f"{name}: write JSON in the form that .env.sample shows.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = [part for part in first["loc"] if isinstance(part, str)]
        name = "".join(f"{part}: " for part in [*(each.upper() for each in place[:1]), *place[1:]])
        raise SettingsError(f"{name}{first['msg'].removeprefix('Value error, ')}.") from None
    except UnicodeDecodeError:
        raise SettingsError(".env: write this file in UTF-8.") from None


def _kept_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, file)  # of several processes that start at once one wins, and its key is whole
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    secret = file.read_text().strip()
    if len(secret.encode()) < SHORTEST_SECRET:
        raise SettingsError(f"SECRET_KEY: {file} is too short to be one, so delete it or set the key.")
    return secret
