"""A letter as a message, the same for every way that it goes."""

from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, Literal

import idna

from lavka.application.ports.system import Clock
from lavka.domain.accounts import Email
from lavka.domain.letters import Mail
from lavka.domain.tasks import Hopeless

Encoding = Literal["quoted-printable", "8bit"]
"""How its parts are written: for every mail server, or for people who read the file."""
NO_ADDRESS = "No mail server knows an address like this user's."
TITLE = "Subject"
MARK = "X-Lavka-Repeated"
"""The header of a letter that may have reached its reader before."""


class Folding(EmailPolicy):
    """Python's own policy, but for a title: that loses spaces where it breaks a long one (gh-92081)."""

    def fold(self, name: str, value: Any) -> str:
        """Write a header on lines of 76 characters."""
        if name != TITLE or self.utf8:
            return str(super().fold(name, value))
        text = str(value)
        header = Header(text, None if text.isascii() else "utf-8", maxlinelen=76, header_name=name)
        folded = header.encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header as it is sent."""
        return self.fold(name, value).encode() if name == TITLE else super().fold_binary(name, value)


@dataclass(frozen=True, slots=True)
class Stationery:
    """Who letters are from (`Lavka <shop@example.com>`), and the clock that dates them."""

    sender: str
    clock: Clock

    @property
    def mailbox(self) -> str:
        """The sender's address alone."""
        return self.sender.rpartition("<")[2].rstrip(">")

    @property
    def host(self) -> str:
        """The host that letters come from, which makes their ids the world's only ones."""
        return self.mailbox.rpartition("@")[2]

    def written(self, mail: Mail, encoding: Encoding) -> bytes:
        """Write it; the same letter has the same Message-ID, however often it goes. Raise Hopeless."""
        to = recipient(mail.to)
        message = EmailMessage(Folding(linesep="\r\n", utf8=not to.username.isascii()))
        message["From"] = self.sender
        message["To"] = to
        message[TITLE] = mail.title.replace("=?", "= ?")  # which Python would take for an encoded word
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = f"<{mail.id}@{self.host}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.is_repeated:
            message[MARK] = "yes"
        message.set_content(mail.text, cte=encoding)
        message.add_alternative(mail.html, subtype="html", cte=encoding)
        message["Content-Language"] = mail.language.value  # after the parts, which would take it along
        return message.as_bytes()


def recipient(email: Email) -> Address:
    """The address as mail servers know it, its host in ASCII (RFC 5891); raise Hopeless for what is none.

    One that looks like an encoded word is none: Python would decode it (RFC 2047, 5, forbids that), and what
    it decodes to may end the line.
    """
    user, _, host = email.address.rpartition("@")
    if "=?" in user:
        raise Hopeless(NO_ADDRESS)
    try:
        domain = host if host.isascii() else idna.encode(host, uts46=True).decode()
        return Address(username=user, domain=domain)
    except (UnicodeError, ValueError):
        raise Hopeless(NO_ADDRESS) from None
