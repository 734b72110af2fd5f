"""The tree of categories, as administrators change it."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict, StringConstraints

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.catalog_bodies import CategoryRef
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Identity, Name, Slug
from lavka.domain.catalog import Category, CategoryChanges, CategoryId

router = APIRouter(tags=["Catalogue"], route_class=Door)


class CategoryPatch(Form):
    """Fields that change; the others stay. `parent_id` null moves a category to the top."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Электрочайники"}})

    name: Name = ""
    slug: Annotated[Slug, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = ""
    parent_id: Identity | None = None

    def changes(self) -> CategoryChanges:
        """What is to change."""
        given = self.model_dump(exclude_unset=True, exclude={"parent_id"})
        if "parent_id" in self.model_fields_set:
            given["parent"] = self.parent()
        return cast("CategoryChanges", given)

    def parent(self) -> CategoryId | None:
        """The parent."""
        return None if self.parent_id is None else CategoryId(self.parent_id)


class CategoryForm(CategoryPatch):
    """A new category; without a slug it gets one made of its name."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Чайники"}})

    name: Name


class CategoryBody(CategoryRef):
    """A category and where it stands."""

    parent_id: UUID | None

    @classmethod
    def of(cls, category: Category) -> "CategoryBody":
        """Write one out."""
        return cls(id=category.id, name=category.name, slug=category.slug, parent_id=category.parent)


@router.post("/categories", status_code=201, responses=documented(401, 403, 409, 413, 415, 422, 503))
async def add_category(form: CategoryForm, who: Caller, shop: TheShop) -> CategoryBody:
    """Put a category into the tree; for administrators."""
    made = await shop.arranging.add(who, form.name, form.slug or None, form.parent())
    return CategoryBody.of(made)


@router.patch("/categories/{category_id}", responses=documented(401, 403, 404, 409, 413, 415, 422, 503))
async def change_category(category_id: UUID, form: CategoryPatch, who: Caller, shop: TheShop) -> CategoryBody:
    """Rename a category, or move it with all in it; for administrators."""
    return CategoryBody.of(await shop.arranging.change(who, CategoryId(category_id), form.changes()))


@router.delete(
    "/categories/{category_id}", status_code=204, responses=documented(401, 403, 404, 409, 422, 503)
)
async def remove_category(category_id: UUID, who: Caller, shop: TheShop) -> None:
    """Remove an empty category; for administrators."""
    await shop.arranging.remove(who, CategoryId(category_id))
