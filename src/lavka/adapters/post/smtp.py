"""Letters by SMTP (RFC 5321)."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from lavka.adapters.post.message import NO_ADDRESS, Stationery, recipient
from lavka.domain.errors import Unavailable
from lavka.domain.letters import Mail
from lavka.domain.tasks import Hopeless

log = structlog.get_logger("lavka.smtp")

SECONDS = 10.0
"""The longest that one letter takes, from the first packet to the last."""
FAREWELL = 1.0
FOR_GOOD = range(500, 600)
"""By these codes a server says that trying again is of no use (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how one speaks to it: TLS from the start, by STARTTLS, or none."""

    host: str
    port: int
    is_implicit_tls: bool = False
    is_starttls: bool = True
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> "Server":
        """Read an address in one of the forms that the settings allow."""
        parts = urlsplit(url)
        is_implicit, is_bare = parts.scheme == "smtps", parts.query == "tls=none"
        port = parts.port or (465 if is_implicit else 25 if is_bare else 587)
        user, password = (unquote(each) if each else None for each in (parts.username, parts.password))
        return cls(parts.hostname or "", port, is_implicit, not (is_implicit or is_bare), user, password)


class SmtpPost:
    """Hands each letter to a mail server, over a connection of its own.

    `trust` says whose certificates count: those of the system unless it is given.
    """

    def __init__(
        self,
        server: Server,
        stationery: Stationery,
        trust: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._server = server
        self._stationery = stationery
        self._trust = trust or ssl.create_default_context()
        self._seconds = seconds

    async def send(self, mail: Mail) -> None:
        """Hand it over; raise Unavailable to be asked again, Hopeless when its reader cannot be reached."""
        content, to = self._stationery.written(mail, "quoted-printable"), recipient(mail.to).addr_spec
        try:
            await self._hand_over(content, to)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(min(each.code for each in error.recipients)) from None
        except aiosmtplib.SMTPDataError as error:
            raise _refused(error.code) from None
        except aiosmtplib.SMTPNotSupported as error:
            raise _not_supported(error, to) from None
        except aiosmtplib.SMTPResponseException as error:  # of greetings, sign-ins, senders: not of a letter
            log.error("the mail server refuses us", kind=type(error).__name__, code=error.code)
            raise _later(f"The mail server refuses us, by code {error.code}.") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.warning("no mail server", kind=type(error).__name__)
            raise _later("The mail server did not answer.") from None
        except ValueError:  # last: an error of a certificate is one, too
            raise Hopeless(NO_ADDRESS) from None

    async def _hand_over(self, content: bytes, to: str) -> None:
        client, options = self._client(), [] if to.isascii() else ["SMTPUTF8"]
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                await client.sendmail(self._stationery.mailbox, [to], content, mail_options=options)
            with suppress(aiosmtplib.SMTPException, OSError):  # the letter is taken, whatever follows
                await client.quit(timeout=FAREWELL)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            use_tls=self._server.is_implicit_tls,
            start_tls=self._server.is_starttls,
            tls_context=self._trust,
            local_hostname=self._stationery.host,
            timeout=self._seconds,
        )


def _not_supported(error: Exception, to: str) -> Exception:
    """What it means that a server has not learnt a thing: to write such addresses, or to let us in."""
    if not to.isascii():
        return Hopeless("The mail server knows no address with letters other than Latin.")
    log.error("the mail server refuses us", kind=type(error).__name__)
    return _later("The mail server does not know how to let us in.")


def _refused(code: int) -> Exception:
    """What a server's answer to a letter, or to its reader, means."""
    if code in FOR_GOOD:
        log.warning("the mail server refuses a letter for good", code=code)
        return Hopeless(f"The mail server refuses this letter for good, by code {code}.")
    return _later(f"The mail server asks to try again, by code {code}.")


def _later(why: str) -> Unavailable:
    """Why the letter waits, for administrators."""
    error = Unavailable()
    error.add_note(why)
    return error
