"""Write the next aerich revision with the SQL of both dialects: `make migration NAME=add_colour`.

aerich writes SQL for the one database that it is connected to. This asks it twice, offline (no database
is contacted), and puts both texts into one file that the unmodified `aerich upgrade` runs on either. The
`checks` of a model are written into its CREATE TABLE. What aerich cannot express for SQLite becomes a TODO,
which a test refuses until a person has written it: rebuild the table as SQLite's documentation describes
(https://www.sqlite.org/lang_altertable.html, section 7).
"""

import asyncio
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

os.environ["AERICH_NO_TORTOISE_V1_WARNING"] = "1"

from aerich import Command
from aerich.exceptions import NotSupportError
from aerich.utils import import_py_file
from tortoise.exceptions import OperationalError
from tortoise.models import Model

from lavka.adapters.tortoise import models
from lavka.adapters.tortoise.connecting import tortoise_config

REVISIONS = Path(__file__).resolve().parent.parent / "migrations" / "models"
URLS = {"postgres": "postgres://nobody@localhost:1/nothing", "sqlite": "sqlite://:memory:"}
TEMPLATE = '''"""{title}"""

from tortoise import BaseDBAsyncClient

UPGRADE = {{
    "postgres": """
{upgrade_postgres}
""",
    "sqlite": """
BEGIN;
{upgrade_sqlite}
COMMIT;
""",
}}

DOWNGRADE = {{
    "postgres": """
{downgrade_postgres}
""",
    "sqlite": """
BEGIN;
{downgrade_sqlite}
COMMIT;
""",
}}


def dialect(db: BaseDBAsyncClient | None) -> str:
    """Tell whose SQL is wanted; aerich itself asks without a database when it only compares."""
    return "postgres" if db is None else db.capabilities.dialect


async def upgrade(db: BaseDBAsyncClient | None) -> str:
    """Bring the database here from the revision before."""
    return UPGRADE[dialect(db)]


async def downgrade(db: BaseDBAsyncClient | None) -> str:
    """Bring it back."""
    return DOWNGRADE[dialect(db)]


MODELS_STATE = (
{state}
)
'''


async def ask_aerich(dialect: str, name: str) -> dict[str, str] | None:
    """Let aerich write one dialect's revision into a copy of the revisions; None when nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "models"
        shutil.copytree(REVISIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
        before = set(copy.glob("*.py"))
        command = Command(tortoise_config(URLS[dialect]), "models", folder)
        if any(before):
            await command.init(offline=True)
            await command.migrate(name, no_input=True, offline=True)
        else:
            await command.init_migrations(safe=True)
        new = set(copy.glob("*.py")) - before
        if not new:
            return None
        revision = import_py_file(new.pop())
        return {
            "upgrade": with_checks(await revision.upgrade(None)),
            "downgrade": tidy(await revision.downgrade(None)),
            "state": revision.MODELS_STATE,
        }


def with_checks(sql: str) -> str:
    """Write the checks of every model into its CREATE TABLE."""
    for _, model in inspect.getmembers(
        models, lambda member: inspect.isclass(member) and issubclass(member, Model)
    ):
        checks = "".join(
            f',\n    CONSTRAINT "{name}" CHECK ({rule})'
            for name, rule in getattr(model, "checks", {}).items()
        )
        start = rf'(CREATE TABLE IF NOT EXISTS "{model._meta.db_table}" \((?:.|\n)*?)(\n\))'
        sql = re.sub(start, lambda found, checks=checks: found[1] + checks + found[2], sql, count=1)
    return tidy(sql)


def tidy(sql: str) -> str:
    """Begin every statement at the margin; only what stands inside of one is indented."""
    statement = re.compile(r"^[ \t]+(?=(?:ALTER|COMMENT|CREATE|DROP|INSERT|UPDATE)\b)", re.MULTILINE)
    return statement.sub("", sql.strip())


def one_dialect(dialect: str, name: str) -> dict[str, str] | None:
    """Run `ask_aerich` in a process of its own: Tortoise keeps executors of one dialect a process."""
    done = subprocess.run(
        [sys.executable, __file__, "--dialect", dialect, name], capture_output=True, text=True, check=False
    )
    if done.returncode == 3:
        return {"upgrade": "-- TODO: " + done.stderr.strip(), "downgrade": "-- TODO", "state": ""}
    if done.returncode:
        sys.exit(done.stderr)
    answer: dict[str, str] | None = json.loads(done.stdout.splitlines()[-1])
    return answer


def write(name: str) -> Path | None:
    """Write the revision and say where; None when the models have not changed."""
    postgres, sqlite = one_dialect("postgres", name), one_dialect("sqlite", name)
    if postgres is None or sqlite is None:
        return None
    drop = "\n".join(f'DROP TABLE IF EXISTS "{table}";' for table in tables_made_by(postgres["upgrade"]))
    number = len(list(REVISIONS.glob("[0-9]*_*.py")))
    file = REVISIONS / f"{number}_{datetime.now(UTC):%Y%m%d%H%M%S}_{name}.py"
    state = re.findall(r".{1,100}", postgres["state"])
    file.write_text(
        TEMPLATE.format(
            title=name.replace("_", " ").capitalize() + ".",
            upgrade_postgres=postgres["upgrade"],
            upgrade_sqlite=sqlite["upgrade"],
            downgrade_postgres=postgres["downgrade"].strip() or drop,
            downgrade_sqlite=sqlite["downgrade"].strip() or drop,
            state="\n".join(f'    "{part}"' for part in state),
        )
    )
    return file


def tables_made_by(sql: str) -> list[str]:
    """Name the tables that a text makes, the last first; aerich's own stays to note the downgrade."""
    return [
        table
        for table in reversed(re.findall(r'CREATE TABLE IF NOT EXISTS "(\w+)"', sql))
        if table != "aerich"
    ]


def main() -> None:
    """Read the command line."""
    if sys.argv[1:2] == ["--dialect"]:
        try:
            print(json.dumps(asyncio.run(ask_aerich(sys.argv[2], sys.argv[3]))))
        except (OperationalError, NotImplementedError, NotSupportError) as error:
            print(error, file=sys.stderr)
            sys.exit(3)
        return
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name):
        sys.exit("Name the change in lower case: make migration NAME=add_colour")
    file = write(name)
    print(
        f"Wrote {file}. Read it, then: make migrate"
        if file
        else "No changes: the models agree with the revisions."
    )


if __name__ == "__main__":
    main()
