"""`lavka reconcile`: our payments beside the provider's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from lavka.application.payments.reconciling import Difference
from lavka.bootstrap import open_shop, utc_now
from lavka.cli.terminal import err, out, patient, run
from lavka.domain.tasks import Queue


def reconcile(
    days: Annotated[int, typer.Option(min=1, max=1000, help="How far back.")] = 3,
) -> None:
    """Compare payments with the provider's, and catch up; exit 1 when something is left for a person."""
    with err.status("Asking the provider for its payments …"):
        found = run(_compare(days))
    if not found:
        out.print("The provider has what the shop has.")
        return
    table = Table("Payment", "Difference", "")
    for each in found:
        table.add_row(each.payment, each.message, "mended" if each.is_mended else "look at it")
    out.print(table)
    left = [each for each in found if not each.is_mended]
    if left:
        err.print(
            f"Left for a person: {len(left)}. Find them in the provider's merchant profile by their ids."
        )
        raise typer.Exit(1)


async def _compare(days: int) -> Sequence[Difference]:
    async with open_shop(patient()) as shop:
        now = utc_now()
        found = await shop.reconciling.compare(now - timedelta(days=days), now)
        while await shop.relaying.relay(Queue.PAYMENTS):  # what is looked at again is looked at now
            pass
    return found
