"""Where the database is, and how long one waits for it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg

from lavka.adapters.tortoise.postgres import Connection, dial
from lavka.adapters.tortoise.sqlite import PATIENCE


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of the pool and the longest waits, in seconds, None for no limit; for PostgreSQL only."""

    pool_min: int = 1
    pool_max: int = 10
    acquire: float = 1.5
    statement: float | None = 3
    lock: float = 3


def tortoise_config(url: str, limits: Limits | None = None) -> dict[str, Any]:
    """Make Tortoise's configuration for `sqlite://path` or `postgres://user:password@host:port/name`."""
    connection = _sqlite(url) if url.startswith("sqlite") else _postgres(url, limits or Limits())
    return {
        "connections": {"default": connection},
        "apps": {
            "models": {
                "models": ["lavka.adapters.tortoise.models", "aerich.models"],
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(url: str) -> dict[str, Any]:
    path = url.removeprefix("sqlite://")
    pragmas = {
        "journal_mode": "WAL",
        "busy_timeout": int(PATIENCE * 1000),
        "synchronous": "NORMAL",
        "foreign_keys": "ON",
    }
    return {"engine": "lavka.adapters.tortoise.sqlite", "credentials": {"file_path": path, **pragmas}}


def _postgres(url: str, limits: Limits) -> dict[str, Any]:
    parts = urlsplit(url)
    milliseconds = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.statement and limits.statement * 2,
        "tcp_user_timeout": limits.statement
        and limits.statement * 2,  # of a client that stopped while reading
    }
    server = {name: str(int((seconds or 0) * 1000)) for name, seconds in milliseconds.items()}
    return {
        "engine": "lavka.adapters.tortoise.postgres",
        "credentials": {
            "host": unquote(parts.hostname or ""),
            "port": parts.port or 5432,
            "user": unquote(parts.username or "") or None,
            "password": unquote(parts.password or "") or None,
            "database": unquote(parts.path.lstrip("/")),
            "ssl": dict(parse_qsl(parts.query)).get("sslmode"),
            "minsize": limits.pool_min,
            "maxsize": limits.pool_max,
            "timeout": limits.acquire,
            "command_timeout": limits.statement and limits.statement + 0.3,
            "acquire_seconds": limits.acquire,
            "statement_cache_size": 1024,
            "connection_class": Connection,
            "server_settings": {"timezone": "UTC", "jit": "off", "application_name": "lavka", **server},
        },
    }


async def connect(config: dict[str, Any], command_timeout: float | None = None) -> asyncpg.Connection:
    """Open one PostgreSQL connection of its own, outside the pool and without the limits of a request."""
    names = ("host", "port", "user", "password", "database", "ssl", "timeout")
    credentials = config["connections"]["default"]["credentials"]
    place = {name: credentials[name] for name in names}
    return await dial(**place, command_timeout=command_timeout, server_settings={"timezone": "UTC"})
