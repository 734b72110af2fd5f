"""The few pages for people that the shop has itself: where links in letters lead, and the pay page."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lavka.domain.accounts import Language

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}
"""A page loads nothing and runs nothing: some carry a secret."""


def page(name: str, language: Language, status: int = 200, **facts: Any) -> HTMLResponse:
    """Show a page, `<name>.html` of this folder, in one of the languages; it is not kept by any cache."""
    text = _templates.get_template(f"{name}.html").render(language=language.value, **facts)
    return HTMLResponse(text, status, headers=HEADERS)
