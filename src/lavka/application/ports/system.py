"""What comes from the machine: time, identity, chance, and the block in which all is done or nothing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

Clock = Callable[[], datetime]
"""The time now, in UTC."""

Ids = Callable[[], UUID]
"""A new UUIDv7: unique, and later ones sort after earlier ones."""

Codes = Callable[[], str]
"""A new secret nobody can guess: at least 256 bits, safe in an URL."""

Numbers = Callable[[], str]
"""A new number of an order: short, for people, and nobody guesses another's."""

Transaction = Callable[[], AbstractAsyncContextManager[None]]
"""A block of database work that happens whole or not at all; nothing remote inside it."""
