"""A walk over the events of a YAML document: nothing is constructed, each text stays as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lavka.adapters.yaml_feed.source import LONGEST_TEXT, TOO_LONG, Source, Unreadable

DEEPEST = 20
MOST_NODES = 5_000
"""Texts and collections within one row."""
MOST_IGNORED = 100_000
"""Texts and collections in parts that nobody reads."""
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""What an absent value looks like when it stands without quotes."""

ANCHOR = "Line {line} uses an anchor or an alias (& or *): write the values out, or put the text in quotes."
TAG = "Line {line} uses a tag (!): remove it, or put the text in quotes."
MERGE = "Line {line} uses a merge key (<<): write the values out."
DEEP = "Line {line} is nested deeper than 20 levels: a price list needs five."
SEVERAL = "The file holds several documents, the next one from line {line}: send each as a list of its own."
KEY = "Line {line} has a list or an object where the name of a field stands: write one text there."
BIG_ROW = "The row or category about line {line} has more than 5,000 values: remove what no list needs."
MUCH_IGNORED = "Before line {line} stands too much that is not of the format: remove it."

STARTS = (MappingStartEvent, SequenceStartEvent)
ENDS = (MappingEndEvent, SequenceEndEvent)

Node: TypeAlias = "str | Table | list[Node] | None"


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping in its order; a key that is given twice is there twice."""

    pairs: list[tuple[str, Node]]

    def get(self, key: str) -> Node:
        """The first value of this key; None when there is none or nothing."""
        return next((value for name, value in self.pairs if name == key), None)

    def all(self, key: str) -> list[Node]:
        """Every value of this key."""
        return [value for name, value in self.pairs if name == key]

    @property
    def twice(self) -> str | None:
        """The first key that stands here a second time."""
        seen: set[str] = set()
        for name, _ in self.pairs:
            if name in seen:
                return name
            seen.add(name)
        return None


class Walk:
    """The events of one document, and what can be made of them: a node, or nothing.

    Within a collection there always is a next event: the parser raises when the text ends too soon.
    """

    def __init__(self, source: Source) -> None:
        self._events = _checked(source)
        self._room = MOST_NODES
        self._ignored = 0

    def next(self) -> Event | None:
        """The next event; None after the last. Raise Unreadable for what a list may not use."""
        return next(self._events, None)

    def items(self) -> Iterator[Event]:
        """The first event of each item, after the start of a list; the taker reads or skips each."""
        while not isinstance(event := next(self._events), SequenceEndEvent):
            yield event

    def fields(self) -> Iterator[str]:
        """The name of each field, after the start of a mapping; the taker reads or skips its value."""
        while not isinstance(event := next(self._events), MappingEndEvent):
            yield _key(event)

    def read(self, event: Event | None = None) -> Node:
        """Make a node of bounded size out of this event, or of the next, and those that belong to it."""
        self._room = MOST_NODES
        return self._node(event or next(self._events))

    def skip(self, event: Event | None = None, *, counted: bool = True) -> None:
        """Pass over a node; what nobody reads is counted, so that it stays little."""
        depth = 0
        while True:
            event = event or next(self._events)
            depth += _step(event)
            self._ignored += counted
            if self._ignored > MOST_IGNORED:
                raise _unreadable(MUCH_IGNORED, event)
            if depth == 0:
                return
            event = None

    def _node(self, event: Event) -> Node:
        self._room -= 1
        if self._room < 0:
            raise _unreadable(BIG_ROW, event)
        if isinstance(event, ScalarEvent):
            return None if event.value in NOTHING and not event.style else event.value
        if isinstance(event, SequenceStartEvent):
            return [self._node(item) for item in self.items()]
        return Table([(key, self._node(next(self._events))) for key in self.fields()])


def _key(event: Event) -> str:
    if not isinstance(event, ScalarEvent):
        raise _unreadable(KEY, event)
    if event.value == "<<" and not event.style:
        raise _unreadable(MERGE, event)
    return event.value


def _step(event: Event) -> int:
    if isinstance(event, STARTS):
        return 1
    return -1 if isinstance(event, ENDS) else 0


def _unreadable(message: str, event: Event) -> Unreadable:
    assert event.start_mark is not None
    return Unreadable(message.format(line=event.start_mark.line + 1))


def _checked(source: Source) -> Iterator[Event]:
    """Give the events of content; raise Unreadable for what a list may not use."""
    depth = documents = 0
    for event in yaml.parse(source, Loader=yaml.CSafeLoader):
        source.silent = 0
        if isinstance(event, ScalarEvent):
            _keep_plain(event)
            if len(event.value) > LONGEST_TEXT:
                raise _unreadable(TOO_LONG, event)
        elif isinstance(event, STARTS):
            _keep_plain(event)
            depth += 1
            if depth > DEEPEST:
                raise _unreadable(DEEP, event)
        elif isinstance(event, ENDS):
            depth -= 1
        elif isinstance(event, AliasEvent):
            raise _unreadable(ANCHOR, event)
        else:
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1:
                raise _unreadable(SEVERAL, event)
            continue
        yield event


def _keep_plain(event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
    if event.anchor is not None:
        raise _unreadable(ANCHOR, event)
    if event.tag is not None:
        raise _unreadable(TAG, event)
