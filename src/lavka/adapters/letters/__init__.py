"""The words of letters: a folder a language, and in it a text and an HTML template a subject."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from lavka.adapters.letters.words import WORDS
from lavka.domain.accounts import Language
from lavka.domain.letters import Letter, Mail
from lavka.domain.money import Money
from lavka.domain.texts import FORBIDDEN

MARKS = re.compile("[\u061c\u200e\u200f]")
"""What turns the direction of text for a moment."""
LINE_ENDS = re.compile("[\t\n\r\v\f\u0085\u2028\u2029]+")
NO_BREAK = "\u00a0"
LONGEST_TITLE = 150


class JinjaTemplates:
    """The letters of one shop, which people reach at `origin`."""

    def __init__(self, origin: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            finalize=_plain,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"money": money, "moment": moment}
        self._environment.globals["origin"] = origin

    def write(self, letter: Letter) -> Mail:
        """Write it out, as text and as HTML."""
        place, language = f"{letter.language.value}/{letter.subject.value}", letter.language
        facts = {**letter.facts, "language": language.value, "words": WORDS[language]}
        text = self._environment.get_template(f"{place}.txt")
        title = " ".join("".join(text.blocks["title"](text.new_context(facts))).split())[:LONGEST_TITLE]
        facts["title"] = title
        html = self._environment.get_template(f"{place}.html").render(facts)
        return Mail(letter.id, letter.to, language, title, text.render(facts), html)


def money(amount: Money, language: str) -> str:
    """Roubles as people write them: `1 990,00 ₽` with no-break spaces, or `1,990.00 RUB`."""
    sign, minor = "-" if amount.minor < 0 else "", abs(amount.minor)
    roubles, kopecks = f"{sign}{minor // 100:,}", f"{minor % 100:02}"
    if language == Language.RUSSIAN.value:
        return f"{roubles.replace(',', NO_BREAK)},{kopecks}{NO_BREAK}₽"
    return f"{roubles}.{kopecks} RUB"


def moment(time: datetime, language: str) -> str:
    """A time in UTC, to the minute: `24.11.2026 12:00 UTC`, or `2026-11-24 12:00 UTC`."""
    form = "%d.%m.%Y %H:%M UTC" if language == Language.RUSSIAN.value else "%Y-%m-%d %H:%M UTC"
    return time.astimezone(UTC).strftime(form)


def _plain(value: Any) -> Any:
    """Write a fact on one line, without what is no text: names are their owners' own words."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return LINE_ENDS.sub(" ", MARKS.sub("", FORBIDDEN.sub("", value)))
