"""Where the categories of shops' price lists stand in the common tree."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, folded, numbered, slugify
from lavka.domain.shops import ShopId

KNOWN = "SELECT name_folded, category_id FROM shop_categories WHERE shop_id = $1"
"""What an administrator has renamed or moved is still found under the name that the shop gave it."""
NEW = {"id": "uuid", "name": "text", "slug": "text"}
MAKE = """INSERT INTO categories (id, name, slug)
    SELECT id, name, slug FROM {new} WHERE TRUE ON CONFLICT (slug) DO NOTHING"""
PLACE = {"id": "uuid", "name_folded": "text", "category_id": "uuid"}
REMEMBER = """INSERT INTO shop_categories (id, shop_id, name_folded, category_id)
    SELECT id, $2, name_folded, category_id FROM {places} WHERE TRUE ON CONFLICT DO NOTHING"""
"""SQLite would take ON for a part of a join if no WHERE stood before it."""


async def places_of(
    shop: ShopId, names: Collection[str], ids: Ids, *, make: bool
) -> Mapping[str, CategoryId]:
    """Say where each stands, by folded name: where it stood before, or where one of its name stands.

    One that is new is made at the top, or else named by an id that nothing has.
    """
    wanted = {folded(name): name for name in names}
    known = {row["name_folded"]: _id(row["category_id"]) for row in await fetch(KNOWN, [shop])}
    common = await _common() if wanted.keys() - known.keys() else {}
    missing = {key: name for key, name in wanted.items() if key not in known and key not in common}
    if make and missing:
        await _make(missing.values(), ids)
        common = await _common()
    places = {key: known.get(key) or common.get(key) or CategoryId(ids()) for key in wanted}
    if make:
        await _remember(shop, {key: places[key] for key in wanted if key not in known}, ids)
        await _hold(places.values())
    return places


async def _common() -> dict[str, CategoryId]:
    """The tree by folded name; of several with one name the oldest counts."""
    rows = await fetch("SELECT id, name FROM categories ORDER BY id DESC")
    return {folded(row["name"]): _id(row["id"]) for row in rows}


async def _make(names: Iterable[str], ids: Ids) -> None:
    """Make categories at the top; if an administrator takes a slug at this very moment, another is taken."""
    taken = {row["slug"] for row in await fetch("SELECT slug FROM categories")}
    rows: list[dict[str, Any]] = []
    alike: Counter[str] = Counter()
    for name in names:
        plain = slugify(name)
        slug = numbered(plain, taken, after=alike[plain])
        taken.add(slug)
        alike[plain] += 1
        rows.append({"id": ids(), "name": name, "slug": slug})
    if await execute(MAKE.format(new=rowset(NEW)), [packed(rows)]) < len(rows):
        made = {folded(row["name"]) for row in await fetch("SELECT name FROM categories")}
        await _make([row["name"] for row in rows if folded(row["name"]) not in made], ids)


async def _remember(shop: ShopId, places: Mapping[str, CategoryId], ids: Ids) -> None:
    rows = [{"id": ids(), "name_folded": key, "category_id": place} for key, place in places.items()]
    if rows:
        await execute(REMEMBER.format(places=rowset(PLACE)), [packed(rows), shop])


async def _hold(places: Collection[CategoryId]) -> None:
    """Keep categories from being removed until this transaction ends."""
    if dialect() == POSTGRES:
        held = f"SELECT id FROM categories WHERE {among('id', 1)} ORDER BY id FOR KEY SHARE"
        await fetch(held, [sorted_ids(places)])


def _id(found: object) -> CategoryId:
    return CategoryId(UUID(str(found)))
