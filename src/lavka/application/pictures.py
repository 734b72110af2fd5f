"""Pictures of products: hanging, moving and taking them down, and keeping files and rows in step.

A file is kept before its row is and deleted after its row has gone, both while the digest is held. So
whoever holds a digest finds files exactly where a row is; only a crash leaves files that nobody names,
which `sweep` deletes and `broken` shows.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lavka.application.ports.accounts import Users
from lavka.application.ports.pictures import Content, Galleries, Kept, Pictures
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Ids, Transaction
from lavka.domain.catalog import ProductId
from lavka.domain.errors import NotFound, Unauthorized
from lavka.domain.pictures import Picture, PictureId

STARTS = tuple(f"{number:02x}" for number in range(256))
"""What digests begin with."""
LONG_ENOUGH = timedelta(hours=1)
"""A file that nobody has named for so long was left by a crash."""
MOST_SHOWN = 20

Breach = Callable[[set[str], Mapping[str, Kept]], set[str]]
"""Which digests break a promise, of those that products name and those that have files."""


def _missing(named: set[str], kept: Mapping[str, Kept]) -> set[str]:
    return {digest for digest in named if digest not in kept or not kept[digest].is_whole}


def _left_over(named: set[str], kept: Mapping[str, Kept]) -> set[str]:
    return kept.keys() - named


PROMISES: Mapping[str, Breach] = {
    "every picture has its files": _missing,
    "every picture file belongs to a picture": _left_over,
}


@dataclass(frozen=True, slots=True)
class Picturing:
    """Add, move and remove pictures as an administrator; find and heal what a crash has left."""

    users: Users
    galleries: Galleries
    pictures: Pictures
    ids: Ids
    transaction: Transaction

    async def add(self, who: Access, product: ProductId, content: Content) -> Picture:
        """Hang a picture last; `content` is read once it is known that the caller may and the product is.

        Raise Forbidden, NotFound, whatever Pictures.prepare does, PictureRepeated or GalleryFull.
        """
        await self._admit(who)
        if not await self.galleries.exists(product):
            raise NotFound
        prepared = await self.pictures.prepare(await content())
        async with self.transaction():
            await self.galleries.hold(prepared.digest)
            async with self.galleries.change(product) as gallery:
                picture = gallery.add(PictureId(self.ids()), prepared.digest)
                await self.pictures.keep(prepared)  # not before it is taken, and before its row is stored
        return picture

    async def move(self, who: Access, product: ProductId, picture: PictureId, position: int) -> Picture:
        """Give a picture another place, 1 making it the main one; raise Forbidden, NotFound or Invalid."""
        await self._admit(who)
        async with self.galleries.change(product) as gallery:
            return gallery.move(picture, position)

    async def remove(self, who: Access, product: ProductId, picture: PictureId) -> None:
        """Take a picture down and delete its files; raise Forbidden or NotFound."""
        await self._admit(who)
        async with self.galleries.change(product) as gallery:
            gone = gallery.remove(picture)
        await self._forget_unnamed(gone.digest)

    async def sweep(self) -> int:
        """Delete files that nobody has named for an hour, and count the pictures that they were of.

        A database without any picture is not asked: it may be a new one beside the files of an older one.
        """
        swept = 0
        if await self.galleries.are_empty():
            return swept
        for start in STARTS:
            kept = await self.pictures.kept(start)
            old = {digest for digest, each in kept.items() if each.age > LONG_ENOUGH}
            for digest in old - await self.galleries.named(start) if old else ():
                swept += await self._forget_unnamed(digest)
        return swept

    async def broken(self) -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
        """Give each promise about files and the first digests that break it, none when it holds."""
        for promise, breach in PROMISES.items():
            yield promise, [{"digest": each} for each in await self._astray(breach)]

    async def _astray(self, breach: Breach) -> list[str]:
        found: list[str] = []
        for start in STARTS:
            for digest in sorted(await self._breaking(breach, start)):
                async with self.transaction():  # nobody adds or removes it now, so a second look is sure
                    await self.galleries.hold(digest)
                    found += await self._breaking(breach, digest)
                if len(found) == MOST_SHOWN:
                    return found
        return found

    async def _breaking(self, breach: Breach, start: str) -> set[str]:
        return breach(await self.galleries.named(start), await self.pictures.kept(start))

    async def _forget_unnamed(self, digest: str) -> bool:
        """Delete the files unless a product has the picture, or gets it at this very moment."""
        async with self.transaction():
            await self.galleries.hold(digest)
            if await self.galleries.named(digest):
                return False
            await self.pictures.forget(digest)
            return True

    async def _admit(self, who: Access) -> None:
        try:
            user = await self.users.get(who.user)
        except NotFound:  # the account is gone, and its tokens with it
            raise Unauthorized from None
        user.must_administer()
