"""The pay page of the local till, and the page that payers come back to."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.params import Form as FormField
from fastapi.responses import HTMLResponse, RedirectResponse

from lavka.adapters.http.callers import TheShop
from lavka.adapters.http.doors import Door
from lavka.adapters.http.forms import Form, identity
from lavka.adapters.http.html import page
from lavka.application.ports.payments import Decision, PayPage
from lavka.application.shop import Shop
from lavka.domain.accounts import Language
from lavka.domain.errors import NotFound
from lavka.domain.money import Money

router = APIRouter(route_class=Door, include_in_schema=False)


class DecisionForm(Form):
    """What the payer has pressed."""

    decision: Literal["pay", "decline", "close"]


@router.get("/pay/{payment}")
async def show_pay_page(payment: str, request: Request, shop: TheShop) -> HTMLResponse:
    """Show what is to be paid, or what has become of it."""
    counter = await _pay_page(shop).show(payment)
    language = _language(request)
    return page("pay", language, counter=counter, amount=_written(counter.amount, language))


@router.post("/pay/{payment}")
async def decide_payment(payment: str, form: Annotated[DecisionForm, FormField()], shop: TheShop) -> Response:
    """Do what the payer has pressed, and show what has become of it; who closes goes back to the shop."""
    decision = Decision(form.decision)
    counter = await _pay_page(shop).decide(payment, decision)
    back = counter.return_url if decision is Decision.CLOSE else f"/pay/{counter.payment}"
    return RedirectResponse(back, 303)


@router.get("/orders/{order}")
async def show_return_page(order: str, request: Request) -> HTMLResponse:
    """Say to who comes back from paying what comes next; the same to everybody, of any order."""
    identity(order, "order")
    return page("returned", _language(request), kind="order")


@router.get("/orders/")
async def show_top_up_page(request: Request) -> HTMLResponse:
    """Say the same to who has filled a wallet, and comes back to no order."""
    return page("returned", _language(request), kind="top_up")


@router.get("/shops/{shop}/orders")
async def show_sales_page(shop: str, request: Request) -> HTMLResponse:
    """Say to a seller, who follows the link of a letter, where orders are seen to."""
    identity(shop, "shop")
    return page("returned", _language(request), kind="sales")


def _pay_page(shop: Shop) -> PayPage:
    if shop.pay_page is None:
        raise NotFound
    return shop.pay_page


def _language(request: Request) -> Language:
    return Language.of(request.headers.get("accept-language", ""))


def _written(amount: Money, language: Language) -> str:
    """Write an amount for people: `1 990,00 ₽`, or `1,990.00 RUB`."""
    roubles, kopecks = divmod(amount.minor, 100)
    if language is Language.RUSSIAN:
        grouped = f"{roubles:,}".replace(",", "\N{NO-BREAK SPACE}")
        return f"{grouped},{kopecks:02}\N{NO-BREAK SPACE}₽"
    return f"{roubles:,}.{kopecks:02}\N{NO-BREAK SPACE}RUB"
