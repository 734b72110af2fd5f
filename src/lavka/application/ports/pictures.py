"""Where pictures are made and kept, and which products they hang at."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from lavka.domain.catalog import ProductId
from lavka.domain.pictures import Gallery

Content = Callable[[], Awaitable[bytes]]
"""A file that somebody sends, read when it is called: who may not send it is refused before."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready to be kept: the digest of what was sent, and each file by its name."""

    digest: str
    files: Mapping[str, bytes] = field(repr=False)


class Pictures(Protocol):
    """The files: made safe to show, named by the digest of what was sent, kept until they are forgotten."""

    async def prepare(self, content: bytes) -> Prepared:
        """Make a picture and its thumbnails out of a stranger's file, beside the event loop.

        Raise UnsupportedMediaType for what is no JPG, PNG, GIF or WebP by its content, TooLarge, Invalid
        for a damaged file, and Unavailable when too many wait already.
        """
        ...

    async def keep(self, prepared: Prepared) -> None:
        """Keep the files for good, each whole or not at all; those that are there stay as they are."""
        ...

    async def forget(self, digest: str) -> None:
        """Delete the files of a picture, if there are any."""
        ...

    async def kept(self, start: str) -> Mapping[str, bool]:
        """Find the digests that begin so (two characters at least) and have any file, or all of theirs."""
        ...


class Galleries(Protocol):
    """Which pictures hang at which product, in which order."""

    async def exists(self, product: ProductId) -> bool:
        """Whether there is such a product, shown or hidden."""
        ...

    def change(self, product: ProductId) -> AbstractAsyncContextManager[Gallery]:
        """Lock a product's, lend it, save it; an exception leaves no trace. Raise NotFound."""
        ...

    async def hold(self, digest: str) -> None:
        """Let nobody else hold this digest until the transaction ends."""
        ...

    async def named(self, start: str) -> set[str]:
        """Find the digests that begin so and hang at any product."""
        ...

    async def are_empty(self) -> bool:
        """Whether no product has a picture."""
        ...
