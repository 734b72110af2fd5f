"""Mail for tests: real servers, which note what they take, and letters as they are read."""

import asyncio
import re
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from lavka.adapters.tortoise.database import fetch, is_in_transaction
from lavka.bootstrap import new_id
from lavka.domain.accounts import Email, Language
from lavka.domain.letters import Mail
from lavka.domain.tasks import TaskId

PATIENCE = 5.0
LINK = re.compile(r"/(?:confirm-email|reset-password)\?token=([A-Za-z0-9_-]{43})\s")
USER, PASSWORD = "lavka", "hidden-word %@:/"


def a_mail(
    to: str = "maria@example.com",
    *,
    id: TaskId | None = None,  # noqa: A002  # builders speak the names of the fields
    title: str = "Заказ A1B2-C3D4-E отправлен",
    is_repeated: bool = False,
) -> Mail:
    return Mail(
        id=id or TaskId(new_id()),
        to=Email(to),
        language=Language.RUSSIAN,
        title=title,
        text="Здравствуйте!\n\nhttps://shop.example/orders/" + "0" * 80 + "\n",
        html="<p>Здравствуйте!</p>",
        is_repeated=is_repeated,
    )


def read(content: bytes) -> EmailMessage:
    """A letter as a mail program reads it."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


async def letters_to(address: object, most: int = 1) -> list[EmailMessage]:
    """Wait until so many letters to an address are in the folder, and give them, the oldest first."""
    deadline = time.monotonic() + PATIENCE
    while True:
        files = await asyncio.to_thread(lambda: sorted(Path("var/mail").glob("*.eml")))
        letters = [read(file.read_bytes()) for file in files]
        found = [letter for letter in letters if letter["To"] == str(address)]
        if len(found) >= most or time.monotonic() > deadline:
            assert len(found) == most
            return found
        await asyncio.sleep(0.02)


async def nothing_waits() -> None:
    """Wait until every letter has gone, so that what is counted next is the request's own."""
    async with asyncio.timeout(PATIENCE):
        while await fetch("SELECT id FROM outbox"):  # noqa: ASYNC110  # it is the database that changes
            await asyncio.sleep(0.02)


def token_of(letter: EmailMessage) -> str:
    """What the link in a letter carries."""
    (token,) = set(LINK.findall(text_of(letter)))
    return str(token)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """One of the bodies of a letter."""
    body = message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


@dataclass
class Pillar:
    """A post that keeps what it takes, after which it may fail."""

    mails: list[Mail] = field(default_factory=list)
    before: Sequence[Exception] = ()
    after: Sequence[Exception] = ()

    async def send(self, mail: Mail) -> None:
        assert not is_in_transaction(), "nothing is held while a letter is on its way"
        for error in self.before:
            raise error
        self.mails.append(mail)
        for error in self.after:
            raise error


@dataclass
class Box:
    """Takes letters, or answers something else at one of the stages."""

    answers: dict[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    users: list[str | None] = field(default_factory=list)
    drops: bool = False
    """Whether the line is cut when a letter has been taken."""

    @property
    def letters(self) -> list[EmailMessage]:
        return [read(envelope.original_content or b"") for envelope in self.envelopes]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's names
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append(envelope)
        self.users.append(session.auth_data)
        if self.drops:
            server.transport.abort()
        return "250 OK"


class Silence(asyncio.Protocol):
    """Takes a connection, says so much, and nothing more."""

    said = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.said)


def _lets_in(server: Any, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    user = given.login.decode()
    is_right = (user, given.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=is_right, handled=False, auth_data=user)


@asynccontextmanager
async def serving(
    factory: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A server of this process while the block lasts, at a port."""
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0.02)  # its ends of lines that clients have closed are closed


@asynccontextmanager
async def mail_server(
    box: Box, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """aiosmtpd while the block lasts, at a port; with TLS from the start, or by STARTTLS."""

    def speak() -> SMTP:
        return SMTP(
            box,
            hostname="mail.test",
            tls_context=starttls,
            auth_require_tls=tls is None,  # it knows of STARTTLS only
            authenticator=_lets_in,
            loop=asyncio.get_running_loop(),
            **options,
        )

    async with serving(speak, tls) as port:
        yield port


@dataclass(frozen=True)
class Certificate:
    """One that nobody but we trust, for 127.0.0.1."""

    server: ssl.SSLContext
    trust: ssl.SSLContext

    @classmethod
    def made_in(cls, folder: Path) -> "Certificate":
        key, file = folder / "key.pem", folder / "certificate.pem"
        subject = ["-subj", "/CN=mail.test", "-addext", "subjectAltName=IP:127.0.0.1"]
        made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out", str(file)]
        subprocess.run(["openssl", "req", "-x509", *made, *subject], check=True, capture_output=True)  # noqa: S607
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(file, key)
        return cls(server, ssl.create_default_context(cafile=str(file)))
