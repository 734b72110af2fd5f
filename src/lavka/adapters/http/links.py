"""The pages where links in letters lead: for people, without scripts. Looking at one uses no link up."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form as FormField
from fastapi.responses import HTMLResponse

from lavka.adapters.http.callers import TheShop, spoken
from lavka.adapters.http.doors import Door
from lavka.adapters.http.errors import STATUS
from lavka.adapters.http.forms import Form, Secret
from lavka.adapters.http.html import page
from lavka.adapters.http.recovery import LinkToken
from lavka.domain.accounts import Language
from lavka.domain.errors import InvalidToken, Unavailable
from lavka.domain.passwords import LONGEST, MARKS, SHORTEST, Password, broken_rules

NOT_REPEATED = "This does not repeat the password."
RUSSIAN = {
    f"Use at least {SHORTEST} characters.": f"Нужно не меньше {SHORTEST} знаков.",
    f"Use at most {LONGEST} characters.": f"Можно не больше {LONGEST} знаков.",
    "Use Latin letters, digits and ASCII punctuation only.": (
        "Можно только латинские буквы, цифры и знаки препинания ASCII."
    ),
    "Use at least one upper-case Latin letter.": "Нужна хотя бы одна заглавная латинская буква.",
    f"Use at least one of {MARKS}": f"Нужен хотя бы один из знаков {MARKS}",
    NOT_REPEATED: "Пароль и его повтор различаются.",
}
"""The rules of a password, which the domain says in English."""


class LinkPage(Door):
    """A route for people: what the shop refuses is said by a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Show a page instead of raising what a person can do something about."""
        handle = super().get_route_handler()

        async def show(request: Request) -> Response:
            try:
                return await handle(request)
            except (InvalidToken, RequestValidationError):
                return page("notice", spoken(request), STATUS[InvalidToken], kind="invalid_link")
            except Unavailable as error:
                answer = page("notice", spoken(request), STATUS[Unavailable], kind="unavailable")
                answer.headers["Retry-After"] = str(error.retry_after)
                return answer

        return show


class ConfirmPageForm(Form):
    """What the page for confirming an address sends."""

    token: LinkToken


class ResetPageForm(Form):
    """What the page for a new password sends; FastAPI takes what is empty for missing."""

    token: LinkToken
    password: Secret = ""
    password_confirm: Secret = ""

    def breaches(self, language: Language) -> list[str]:
        """Say which rules the password breaks."""
        rules = list(broken_rules(self.password))
        if self.password != self.password_confirm:
            rules.append(NOT_REPEATED)
        return [RUSSIAN[rule] for rule in rules] if language is Language.RUSSIAN else rules


router = APIRouter(include_in_schema=False, route_class=LinkPage, default_response_class=HTMLResponse)


@router.get("/confirm-email", response_model=None)
async def ask_to_confirm(request: Request, shop: TheShop, token: str = "") -> Response:
    """Show a button: programs that look through letters follow links, and press none."""
    await shop.confirming.check(token)
    return page("confirm_email", spoken(request), token=token)


@router.post("/confirm-email", response_model=None)
async def confirm(request: Request, form: Annotated[ConfirmPageForm, FormField()], shop: TheShop) -> Response:
    """Confirm the address."""
    await shop.confirming.confirm(form.token)
    return page("notice", spoken(request), kind="email_confirmed")


@router.get("/reset-password", response_model=None)
async def ask_for_a_password(request: Request, shop: TheShop, token: str = "") -> Response:
    """Show the form for a new password."""
    await shop.recovering.check(token)
    return page("reset_password", spoken(request), token=token, breaches=[])


@router.post("/reset-password", response_model=None)
async def set_password(
    request: Request, form: Annotated[ResetPageForm, FormField()], shop: TheShop
) -> Response:
    """Set the new password, or show the form again with the rules that it breaks."""
    language = spoken(request)
    if breaches := form.breaches(language):
        return page("reset_password", language, 422, token=form.token, breaches=breaches)
    await shop.recovering.reset(form.token, Password(form.password))
    return page("notice", language, kind="password_set")
