"""`lavka outbox`: what must happen after a commit, and has not yet."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from lavka.application.ports.outbox import Waiting
from lavka.bootstrap import open_shop, utc_now
from lavka.cli.terminal import err, out, run
from lavka.domain.tasks import TaskId

SHOWN = 100
"""Tasks that are printed."""

app = typer.Typer(help="What must happen after a commit, and has not yet.", no_args_is_help=True)


@app.command("list")
def show(
    everything: Annotated[bool, typer.Option("--all", help="Also what waits for its turn.")] = False,
) -> None:
    """List the tasks that were given up: they wait for somebody to mend what stands in their way."""

    async def work() -> Sequence[Waiting]:
        async with open_shop() as shop:
            return await shop.parked.waiting(SHOWN + 1, only_parked=not everything)

    waiting = run(work())
    if not waiting:
        out.print("Nothing waits." if everything else "Nothing is parked.")
        return
    for each in waiting[:SHOWN]:
        _print(each)
    if len(waiting) > SHOWN:
        out.print(f"These are the first {SHOWN}.")
    if waiting[0].is_parked:  # they stand first
        out.print(
            "Mend what the reason says. Then `lavka outbox retry ID` has it tried again, --all every one."
        )


def _print(each: Waiting) -> None:
    """Write a task on lines of its own: its id can be copied however narrow the terminal is."""
    about = ", ".join(f"{name} {value}" for name, value in each.task.about.items())
    due = "parked" if each.is_parked else f"due {each.task.due_at:%Y-%m-%d %H:%M:%S}"
    out.print(f"{each.task.id}  {each.task.kind.value}: {about}", markup=False)
    out.print(f"    {due}, tried {each.tries} times since {each.created_at:%Y-%m-%d %H:%M:%S}", markup=False)
    if each.reason:
        out.print(f"    {each.reason}", markup=False)


@app.command()
def retry(
    tasks: Annotated[list[UUID] | None, typer.Argument(metavar="ID", help="Parked tasks.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
) -> None:
    """Have parked tasks tried again, as if they were new."""
    if bool(tasks) == everything:
        err.print("Name tasks by their ID, or all that are parked by --all: `lavka outbox list` shows them.")
        raise typer.Exit(2)

    async def work() -> int:
        async with open_shop() as shop:
            named = None if everything else [TaskId(task) for task in tasks or ()]
            return await shop.parked.retry(named, utc_now())

    count = run(work())
    out.print(
        f"{count} will be tried again, within seconds when a server runs." if count else "Nothing is parked."
    )
    if tasks and count < len(set(tasks)):
        err.print("The others are not parked: `lavka outbox list --all` shows what waits.")
        raise typer.Exit(1)


@app.command()
def discard(task: Annotated[UUID, typer.Argument(metavar="ID", help="A parked task.")]) -> None:
    """Forget a parked task: what it stands for will never happen."""

    async def work() -> bool:
        async with open_shop() as shop:
            return await shop.parked.discard(TaskId(task))

    if not run(work()):
        err.print("No parked task has this ID: `lavka outbox list` shows them.")
        raise typer.Exit(1)
    out.print("It is forgotten.")
