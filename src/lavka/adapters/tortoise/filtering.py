"""The filter of a product list as SQL."""

from collections.abc import Sequence

from lavka.adapters.tortoise.database import POSTGRES, dialect
from lavka.adapters.tortoise.json_sql import Conditions
from lavka.adapters.tortoise.kept import among, sorted_ids
from lavka.adapters.tortoise.orderings import Ordering
from lavka.application.ports.catalog import ProductFilter

SUBTREE = """WITH RECURSIVE subtree (id) AS (
    SELECT id FROM categories WHERE slug = {} UNION
    SELECT below.id FROM categories below JOIN subtree ON below.parent_id = subtree.id)
    SELECT id FROM subtree"""
SOLD_BY = (
    "EXISTS (SELECT 1 FROM offers o WHERE o.product_id = products.id AND o.shop_id = {} AND o.is_active)"
)
FOUND = {
    "postgres": "search @@ {}::text::tsquery",
    "sqlite": "id IN (SELECT r.product_id FROM product_search f JOIN search_rows r ON r.id = f.rowid "
    "WHERE f.product_search MATCH {})",
}


def found(*, on_the_way: bool = False) -> str:
    """The condition that a search finds a product, in the words of `search_terms`; a place for its text.

    `on_the_way` keeps PostgreSQL from using the index of words: what many products have is met soon in most
    orders, while all of it would have to be gathered and sorted; the planner does not know how many it is.
    """
    by_index = FOUND[dialect()]
    return f"({by_index}) IS TRUE" if on_the_way and dialect() == POSTGRES else by_index


def restrict(conditions: Conditions, which: ProductFilter, ordering: Ordering) -> None:
    """Add what a filter asks for, but for the category and the search; prices in the words of an index."""
    if (which.min_price, which.max_price) != (None, None):
        conditions.add("price IS NOT NULL")
    if which.shop is not None:
        conditions.add(SOLD_BY, which.shop)
    if which.min_price is not None:
        conditions.add(f"{ordering.price} >= {{}}", which.min_price)
    if which.max_price is not None:
        conditions.add(f"{ordering.price} <= {{}}", which.max_price)
    if which.in_stock is not None:
        conditions.add("in_stock" if which.in_stock else "NOT in_stock")
    for name, values in which.attributes:
        _restrict_attribute(conditions, name, values)


def _restrict_attribute(conditions: Conditions, name: str, values: frozenset[str]) -> None:
    named, valued = conditions.place(name), conditions.place(sorted_ids(values))
    conditions.add(
        "EXISTS (SELECT 1 FROM product_attributes a WHERE a.product_id = products.id "
        f"AND a.name = {named} AND {among('a.value', int(valued[1:]))})"
    )


def whole(which: ProductFilter, ordering: Ordering, searched: Sequence[str] = ()) -> Conditions:
    """All that a list asks for, the category too; `searched` is what the text of the search means."""
    conditions = Conditions(["is_active"])
    restrict(conditions, which, ordering)
    if searched:
        conditions.add(found(), searched[-1])
    if which.category is not None:
        conditions.add(f"category_id IN ({SUBTREE})", which.category)
    return conditions
