"""The command line: `lavka --help`."""

from typing import Annotated

import typer
import uvicorn

from lavka.adapters.demo import make_demo
from lavka.adapters.http.protocol import Protocol
from lavka.adapters.tortoise import migrating
from lavka.adapters.tortoise.benchmark_data import make_benchmark_data
from lavka.application.accounts import Registration
from lavka.application.shop import Shop
from lavka.bootstrap import new_id, open_shop, utc_now
from lavka.bootstrap.broker import ask_for_celery
from lavka.cli import outbox, workers
from lavka.cli.payments import reconcile
from lavka.cli.prices import import_prices
from lavka.cli.terminal import bar, explained, out, patient, ruled, run
from lavka.domain.accounts import Email, Username, full_name
from lavka.domain.errors import Conflict, NotEmpty
from lavka.domain.passwords import Password
from lavka.domain.phones import Phone
from lavka.serving import alone, ask_for_port, structured_logs
from lavka.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    help="Lavka: a shop backend. `lavka serve` opens the shop.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


app.command()(import_prices)
app.command()(reconcile)
app.add_typer(outbox.app, name="outbox")
for command in (workers.worker, workers.beat, workers.flower):
    app.command()(command)


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
        ask_for_celery(settings)
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
        if demo:
            try:
                await _fill_with_demo(shop)
            except Conflict:  # another server may be filling it at this very moment
                out.print("Something is in already, so no demo; its passwords were printed as it came in.")


async def _fill_with_demo(shop: Shop) -> None:
    if not await shop.stocking.is_empty():
        raise NotEmpty
    made = await make_demo(shop.joining.passwords.hash, utc_now, new_id)
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
        url = load_settings().db_url
    applied = run(migrating.migrate(url))
    out.print("\n".join(f"Applied {name}" for name in applied) or "The database is up to date.")


@app.command()
def demo() -> None:
    """Fill an empty database with the demo catalogue and users of each kind."""

    async def work() -> None:
        async with open_shop() as shop:
            await _fill_with_demo(shop)

    run(work())


@app.command()
def create_admin(
    name: Annotated[str, typer.Option("--full-name", prompt="Full name", callback=ruled(full_name))],
    email: Annotated[str, typer.Option(prompt="E-mail", callback=ruled(Email))],
    phone: Annotated[str, typer.Option(prompt="Phone (+7 and ten digits)", callback=ruled(Phone))],
    password: Annotated[
        str,
        typer.Option(
            prompt="Password",
            hide_input=True,
            confirmation_prompt=True,
            envvar="ADMIN_PASSWORD",
            callback=ruled(Password),
        ),
    ],
    username: Annotated[
        str | None, typer.Option(help="A name to sign in with, if wanted.", callback=ruled(Username))
    ] = None,
) -> None:
    """Create an administrator; the password is asked for, or read from ADMIN_PASSWORD."""

    async def work() -> None:
        form = Registration(
            name,
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
        async with open_shop(patient()) as shop:
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
        async with open_shop(patient()) as _:
            with bar("Products", count) as progress:
                task = progress.add_task("", total=count)
                await make_benchmark_data(count, new_id, lambda more: progress.advance(task, more))

    run(work())
