"""aerich's own commands, the script that writes revisions, and several processes at once."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from lavka.adapters.tortoise.migrating import migrations

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
REVISIONS = sorted(file.name for file in (migrations() / "models").glob("[0-9]*_*.py"))

pytestmark = pytest.mark.processes


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what aerich and the script look at; the package is the installed one."""
    root = tmp_path / "project"
    root.mkdir()
    for file in ("pyproject.toml", "tortoise_config.py"):
        shutil.copy(ROOT / file, root)
    for folder in ("migrations", "scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def environment(url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return kept | {"DB_URL": url, "AERICH_NO_TORTOISE_V1_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"} | more


def run(root: Path, url: str, *command: str, **more: str) -> str:
    done = subprocess.run(
        command,
        cwd=root,
        env=environment(url, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(root: Path) -> list[str]:
    return sorted(file.name for file in (root / "migrations" / "models").glob("*.py"))


def test_aerichs_own_commands_work_unmodified(project: Path, bare_url: str) -> None:
    def aerich(*command: str) -> str:
        return run(project, bare_url, str(BIN / "aerich"), *command)

    assert aerich("history").split() == REVISIONS
    assert "Success upgrading" in aerich("upgrade")
    assert "No available heads" in aerich("heads")
    assert "No changes detected" in aerich("migrate")
    assert "Success downgrading" in aerich("downgrade", "--yes")
    assert aerich("heads").split() == REVISIONS[-1:]
    assert files(project) == REVISIONS


def test_the_models_agree_with_the_revisions(project: Path) -> None:
    said = run(project, "sqlite://unused.db", sys.executable, "scripts/make_migration.py", "probe")
    assert "No changes" in said
    assert files(project) == REVISIONS


def test_the_script_notices_a_model_that_changed_and_speaks_both_dialects(project: Path) -> None:
    package = project / "src" / "lavka"
    shutil.copytree(ROOT / "src" / "lavka", package, ignore=shutil.ignore_patterns("__pycache__"))
    models = package / "adapters" / "tortoise" / "models" / "accounts.py"
    before = models.read_text()
    added = before.replace(
        "    is_admin = fields.BooleanField()\n",
        "    is_admin = fields.BooleanField()\n    nickname = fields.CharField(40, null=True)\n",
    )
    assert added != before
    models.write_text(added)
    said = run(
        project,
        "sqlite://unused.db",
        sys.executable,
        "scripts/make_migration.py",
        "add_nickname",
        PYTHONPATH=str(project / "src"),
    )
    assert said.startswith("Wrote")
    (new,) = set(files(project)) - set(REVISIONS)
    assert new.endswith("_add_nickname.py")
    assert new.startswith(f"{len(REVISIONS)}_")
    text = (project / "migrations" / "models" / new).read_text()
    assert text.count('ADD "nickname" VARCHAR(40)') == 2
    assert text.count("DROP COLUMN") == 2


async def applied(url: str) -> list[str]:
    server = await asyncpg.connect(url)
    versions = [row["version"] for row in await server.fetch("SELECT version FROM aerich ORDER BY id")]
    await server.close()
    return versions


@pytest.mark.postgres
def test_processes_that_migrate_one_empty_database_at_once_all_succeed(tmp_path: Path, bare_url: str) -> None:
    processes = [
        subprocess.Popen(
            [BIN / "lavka", "migrate"],
            cwd=tmp_path,
            env=environment(bare_url),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    assert sum("Applied" in text for text in said) == 1
    assert sum("up to date" in text for text in said) == 3
    assert asyncio.run(applied(bare_url)) == REVISIONS
