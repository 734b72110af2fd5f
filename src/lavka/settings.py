"""Everything that can be set, from the environment or `.env`; names and defaults as in `.env.sample`."""

import os
import re
import secrets
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

SHORTEST_SECRET = 32
"""Bytes; a shorter HMAC key than the hash is weak (RFC 7518, section 3.2)."""


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


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
"""A list written with commas between."""


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
    db_statement_seconds: float = Field(3, gt=0, le=3600)
    db_lock_seconds: float = Field(3, gt=0, le=3600)
    secret_key: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxies: Words = ()
    cors_origins: Words = ()
    catalog_public: bool = False
    access_token_minutes: int = Field(15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(30, ge=1, le=365)
    password_cost: int = Field(12, ge=4, le=16)
    server_version: str = "0.1.0"
    client_version: str = "0.1.0"
    server_last_update: str = ""
    client_last_update: str = ""
    developers: tuple[DeveloperEntry, ...] = ()

    @field_validator("db_url")
    @classmethod
    def _is_known_database(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme in ("postgres", "postgresql") and parts.hostname and parts.path.strip("/"):
            try:
                _ = parts.port
            except ValueError:
                raise ValueError("write a port from 1 to 65535") from None
            return url
        if parts.scheme == "sqlite" and url.removeprefix("sqlite://"):
            return url
        raise ValueError("write sqlite://path/to/file.db or postgres://user:password@host:port/name")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks

    @model_validator(mode="after")
    def _fits_production(self) -> Self:
        key = self.secret_key.get_secret_value()
        if key and len(key.encode()) < SHORTEST_SECRET:
            raise ValueError(f"SECRET_KEY: write at least {SHORTEST_SECRET} bytes of chance")
        if self.environment is Environment.PRODUCTION and not key:
            raise ValueError(f"SECRET_KEY: production needs one of at least {SHORTEST_SECRET} bytes")
        if self.environment is Environment.PRODUCTION and self.password_cost < 10:
            raise ValueError("PASSWORD_COST: production needs at least 10")
        if self.db_pool_min > self.db_pool_max:
            raise ValueError("DB_POOL_MIN: write at most DB_POOL_MAX")
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file, which one process at a time may serve."""
        return self.db_url.startswith("sqlite")

    @property
    def var(self) -> Path:
        """The folder for what the shop keeps beside a database of its own."""
        return Path("var")

    @property
    def origin(self) -> str:
        """Where people reach the shop, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def signing_key(self) -> str:
        """SECRET_KEY; in development one is made on first use and kept under `var/`, for its owner only."""
        return self.secret_key.get_secret_value() or _kept_secret(self.var / "secret_key")


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
        name = str(first["loc"][0]).upper() + ": " if first["loc"] else ""
        raise SettingsError(f"{name}{first['msg'].removeprefix('Value error, ')}.") from None


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
    return file.read_text().strip()
