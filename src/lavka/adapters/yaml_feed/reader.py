"""The reading of a whole list: its head, its categories, its goods one at a time."""

from collections.abc import Callable
from pathlib import Path

import yaml
from yaml.events import Event, MappingStartEvent, SequenceStartEvent

from lavka.adapters.yaml_feed.events import Node, Table, Walk
from lavka.adapters.yaml_feed.mistakes import in_our_words
from lavka.adapters.yaml_feed.rows import ONE_TEXT, ids_of, row_of
from lavka.adapters.yaml_feed.source import Source, Unreadable
from lavka.adapters.yaml_feed.spool import Report, Spool
from lavka.application.ports.prices import MOST_FAULTS
from lavka.domain.prices import LONGEST_ID, LONGEST_NAME, Categories, Fault, ListedCategory, Skus, tidy
from lavka.domain.shops import is_web_address

MOST_GOODS = 1_000_000
MOST_CATEGORIES = 10_000
MOST_BAD = 100_000
"""Bad rows with a code of their own, which the report must name."""
MOST_KEYS = 100
EVERY = 1_000
"""Rows between two words about the progress."""

NO_LIST = "Write an object with shop, categories and goods at the top of the file."
NO_SHOP = "Write the shop's name, at most 255 characters."
NO_ADDRESS = "Write an address that begins with https:// or http://, or leave it out."
NO_CATEGORIES = "List the categories, each with id and name."
NO_NAME = "Write the category's name, at most 255 characters."
NO_GOODS = "List the goods, at least one."
ONE_NAME = "An earlier category has this id and another name: give each category an id of its own."
TOO_MANY = "There are more than {most} {things}: split the list into several."
MANY_BAD = (
    "More than 100,000 rows are wrong: correct the rows listed, which may share a cause, and send it again."
)
KEY_TWICE = "A field of the document is given twice: leave one of the two."
LARGE = "The list takes more memory than a list may: split it into several."


def read(file: Path, spool: Path, progress: Callable[[int], object]) -> Report:
    """Read a list and keep its good rows in `spool`; whatever stands in it, a report is the answer."""
    first = _Reading(None, progress)
    report = first.run(file, spool)
    if first.goods_came_early and first.categories is not None:
        return _Reading(first.categories, progress).run(file, spool)
    return report


class _Reading:
    """One pass over a file. Goods that stand before the categories wait for a second one."""

    def __init__(self, known: Categories | None, progress: Callable[[int], object]) -> None:
        self.categories = known
        self.goods_came_early = False
        self._progress = progress
        self._skus = Skus()
        self._report = Report()
        self._document: list[Fault] = []
        self._rows: list[Fault] = []

    def run(self, file: Path, spool: Path) -> Report:
        """Read all that can be read; the document's own faults come first."""
        with file.open("rb") as content, spool.open("wb") as goods:
            self._spool = Spool(goods)
            try:
                self._list(Walk(Source(content)))
            except Unreadable as error:
                self._blame("document", str(error))
            except yaml.YAMLError as error:
                self._blame("document", in_our_words(error))
            except MemoryError:
                self._blame("document", LARGE)
        self._report.faults = (self._document + self._rows)[:MOST_FAULTS]
        self._report.shelf = self._spool.shelf
        return self._report

    def _blame(self, field: str, message: str) -> None:
        self._document.append(Fault(None, field, message))

    def _list(self, walk: Walk) -> None:
        self._walk = walk
        if not isinstance(walk.next(), MappingStartEvent):
            raise Unreadable(NO_LIST)
        parts = {"shop": self._shop, "url": self._url, "categories": self._categories, "goods": self._goods}
        seen: set[str] = set()
        for key in walk.fields():
            if key in seen or len(seen) >= MOST_KEYS:
                raise Unreadable(KEY_TWICE if key in seen else NO_LIST)
            seen.add(key)
            parts.get(key, walk.skip)()
        walk.next()  # so that a second document is seen
        for key, message in (("shop", NO_SHOP), ("categories", NO_CATEGORIES), ("goods", NO_GOODS)):
            if key not in seen:
                self._blame(key, message)

    def _shop(self) -> None:
        shop = self._walk.read()
        if isinstance(shop, Table):
            self._report.url = self._report.url or self._address("shop.url", shop.get("url"))
            shop = shop.get("name")
        self._report.shop = self._text("shop", shop, LONGEST_NAME, NO_SHOP)

    def _url(self) -> None:
        self._report.url = self._address("url", self._walk.read()) or self._report.url

    def _address(self, field: str, node: Node) -> str | None:
        address = self._text(field, node, 2_000)
        if address and not is_web_address(address):
            self._blame(field, NO_ADDRESS)
        return address or None

    def _text(self, field: str, node: Node, longest: int, rule: str = "") -> str:
        if isinstance(node, Table | list):
            self._blame(field, ONE_TEXT)
            return ""
        try:
            text = tidy(node or "", longest)
        except ValueError as error:
            self._blame(field, str(error))
            return ""
        if rule and not text:
            self._blame(field, rule)
        return text

    def _items_start(self, field: str, message: str) -> bool:
        """Whether the next value is a list; whatever else it is gets passed over."""
        event = self._walk.next()
        if isinstance(event, SequenceStartEvent):
            return True
        self._blame(field, message)
        self._walk.skip(event)
        return False

    def _categories(self) -> None:
        listed: dict[str, ListedCategory] = {}
        if not self._items_start("categories", NO_CATEGORIES):
            return
        place = 0
        for place, event in enumerate(self._walk.items(), 1):
            if place > MOST_CATEGORIES:
                raise Unreadable(TOO_MANY.format(most=MOST_CATEGORIES, things="categories"))
            category = self._category(f"categories.{place}", self._walk.read(event))
            if category and listed.setdefault(category.id, category) != category:
                self._blame(f"categories.{place}.id", ONE_NAME)
        if place == 0:
            self._blame("categories", NO_CATEGORIES)
        self._report.categories = list(listed.values())
        self.categories = Categories(self._report.categories)

    def _category(self, field: str, node: Node) -> ListedCategory | None:
        if not isinstance(node, Table) or node.twice:
            self._blame(field, KEY_TWICE if isinstance(node, Table) else NO_CATEGORIES)
            return None
        name = self._text(f"{field}.name", node.get("name"), LONGEST_NAME, NO_NAME)
        own_id = self._text(f"{field}.id", node.get("id"), LONGEST_ID)
        return ListedCategory(own_id or name, name) if name else None

    def _goods(self) -> None:
        if self.categories is None:
            self.goods_came_early = True
            self._walk.skip(counted=False)
            return
        if not self._items_start("goods", NO_GOODS):
            return
        for event in self._walk.items():
            self._report.rows += 1
            if self._report.rows > MOST_GOODS:
                raise Unreadable(TOO_MANY.format(most=MOST_GOODS, things="goods"))
            self._good(event, self.categories)
            if self._report.rows % EVERY == 0:
                self._progress(self._report.rows)
        if not self._report.rows:
            self._blame("goods", NO_GOODS)

    def _good(self, event: Event, categories: Categories) -> None:
        node = self._walk.read(event)
        row = row_of(self._report.rows, node)
        good = row.good(categories, self._skus) if row.texts else None
        if good is not None:
            self._spool.add(good)
            return
        self._rows += row.faults[: MOST_FAULTS - len(self._rows)]
        self._report.bad.update(each for each in ids_of(node) if 0 < len(each) <= LONGEST_ID)
        if len(self._report.bad) > MOST_BAD:
            raise Unreadable(MANY_BAD)
