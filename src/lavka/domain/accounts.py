"""Who uses the shop."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lavka.domain.errors import Detail, Forbidden, Invalid, InvalidToken, OwnAccount
from lavka.domain.phones import Phone

UserId = NewType("UserId", UUID)

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,253}")
_USERNAME = re.compile(r"[a-z][a-z0-9_.-]{2,31}")


class Language(StrEnum):
    """What somebody is written to in."""

    RUSSIAN = "ru"
    ENGLISH = "en"

    @classmethod
    def of(cls, accepted: str) -> "Language":
        """Choose by an Accept-Language header (RFC 9110, 12.5.4): the most wanted of ours, or Russian."""
        wanted: list[tuple[float, Language]] = []
        for part in accepted[:1000].split(",")[:20]:
            name, _, weight = part.partition(";")
            tongue = name.strip().lower().partition("-")[0]
            try:
                quality = float(weight.strip().removeprefix("q=") or 1)
            except ValueError:
                continue
            wanted += [(quality, each) for each in cls if each.value == tongue and 0 < quality <= 1]
        return max(wanted, key=lambda one: one[0], default=(0.0, cls.RUSSIAN))[1]


class AccountType(StrEnum):
    """What an account is for; administrators are either kind with `is_admin`."""

    BUYER = "buyer"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, kept in lower case so that one person has one account.

    Only its shape is checked here (RFC 5321: 64 characters before the @, 254 in all); an adapter that
    takes it from a stranger checks the syntax in full.
    """

    address: str

    def __post_init__(self) -> None:
        address = login_key(self.address)
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            raise Invalid([Detail("email", "Write an e-mail address, for example name@example.com.")])
        object.__setattr__(self, "address", address)

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class Username:
    """A name to sign in with: 3 to 32 of `a-z 0-9 _ . -`, a letter first, so it is never a phone."""

    name: str

    def __post_init__(self) -> None:
        name = self.name.lower()
        if not _USERNAME.fullmatch(name):
            rule = (
                "A user name has 3 to 32 Latin letters, digits, dots, dashes or underscores, a letter first."
            )
            raise Invalid([Detail("username", rule)])
        object.__setattr__(self, "name", name)

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class User:
    """A buyer, a shop's owner or an administrator."""

    id: UserId
    full_name: str
    email: Email
    phone: Phone
    password_hash: str = field(repr=False)
    created_at: datetime
    username: Username | None = None
    account_type: AccountType = AccountType.BUYER
    is_admin: bool = False
    is_blocked: bool = False
    email_verified: bool = False
    language: Language = Language.RUSSIAN

    def __post_init__(self) -> None:
        self.full_name = " ".join(self.full_name.split())
        if not 1 <= len(self.full_name) <= 255:
            raise Invalid([Detail("full_name", "Write the full name, at most 255 characters.")])

    def must_administer(self) -> None:
        """Raise Forbidden unless this is an administrator."""
        if not self.is_admin:
            raise Forbidden

    def block(self, by: UserId) -> None:
        """Let the account in no more; raise OwnAccount for one's own."""
        if by == self.id:
            raise OwnAccount
        self.is_blocked = True

    def unblock(self) -> None:
        """Let the account in again."""
        self.is_blocked = False

    def confirm(self, email: Email) -> None:
        """Note that a link sent to this address was followed; raise InvalidToken when it is another now."""
        if email != self.email:
            raise InvalidToken
        self.email_verified = True

    def recover(self, email: Email, password_hash: str) -> None:
        """Take a new password from who reads letters to this address, which confirms it too.

        Raise InvalidToken when the address is another by now, or the account is blocked.
        """
        if self.is_blocked:
            raise InvalidToken
        self.confirm(email)
        self.password_hash = password_hash

    def must_sell(self) -> None:
        """Raise Forbidden unless this is a shop's account or an administrator."""
        if not self.is_admin and self.account_type is not AccountType.SHOP:
            raise Forbidden


def full_name(text: str) -> str:
    """Write a name with single spaces; raise Invalid when it shows nothing or deceives the eye."""
    name = " ".join(text.split())
    shown = name.replace("\u200c", "").replace("\u200d", "")  # joiners, which some scripts write names with
    if not (len(name) <= 255 and shown.isprintable() and any(map(str.isalnum, shown))):
        raise Invalid([Detail("full_name", "Write the full name in letters, at most 255 characters.")])
    return name


def login_key(login: str) -> str:
    """The form of a login in which e-mail, phone and user name are stored and compared."""
    lower = unicodedata.normalize("NFC", login.strip()).lower()
    key = unicodedata.normalize("NFC", lower)  # lower() takes some letters apart
    local, at, host = key.rpartition("@")
    return f"{local}@{_host(host)}" if at else key


def _host(written: str) -> str:
    """A host's name in Unicode, whichever of its forms it was written in (RFC 5890: U-labels)."""
    labels = unicodedata.normalize("NFKC", written).lower().split(".")
    return ".".join(map(_label, labels))


def _label(written: str) -> str:
    if not written.startswith("xn--"):
        return written
    try:
        return written.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return written
