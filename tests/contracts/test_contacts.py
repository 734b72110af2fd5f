"""What every store of contacts must do."""

import asyncio
from collections import Counter
from dataclasses import fields

import pytest
from builders import a_contact, a_user

from lavka.adapters.tortoise.accounts import TortoiseUsers
from lavka.adapters.tortoise.contacts import TortoiseContacts
from lavka.adapters.tortoise.database import transaction
from lavka.adapters.tortoise.models import ContactRow
from lavka.application.ports.contacts import Contacts
from lavka.bootstrap import new_id
from lavka.domain.accounts import UserId
from lavka.domain.contacts import LENGTHS, Contact, ContactId, must_be_few
from lavka.domain.errors import Invalid, NotFound, TooManyContacts
from lavka.domain.phones import Phone


@pytest.fixture(params=[TortoiseContacts])
def contacts(request: pytest.FixtureRequest, store: None) -> Contacts:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def masha(store: None) -> UserId:
    return await a_member()


async def a_member() -> UserId:
    user = a_user()
    await TortoiseUsers().add(user)
    return user.id


def with_everything(user: UserId) -> Contact:
    """A contact whose every text is as long as may be."""
    return a_contact(user, **{name: "Ё" * most for name, most in LENGTHS.items()})


async def test_every_field_comes_back_as_it_was_kept(contacts: Contacts, masha: UserId) -> None:
    bare = a_contact(masha, city=None, street=None, house=None)
    for contact in (with_everything(masha), bare):
        await contacts.add(contact)
        assert await contacts.get(masha, contact.id) == contact
    assert {field.name for field in fields(Contact)} == {"id", "user", "phone", *LENGTHS}


async def test_the_list_has_ones_own_the_newest_first(contacts: Contacts, masha: UserId) -> None:
    mine = [a_contact(masha), a_contact(masha)]
    for contact in (*mine, a_contact(await a_member())):
        await contacts.add(contact)
    assert await contacts.of(masha) == mine[::-1]
    assert await contacts.of(UserId(new_id())) == []


async def test_a_change_keeps_what_it_names(contacts: Contacts, masha: UserId) -> None:
    contact, other = with_everything(masha), a_contact(masha)
    for each in (contact, other):
        await contacts.add(each)
    async with contacts.change(masha, contact.id) as lent:
        lent.revise({"phone": Phone("+79990000000"), "house": None, "comment": "Звонить дважды"})
    kept = await contacts.get(masha, contact.id)
    assert kept == lent != contact
    assert (kept.phone.number, kept.house, kept.comment, kept.city) == (
        "+79990000000",
        None,
        "Звонить дважды",
        contact.city,
    )
    assert await contacts.get(masha, other.id) == other


async def test_a_change_that_is_refused_leaves_no_trace(contacts: Contacts, masha: UserId) -> None:
    contact = a_contact(masha)
    await contacts.add(contact)

    async def change_twice() -> None:
        async with contacts.change(masha, contact.id) as lent:
            lent.revise({"comment": "x"})
            lent.revise({"city": None})

    with pytest.raises(Invalid):
        await change_twice()
    assert await contacts.get(masha, contact.id) == contact


async def test_a_removed_one_is_gone(contacts: Contacts, masha: UserId) -> None:
    contact, other = a_contact(masha), a_contact(masha)
    for each in (contact, other):
        await contacts.add(each)
    await contacts.remove(masha, contact.id)
    assert await contacts.of(masha) == [other]
    with pytest.raises(NotFound):
        await contacts.remove(masha, contact.id)


async def test_anothers_and_nobodys_are_not_there(contacts: Contacts, masha: UserId) -> None:
    theirs = a_contact(await a_member())
    await contacts.add(theirs)
    for contact in (theirs.id, ContactId(new_id())):
        with pytest.raises(NotFound):
            await contacts.get(masha, contact)
        with pytest.raises(NotFound):
            await contacts.remove(masha, contact)
        with pytest.raises(NotFound):
            async with contacts.change(masha, contact):
                pass
    assert await contacts.get(theirs.user, theirs.id) == theirs
    with pytest.raises(NotFound):
        await contacts.add(a_contact())


class UnlockedContacts(TortoiseContacts):
    """The naive way: contacts are counted, but another may come in before this one is."""

    async def add(self, contact: Contact) -> None:
        async with transaction():
            must_be_few(await ContactRow.filter(user_id=contact.user).count())
            await ContactRow.create(id=contact.id, user_id=contact.user, phone=contact.phone.number)


async def add_twenty_at_once(contacts: Contacts, user: UserId) -> Counter[type]:
    """Add twenty contacts at once; what came of each."""
    coming = [contacts.add(a_contact(user)) for _ in range(20)]
    return Counter(map(type, await asyncio.gather(*coming, return_exceptions=True)))


async def test_of_twenty_that_come_at_once_ten_are_kept(contacts: Contacts, masha: UserId) -> None:
    assert await add_twenty_at_once(contacts, masha) == {type(None): 10, TooManyContacts: 10}
    assert len(await contacts.of(masha)) == 10
    await contacts.add(a_contact(await a_member()))


@pytest.mark.postgres
async def test_contacts_that_are_counted_without_a_lock_would_be_caught(store: None, masha: UserId) -> None:
    await add_twenty_at_once(UnlockedContacts(), masha)
    assert len(await TortoiseContacts().of(masha)) > 10
