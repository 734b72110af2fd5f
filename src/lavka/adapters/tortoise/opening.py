"""What both engines say when a database cannot be opened."""

from lavka.domain.errors import Unavailable


class CannotOpen(Unavailable):
    """The database cannot be opened; `reason` is for its operator, never for a visitor."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason.splitlines()[0]
