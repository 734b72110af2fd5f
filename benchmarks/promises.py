"""What every measurement that breaks things claims at its end."""

import os
import subprocess
import sys
from pathlib import Path

CHECK = [sys.executable, "-c", "from lavka.cli import app; app()", "check"]


class Broken(Exception):
    """A promise was not kept."""


def check(url: str, folder: Path, **settings: str) -> None:
    """Run `lavka check`; raise Broken with what it says."""
    environment = {**os.environ, **settings, "DB_URL": url}
    told = subprocess.run(CHECK, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise Broken(told.stdout + told.stderr)
