"""Several servers on one PostgreSQL database, and what happens when its connections break."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import GOOD, a_form, bearer

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

Start = Callable[..., Any]
Query = Callable[[str, str], list[object]]

KEY = "k" * 48
ROUNDS = 100
KILL_ALL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
CHANGED = """
from lavka import bootstrap
from lavka.adapters.tortoise.revocations import EndedSessions, HeardEndedSessions
from lavka.cli import app

{change}
bootstrap.HeardEndedSessions = Changed
app(["serve"])
"""
DEAF = """
from contextlib import asynccontextmanager

class Changed(EndedSessions):
    def __init__(self, clock, lifetime, config):
        super().__init__(clock, lifetime)

    @asynccontextmanager
    async def listening(self):
        yield
"""
HARD_OF_HEARING = """
import asyncio

class Changed(HeardEndedSessions):
    def _hear(self, *news):
        asyncio.get_running_loop().call_later(0.3, super()._hear, *news)
"""
HASTY = """
class Changed(HeardEndedSessions):
    add = EndedSessions.add
"""


@pytest.fixture
def changed(start: Start, tmp_path: Path) -> Start:
    """Start a server whose memory of ended sessions is another one."""

    def a_changed_server(change: str, **environment: str) -> Any:
        program = tmp_path / "changed.py"
        program.write_text(CHANGED.format(change=change))
        return start(program=program, **environment)

    return a_changed_server


def a_login(server: Any) -> dict[str, str]:
    """Register somebody and give what signs in."""
    form = a_form()
    assert server.post("/auth/register", json=form).status_code == 201
    return {"login": str(form["email"]), "password": GOOD}


def let_through(leaving: Any, other: Any, rounds: int) -> int:
    """Log in and out on one server; how often the very next request on the other was let in."""
    login = a_login(leaving)
    passed = 0
    for _ in range(rounds):
        headers = bearer(leaving.post("/auth/login", json=login).json())
        assert other.get("/me", headers=headers).status_code == 200
        assert leaving.post("/auth/logout", headers=headers).status_code == 204
        passed += other.get("/me", headers=headers).status_code != 401
    return passed


def test_a_token_logged_out_on_one_server_is_refused_by_the_other_at_once(
    postgres_url: str, start: Start
) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, other = start(**shared).ready(), start(**shared).ready()
    assert let_through(one, other, ROUNDS) == 0
    assert let_through(other, one, ROUNDS) == 0


def test_a_server_that_hears_late_holds_the_sign_out_up(
    postgres_url: str, start: Start, changed: Start
) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, late = start(**shared).ready(), changed(HARD_OF_HEARING, **shared).ready()
    assert let_through(one, late, 5) == 0


def test_a_server_that_does_not_wait_for_the_others_would_be_caught(
    postgres_url: str, changed: Start
) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    hasty = changed(HASTY, **shared).ready()
    late = changed(HARD_OF_HEARING, **shared).ready()
    assert let_through(hasty, late, 3) == 3


def test_a_server_that_does_not_listen_would_be_caught(
    postgres_url: str, start: Start, changed: Start
) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, deaf = start(**shared).ready(), changed(DEAF, **shared).ready()
    assert let_through(one, deaf, 3) == 3


def test_a_server_that_stood_still_during_a_sign_out_does_not_trust_its_memory(
    postgres_url: str, start: Start
) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, still = start(**shared).ready(), start(**shared).ready()
    headers = bearer(one.post("/auth/login", json=a_login(one)).json())
    still.process.send_signal(signal.SIGSTOP)
    try:
        assert one.post("/auth/logout", headers=headers).status_code == 204
    finally:
        still.process.send_signal(signal.SIGCONT)
    assert still.get("/me", headers=headers).status_code == 401


def test_a_restarted_server_knows_what_ended_while_it_was_away(postgres_url: str, start: Start) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, other = start(**shared).ready(), start(**shared).ready()
    headers = bearer(one.post("/auth/login", json=a_login(one)).json())
    other.kill()
    assert one.post("/auth/logout", headers=headers).status_code == 204
    assert start(**shared).ready().get("/me", headers=headers).status_code == 401


def test_several_servers_start_at_once_on_an_empty_database(
    postgres_url: str, start: Start, query: Query
) -> None:
    servers = [start(DB_URL=postgres_url, SECRET_KEY=KEY) for _ in range(3)]
    for server in servers:
        server.ready()
    assert query(postgres_url, "SELECT count(*) - count(DISTINCT version) FROM aerich") == [0]
    headers = bearer(servers[0].post("/auth/login", json=a_login(servers[1])).json())
    assert all(server.get("/me", headers=headers).status_code == 200 for server in servers)


def test_several_workers_of_one_server_all_refuse_what_one_ended(postgres_url: str, start: Start) -> None:
    server = start("--workers", "2", DB_URL=postgres_url, SECRET_KEY=KEY).ready()
    login = a_login(server)
    statuses: Counter[int] = Counter()
    for _ in range(20):
        headers = bearer(server.post("/auth/login", json=login).json()) | {"Connection": "close"}
        assert server.post("/auth/logout", headers=headers).status_code == 204
        statuses.update(server.get("/me", headers=headers).status_code for _ in range(4))
    assert statuses == {401: 80}


def test_broken_connections_cost_two_seconds_and_no_promise(
    postgres_url: str, start: Start, query: Query
) -> None:
    server = start(DB_URL=postgres_url, SECRET_KEY=KEY).ready()
    login = a_login(server)
    gone, here = (bearer(server.post("/auth/login", json=login).json()) for _ in range(2))
    assert server.post("/auth/logout", headers=gone).status_code == 204
    stop = Event()
    seen: list[tuple[float, str, int]] = []

    def ask(path: str, headers: dict[str, str]) -> None:
        while not stop.is_set():
            answer = server.get(path, headers=headers)
            seen.append((time.monotonic(), "gone" if headers is gone else "here", answer.status_code))
            if answer.status_code == 503:
                assert int(answer.headers["Retry-After"]) > 0
                assert answer.json()["type"] == "unavailable"

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, *each) for each in (("/me", gone), ("/me", here), ("/products", here))]
        for _ in range(5):
            time.sleep(0.3)
            query(postgres_url, KILL_ALL)
        last = time.monotonic()
        time.sleep(4)
        stop.set()
        for each in asking:
            each.result()

    told = {who: Counter(status for _, name, status in seen if name == who) for who in ("gone", "here")}
    assert set(told["gone"]) <= {401, 503}, told
    assert set(told["here"]) <= {200, 503}, told
    assert told["here"][200] > 100
    late = {status for moment, who, status in seen if who == "here" and moment > last + 2}
    assert late == {200}
    assert server.get("/me", headers=gone).status_code == 401
    assert "Traceback" not in server.said()


def test_after_a_break_it_hears_again(postgres_url: str, start: Start, query: Query) -> None:
    shared = {"DB_URL": postgres_url, "SECRET_KEY": KEY}
    one, other = start(**shared).ready(), start(**shared).ready()
    login = a_login(one)
    for _ in range(3):
        headers = bearer(one.post("/auth/login", json=login).json())
        query(postgres_url, KILL_ALL)
        deadline = time.monotonic() + 5
        while one.post("/auth/logout", headers=headers).status_code not in (204, 401):
            assert time.monotonic() < deadline
        assert other.get("/me", headers=headers).status_code in (401, 503)
    time.sleep(2)
    assert let_through(one, other, 20) == 0
