"""SQL that writes JSON in the database, in the words of either dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class JsonSql:
    """How one dialect builds JSON; every method returns an SQL expression."""

    build: str
    """The function that makes an object of names and values."""
    is_postgres: bool

    def object(self, members: Mapping[str, str]) -> str:
        """An object of these members."""
        written = ", ".join(f"'{name}', {value}" for name, value in members.items())
        return f"{self.build}({written})"

    def array(self, item: str, only: str = "TRUE") -> str:
        """An array of one item a row, empty when there are none, in the order of the subquery.

        SQLite forgets that a subquery's column is JSON when it sorts, so it is told again.
        """
        if self.is_postgres:
            return f"COALESCE(json_agg({item}) FILTER (WHERE {only}), {self.nothing})"
        return f"json_group_array(json({item})) FILTER (WHERE {only})"

    def item(self, value: str, nth: int) -> str:
        """This value of the nth row as text, null when there are fewer."""
        if self.is_postgres:
            return f"(array_agg({value}))[{nth}]::text"
        return f"json_extract(json_group_array({value}), '$[{nth - 1}]')"

    def boolean(self, value: str) -> str:
        """`true` or `false`, which SQLite keeps as 1 and 0."""
        return value if self.is_postgres else f"json(CASE WHEN {value} THEN 'true' ELSE 'false' END)"

    def time(self, value: str) -> str:
        """A time in RFC 3339."""
        return value if self.is_postgres else f"replace({value}, ' ', 'T')"

    def document(self, value: str) -> str:
        """A column that holds JSON."""
        return value if self.is_postgres else f"json({value})"

    @property
    def nothing(self) -> str:
        """An empty array."""
        return "'[]'::json" if self.is_postgres else "json('[]')"

    def text(self, value: str) -> str:
        """A JSON expression as the text that is sent."""
        return f"{value}::text" if self.is_postgres else value


JSON_SQL = {
    "postgres": JsonSql("json_build_object", is_postgres=True),
    "sqlite": JsonSql("json_object", is_postgres=False),
}


@dataclass(slots=True)
class Conditions:
    """A WHERE clause that grows, with its parameters."""

    clauses: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, clause: str, *values: Any) -> None:
        """Add a clause in which each `{}` stands for one of the values."""
        places = [self.place(value) for value in values]
        self.clauses.append(clause.format(*places))

    def beside(self) -> Self:
        """Begin another clause from this one, with the same parameters."""
        return type(self)(list(self.clauses), self.parameters)

    def place(self, value: Any) -> str:
        """Keep a parameter and name its place: `$1`, `$2` …"""
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def __str__(self) -> str:
        return " AND ".join(self.clauses) or "TRUE"
