"""What every post must do."""

import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import pytest
from builders import NOON
from mailing import Box, a_mail, mail_server, read, text_of

from lavka.adapters.post.folder import FolderPost
from lavka.adapters.post.message import MARK, Stationery
from lavka.adapters.post.smtp import Server, SmtpPost
from lavka.application.ports.letters import Post
from lavka.bootstrap import new_id
from lavka.domain.errors import Unavailable
from lavka.domain.tasks import Hopeless, TaskId

STATIONERY = Stationery('"Лавка, ООО" <shop@example.com>', lambda: NOON)


class Brought(Protocol):
    """A post, and what it has brought."""

    post: Post

    def letters(self) -> list[EmailMessage]: ...


@dataclass
class InTheFolder:
    post: FolderPost
    folder: Path

    def letters(self) -> list[EmailMessage]:
        return [read(file.read_bytes()) for file in sorted(self.folder.iterdir())]


@dataclass
class AtTheServer:
    post: SmtpPost
    box: Box

    def letters(self) -> list[EmailMessage]:
        return self.box.letters


@pytest.fixture(params=["folder", "smtp"])
async def brought(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Brought]:
    async with AsyncExitStack() as stack:
        if request.param == "folder":
            yield InTheFolder(FolderPost(tmp_path / "var" / "mail", STATIONERY), tmp_path / "var" / "mail")
        else:
            box = Box()
            port = await stack.enter_async_context(mail_server(box, enable_SMTPUTF8=True))
            yield AtTheServer(SmtpPost(Server.of(f"smtp://127.0.0.1:{port}?tls=none"), STATIONERY), box)


async def test_a_letter_comes_as_it_was_written(brought: Brought) -> None:
    mail = a_mail()
    await brought.post.send(mail)
    (letter,) = brought.letters()
    assert letter["From"] == '"Лавка, ООО" <shop@example.com>'
    assert letter["To"] == "maria@example.com"
    assert letter["Subject"] == mail.title
    assert letter["Date"] == "Tue, 24 Nov 2026 12:00:00 +0000"
    assert letter["Message-ID"] == f"<{mail.id}@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "ru"
    assert MARK not in letter
    assert text_of(letter).splitlines() == mail.text.splitlines()
    assert text_of(letter, "html").rstrip() == mail.html
    assert letter.get_content_type() == "multipart/alternative"


async def test_a_repetition_is_the_same_letter_and_says_so(brought: Brought) -> None:
    mail = a_mail()
    await brought.post.send(mail)
    await brought.post.send(replace(mail, is_repeated=True))
    letters = brought.letters()
    assert letters[-1][MARK] == "yes"
    assert {letter["Message-ID"] for letter in letters} == {f"<{mail.id}@example.com>"}


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        ("мария@пример.рф", "мария@xn--e1afmkfd.xn--p1ai"),
        ("maria@straße.de", "maria@xn--strae-oqa.de"),
        ("maria+tag@localhost", "maria+tag@localhost"),
        ('"very<odd>"@example.com', None),
    ],
)
async def test_an_address_goes_as_mail_servers_know_it(
    brought: Brought, address: str, mailed: str | None
) -> None:
    await brought.post.send(a_mail(address))
    (letter,) = brought.letters()
    (to,) = letter["To"].addresses
    as_read = to.addr_spec.encode("utf-8", "surrogateescape").decode()  # Python's parser knows no RFC 6532
    assert mailed is None or as_read == mailed


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?q?maria=0d=0abcc=3aa?=@example.com", "maria@-.рф", "maria@" + "ы" * 100 + ".рф", "maria@a..рф"],
)
async def test_an_address_that_is_none_is_hopeless(brought: Brought, address: str) -> None:
    with pytest.raises(Hopeless) as refusal:
        await brought.post.send(a_mail(address))
    assert "maria" not in str(refusal.value)
    assert brought.letters() == [] if not isinstance(brought, InTheFolder) else not brought.folder.exists()


@pytest.mark.parametrize("title", ["Заказ\r\nBcc: all@example.com", "a\nb", "a\rb"])
async def test_a_line_end_in_a_title_makes_no_header(brought: Brought, title: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        await brought.post.send(a_mail(title=title))


@pytest.mark.parametrize("word", ["=?utf-8?q?a=0D=0ABcc:_all@example.com?=", "=?utf-8?b?DQpCY2M6IGE=?="])
async def test_words_that_look_encoded_write_no_header(brought: Brought, word: str) -> None:
    await brought.post.send(a_mail(title=f"Очаг {word}"))
    await brought.post.send(a_mail(title=word))
    for letter in brought.letters():
        assert letter["Bcc"] is None
        assert "\n" not in letter["Subject"]
        assert word.replace("=?", "= ?") in letter["Subject"]


@pytest.mark.parametrize(
    "title",
    [
        "Очень длинное название: " + "слово " * 30 + "конец",
        "A very long title: " + "word " * 30 + "end",
        "Order A1B2",
    ],
)
async def test_a_title_comes_whole(brought: Brought, title: str) -> None:
    await brought.post.send(a_mail(title=title))
    assert brought.letters()[0]["Subject"] == title


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def a_folder(place: Path) -> FolderPost:
    return FolderPost(place, STATIONERY)


async def test_a_file_is_named_by_time_and_letter_and_for_its_owner_only(tmp_path: Path) -> None:
    mail = a_mail()
    await a_folder(tmp_path / "var" / "mail").send(mail)
    (file,) = files(tmp_path / "var" / "mail")
    assert file.name == f"20261124-120000-{mail.id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_the_link_in_a_file_can_be_copied_with_bare_eyes(tmp_path: Path) -> None:
    await a_folder(tmp_path).send(a_mail())
    (file,) = files(tmp_path)
    assert "Здравствуйте!\r\n\r\nhttps://shop.example/orders/" + "0" * 80 in file.read_bytes().decode()


async def test_the_same_letter_later_takes_the_same_files_place(tmp_path: Path) -> None:
    mail, times = a_mail(id=TaskId(new_id())), iter([NOON, NOON.replace(hour=13)] * 2)
    post = FolderPost(tmp_path, Stationery("shop@example.com", lambda: next(times)))
    await post.send(mail)
    await post.send(replace(mail, is_repeated=True))
    (file,) = files(tmp_path)
    assert read(file.read_bytes())[MARK] == "yes"


async def test_what_cannot_be_kept_whole_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "mail").touch()
    with pytest.raises(Unavailable):
        await a_folder(tmp_path / "mail").send(a_mail())


def test_a_letter_never_shows_what_it_says() -> None:
    assert "Здравствуйте" not in repr(a_mail())
