"""What the commands have in common: how they print, explain and ask."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lavka.adapters.tortoise.opening import CannotOpen
from lavka.domain.errors import Invalid, ShopError, Unavailable
from lavka.serving import CannotServe
from lavka.settings import Settings, SettingsError, load_settings

T = TypeVar("T")
DESCRIPTION = TextColumn("{task.description}")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a person can mend into one sentence; exit 1, or 2 for a setting, 69 for no database."""
    try:
        yield
    except SettingsError as error:
        err.print(f"A setting is wrong. {error}", markup=False)
        raise typer.Exit(2) from None
    except CannotServe as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    except CannotOpen as error:
        err.print(f"The database cannot be opened ({error.reason}): check DB_URL.", markup=False)
        raise typer.Exit(os.EX_UNAVAILABLE) from None
    except Unavailable:
        err.print("The database did not answer in time: check that its server runs, and try again.")
        raise typer.Exit(os.EX_UNAVAILABLE) from None
    except OSError as error:
        rule = "run where the shop may write, or name other places by DB_URL and SECRET_KEY"
        err.print(f"{error.filename}: {error.strerror}: {rule}.", markup=False)
        raise typer.Exit(os.EX_UNAVAILABLE) from None
    except Invalid as error:
        for detail in error.details:
            err.print(f"{detail.field}: {detail.message}", markup=False)
        raise typer.Exit(1) from None
    except ShopError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None


def patient() -> Settings:
    """The settings for work that takes its time: a statement may run for an hour."""
    return load_settings().model_copy(update={"db_statement_seconds": 3600.0})


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end what needs an event loop."""
    with explained():
        return asyncio.run(work)


@contextmanager
def bar(title: str, total: int) -> Iterator[Progress]:
    """Show how far long work has come."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), DESCRIPTION)
    with Progress(*columns, console=err) as progress:
        yield progress


def ruled(rule: Callable[[str], object]) -> Callable[[str | None], str | None]:
    """Check an option by a rule of the domain; at a prompt it is asked for again."""

    def check(value: str | None) -> str | None:
        try:
            if value is not None:
                rule(value)
        except Invalid as error:
            raise typer.BadParameter(" ".join(detail.message for detail in error.details)) from None
        return value

    return check
