"""Files that are sent in a multipart form, in its field `file`."""

from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from lavka.domain.errors import Detail, Invalid, TooLarge

FIELD = "file"
MULTIPART = "multipart/form-data"
MOST_PARTS = 2
"""Read of a form, so that what is one too many can be named."""
LONGEST_FIELD = 64 * 1024


def described(of_what: str) -> dict[str, Any]:
    """Describe the form of a route for OpenAPI."""
    file = {"type": "string", "format": "binary", "description": of_what}
    schema = {
        "type": "object",
        "properties": {FIELD: file},
        "required": [FIELD],
        "additionalProperties": False,
    }
    content = {MULTIPART: {"schema": schema, "example": {FIELD: "(the content of the file)"}}}
    return {"requestBody": {"required": True, "content": content}}


async def uploaded(request: Request, most_bytes: int) -> UploadFile:
    """Read the one file of a form, beyond a megabyte to disk; whoever calls closes it.

    Its name and type are the sender's own words: they are not looked at and must not be used. Raise Invalid
    for another form or an empty file, TooLarge for a larger file.
    """
    try:
        parser = MultiPartParser(
            request.headers,
            request.stream(),
            max_files=MOST_PARTS,
            max_fields=MOST_PARTS,
            max_part_size=LONGEST_FIELD,
        )
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):  # no boundary; a charset that is none
        raise _refused(FIELD, "The form cannot be read: send it as multipart/form-data.") from None
    try:
        return _the_file(form.multi_items(), most_bytes)
    except BaseException:
        await form.close()
        raise


def _the_file(items: list[tuple[str, Any]], most_bytes: int) -> UploadFile:
    files = [value for name, value in items if name == FIELD and isinstance(value, UploadFile)]
    if not files:
        raise _refused(FIELD, "Send the file in this field of a form, with a file name.")
    if len(items) > 1:
        raise _refused("body" if len(files) == 1 else FIELD, "Send one file in the field file, and no more.")
    if not files[0].size:
        raise _refused(FIELD, "This file is empty: send one that holds something.")
    if files[0].size > most_bytes:
        raise TooLarge
    return files[0]


def _refused(field: str, message: str) -> Invalid:
    return Invalid([Detail(field, message)])
