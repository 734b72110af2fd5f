"""import-linter's contracts hold, and each of them bites."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]
PLANTED = {
    "Arrows point inward": ("application/appinfo.py", "import lavka.bootstrap"),
    "The core imports no framework": ("domain/phones.py", "import pydantic"),
    "Adapters are independent of each other": (
        "adapters/crypto.py",
        "import lavka.adapters.tortoise.cursors",
    ),
    "Use cases do not call use cases": ("application/catalog.py", "import lavka.application.stocking"),
}

pytestmark = pytest.mark.processes


def lint(package_parent: Path) -> subprocess.CompletedProcess[str]:
    """Check the package that stands in this folder by the project's contracts."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo", ROOT / "pyproject.toml"],
        cwd=package_parent,
        env=os.environ | {"PYTHONPATH": str(package_parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_contract_is_kept() -> None:
    done = lint(ROOT / "src")
    assert done.returncode == 0, done.stdout
    for contract in CONTRACTS:
        assert f"{contract} KEPT" in done.stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_contract_notices_what_breaks_it(contract: str, tmp_path: Path) -> None:
    assert contract in PLANTED, f"Plant a violation of “{contract}” here, so that it is seen to bite."
    module, line = PLANTED[contract]
    shutil.copytree(ROOT / "src" / "lavka", tmp_path / "lavka", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "lavka" / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout
