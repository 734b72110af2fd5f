"""`lavka import-prices`: bring a price list in from the command line."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from lavka.application.ports.catalog import PageWish
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop
from lavka.cli.terminal import bar, err, out, run
from lavka.domain.errors import Detail, Invalid, NotFound
from lavka.domain.imports import MOST_CHANGES, Import, Mode, Status, Terms
from lavka.domain.money import Money
from lavka.domain.shops import ShopId

SHOWN = 50
"""Errors, and changes of a dry run, that are printed."""


def import_prices(
    shop: Annotated[str, typer.Argument(help="The shop's name or id.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A list in YAML.")],
    partial: Annotated[bool, typer.Option(help="Leave bad rows out instead of refusing the list.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Change nothing; print what would change.")] = False,
) -> None:
    """Bring a supplier's price list in, whole or not at all; exit 1 when it is refused."""
    work = run(_import(shop, file, Terms(Mode.PARTIAL if partial else Mode.WHOLE, dry_run)))
    _print_errors(work)
    _print_changes(work)
    if work.status is Status.FAILED:
        err.print(f"Nothing was applied: mend what is listed ({len(work.errors)}) and try again.")
        raise typer.Exit(1)
    if not work.created + work.updated + work.deactivated:
        out.print("Nothing to change: the shop offers what the list says.")
        return
    counts = f"{work.created} created, {work.updated} changed, {work.deactivated} deactivated"
    out.print(f"{'Would be' if dry_run else 'Done'}: {counts}, of {work.rows} rows.")


async def _import(name: str, file: Path, terms: Terms) -> Import:
    async with open_shop() as shop:
        seller = await _find(shop, name)
        with bar(file.name, 0) as progress:
            task = progress.add_task("", total=None)

            def heard(work: Import) -> None:
                progress.update(task, total=work.rows or None, completed=work.processed)

            def waiting(_: Import) -> None:
                progress.update(task, description="waiting for another import of this shop")

            return await shop.carrying_out.carry_now(seller, file, terms, heard, waiting)


async def _find(shop: Shop, name: str) -> ShopId:
    """The shop with this id or name; raise Invalid."""
    with suppress(ValueError, NotFound):
        return (await shop.selling.show(ShopId(UUID(name)))).id
    wish = PageWish(size=100)
    while True:
        page = await shop.browsing.shops(wish)
        for each in page.items.values:
            if each["name"] == name:
                return ShopId(UUID(each["id"]))
        if page.next is None:
            raise Invalid([Detail("SHOP", "No shop has this name or id: write it as GET /shops shows it.")])
        wish = PageWish(size=100, cursor=page.next)


def _print_errors(work: Import) -> None:
    for fault in work.errors[:SHOWN]:
        place = f"row {fault.row}, {fault.field}" if fault.row else fault.field
        err.print(f"{place}: {fault.message}", markup=False)
    if len(work.errors) > SHOWN:
        err.print(f"… and {len(work.errors) - SHOWN} more.")


def _print_changes(work: Import) -> None:
    table = Table("SKU", "", "Name", "Was", "Is")
    for each in work.changes[:SHOWN]:
        prices = [str(Money(price)) if price is not None else "" for price in (each.old_price, each.price)]
        table.add_row(each.sku, each.action, each.name, *prices)
    if work.changes:
        out.print(table)
    total = work.created + work.updated + work.deactivated
    if work.terms.dry_run and total > SHOWN:
        out.print(f"… and {total - SHOWN} more ({MOST_CHANGES} are in the report over HTTP).")
