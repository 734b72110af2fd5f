"""Somebody who takes notifications in a thread, and may refuse the first few."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Door:
    """An address for notifications, and what has come to it."""

    def __init__(self, refused: int = 0) -> None:
        self.taken: list[Any] = []
        self.paths: list[str] = []
        self.refused = refused
        self.seconds = 0.0
        """How long it thinks about each."""
        door = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(door.seconds)
                is_taken, door.refused = door.refused < 1, door.refused - 1
                if is_taken:
                    door.taken.append(json.loads(content))
                    door.paths.append(self.path)
                self.send_response(200 if is_taken else 500)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
