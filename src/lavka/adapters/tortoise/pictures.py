"""Which pictures hang at which product, in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch, transaction
from lavka.adapters.tortoise.json_sql import JsonSql
from lavka.adapters.tortoise.kept import next_version
from lavka.adapters.tortoise.models import PictureRow
from lavka.domain.catalog import ProductId
from lavka.domain.errors import NotFound
from lavka.domain.pictures import MEDIA, THUMBNAILS, Gallery, Picture, PictureId


def images(sql: JsonSql) -> str:
    """The SQL of a JSON array: the pictures of the product `p.id`, the main one first."""

    def address(end: str) -> str:
        return f"'{MEDIA}' || substr(i.digest, 1, 2) || '/' || i.digest || '{end}.webp'"

    image = {
        "id": "i.id",
        "url": address(""),
        "thumbnails": sql.object({str(size): address(f"-{size}") for size in THUMBNAILS}),
        "position": "i.position",
    }
    return (
        f"(SELECT {sql.array('image')} FROM (SELECT {sql.object(image)} AS image FROM pictures i "
        "WHERE i.product_id = p.id ORDER BY i.position) AS hung)"
    )


class TortoiseGalleries:
    """Every product's pictures."""

    async def exists(self, product: ProductId) -> bool:
        """Whether there is such a product, shown or hidden."""
        return bool(await fetch("SELECT 1 AS found FROM products WHERE id = $1", [product]))

    @asynccontextmanager
    async def change(self, product: ProductId) -> AsyncIterator[Gallery]:
        """Lock a product's, lend it, save it with the main picture's address that lists show."""
        async with transaction():
            lock = " FOR NO KEY UPDATE" if dialect() == POSTGRES else ""
            if not await fetch(f"SELECT id FROM products WHERE id = $1{lock}", [product]):
                raise NotFound
            before = [_picture(row) for row in await PictureRow.filter(product_id=product)]
            gallery = Gallery(product, before)
            yield gallery
            await _save(before, gallery)
            await next_version()

    async def hold(self, digest: str) -> None:
        """Let nobody else hold this digest until the transaction ends; on SQLite nobody else has one."""
        if dialect() == POSTGRES:
            await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [digest])

    async def named(self, start: str) -> set[str]:
        """Find the digests that begin so and hang at any product."""
        after = start[:-1] + chr(ord(start[-1]) + 1)
        rows = await fetch(
            "SELECT DISTINCT digest FROM pictures WHERE digest >= $1 AND digest < $2", [start, after]
        )
        return {row["digest"] for row in rows}

    async def are_empty(self) -> bool:
        """Whether no product has a picture."""
        return not await PictureRow.exists()


async def _save(before: list[Picture], gallery: Gallery) -> None:
    known, ids = {each.id: each for each in before}, {each.id for each in gallery}
    for gone in known.keys() - ids:
        await execute("DELETE FROM pictures WHERE id = $1", [gone])
    for each in gallery:
        if each.id not in known:
            await PictureRow.create(
                id=each.id, product_id=each.product, digest=each.digest, position=each.position
            )
        elif each != known[each.id]:
            await execute("UPDATE pictures SET position = $1 WHERE id = $2", [each.position, each.id])
    main = gallery.main.url if gallery.main else None
    await execute("UPDATE products SET image = $1 WHERE id = $2", [main, gallery.product])


def _picture(row: PictureRow) -> Picture:
    return Picture(PictureId(row.id), ProductId(row.product_id), row.digest, row.position)  # type: ignore[attr-defined]
