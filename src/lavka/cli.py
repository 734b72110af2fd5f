"""The command line: `lavka --help`."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lavka.adapters.crypto import BcryptHashes
from lavka.adapters.demo import make_demo
from lavka.adapters.http.protocol import Protocol
from lavka.adapters.tortoise import database
from lavka.adapters.tortoise.benchmark_data import make_benchmark_data
from lavka.application.accounts import Application
from lavka.application.shop import Shop
from lavka.bootstrap import database_config, new_id, open_shop, utc_now
from lavka.domain.accounts import Email, Username
from lavka.domain.errors import Invalid, ShopError, Unavailable
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.serving import CannotServe, alone, ask_for_port, structured_logs
from lavka.settings import Settings, SettingsError, load_settings

T = TypeVar("T")

app = typer.Typer(
    help="Lavka: a shop backend. `lavka serve` opens the shop.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a person can mend into one sentence and exit 1 (2 for a setting)."""
    try:
        yield
    except SettingsError as error:
        err.print(f"A setting is wrong. {error}", markup=False)
        raise typer.Exit(2) from None
    except CannotServe as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    except Unavailable:
        err.print("The database cannot be reached: check DB_URL and that its server runs.")
        raise typer.Exit(1) from None
    except Invalid as error:
        for detail in error.details:
            err.print(f"{detail.field}: {detail.message}", markup=False)
        raise typer.Exit(1) from None
    except ShopError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end what needs an event loop."""
    with explained():
        return asyncio.run(work)


@contextmanager
def bar(title: str, total: int) -> Iterator[Progress]:
    """Show how far long work has come."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        yield progress


@app.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Server processes; PostgreSQL when several.")
    ] = 1,
    demo: Annotated[bool, typer.Option(help="Fill an empty shop with the demo catalogue first.")] = False,
) -> None:
    """Open the shop: bring the database up to date and serve HTTP."""
    with explained():
        settings = load_settings()
        settings.signing_key()
        if workers > 1 and settings.is_embedded:
            raise SettingsError(
                "DB_URL: an embedded database serves one process; for --workers name a PostgreSQL one"
                " (postgres://user:password@host:port/name)."
            )
        ask_for_port(settings)
    with explained(), alone(settings):
        run(_prepare(settings, demo=demo))
        out.print(f"The shop is open: {settings.origin}  (the API to try: {settings.origin}/docs)")
        structured_logs()
        uvicorn.run(
            "lavka.serving:web",
            factory=True,
            http=Protocol,
            ws="none",
            host=settings.host,
            port=settings.port,
            workers=workers,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            server_header=False,
            log_config=None,  # as structured_logs has set it
            timeout_graceful_shutdown=10,
        )


async def _prepare(settings: Settings, *, demo: bool) -> None:
    async with open_shop(settings) as shop:
        if not demo:
            return
        if await shop.stocking.is_empty():
            await _fill_with_demo(shop, settings)
        else:
            out.print("The demo is in already; its passwords were printed when it came in.")


async def _fill_with_demo(shop: Shop, settings: Settings) -> None:
    hashes = BcryptHashes(settings.password_cost)
    made = await make_demo(hashes, utc_now, new_id)
    hashes.close()
    goods = made.assortment
    with bar("Demo catalogue", len(goods.products)) as progress:
        task = progress.add_task("", total=len(goods.products))
        await shop.stocking.fill(goods, progress=lambda more: progress.advance(task, more))
    out.print(
        f"{len(goods.categories)} categories, {len(goods.shops)} shops, {len(goods.products)} products "
        f"and {len(goods.offers)} offers are in. Sign in as (shown this once):"
    )
    for email, password in made.passwords.items():
        out.print(f"  {email:<22} {password}", markup=False)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    with explained():
        config = database_config(load_settings())
    applied = run(database.migrate(config))
    out.print("\n".join(f"Applied {name}" for name in applied) or "The database is up to date.")


@app.command()
def demo() -> None:
    """Fill an empty database with the demo catalogue and users of each kind."""

    async def work() -> None:
        settings = load_settings()
        async with open_shop(settings) as shop:
            await _fill_with_demo(shop, settings)

    run(work())


@app.command()
def create_admin(
    full_name: Annotated[str, typer.Option(prompt="Full name")],
    email: Annotated[str, typer.Option(prompt="E-mail")],
    phone: Annotated[str, typer.Option(prompt="Phone (+7 and ten digits)")],
    password: Annotated[
        str,
        typer.Option(prompt="Password", hide_input=True, confirmation_prompt=True, envvar="ADMIN_PASSWORD"),
    ],
    username: Annotated[str | None, typer.Option(help="A name to sign in with, if wanted.")] = None,
) -> None:
    """Create an administrator; the password is asked for, or read from ADMIN_PASSWORD."""

    async def work() -> None:
        form = Application(
            full_name,
            Email(email),
            Phone(phone),
            Password(password),
            Username(username) if username else None,
        )
        async with open_shop() as shop:
            await shop.joining.register(form, is_admin=True)

    run(work())
    out.print("The administrator can sign in.")


@app.command()
def check() -> None:
    """Check every promise of the stored state; exit 1 and show the rows when one is broken."""

    async def work() -> int:
        broken = 0
        async with open_shop() as shop:
            async for name, rows in shop.checks.broken():
                broken += bool(rows)
                out.print(f"{'broken' if rows else 'holds '}  {name}", markup=False)
                for row in rows:
                    out.print(f"        {dict(row)}", markup=False)
        return broken

    if run(work()):
        raise typer.Exit(1)


@app.command()
def benchmark_data(count: Annotated[int, typer.Argument(min=1, max=10_000_000, help="Products.")]) -> None:
    """Add synthetic products for measuring."""

    async def work() -> None:
        async with open_shop() as _:
            with bar("Products", count) as progress:
                task = progress.add_task("", total=count)
                await make_benchmark_data(count, new_id, lambda more: progress.advance(task, more))

    run(work())
