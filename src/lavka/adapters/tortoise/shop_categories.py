"""Where the categories of shops' price lists stand in the common tree."""

from collections.abc import Collection, Mapping
from uuid import UUID

from lavka.adapters.tortoise.database import POSTGRES, dialect, execute, fetch
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.rows import LONGEST_FOLDED
from lavka.application.ports.system import Ids
from lavka.domain.catalog import CategoryId, fold, slugify
from lavka.domain.shops import ShopId

KNOWN = "SELECT name_folded, category_id FROM shop_categories WHERE shop_id = $1"
"""What an administrator has renamed or moved is still found under the name that the shop gave it."""
REMEMBER = "INSERT INTO shop_categories (id, shop_id, name_folded, category_id) VALUES ($1, $2, $3, $4)"
MAKE = "INSERT INTO categories (id, name, slug) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING"


async def places_of(
    shop: ShopId, names: Collection[str], ids: Ids, *, make: bool
) -> Mapping[str, CategoryId]:
    """Say where each stands, by folded name: where it stood before, or where one of its name stands.

    One that is new is made at the top, or else named by an id that nothing has.
    """
    known = {row["name_folded"]: row["category_id"] for row in await fetch(KNOWN, [shop])}
    wanted = {fold(name): name for name in names}
    common = await _common() if any(key[:LONGEST_FOLDED] not in known for key in wanted) else {}
    places = {}
    for key, name in wanted.items():
        if kept := known.get(key[:LONGEST_FOLDED]):
            places[key] = CategoryId(UUID(str(kept)))
            continue
        places[key] = common.get(key) or (await _made(name, ids()) if make else CategoryId(ids()))
        if make:
            await execute(REMEMBER, [ids(), shop, key[:LONGEST_FOLDED], places[key]])
    if dialect() == POSTGRES and make:
        held = f"SELECT id FROM categories WHERE {among('id', 1)} FOR KEY SHARE"
        await fetch(held, [sorted_ids(places.values())])
    return places


async def _common() -> dict[str, CategoryId]:
    """The tree by folded name; of several with one name the oldest counts."""
    rows = await fetch("SELECT id, name FROM categories ORDER BY id DESC")
    return {fold(row["name"]): CategoryId(UUID(str(row["id"]))) for row in rows}


async def _made(name: str, made: UUID) -> CategoryId:
    """Make a category at the top; who makes the same at the same time waits here, and finds it made."""
    slug, number = slugify(name), 1
    while not await execute(MAKE, [made, name, slug if number == 1 else f"{slug[:90].rstrip('-')}-{number}"]):
        if found := (await _common()).get(fold(name)):
            return found
        number += 1
    return CategoryId(made)
