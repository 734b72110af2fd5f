"""How a fault is told in a log line: where it was, without the values that its message may hold."""

import traceback


def places(error: BaseException) -> list[str]:
    """Name the innermost places of a fault."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
