"""Filling the catalogue: the tree of categories, products, offers, shops."""

from dataclasses import dataclass

from lavka.application.ports.accounts import Users
from lavka.application.ports.catalog import Catalog, Rows
from lavka.application.ports.goods import Categories, Goods, Shops
from lavka.application.ports.sessions import Access
from lavka.application.ports.system import Clock, Ids, Transaction
from lavka.domain.accounts import User
from lavka.domain.catalog import (
    Category,
    CategoryChanges,
    CategoryId,
    Offer,
    OfferChanges,
    OfferId,
    Product,
    ProductChanges,
    ProductId,
    slugify,
)
from lavka.domain.errors import Detail, Forbidden, Invalid, NotFound
from lavka.domain.money import Money
from lavka.domain.shops import Shop, ShopChanges, ShopId


@dataclass(frozen=True, slots=True)
class Arranging:
    """Put categories into a tree; for administrators."""

    users: Users
    categories: Categories
    ids: Ids
    transaction: Transaction

    async def add(
        self, who: Access, name: str, slug: str | None = None, parent: CategoryId | None = None
    ) -> Category:
        """Put a new one under a parent; raise Forbidden, Invalid, SlugTaken."""
        (await self.users.get(who.user)).must_administer()
        async with self.transaction():
            await self.categories.hold()
            line = await self.categories.line(parent)
            slug = slug or await self.categories.free_slug(slugify(name))
            category = Category(CategoryId(self.ids()), name, slug, parent)
            category.revise({}, line)
            await self.categories.add(category)
        return category

    async def change(self, who: Access, category: CategoryId, changes: CategoryChanges) -> Category:
        """Rename one, or move it with all in it; raise as `add` does, NotFound, CategoryCycle."""
        (await self.users.get(who.user)).must_administer()
        async with self.categories.change(category) as lent:
            line = await self.categories.line(changes.get("parent"))
            lent.revise(changes, line, await self.categories.height(category))
        return lent

    async def remove(self, who: Access, category: CategoryId) -> None:
        """Remove an empty one; raise Forbidden, NotFound, CategoryInUse."""
        (await self.users.get(who.user)).must_administer()
        await self.categories.remove(category)


@dataclass(frozen=True, slots=True)
class Curating:
    """Keep products in order; for administrators."""

    users: Users
    goods: Goods
    shops: Shops
    catalog: Catalog
    clock: Clock
    ids: Ids
    transaction: Transaction

    async def add(self, who: Access, wish: ProductChanges, sold: OfferChanges) -> Rows:
        """Make a product, and its first offer when `sold` names a price; show its card.

        Raise Forbidden; Invalid.
        """
        user = await self.users.get(who.user)
        user.must_administer()
        now, name = self.clock(), wish.get("name", "")
        product = Product(ProductId(self.ids()), name, slugify(name), now)
        product.revise(wish, now)
        async with self.transaction():
            seller = await self._seller(user, sold)
            await self.goods.add(product)
            await self._sell(seller, product.id, sold)
        return await self.catalog.product(product.id, even_hidden=True)

    async def change(
        self, who: Access, product: ProductId, changes: ProductChanges, sold: OfferChanges
    ) -> Rows:
        """Change a product, and the price and quantity at which the house sells it; show its card.

        Raise Forbidden, NotFound; Invalid, also when the house has several offers of it.
        """
        user = await self.users.get(who.user)
        user.must_administer()
        async with self.transaction():
            await self._sell(await self._seller(user, sold), product, sold)
            async with self.goods.change(product) as lent:
                lent.revise(changes, self.clock())
        return await self.catalog.product(product, even_hidden=True)

    async def hide(self, who: Access, product: ProductId) -> None:
        """Take a product out of every list; orders keep their lines. Raise Forbidden, NotFound."""
        (await self.users.get(who.user)).must_administer()
        async with self.goods.change(product) as lent:
            lent.revise({"is_active": False}, self.clock())

    async def _seller(self, user: User, sold: OfferChanges) -> Shop | None:
        """Hold the shop that sells it before anything else is locked; nobody's when nothing is sold."""
        return await _shop_for(user, None, self.shops) if sold else None

    async def _sell(self, seller: Shop | None, product: ProductId, sold: OfferChanges) -> None:
        if seller is None:
            return
        match await self.goods.offers(product, seller.id):
            case []:
                await self.goods.add_offer(_first_offer(OfferId(self.ids()), product, seller.id, sold))
            case [offer]:
                async with self.goods.change_offer(offer) as lent:
                    lent.revise({**sold, "is_active": True})
            case _:
                rule = "The house has several offers of this product: change the offer itself."
                raise Invalid([Detail(field, rule) for field in sold])


@dataclass(frozen=True, slots=True)
class Selling:
    """Open shops and offer goods in them; for administrators, and for shops' accounts what is theirs."""

    users: Users
    goods: Goods
    shops: Shops
    ids: Ids
    transaction: Transaction

    async def open(self, who: Access, wish: ShopChanges) -> Shop:
        """Open a shop, one's own or, for an administrator, anybody's.

        Raise Forbidden for a buyer and for a shop's account that names another owner; Invalid, ShopNameTaken.
        """
        user = await self.users.get(who.user)
        user.must_sell()
        owner = None if user.is_admin else user.id
        shop = Shop(ShopId(self.ids()), wish.get("name", ""), owner=owner)
        shop.revise(_allowed(user, wish))
        await self.shops.add(shop)
        return shop

    async def change(self, who: Access, shop: ShopId, changes: ShopChanges) -> Shop:
        """Rename a shop, switch it on or off; raise as `open` does, and NotFound for another's."""
        user = await self.users.get(who.user)
        user.must_sell()
        async with self.shops.change(shop) as lent:
            lent.must_be_run_by(user)
            lent.revise(_allowed(user, changes))
        return lent

    async def show(self, shop: ShopId) -> Shop:
        """Show one; raise NotFound."""
        return await self.shops.get(shop)

    async def offer(
        self, who: Access, product: ProductId, shop: ShopId | None, terms: OfferChanges
    ) -> tuple[Offer, Shop]:
        """Offer a product, in one's only shop when none is named; give the offer and its shop.

        Raise Forbidden for a buyer, NotFound for another's shop or no such product, Invalid, SkuTaken.
        """
        user = await self.users.get(who.user)
        user.must_sell()
        async with self.transaction():
            seller = await _shop_for(user, shop, self.shops)
            made = _first_offer(OfferId(self.ids()), product, seller.id, terms)
            await self.goods.add_offer(made)
        return made, seller

    async def change_offer(self, who: Access, offer: OfferId, changes: OfferChanges) -> tuple[Offer, Shop]:
        """Change an offer; raise Forbidden for a buyer, NotFound for another's, Invalid, SkuTaken."""
        user = await self.users.get(who.user)
        user.must_sell()
        async with self.goods.change_offer(offer) as lent:
            seller = await self.shops.get(lent.shop)
            seller.must_be_run_by(user)
            lent.revise(changes)
        return lent, seller

    async def withdraw(self, who: Access, offer: OfferId) -> None:
        """Sell it no more; orders keep their lines. Raise as `change_offer` does."""
        await self.change_offer(who, offer, {"is_active": False})


def _allowed(user: User, changes: ShopChanges) -> ShopChanges:
    """Let administrators alone give shops away; raise Forbidden."""
    if not user.is_admin and changes.get("owner", user.id) != user.id:
        raise Forbidden
    return changes


async def _shop_for(user: User, shop: ShopId | None, shops: Shops) -> Shop:
    """Find the shop that is meant: the one named, one's own, or for an administrator the house's."""
    if shop is not None:
        named = await shops.get(shop)
        named.must_be_run_by(user)
        return named
    own = await shops.owned_by(user.id)
    if len(own) > 1 and not user.is_admin:
        raise Invalid([Detail("shop_id", "You have several shops: name the one that sells this.")])
    if not own and not user.is_admin:
        raise NotFound
    if own:
        return await shops.get(own[0].id)
    return await shops.house()


def _first_offer(offer: OfferId, product: ProductId, shop: ShopId, terms: OfferChanges) -> Offer:
    if "price" not in terms:
        raise Invalid([Detail("price", "Write the price at which this is sold.")])
    made = Offer(offer, product, shop, terms.get("sku", str(product)), Money(1), 0)
    made.revise(terms)
    return made
