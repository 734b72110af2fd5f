"""Pictures as files: open to everyone, kept by browsers for good, shown and never executed."""

import os
import re
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from lavka.domain.pictures import THUMBNAILS

_NAME = re.compile(rf"([0-9a-f]{{2}})/\1[0-9a-f]{{62}}(-({'|'.join(map(str, THUMBNAILS))}))?\.webp")
_RANGE = re.compile(r"bytes=(?:([0-9]{1,12})-([0-9]{0,12})|-[0-9]{1,12})")
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # another content would have another name
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Media(StaticFiles):
    """The files that have the names of pictures; whatever else lies in the folder is not there."""

    def __init__(self, root: Path) -> None:
        super().__init__(directory=root.absolute(), check_dir=False)
        self.config_checked = True  # the folder is made with the first picture

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Find a file; raise HTTPException."""
        if scope["method"] == "GET" and not _NAME.fullmatch(path):
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file, a part of it, or 304; raise HTTPException for a part that is not there."""
        headers = Headers(scope=scope)
        answer = FileResponse(full_path, status_code, HEADERS, "image/webp", stat_result=stat_result)
        if self.is_not_modified(answer.headers, headers):
            return NotModifiedResponse(answer.headers)
        asked = _RANGE.fullmatch(headers.get("range", ""))
        if asked is None or (asked[2] and int(asked[2]) < int(asked[1])):
            # what makes no sense may be ignored (RFC 9110, 14.2); Starlette refuses it in plain text
            scope["headers"] = [each for each in scope["headers"] if each[0] != b"range"]
        elif asked[1] and int(asked[1]) >= stat_result.st_size:
            raise HTTPException(416, headers={"Content-Range": f"bytes */{stat_result.st_size}"})
        return answer
