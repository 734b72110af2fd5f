"""Mail servers as they are: TLS in each form, sign-ins, refusals, silence, lines that are cut."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import NOON
from mailing import PASSWORD, USER, Box, Certificate, Silence, a_mail, mail_server, serving
from structlog.testing import capture_logs

from lavka.adapters.post.message import Stationery
from lavka.adapters.post.smtp import Server, SmtpPost
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import Hopeless

STATIONERY = Stationery("Lavka <shop@example.com>", lambda: NOON)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.made_in(tmp_path_factory.mktemp("certificate"))


def a_server(port: int, **changes: object) -> Server:
    """One without TLS unless something else is said."""
    return replace(Server("127.0.0.1", port, is_starttls=False), **changes)  # type: ignore[arg-type]


def a_post(server: Server, trust: ssl.SSLContext | None = None, seconds: float = 5) -> SmtpPost:
    return SmtpPost(server, STATIONERY, trust, seconds)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587)),
        ("smtp://u:p%40%25@mail.example:25", Server("mail.example", 25, user="u", password="p@%")),
        ("smtps://mail.example", Server("mail.example", 465, is_implicit_tls=True, is_starttls=False)),
        ("smtp://[::1]?tls=none", Server("::1", 25, is_starttls=False)),
    ],
)
def test_an_address_says_how_a_server_is_spoken_to(url: str, server: Server) -> None:
    assert Server.of(url) == server
    assert "p@%" not in repr(Server.of(url))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not see the TLS around it
@pytest.mark.parametrize("is_implicit", [True, False])
@pytest.mark.parametrize("user", [USER, None])
async def test_a_letter_goes_over_tls(certificate: Certificate, is_implicit: bool, user: str | None) -> None:
    box = Box()
    tls = {"tls" if is_implicit else "starttls": certificate.server}
    async with mail_server(box, **tls, auth_required=user is not None) as port:
        server = a_server(port, is_implicit_tls=is_implicit, is_starttls=not is_implicit, user=user)
        await a_post(replace(server, password=user and PASSWORD), certificate.trust).send(a_mail())
    (letter,) = box.letters
    assert letter["To"] == "maria@example.com"
    assert box.users == [user]
    assert box.envelopes[0].mail_from == "shop@example.com"
    assert box.envelopes[0].rcpt_tos == ["maria@example.com"]


@pytest.mark.parametrize("is_implicit", [True, False])
async def test_a_certificate_that_nobody_trusts_gets_no_letter(
    certificate: Certificate, is_implicit: bool
) -> None:
    box = Box()
    tls = {"tls" if is_implicit else "starttls": certificate.server}
    async with mail_server(box, **tls) as port:
        server = a_server(port, is_implicit_tls=is_implicit, is_starttls=not is_implicit)
        with pytest.raises(Unavailable):
            await a_post(server).send(a_mail())
    assert box.envelopes == []


async def test_without_the_tls_that_is_asked_for_nothing_is_said() -> None:
    box = Box()
    async with mail_server(box) as port:
        with pytest.raises(Unavailable):
            await a_post(a_server(port, is_starttls=True, user=USER, password=PASSWORD)).send(a_mail())
    assert box.envelopes == []


async def test_a_wrong_password_is_said_without_it_and_the_letter_waits(certificate: Certificate) -> None:
    box = Box()
    async with mail_server(box, starttls=certificate.server, auth_required=True) as port:
        server = a_server(port, is_starttls=True, user=USER, password="wrong hidden-word")
        with capture_logs() as logs, pytest.raises(Unavailable):
            await a_post(server, certificate.trust).send(a_mail())
    assert [line["code"] for line in logs] == [535]
    assert not any(secret in str(logs) for secret in ("hidden-word", USER, "maria"))
    assert box.envelopes == []


@pytest.mark.parametrize(
    ("stage", "answer", "refusal"),
    [
        ("RCPT", "550 No such user maria@example.com", Hopeless),
        ("RCPT", "552 The box is full", Hopeless),
        ("RCPT", "450 Busy", Unavailable),
        ("RCPT", "421 Closing", Unavailable),
        ("DATA", "554 Spam", Hopeless),
        ("DATA", "451 Later", Unavailable),
        ("MAIL", "550 Not from here", Unavailable),
        ("MAIL", "451 Later", Unavailable),
        ("RCPT", "999 No code at all", Unavailable),
    ],
)
async def test_a_refusal_is_for_now_or_for_good(stage: str, answer: str, refusal: type[Exception]) -> None:
    box = Box({stage: answer})
    async with mail_server(box) as port:
        with capture_logs() as logs, pytest.raises(refusal) as caught:
            await a_post(a_server(port)).send(a_mail())
    assert "maria" not in f"{caught.value} {logs}"
    assert refusal is Unavailable or answer[:3] in str(caught.value)
    assert box.envelopes == []


async def test_letters_of_other_scripts_in_an_address_need_a_server_that_knows_them() -> None:
    async with mail_server(Box(), enable_SMTPUTF8=False) as port:
        with pytest.raises(Hopeless):
            await a_post(a_server(port)).send(a_mail("мария@пример.рф"))
        await a_post(a_server(port)).send(a_mail("maria@пример.рф"))


async def test_a_line_that_is_cut_after_the_letter_leaves_it_open_whether_it_came() -> None:
    box = Box(drops=True)
    async with mail_server(box) as port:
        with pytest.raises(Unavailable):
            await a_post(a_server(port)).send(a_mail())
    assert len(box.envelopes) == 1


class Chatter(Silence):
    """Never ends its greeting."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.task = asyncio.create_task(self.talk(transport))

    async def talk(self, transport: asyncio.Transport) -> None:
        while not transport.is_closing():
            transport.write(b"220-welcome\r\n")
            await asyncio.sleep(0.05)


class Nonsense(Silence):
    said = b"HTTP/1.1 400 Bad Request\r\n\r\n"


class Greeting(Silence):
    said = b"220 mail.test\r\n"


@pytest.mark.parametrize("factory", [Silence, Chatter, Nonsense, Greeting])
@pytest.mark.parametrize("is_implicit", [True, False])
async def test_a_server_that_hangs_is_left_in_time(
    factory: Callable[[], asyncio.Protocol], is_implicit: bool
) -> None:
    async with serving(factory) as port:
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            await a_post(a_server(port, is_implicit_tls=is_implicit), seconds=0.5).send(a_mail())
        assert time.monotonic() - begun < 2


async def test_a_server_that_does_not_hear_the_farewell_has_the_letter_all_the_same() -> None:
    box = Box()

    async def hang(server: object, session: object, envelope: object) -> str:
        await asyncio.sleep(30)
        return "221 Bye"

    box.handle_QUIT = hang  # type: ignore[attr-defined]
    async with mail_server(box) as port:
        await asyncio.wait_for(a_post(a_server(port)).send(a_mail()), 3)
    assert len(box.letters) == 1


async def test_nobody_at_the_port_is_unavailable() -> None:
    async with serving(Silence) as port:
        pass
    with pytest.raises(Unavailable):
        await a_post(a_server(port)).send(a_mail())
    with pytest.raises(Unavailable):
        await a_post(Server("no-such-host.invalid", 25, is_starttls=False)).send(a_mail())


async def test_many_letters_at_once_all_go() -> None:
    box = Box()
    async with mail_server(box) as port:
        post = a_post(a_server(port))
        await asyncio.gather(*(post.send(a_mail(f"user{number}@example.com")) for number in range(20)))
    assert len({envelope.rcpt_tos[0] for envelope in box.envelopes}) == 20
