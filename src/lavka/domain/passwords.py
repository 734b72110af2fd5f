"""The rules of a password (requirement 1.2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lavka.domain.errors import Detail, Invalid

SHORTEST = 8
LONGEST = 72
"""bcrypt reads 72 bytes and no more; printable ASCII has one byte a character."""
MARKS = "$%&!:"


@dataclass(frozen=True, slots=True)
class Password:
    """A password that keeps every rule; it never shows itself in a repr, a log or an error."""

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if broken := list(broken_rules(self.secret)):
            raise Invalid([Detail("password", rule) for rule in broken])

    def __str__(self) -> str:
        return "********"

    def __format__(self, form: str) -> str:
        return format(str(self), form)


def broken_rules(secret: str) -> Iterator[str]:
    """Name every rule that this password breaks, in the order in which a form would show them."""
    if len(secret) < SHORTEST:
        yield f"Use at least {SHORTEST} characters."
    if len(secret) > LONGEST:
        yield f"Use at most {LONGEST} characters."
    if not all(" " <= character <= "~" for character in secret):
        yield "Use Latin letters, digits and ASCII punctuation only."
    if not any("A" <= character <= "Z" for character in secret):
        yield "Use at least one upper-case Latin letter."
    if not any(character in MARKS for character in secret):
        yield f"Use at least one of {MARKS}"
