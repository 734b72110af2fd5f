"""What a server does with what is no good request: it answers in the contract's form, or hangs up."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.processes

Start = Callable[..., Any]

IMPATIENT = """
from lavka.adapters.http import protocol
from lavka.cli import app

protocol.PATIENCE = 0.5
app(["serve"])
"""
FILLER = b"x" * 1000


@pytest.fixture
def server(start: Start) -> Any:
    return start().ready()


@pytest.fixture
def impatient(start: Start, tmp_path: Path) -> Any:
    """A server that waits half a second where another waits twenty."""
    program = tmp_path / "impatient.py"
    program.write_text(IMPATIENT)
    return start(program=program).ready()


def dial(server: Any) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def heard(line: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    return b"".join(parts)


def told(server: Any, *parts: bytes) -> bytes:
    """Send parts and listen until the other side hangs up."""
    with dial(server) as line:
        try:
            for part in parts:
                line.sendall(part)
            return heard(line)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def is_refusal(answer: bytes, status: int) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert b"x-request-id: " in head.lower()
    told = json.loads(body)
    return told["code"] == status and set(told) == {"code", "message", "type"}


def is_well(server: Any) -> bool:
    return bool(server.get(f"http://127.0.0.1:{server.port}/livez").status_code == 200)


NOT_HTTP = [
    b"GARBAGE\r\n\r\n",
    b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /api/v1/products?search=трава HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


def test_what_is_not_http_is_refused_in_the_contracts_form(server: Any) -> None:
    for request in NOT_HTTP:
        assert is_refusal(told(server, request), 400), request
    assert is_well(server)


def test_a_head_that_is_too_large_is_refused(server: Any) -> None:
    begun = b"GET /livez HTTP/1.1\r\nHost: a\r\n"
    many = b"".join(b"X-%d: %s\r\n" % (number, FILLER) for number in range(70))
    assert is_refusal(told(server, begun + many + b"\r\n"), 431)
    assert is_refusal(told(server, b"GET /" + FILLER * 70 + b" HTTP/1.1\r\nHost: a\r\n\r\n"), 431)
    few = b"".join(b"X-%d: %s\r\n" % (number, FILLER) for number in range(50))
    last = b"Connection: close\r\n\r\n"
    assert told(server, begun + few + last).startswith(b"HTTP/1.1 200 ")


def test_a_head_without_an_end_is_cut_off_long_before_it_fills_the_memory(server: Any) -> None:
    with dial(server) as line:
        sent = 0
        try:
            line.sendall(b"GET /livez HTTP/1.1\r\nX: ")
            while sent < 50_000_000:
                sent += line.send(FILLER * 64)
        except OSError:
            pass
    assert sent < 20_000_000  # the rest of it had filled the buffers on the way
    assert is_well(server)


def test_a_websocket_is_not_spoken_here(server: Any) -> None:
    asked = b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n"
    assert told(server, asked).startswith(b"HTTP/1.1 401 ")


def test_who_begins_and_does_not_go_on_is_not_waited_for(impatient: Any) -> None:
    post = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    assert is_refusal(told(impatient, b"GET /livez HTT"), 408)
    assert is_refusal(told(impatient, post + b"Content-Length: 100\r\n\r\n{"), 408)
    assert told(impatient) == b""
    assert is_well(impatient)


def test_a_head_in_drops_is_not_waited_for_either(impatient: Any) -> None:
    with dial(impatient) as line:
        line.sendall(b"GET /livez HTTP/1.1\r\n")
        began = time.monotonic()
        try:
            while time.monotonic() < began + 5:
                line.sendall(b"X: y\r\n")
                time.sleep(0.1)
        except OSError:
            pass
        assert time.monotonic() < began + 4


def test_who_sends_a_body_slowly_but_goes_on_is_waited_for(impatient: Any) -> None:
    body = b'{"login": "a", "password": "b"}'
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with dial(impatient) as line:
        line.sendall(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for letter in body[:8]:
            time.sleep(0.15)
            line.sendall(bytes([letter]))
        line.sendall(body[8:])
        assert heard(line).startswith(b"HTTP/1.1 401 ")


def test_a_connection_that_is_kept_serves_again_and_again(impatient: Any) -> None:
    asked = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    with dial(impatient) as line:
        for _ in range(4):
            line.sendall(asked[:20])
            time.sleep(0.2)
            line.sendall(asked[20:])
            answer = b""
            while not answer.endswith(b'{"status":"ok"}'):
                answer += line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")
            time.sleep(0.2)


def test_what_comes_after_an_answer_and_is_no_request_keeps_nothing_open(impatient: Any) -> None:
    asked = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    assert told(impatient, asked, b"\r\n").startswith(b"HTTP/1.1 200 ")
    assert told(impatient, b"\r\n") == b""


def test_a_body_that_nobody_read_ends_the_connection(server: Any) -> None:
    """Its sender may leave it out after the answer, and what it sends next would be taken for it."""
    head = b"POST /api/v1/auth/logout HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    for length in (b"Content-Length: 60\r\n", b"Transfer-Encoding: chunked\r\n"):
        answer = told(server, head + b"Expect: 100-continue\r\n" + length + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"connection: close" in answer.lower()
    whole = told(server, head + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    assert whole.startswith(b"HTTP/1.1 401 ")


def test_a_body_and_the_beginning_of_a_head_in_one_part_are_not_one_head(server: Any) -> None:
    body = b" " * 100_000
    post = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    asked = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with dial(server) as line:
        line.sendall(post + b"Content-Length: %d\r\n\r\n" % len(body) + body + asked[:20])
        time.sleep(0.3)
        line.sendall(asked[20:])
        answers = heard(line)
    assert answers.startswith(b"HTTP/1.1 422 ")
    assert b"HTTP/1.1 200 " in answers


def test_a_bad_request_behind_a_good_one_is_not_its_answer(server: Any) -> None:
    post = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    body = b'{"login": "nobody", "password": "x"}'
    answer = told(server, post + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"GARBAGE\r\n\r\n")
    assert b" 400 " not in answer.partition(b"\r\n")[0]


def test_a_length_with_noughts_before_it_is_read_as_a_number(server: Any) -> None:
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    answer = told(
        server, head + b"Content-Length: 00000000000000000000000002000000\r\n\r\n" + b"x" * 2_000_000
    )
    assert is_refusal(answer, 413)
