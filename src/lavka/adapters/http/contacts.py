"""One's own contacts."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from lavka.adapters.http.callers import Caller, TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import documented
from lavka.adapters.http.forms import Form, Line, PhoneText, Text
from lavka.adapters.http.pages import PageBody, sliced
from lavka.adapters.http.queries import Paging
from lavka.domain.contacts import LENGTHS, Contact, ContactChanges, ContactId
from lavka.domain.phones import Phone

router = APIRouter(prefix="/me/contacts", tags=["Accounts"], route_class=Door)

HOME: dict[str, Any] = {
    "phone": "+79123456789",
    "city": "Москва",
    "street": "Тверская улица",
    "house": "7",
    "apartment": "12",
    "postal_code": "125009",
}


def _at_most(field: str) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=LENGTHS[field])


class ContactPatch(Form):
    """Fields that change; the others stay, and null takes one away. An address has a city and a street."""

    model_config = ConfigDict(json_schema_extra={"example": {"apartment": "14"}})

    phone: PhoneText = ""
    city: Annotated[Line, _at_most("city")] | None = None
    street: Annotated[Line, _at_most("street")] | None = None
    house: Annotated[Line, _at_most("house")] | None = None
    building: Annotated[Line, _at_most("building")] | None = None
    apartment: Annotated[Line, _at_most("apartment")] | None = None
    postal_code: Annotated[Line, _at_most("postal_code")] | None = None
    comment: Annotated[Text, AfterValidator(str.strip), _at_most("comment")] | None = None

    def changes(self) -> ContactChanges:
        """What is to change."""
        given = self.model_dump(exclude_unset=True)
        if "phone" in given:
            given["phone"] = Phone(given["phone"])
        return cast("ContactChanges", given)


class ContactForm(ContactPatch):
    """A new contact: a phone and, to deliver to, an address."""

    model_config = ConfigDict(json_schema_extra={"example": HOME})

    phone: PhoneText


class ContactBody(BaseModel):
    """A contact; one without a city is a phone alone."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    phone: str
    city: str | None
    street: str | None
    house: str | None
    building: str | None
    apartment: str | None
    postal_code: str | None
    comment: str | None

    @classmethod
    def of(cls, contact: Contact) -> "ContactBody":
        """Write one out."""
        texts = {name: getattr(contact, name) for name in LENGTHS}
        return cls(id=contact.id, phone=contact.phone.number, **texts)

    def place(self) -> str:
        """Where it stands in the list: text that sorts as the list does."""
        return str(self.id)


class ContactPage(PageBody):
    """A page of contacts."""

    items: list[ContactBody]


@router.get("", responses=documented(401, 422, 503), openapi_extra=Paging.parameters())
async def contacts(who: Caller, shop: TheShop, request: Request) -> ContactPage:
    """List my contacts, the newest first."""
    mine = [ContactBody.of(contact) for contact in await shop.contacts.mine(who)]
    return ContactPage.model_validate(sliced(mine, Paging.of(request), ContactBody.place))


@router.post("", status_code=201, responses=documented(401, 409, 413, 415, 422, 503))
async def add_contact(form: ContactForm, who: Caller, shop: TheShop) -> ContactBody:
    """Write a contact down; ten at most."""
    return ContactBody.of(await shop.contacts.add(who, form.changes()))


@router.get("/{contact_id}", responses=documented(401, 404, 422, 503))
async def show_contact(contact_id: UUID, who: Caller, shop: TheShop) -> ContactBody:
    """Show one of my contacts."""
    return ContactBody.of(await shop.contacts.show(who, ContactId(contact_id)))


@router.patch("/{contact_id}", responses=documented(401, 404, 413, 415, 422, 503))
async def change_contact(contact_id: UUID, form: ContactPatch, who: Caller, shop: TheShop) -> ContactBody:
    """Change one of my contacts."""
    return ContactBody.of(await shop.contacts.change(who, ContactId(contact_id), form.changes()))


@router.delete("/{contact_id}", status_code=204, responses=documented(401, 404, 422, 503))
async def remove_contact(contact_id: UUID, who: Caller, shop: TheShop) -> None:
    """Forget one of my contacts."""
    await shop.contacts.remove(who, ContactId(contact_id))
