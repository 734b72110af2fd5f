"""Writing letters and sending them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from lavka.application.ports.accounts import Users
from lavka.application.ports.goods import Shops
from lavka.application.ports.letters import EmailTokens, Holder, Post, SentLetters, Templates
from lavka.application.ports.orders import Orders
from lavka.application.ports.system import Clock, Codes
from lavka.application.tokens import digest
from lavka.domain.accounts import User
from lavka.domain.errors import NotFound
from lavka.domain.letters import LINK_LIVES, About, Letter, Purpose, Subject
from lavka.domain.orders import PaymentMethod
from lavka.domain.parts import part_of
from lavka.domain.tasks import Hopeless, Task

LINKS = {
    Subject.CONFIRM_EMAIL: (Purpose.CONFIRM_EMAIL, "confirm-email"),
    Subject.RESET_PASSWORD: (Purpose.RESET_PASSWORD, "reset-password"),
}
"""Letters that carry a link of one's own: what it is good for, and the page where it leads."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Who is written to, and what the letter tells."""

    reader: User
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LookingUp:
    """Looks up who is to be written to, and what a letter tells, as it is when the letter goes."""

    users: Users
    shops: Shops
    orders: Orders
    origin: str
    """Where people reach the shop, without a slash at the end."""

    async def look_up(self, about: About) -> Addressed | None:
        """Find what a letter needs; None when there is nobody to be written to any more."""
        try:
            found = await self._found(about)
        except NotFound:
            return None
        if found is None or (found.reader.is_blocked and about.subject in LINKS):
            return None  # who is blocked gets no way in, and is still told of orders and money
        return found

    async def _found(self, about: About) -> Addressed | None:
        if about.subject is Subject.NEW_ORDER:
            return await self._for_the_seller(about)
        if about.order is not None:
            return await self._for_the_buyer(about)
        return await self._for_a_user(about)

    async def _for_a_user(self, about: About) -> Addressed | None:
        user = await (self.users.get(about.user) if about.user else self.users.find(str(about.email)))
        if user is None or (about.subject is Subject.CONFIRM_EMAIL and user.email_verified):
            return None
        facts = {
            "at": about.at,
            "hours": LINK_LIVES // timedelta(hours=1),
            "order": None,
            "link": self.origin,
        }
        return Addressed(user, {**facts, **_refunded(about)})

    async def _for_the_buyer(self, about: About) -> Addressed:
        assert about.order is not None
        order = await self.orders.get(about.order)
        facts = {
            "order": order,
            "status": about.status or order.status,
            "link": f"{self.origin}/orders/{order.id}",
            **_refunded(about),
        }
        return Addressed(await self.users.get(order.buyer), facts)

    async def _for_the_seller(self, about: About) -> Addressed | None:
        assert about.order is not None
        assert about.shop is not None
        shop = await self.shops.get(about.shop)
        part = part_of(await self.orders.get(about.order), shop.id)
        if shop.owner is None:
            return None
        facts = {
            "order": part,
            "shop": shop.name,
            "status": part.status,
            "link": f"{self.origin}/shops/{shop.id}/orders",
        }
        return Addressed(await self.users.get(shop.owner), facts)


def _refunded(about: About) -> dict[str, Any]:
    return {"amount": about.amount, "is_to_wallet": about.method is PaymentMethod.WALLET}


@dataclass(frozen=True, slots=True)
class Linking:
    """Makes the links that letters carry: known in the letter alone, here by their digests."""

    tokens: EmailTokens
    codes: Codes
    clock: Clock
    origin: str

    async def linked(self, subject: Subject, found: Addressed) -> Addressed:
        """Add the link that a letter of this kind carries, if it does; each time another."""
        if subject not in LINKS:
            return found
        purpose, page = LINKS[subject]
        token, reader = self.codes(), found.reader
        expires_at = self.clock() + LINK_LIVES
        await self.tokens.add(digest(token), purpose, Holder(reader.id, reader.email), expires_at)
        return replace(found, facts={**found.facts, "link": f"{self.origin}/{page}?token={token}"})


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes the letters that were promised, and sends them."""

    looking_up: LookingUp
    linking: Linking
    templates: Templates
    post: Post
    sent_letters: SentLetters
    clock: Clock

    async def write(self, task: Task) -> None:
        """Send a letter once, and again only when it may not have gone: that one is marked.

        Nothing is held while the post is asked. Raise Unavailable to be called again, Hopeless to give up:
        not of a link, which anybody may have sent to any address, and ask for again.
        """
        about = About.of(task)
        found = await self.looking_up.look_up(about)
        if found is None:
            return
        may_have_gone = await self.sent_letters.begin(task.id, self.clock())
        if may_have_gone is None:
            return
        found = await self.linking.linked(about.subject, found)
        reader = found.reader
        letter = Letter(task.id, about.subject, reader.email, reader.language, found.facts)
        mail = replace(self.templates.write(letter), is_repeated=may_have_gone)
        try:
            await self.post.send(mail)
        except Hopeless:
            if about.subject in LINKS:
                return
            raise
        await self.sent_letters.sent(task.id, self.clock())
