"""From what suppliers write to what a row says: the dialects of the format."""

from lavka.adapters.yaml_feed.events import Node, Table
from lavka.domain.catalog import MOST_ATTRIBUTES
from lavka.domain.prices import Row

TEXTS = ("id", "category", "model", "name", "price", "price_rrc", "quantity")
ONE_TEXT = "Write one text or number here, not a list or an object."
EMPTY_ROW = "This row is empty: fill it in, or remove its dash."
NO_TABLE = "Write a good as an object with id, category, name, price and quantity."
TWICE = "This field is given twice in one row: is a dash missing before it?"
NO_PARAMETERS = "Write parameters as an object, or as a list of objects with name and value."


def row_of(number: int, node: Node) -> Row:
    """Read a row in any dialect; what does not have the form of one is a fault of it."""
    if not isinstance(node, Table):
        empty = Row(number, {})
        empty.blame("goods", NO_TABLE if node else EMPTY_ROW)
        return empty
    row = Row(number, {})
    if twice := node.twice:
        row.blame(twice if twice in TEXTS or twice == "parameters" else "goods", TWICE)
    row.texts = {field: _text(row, field, node.get(field)) for field in TEXTS}
    row.parameters = _parameters(row, node.get("parameters"))
    return row


def ids_of(node: Node) -> list[str]:
    """Every id that a row names; two when the dash before the second is missing."""
    written = node.all("id") if isinstance(node, Table) else []
    return [" ".join(each.split()) for each in written if isinstance(each, str)]


def _text(row: Row, field: str, node: Node) -> str | None:
    if isinstance(node, Table | list):
        row.blame(field, ONE_TEXT)
        return None
    return node


def _parameters(row: Row, node: Node) -> list[tuple[str | None, str | None]]:
    if isinstance(node, Table):
        pairs: list[tuple[Node, Node]] = list(node.pairs[: MOST_ATTRIBUTES + 1])
    elif isinstance(node, list):
        pairs = [
            (each.get("name"), each.get("value")) if isinstance(each, Table) else (None, each)
            for each in node[: MOST_ATTRIBUTES + 1]
        ]
    else:
        pairs = []
        if node is not None:
            row.blame("parameters", NO_PARAMETERS)
    places = (f"parameters.{place}" for place in range(1, len(pairs) + 1))
    return [
        (_text(row, place, name), _text(row, place, value))
        for place, (name, value) in zip(places, pairs, strict=True)
    ]
