"""Which products a query string asks for."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from lavka.adapters.http.forms import Minor, Slug, Text
from lavka.adapters.http.queries import GATHERED, Paging, Query
from lavka.application.ports.catalog import ProductFilter, Sort
from lavka.domain.catalog import LONGEST_ATTRIBUTE, LONGEST_VALUE
from lavka.domain.shops import ShopId

AttributeName = Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_ATTRIBUTE)]
AttributeValue = Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_VALUE)]
MOST_NAMES, MOST_VALUES = 10, 20
ATTRIBUTE: dict[str, Any] = {
    "name": "attr.{name}",
    "in": "query",
    "required": False,
    "description": (
        "A value of the attribute that `{name}` stands for, such as `attr.Цвет=белый`. Repeat it for any of "
        f"several values; of different attributes all must fit. At most {MOST_NAMES} attributes and "
        f"{MOST_VALUES} values."
    ),
    "schema": {
        "type": "array",
        "maxItems": MOST_VALUES,
        "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE},
    },
}


def _few(wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    if len(wanted) > MOST_NAMES or sum(map(len, wanted.values())) > MOST_VALUES:
        raise ValueError(f"Ask for at most {MOST_NAMES} attributes and {MOST_VALUES} values.")
    return wanted


class ProductConditions(Query):
    """Which products. Prices in minor units."""

    category: Slug | None = None
    shop: UUID | None = None
    min_price: Minor | None = None
    max_price: Minor | None = None
    in_stock: bool | None = None
    search: Annotated[Text, StringConstraints(min_length=1, max_length=100)] | None = None
    attributes: Annotated[
        dict[AttributeName, list[AttributeValue]], AfterValidator(_few), Field(alias=GATHERED)
    ] = Field(default_factory=dict)

    def filter(self) -> ProductFilter:
        """The conditions."""
        seller = ShopId(self.shop) if self.shop else None
        attributes = tuple((name, frozenset(values)) for name, values in sorted(self.attributes.items()))
        prices = self.min_price, self.max_price
        return ProductFilter(self.category, seller, *prices, self.in_stock, self.search, attributes)

    @classmethod
    def parameters(cls) -> dict[str, Any]:
        """Describe the fields for OpenAPI, those that are named by an attribute too."""
        described = super().parameters()
        described["parameters"].append(ATTRIBUTE)
        return described


class ProductListing(ProductConditions, Paging):
    """Which products, in which order: without one as the search finds them best, or the newest first."""

    sort: Sort | None = None
