"""The reading process: `python -m lavka.adapters.yaml_feed FILE SPOOL`.

It tells the rows read so far on its standard output, a number a line, and leaves goods and report in files.
A list is a stranger's, so memory, time and disk are bounded here by the system itself.
"""

import os
import resource
import sys
from pathlib import Path

from lavka.adapters.yaml_feed.reader import read

MEMORY = 1024**3
"""Bytes of address space."""
SPOOL = 512 * 1024**2
"""Bytes of a file."""
SECONDS = 120


def main(file: str, spool: str) -> None:
    """Read one list."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, SPOOL),
        (resource.RLIMIT_CPU, SECONDS),
    ):
        resource.setrlimit(limit, (most, most))
    os.nice(5)  # buyers go first
    read(Path(file), Path(spool), _tell).save(Path(spool))


def _tell(rows: int) -> None:
    sys.stdout.write(f"{rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
