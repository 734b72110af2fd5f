"""Filters by attribute and facets over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest
from builders import Goods, refused, unauthorized
from fastapi import FastAPI
from httpx2 import AsyncClient

PLACES = ["/products", "/products/facets"]


async def read(client: AsyncClient, headers: dict[str, str], place: str, query: str = "") -> dict[str, Any]:
    """Ask with a query string as it is written."""
    answer = await client.get(f"{place}?{query}" if query else place, headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_facets_tell_how_the_list_divides(
    client: AsyncClient, signed_in: dict[str, str], goods: Goods
) -> None:
    body = await read(client, signed_in, "/products/facets")
    assert body == {
        "total": 5,
        "categories": [
            {"id": str(goods.clothes.id), "name": "Одежда", "slug": "clothes", "count": 2},
            *(
                {"id": str(each.id), "name": each.name, "slug": each.slug, "count": 1}
                for each in (goods.home, goods.kettles)
            ),
        ],
        "shops": [
            {"id": str(goods.hearth.id), "name": "Домашний очаг", "count": 3},
            {"id": str(goods.frost.id), "name": "Мороз", "count": 2},
            {"id": str(goods.closed.id), "name": "Закрыто на учёт", "count": 2},
        ],
        "attributes": [
            {"name": "Объём", "values": [{"value": "1,7 л", "count": 1}]},
            {"name": "Цвет", "values": [{"value": "белый", "count": 1}]},
        ],
        "price": {"min": 1_500, "max": 300_000},
        "currency": "RUB",
        "is_estimated": False,
    }


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 5),
        ("category=home", 2),
        ("search=чайники", 1),
        ("search=%25", 0),
        ("in_stock=true&min_price=2000", 2),
        ("attr.Цвет=белый", 1),
        ("attr.Цвет=белый&attr.Цвет=синий", 1),
        ("attr.Цвет=синий&attr.Цвет=белый&attr.Цвет=белый", 1),
        ("attr.Цвет=белый&attr.Объём=1,7 л", 1),
        ("attr.Цвет=белый&attr.Объём=2 л", 0),
        ("attr.Цвет=синий", 0),
        ("attr.Цвет=белый&category=clothes", 0),
        ("attr.attr.x=1", 0),
    ],
)
async def test_lists_and_facets_take_the_same_conditions(
    client: AsyncClient, signed_in: dict[str, str], query: str, total: int
) -> None:
    written = quote(query, safe="=&%+,.") if "%" not in query else query
    for place in PLACES:
        body = await read(client, signed_in, place, written)
        assert body["total"] == total
    assert (body["price"] is None) == (total == 0)


@pytest.mark.usefixtures("goods")
async def test_facets_that_are_known_are_not_sent_again(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    first = await client.get("/products/facets", headers=signed_in)
    same = {"If-None-Match": first.headers["ETag"], **signed_in}
    again = await client.get("/products/facets", headers=same)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = await client.get("/products/facets?search=заря", headers=same)
    assert other.status_code == 200


async def test_facets_are_for_those_who_are_signed_in(client: AsyncClient) -> None:
    assert unauthorized(await client.get("/products/facets"))
    assert unauthorized(await client.get("/products/facets?colour=white"))


LONG = "ы" * 501
BAD = {
    "a name that is empty": ("attr.=белый", "attr"),
    "a value that is empty": ("attr.Цвет=", "attr"),
    "a name that is too long": (f"attr.{'ы' * 101}=1", "attr"),
    "a value that is too long": (f"attr.a={LONG}", "attr"),
    "a control character in a value": ("attr.a=%00", "attr"),
    "a control character in a name": ("attr.a%07=1", "attr"),
    "half a letter in a value": ("attr.a=%ff", "attr"),
    "half a letter in a name": ("attr.%ff=1", "attr"),
    "too many names": ("&".join(f"attr.{number}=1" for number in range(11)), "attr"),
    "too many values": ("&".join(f"attr.a={number}" for number in range(21)), "attr"),
    "no name at all": ("attr=1", "query"),
    "the name of the form": ("attributes=1", "query"),
    "an unknown field beside": ("attr.a=1&colour=white", "query"),
    "any other field twice": ("attr.a=1&search=a&search=b", "query"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("query", "field"), BAD.values(), ids=BAD.keys())
async def test_a_bad_attribute_is_refused_and_not_repeated(
    client: AsyncClient, signed_in: dict[str, str], place: str, query: str, field: str
) -> None:
    answer = await client.get(
        f"{place}?{query if '%' in query else quote(query, safe='=&')}", headers=signed_in
    )
    details = refused(answer, 422, "validation_error")
    assert {each["field"] for each in details} == {field}
    assert all(sent not in answer.text for sent in ("ыы", "colour", "белый", "Цвет"))


@pytest.mark.parametrize("field", ["sort=price", "page=2", "size=5", "cursor=x"])
async def test_facets_have_no_order_and_no_pages(
    client: AsyncClient, signed_in: dict[str, str], field: str
) -> None:
    refused(await client.get(f"/products/facets?{field}", headers=signed_in), 422, "validation_error")


async def test_as_many_attributes_as_may_be_asked_for_are_answered(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    query = "&".join(
        f"attr.{'y' * 99}{number}={'y' * 499}{value}" for number in range(10) for value in range(2)
    )
    for place in PLACES:
        assert (await read(client, signed_in, place, quote(query, safe="=&")))["total"] == 0


def test_the_document_tells_of_attributes(app: FastAPI) -> None:
    for path in ("/api/v1/products", "/api/v1/products/facets"):
        parameters = app.openapi()["paths"][path]["get"]["parameters"]
        names = [each["name"] for each in parameters]
        assert "attr.{name}" in names
        assert "attr." not in names
        assert ("sort" in names) == (path == "/api/v1/products")
        assert len(set(names)) == len(names)


@pytest.mark.usefixtures("goods")
async def test_a_search_without_a_sort_gives_the_best_first(
    client: AsyncClient, signed_in: dict[str, str]
) -> None:
    body = await read(client, signed_in, "/products", "search=" + quote("елочный"))
    assert [item["name"] for item in body["items"]] == ["елочный шар"]
    body = await read(client, signed_in, "/products", "size=1&search=" + quote("ел"))
    again = f"size=1&search={quote('ел')}&cursor={body['next']}"
    assert [item["name"] for item in (await read(client, signed_in, "/products", again))["items"]] == ["Ёлка"]
    refused(await client.get(f"/products?cursor={body['next']}", headers=signed_in), 422, "validation_error")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_facets_are_no_product(client: AsyncClient, signed_in: dict[str, str], method: str) -> None:
    answer = await client.request(method, "/products/facets", headers=signed_in)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"
