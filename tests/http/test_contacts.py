"""One's own contacts over HTTP."""

import asyncio
from typing import Any

import pytest
from builders import NOBODY, Headers, made, refused
from httpx2 import AsyncClient

from lavka.domain.contacts import LENGTHS

CANARY = "cAnArY"
PHONE = {"phone": "+79123456789"}
HOME: dict[str, Any] = {
    **PHONE,
    "city": "Москва",
    "street": "Тверская улица",
    "house": "7",
    "building": "2",
    "apartment": "12",
    "postal_code": "125009",
    "comment": "Домофон 12К.\nЗвонить дважды.",
}


async def add(client: AsyncClient, who: Headers, **form: object) -> dict[str, Any]:
    return made(await client.post("/me/contacts", json=PHONE | form, headers=who))


async def listed(client: AsyncClient, who: Headers, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/me/contacts{query}", headers=who)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_contact_is_written_down_and_shown(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(client, signed_in, **HOME)
    assert contact == HOME | {"id": contact["id"]}
    shown = await client.get(f"/me/contacts/{contact['id']}", headers=signed_in)
    assert (shown.status_code, shown.json()) == (200, contact)
    assert (await listed(client, signed_in))["items"] == [contact]


async def test_a_phone_is_enough(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(client, signed_in)
    assert contact == {"id": contact["id"], **PHONE, **dict.fromkeys(LENGTHS)}


async def test_texts_are_trimmed(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(
        client, signed_in, city=" Нижний \n Новгород ", street="\tМира ", comment=" Раз\nдва\n "
    )
    assert (contact["city"], contact["street"]) == ("Нижний Новгород", "Мира")
    assert contact["comment"] == "Раз\nдва"


async def test_a_change_keeps_what_it_does_not_name(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(client, signed_in, **HOME)
    place = f"/me/contacts/{contact['id']}"
    changes = {"apartment": "14", "comment": None, "phone": "+79990000000"}
    answer = await client.patch(place, json=changes, headers=signed_in)
    assert (answer.status_code, answer.json()) == (200, contact | changes)
    assert (await client.patch(place, json={}, headers=signed_in)).json() == contact | changes
    assert (await client.get(place, headers=signed_in)).json() == contact | changes


async def test_an_address_is_taken_away_whole(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(client, signed_in, **HOME)
    place = f"/me/contacts/{contact['id']}"
    answer = await client.patch(place, json={"city": None}, headers=signed_in)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["city"]
    nowhere = dict.fromkeys(("city", "street", "house", "building", "apartment", "postal_code"))
    answer = await client.patch(place, json=nowhere, headers=signed_in)
    assert answer.json() == contact | nowhere


async def test_a_removed_contact_is_gone(client: AsyncClient, signed_in: Headers) -> None:
    place = f"/me/contacts/{(await add(client, signed_in))['id']}"
    answer = await client.delete(place, headers=signed_in)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(await client.delete(place, headers=signed_in), 404, "not_found")
    refused(await client.get(place, headers=signed_in), 404, "not_found")
    assert (await listed(client, signed_in))["total"] == 0


async def test_anothers_contact_is_not_there(
    client: AsyncClient, signed_in: Headers, somebody_else: Headers, admin: Headers
) -> None:
    theirs = await add(client, somebody_else, **HOME)
    for who in (signed_in, admin):
        for contact in (theirs["id"], NOBODY):
            place = f"/me/contacts/{contact}"
            refused(await client.get(place, headers=who), 404, "not_found")
            refused(await client.patch(place, json={"house": "9"}, headers=who), 404, "not_found")
            refused(await client.delete(place, headers=who), 404, "not_found")
        assert (await listed(client, who))["items"] == []
    assert (await listed(client, somebody_else))["items"] == [theirs]


async def test_ten_are_kept_though_twenty_come_at_once(client: AsyncClient, signed_in: Headers) -> None:
    coming = [client.post("/me/contacts", json=PHONE, headers=signed_in) for _ in range(20)]
    answers = await asyncio.gather(*coming)
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 10
    refused(next(each for each in answers if each.status_code == 409), 409, "too_many_contacts")
    page = await listed(client, signed_in)
    assert (page["total"], len(page["items"])) == (10, 10)
    await client.delete(f"/me/contacts/{page['items'][0]['id']}", headers=signed_in)
    await add(client, signed_in)


async def test_contacts_come_in_pages_the_newest_first(client: AsyncClient, signed_in: Headers) -> None:
    ids = [(await add(client, signed_in))["id"] for _ in range(3)]
    first = await listed(client, signed_in, "?size=2")
    second = await listed(client, signed_in, f"?size=2&cursor={first['next']}")
    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert (first["total"], first["pages"], second["page"], second["next"]) == (3, 2, 2, None)
    assert second == await listed(client, signed_in, "?size=2&page=2")


BAD_PHONES = ["", "89123456789", "+7912345678", "+791234567890", "+7 912 345 67 89", "+7912345678٩"]
BAD: list[tuple[str, object]] = [
    *(("phone", value) for value in [*BAD_PHONES, f"{CANARY}\x00", "9" * 5000, 79123456789, None, True]),
    *((field, value) for field in LENGTHS for value in ("", " ", f"{CANARY}\x00", "\u202e", 7, [CANARY])),
    *((field, CANARY[0] * (most + 1)) for field, most in LENGTHS.items()),
]


@pytest.mark.parametrize(("field", "value"), BAD)
async def test_what_is_no_contact_is_refused(
    client: AsyncClient, signed_in: Headers, field: str, value: object
) -> None:
    contact = await add(client, signed_in, **HOME)
    for answer in (
        await client.post("/me/contacts", json=HOME | {field: value}, headers=signed_in),
        await client.patch(f"/me/contacts/{contact['id']}", json={field: value}, headers=signed_in),
    ):
        assert {each["field"] for each in refused(answer, 422, "validation_error")} == {field}
        assert CANARY not in answer.text
    assert (await listed(client, signed_in))["items"] == [contact]


async def test_no_part_of_an_address_stands_alone(client: AsyncClient, signed_in: Headers) -> None:
    for field in ("house", "building", "apartment", "postal_code"):
        answer = await client.post("/me/contacts", json=PHONE | {field: "7"}, headers=signed_in)
        details = refused(answer, 422, "validation_error")
        assert [each["field"] for each in details] == ["city", "street"]
    answer = await client.post("/me/contacts", json=PHONE | {"city": "Москва"}, headers=signed_in)
    assert [each["field"] for each in refused(answer, 422, "validation_error")] == ["street"]


async def test_whose_it_is_cannot_be_said(client: AsyncClient, signed_in: Headers) -> None:
    contact = await add(client, signed_in)
    for name in ("id", "user", "user_id", CANARY):
        form = PHONE | {name: NOBODY}
        for answer in (
            await client.post("/me/contacts", json=form, headers=signed_in),
            await client.patch(f"/me/contacts/{contact['id']}", json=form, headers=signed_in),
        ):
            refused(answer, 422, "validation_error")
            assert CANARY not in answer.text


async def test_what_is_no_id_is_refused(client: AsyncClient, signed_in: Headers) -> None:
    for value in ("x", CANARY, "%00", "0" * 5000):
        for method in ("GET", "PATCH", "DELETE"):
            body = {"json": {"house": "9"}} if method == "PATCH" else {}
            answer = await client.request(method, f"/me/contacts/{value}", headers=signed_in, **body)
            refused(answer, 422, "validation_error")
            assert CANARY not in answer.text
