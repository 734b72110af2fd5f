"""`lavka reconcile`: our payments beside the provider's."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer

from lavka.application.payments.reconciling import Difference
from lavka.bootstrap import open_shop, utc_now
from lavka.cli.terminal import err, out, patient, run
from lavka.domain.errors import Unavailable
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
    for each in found:  # on lines of their own: an id can be copied however narrow the terminal is
        out.print(f"{each.payment}  {'mended' if each.is_mended else 'look at it'}", markup=False)
        out.print(f"    {each.message}", markup=False)
    left = [each for each in found if not each.is_mended]
    if left:
        err.print(
            f"Left for a person: {len(left)}. Find them in the provider's merchant profile by their ids."
        )
        raise typer.Exit(1)


async def _compare(days: int) -> Sequence[Difference]:
    async with open_shop(patient()) as shop:
        now = utc_now()
        try:
            found = await shop.reconciling.compare(now - timedelta(days=days), now)
        except Unavailable:
            err.print(
                "The provider gives no list of its payments, or the database no answer: try again later."
            )
            raise typer.Exit(os.EX_UNAVAILABLE) from None
        while await shop.relaying.relay(Queue.PAYMENTS):  # what is looked at again is looked at now
            pass
    return found
