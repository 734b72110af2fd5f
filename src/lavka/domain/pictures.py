"""Pictures of products: how many, how large, in which order, and what their files are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NewType
from uuid import UUID

from lavka.domain.catalog import ProductId
from lavka.domain.errors import Detail, GalleryFull, Invalid, NotFound, PictureRepeated

PictureId = NewType("PictureId", UUID)

MOST_BYTES = 10 * 1024 * 1024
"""The largest file that is taken."""
MOST_PIXELS = 40_000_000
"""The largest picture that is taken, width times height."""
MOST_PICTURES = 20
"""Of one product."""
THUMBNAILS = (64, 256, 768)
"""Pixels that the longer side of each thumbnail has at most."""
MEDIA = "/media/"
"""Where every file has its address."""


def file_name(digest: str, size: int | None = None) -> str:
    """Name the file of a picture, or of its thumbnail of this size: `ab/abcd….webp`, `ab/abcd…-64.webp`.

    The digest is the SHA-256 of what was sent, in hexadecimal: one name never holds two contents.
    """
    return f"{digest[:2]}/{digest}{'' if size is None else f'-{size}'}.webp"


def file_names(digest: str) -> tuple[str, ...]:
    """Name every file of a picture, the picture itself first."""
    return (file_name(digest), *(file_name(digest, size) for size in THUMBNAILS))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a product; the one in position 1 is the main picture."""

    id: PictureId
    product: ProductId
    digest: str
    position: int

    @property
    def url(self) -> str:
        """Its address."""
        return MEDIA + file_name(self.digest)

    @property
    def thumbnails(self) -> dict[str, str]:
        """The address of each thumbnail by its size."""
        return {str(size): MEDIA + file_name(self.digest, size) for size in THUMBNAILS}


class Gallery:
    """The pictures of one product in their order; positions are 1, 2, 3 … without gaps."""

    def __init__(self, product: ProductId, pictures: Iterable[Picture] = ()) -> None:
        self.product = product
        self._pictures: list[Picture] = []
        self._arrange(sorted(pictures, key=lambda picture: picture.position))

    @property
    def main(self) -> Picture | None:
        """The picture that lists show."""
        return self._pictures[0] if self._pictures else None

    def add(self, picture: PictureId, digest: str) -> Picture:
        """Hang a picture last; raise PictureRepeated or GalleryFull."""
        if any(each.digest == digest for each in self):
            raise PictureRepeated
        if len(self) >= MOST_PICTURES:
            raise GalleryFull
        self._arrange([*self, Picture(picture, self.product, digest, len(self) + 1)])
        return self._pictures[-1]

    def move(self, picture: PictureId, position: int) -> Picture:
        """Hang a picture elsewhere, the others move up; raise NotFound, Invalid for no such position."""
        moved = self._find(picture)
        if not 1 <= position <= len(self):
            raise Invalid([Detail("position", f"The pictures of this product have places 1 to {len(self)}.")])
        others = [each for each in self if each is not moved]
        self._arrange([*others[: position - 1], moved, *others[position - 1 :]])
        return self._pictures[position - 1]

    def remove(self, picture: PictureId) -> Picture:
        """Take a picture down, the others move up; raise NotFound."""
        gone = self._find(picture)
        self._arrange([each for each in self if each is not gone])
        return gone

    def _find(self, picture: PictureId) -> Picture:
        for each in self:
            if each.id == picture:
                return each
        raise NotFound

    def _arrange(self, pictures: Iterable[Picture]) -> None:
        self._pictures = [replace(each, position=place) for place, each in enumerate(pictures, 1)]

    def __iter__(self) -> Iterator[Picture]:
        return iter(self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)
