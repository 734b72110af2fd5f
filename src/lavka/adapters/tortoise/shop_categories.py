"""Where the categories of shops' price lists stand in the common tree."""

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from lavka.adapters.tortoise.database import execute, fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rowsets import packed, rowset
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, folded, numbered, slugify
from lavka.domain.shops import ShopId

KNOWN = "SELECT name_folded, category_id FROM shop_categories WHERE shop_id = $1"
"""What an administrator has renamed or moved is still found under the name that the shop gave it."""
NEW = {"id": "uuid", "name": "text", "slug": "text"}
MAKE = "INSERT INTO categories (id, name, slug) SELECT id, name, slug FROM {new}"
PLACE = {"id": "uuid", "name_folded": "text", "category_id": "uuid"}
REMEMBER = """INSERT INTO shop_categories (id, shop_id, name_folded, category_id)
    SELECT id, $2, name_folded, category_id FROM {places} WHERE TRUE ON CONFLICT DO NOTHING"""
"""SQLite would take ON for a part of a join if no WHERE stood before it."""


async def places_of(shop: ShopId, names: Collection[str], ids: Ids) -> Mapping[str, CategoryId]:
    """Say where each stands, by folded name: where it stood before, or where one of its name stands.

    One that is nowhere is named by the id that it gets when a product is made in it.
    """
    wanted = {folded(name) for name in names}
    known = {row["name_folded"]: _id(row["category_id"]) for row in await fetch(KNOWN, [shop])}
    common = await _common() if wanted - known.keys() else {}
    return {key: known.get(key) or common.get(key) or CategoryId(ids()) for key in wanted}


async def make(shop: ShopId, needed: Mapping[CategoryId, str], ids: Ids) -> None:
    """Make those of these categories, named as the shop names them, that are not there; remember all."""
    if not needed:
        return
    there = await fetch(f"SELECT id FROM categories WHERE {among('id', 1)}", [sorted_ids(needed)])
    missing = needed.keys() - {_id(row["id"]) for row in there}
    taken = {row["slug"] for row in await fetch("SELECT slug FROM categories")} if missing else set()
    rows, alike = [], Counter[str]()
    for category in sorted(missing):
        plain = slugify(needed[category])
        slug = numbered(plain, taken, after=alike[plain])
        taken.add(slug)
        alike[plain] += 1
        rows.append({"id": category, "name": needed[category], "slug": slug})
    if rows:
        await execute(MAKE.format(new=rowset(NEW)), [packed(rows)])
    places = [
        {"id": ids(), "name_folded": folded(name), "category_id": category}
        for category, name in needed.items()
    ]
    await execute(REMEMBER.format(places=rowset(PLACE)), [packed(places), shop])


async def _common() -> dict[str, CategoryId]:
    """The tree by folded name; of several with one name the oldest counts."""
    rows = await fetch("SELECT id, name FROM categories ORDER BY id DESC")
    return {folded(row["name"]): _id(row["id"]) for row in rows}


def _id(found: object) -> CategoryId:
    return CategoryId(UUID(str(found)))
