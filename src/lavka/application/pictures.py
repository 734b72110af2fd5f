"""Pictures of products: hanging, moving and taking them down, and keeping files and rows in step.

A file is kept before its row is and deleted after its row has gone, both while the digest is held. So
whoever holds a digest finds files exactly where a row is; only a crash leaves files that nobody names,
which `sweep` deletes and `broken` shows.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lavka.application.ports.accounts import Users
from lavka.application.ports.pictures import Content, Galleries, Pictures
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Ids, Transaction
from lavka.domain.catalog import ProductId
from lavka.domain.errors import NotFound, Unauthorized
from lavka.domain.pictures import Picture, PictureId

STARTS = tuple(f"{number:02x}" for number in range(256))
"""What digests begin with."""
MOST_SHOWN = 20
MOST_LEFT = 100
"""Pictures whose files crashes may have left; more were left by no crash, so a person has to look."""

Breach = Callable[[set[str], Mapping[str, bool]], set[str]]
"""Which digests break a promise, of those that products name and those that have files."""


def _missing(named: set[str], kept: Mapping[str, bool]) -> set[str]:
    return {digest for digest in named if not kept.get(digest)}


def _left_over(named: set[str], kept: Mapping[str, bool]) -> set[str]:
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
        """Delete the files that no picture has, and count the pictures that they were of.

        Nothing is deleted when no product has a picture or very many files belong to none: then this is
        rather another database than that of these files.
        """
        left: list[str] = []
        for start in STARTS:
            left += await self._breaking(_left_over, start)
        if not left or len(left) > MOST_LEFT or await self.galleries.are_empty():
            return 0
        return sum([await self._forget_unnamed(digest) for digest in left])

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
