"""Secrets that are handed out, and what is stored of them."""

import re
from hashlib import sha256

from lavka.domain.errors import InvalidToken

_LINK = re.compile("[A-Za-z0-9_-]{43}")  # 256 bits in base64url


def digest(token: str) -> str:
    """What is stored of a token: it has 256 bits of chance, so one round is enough."""
    return sha256(token.encode()).hexdigest()


def digest_of_link(token: str) -> str:
    """What is stored of the token that a link carries; raise InvalidToken for what never was one."""
    if not _LINK.fullmatch(token):
        raise InvalidToken
    return digest(token)
