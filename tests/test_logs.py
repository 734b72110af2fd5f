"""What is logged is a line of JSON, and short, whatever somebody sent."""

import json
import subprocess
import sys

PROGRAM = """
import logging
import structlog
from lavka.serving import structured_logs

structured_logs()
long = "начало" + "x" * 1_000_000 + "конец"
logging.getLogger("a.library").warning("said: %s", long)
try:
    raise ValueError(long)
except ValueError:
    logging.getLogger("a.library").exception("failed")
structlog.get_logger().error("fault", error=long, line="one\\ntwo")
logging.getLogger("a.library").info("not of interest")
"""


def test_every_event_is_one_short_line_of_json() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert [len(line) < 10_000 for line in lines] == [True] * 3
    said, failed, fault = (json.loads(line) for line in lines)
    assert (said["level"], said["logger"]) == ("warning", "a.library")
    assert said["event"].startswith("said: начало")
    assert failed["exception"].endswith("конец")
    assert (fault["event"], fault["level"], fault["line"]) == ("fault", "error", "one\ntwo")
    assert all(event["timestamp"].endswith("Z") for event in (said, failed, fault))
