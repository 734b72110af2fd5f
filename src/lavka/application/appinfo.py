"""What this installation says about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Developer:
    """Somebody who made this shop."""

    name: str
    position: str


@dataclass(frozen=True, slots=True)
class AppInfo:
    """Versions and dates of the server and of its front end, and who made them; from settings."""

    server_version: str
    client_version: str
    server_last_update: str
    client_last_update: str
    developers: tuple[Developer, ...] = ()
