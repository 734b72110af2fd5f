"""The forms in which settings are written; what has another one raises ValueError and says the right one."""

import re
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Annotated
from urllib.parse import parse_qsl, unquote, urlsplit

import idna
from pydantic import BeforeValidator, StringConstraints
from pydantic_settings import NoDecode

DB_FORMS = "sqlite://path/to/file.db or postgres://user:password@host:port/name"
MAIL_FORMS = "smtp://user:password@host:587, smtps://user:password@host:465 or smtp://host:25?tls=none"
MAIL_FROM = "Lavka <shop@example.com>"
_MAILBOX = re.compile(r"[\w.+=-]{1,64}", re.ASCII)
_NO_URL = re.compile(r"[\s\x00-\x20\x7f\"'<>\\^`{|}]")
REDIS_FORMS = "redis://:password@host:port/number, or rediss:// for TLS"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
"""A list written with commas between."""
Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that may not be empty."""


def database_url(url: str) -> str:
    """The address of a database that the shop knows, its scheme in lower case."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(f"write {DB_FORMS}, and in a password %-codes for all but letters") from None
    scheme, _, rest = url.partition("://")
    if parts.scheme in ("postgres", "postgresql") and parts.hostname and parts.path.strip("/"):
        if any(name != "sslmode" or mode not in SSL_MODES for name, mode in parse_qsl(parts.query)):
            raise ValueError(f"of parameters it knows sslmode alone, one of {', '.join(SSL_MODES)}")
        return f"{scheme.lower()}://{rest}"
    if scheme.lower() == "sqlite" and rest and rest != ":memory:":
        if "?" in rest:
            raise ValueError("an embedded database takes no parameters, so leave out what follows the ?")
        return f"sqlite://{rest}"
    raise ValueError(f"write {DB_FORMS}")


def redis_server(url: str) -> str:
    """The address of a Redis database."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or parts.fragment or not re.fullmatch(r"(/\d*)?", parts.path):
        raise ValueError(f"write {REDIS_FORMS}, and in a password %-codes for all but letters")
    return url


def mail_server(url: str) -> str:
    """The address of a mail server. Nobody signs in at one without TLS: the password would be read."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise ValueError(f"write {MAIL_FORMS}, and in a password %-codes for all but letters") from None
    is_bare = not (parts.path.strip("/") or parts.fragment or parts.port == 0)
    if parts.scheme not in ("smtp", "smtps") or not is_bare or not re.fullmatch(r"\S+", parts.hostname or ""):
        raise ValueError(f"write {MAIL_FORMS}")
    if parts.query and (parts.scheme, parts.query) != ("smtp", "tls=none"):
        raise ValueError("of parameters it knows ?tls=none alone, after smtp://")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("write both a user and a password, or neither")
    if parts.username and parts.query:
        raise ValueError("a password needs TLS, so leave out ?tls=none or who signs in")
    if not all(map(str.isprintable, (unquote(parts.username or ""), unquote(parts.password or "")))):
        raise ValueError("leave control characters out of the user and the password")
    return url.strip()


def sender(text: str) -> str:
    """Who letters are from: an address, with a name before it or without."""
    written = getaddresses([text])
    name, mailbox = written[0] if len(written) == 1 else ("", "")
    user, _, host = mailbox.rpartition("@")
    try:
        domain = idna.encode(host.lower(), uts46=True).decode()
    except UnicodeError:
        domain = ""
    is_plain = text.isprintable() and "=?" not in text  # which Python would take for an encoded word
    if not (is_plain and domain and _MAILBOX.fullmatch(user)):
        raise ValueError(f"write an address in Latin letters as in {MAIL_FROM}")
    return str(Address(name, user, domain))


def address(url: str) -> str:
    """An http(s) URL of a host, with a path or without; it is shown to people, so nobody signs in by it."""
    url = url.strip()
    if not _is_address(url, path=True):
        raise ValueError("write http:// or https:// and the name of the host")
    if _NO_URL.search(url) or "@" in urlsplit(url).netloc:
        raise ValueError("leave out spaces, quotes, and who signs in")
    return url


def origin(url: str) -> str:
    """An origin as browsers write it (RFC 6454), or `*` for any: no port where it is the scheme's own."""
    if url != "*" and not _is_address(url, path=False):
        raise ValueError("write each origin as https://host:port, without a path")
    url = url.lower().rstrip("/")
    scheme = url.partition(":")[0]
    return url.removesuffix({"http": ":80", "https": ":443"}.get(scheme, "/"))


def _is_address(url: str, *, path: bool) -> bool:
    parts = urlsplit(url)
    is_bare = not (parts.query or parts.fragment or (parts.path.strip("/") and not path))
    _ = parts.port  # raises ValueError for what is none
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "*" not in url and is_bare
