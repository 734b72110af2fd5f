"""The tree of categories."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from tortoise.exceptions import IntegrityError

from lavka.adapters.tortoise.database import execute, fetch, hold, transaction
from lavka.adapters.tortoise.kept import next_version
from lavka.adapters.tortoise.models import CategoryRow
from lavka.adapters.tortoise.rows import category_columns, category_of, changed
from lavka.domain.catalog import Category, CategoryId, numbered
from lavka.domain.errors import CategoryInUse, Detail, Invalid, NotFound, SlugTaken

LINE = """WITH RECURSIVE line (id, parent_id) AS (
    SELECT id, parent_id FROM categories WHERE id = $1 UNION
    SELECT above.id, above.parent_id FROM categories above JOIN line ON above.id = line.parent_id)
    SELECT id FROM line"""
HEIGHT = """WITH RECURSIVE below (id, level) AS (
    SELECT id, 1 FROM categories WHERE id = $1 UNION
    SELECT c.id, below.level + 1 FROM categories c JOIN below ON c.parent_id = below.id WHERE level < 1000)
    SELECT COALESCE(max(level), 0) AS height FROM below"""
AT_ONCE = "UPDATE NOWAIT"
"""Or not at all: who waited for an import that makes products here would keep all others waiting."""


class TortoiseCategories:
    """Every category. The catalogue's version is taken first: it is the lock of the whole tree."""

    async def hold(self) -> None:
        """Let nobody else change the tree until the transaction ends."""
        await next_version()

    async def add(self, category: Category) -> None:
        """Keep a new one; raise SlugTaken, Invalid for a parent that is not there."""
        async with transaction():
            await next_version()
            await _hold_parent(category)
            with _slug_is_free():
                await CategoryRow.create(**category_columns(category))

    @asynccontextmanager
    async def change(self, category: CategoryId) -> AsyncIterator[Category]:
        """Lock the tree, lend one, save what has changed."""
        async with transaction():
            await next_version()
            row = await CategoryRow.get_or_none(id=category)
            if row is None:
                raise NotFound
            lent = category_of(row)
            before = category_columns(lent)
            yield lent
            if changes := changed(before, category_columns(lent)):
                await _hold_parent(lent)
                if "slug" in changes:
                    await hold("categories", category, AT_ONCE)
                with _slug_is_free():
                    await CategoryRow.filter(id=category).update(**changes)

    async def remove(self, category: CategoryId) -> None:
        """Forget an empty one; raise NotFound, CategoryInUse."""
        async with transaction():
            await next_version()
            if not await hold("categories", category, AT_ONCE):
                raise NotFound
            try:
                await execute("DELETE FROM categories WHERE id = $1", [category])
            except IntegrityError as error:
                raise CategoryInUse from error

    async def line(self, category: CategoryId | None) -> Sequence[CategoryId]:
        """Name it and all above it; nothing for None or for one that is not there."""
        rows = await fetch(LINE, [category]) if category else []
        return [CategoryId(UUID(str(row["id"]))) for row in rows]

    async def height(self, category: CategoryId) -> int:
        """Count the levels from it down."""
        return int((await fetch(HEIGHT, [category]))[0]["height"])

    async def free_slug(self, slug: str) -> str:
        """Give this slug, or with a number behind it when it is taken."""
        rows = await fetch("SELECT slug FROM categories WHERE slug LIKE $1", [f"{slug[:90].rstrip('-')}%"])
        return numbered(slug, {row["slug"] for row in rows})


async def _hold_parent(category: Category) -> None:
    if category.parent is not None and not await hold("categories", category.parent, "KEY SHARE"):
        rule = "There is no such category: take the id of one of GET /categories, or leave it out."
        raise Invalid([Detail("parent_id", rule)])


@contextmanager
def _slug_is_free() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise SlugTaken from error
