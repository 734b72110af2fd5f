"""What is right in itself, and does not fit the state of the shop."""

from collections.abc import Sequence

from lavka.domain.errors.kinds import Conflict, Detail, Invalid


class EmailTaken(Conflict):
    """Another account has this e-mail."""

    type = "email_taken"
    message = "An account with this e-mail exists already: sign in or use another address."


class PhoneTaken(Conflict):
    """Another account has this phone."""

    type = "phone_taken"
    message = "An account with this phone exists already: sign in or use another number."


class UsernameTaken(Conflict):
    """Another account has this user name."""

    type = "username_taken"
    message = "This user name is taken: choose another one."


class SlugTaken(Conflict):
    """Another category has this slug."""

    type = "slug_taken"
    message = "Another category has this slug: choose another one."


class CategoryCycle(Conflict):
    """A category would come to stand below itself."""

    type = "category_cycle"
    message = "A category cannot stand below itself or below what is in it: choose another parent."


class CategoryInUse(Conflict):
    """Products or other categories are in this one."""

    type = "category_in_use"
    message = "Products or categories are in this category: move them out first."


class ShopNameTaken(Conflict):
    """Another shop has this name."""

    type = "name_taken"
    message = "Another shop has this name: choose another one."


class SkuTaken(Conflict):
    """The shop has another offer with this SKU."""

    type = "sku_taken"
    message = "This shop has an offer with this SKU already: change that one, or choose another SKU."


class NothingToRollBack(Conflict):
    """An import that has not been applied cannot be undone."""

    type = "nothing_to_roll_back"
    message = "This import has changed nothing: roll back one that is done and was no dry run."


class TooManyImports(Conflict):
    """Many imports of the shop wait already."""

    type = "too_many_imports"
    message = "Many price lists of this shop wait already: send the next when they are done."


class NotEmpty(Conflict):
    """Something is here already."""

    type = "not_empty"
    message = "This shop holds something already: only an empty one can be filled, so name another DB_URL."


class PictureRepeated(Conflict):
    """The product has this very picture."""

    type = "picture_repeated"
    message = "This product has this very picture already: send another one."


class GalleryFull(Conflict):
    """The product has as many pictures as a product may have."""

    type = "gallery_full"
    message = "This product has as many pictures as it may have: delete one first."


class CartEmpty(Conflict):
    """There is nothing to order."""

    type = "cart_empty"
    message = "The cart is empty: put something in first."


class CartFull(Conflict):
    """The cart holds as many different offers as it may."""

    type = "cart_full"
    message = "The cart holds as many different goods as it may: order these, or take some out."


class OutOfStock(Conflict):
    """Some of it cannot be bought; `details` names each offer by its id, and says why."""

    type = "out_of_stock"
    message = "Some of this cannot be bought now: change what details names and try again."

    def __init__(self, details: Sequence[Detail]) -> None:
        super().__init__(self.message)
        self.details = tuple(details)


class PriceChanged(Conflict):
    """Today's total is another than was expected; `details` tells both in minor units, as digits."""

    type = "price_changed"
    message = "The total is another today: show the new one to the buyer and order again."

    def __init__(self, details: Sequence[Detail]) -> None:
        super().__init__(self.message)
        self.details = tuple(details)


class InvalidTransition(Conflict):
    """The order's state machine does not allow this step, or not to this person."""

    type = "invalid_transition"
    message = "The order cannot take this step from where it is: load it again to see its status."


class InsufficientFunds(Conflict):
    """The wallet holds less than this costs."""

    type = "insufficient_funds"
    message = "The wallet holds less than this: pay in another way."


class OnlinePaymentOff(Conflict):
    """Nobody takes money from outside here."""

    type = "online_payment_off"
    message = "This shop takes no payments online: choose another payment_method."


class WalletFull(Conflict):
    """The wallet would hold more than a wallet may."""

    type = "wallet_full"
    message = "The wallet cannot hold as much as this: put less into it."


class OwnAccount(Conflict):
    """An administrator would lock himself out."""

    type = "own_account"
    message = "You cannot block your own account: ask another administrator to do it."


class TooManyContacts(Conflict):
    """The user has as many contacts as one may have."""

    type = "too_many_contacts"
    message = "You have as many contacts as one may have: delete one first."


class IdempotencyKeyInUse(Conflict):
    """The first request with this key is still being answered."""

    type = "idempotency_key_in_use"
    message = "A request with this Idempotency-Key is still running: wait a moment and repeat it."


class IdempotencyKeyReused(Invalid):
    """The key belongs to another request; answered 422, as every Invalid."""

    type = "idempotency_key_reused"
    message = "This Idempotency-Key was sent with another request: make a new key for a new request."

    def __init__(self) -> None:
        super().__init__([Detail("Idempotency-Key", "Send each key with one request and its repetitions.")])
