"""One server with a database file of its own: starting, stopping, power cuts, and what stops a start."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import GOOD, a_form, bearer

pytestmark = pytest.mark.processes

Start = Callable[..., Any]


def joined(server: Any) -> dict[str, str]:
    """Register somebody, sign in, and give the tokens."""
    form = a_form()
    assert server.post("/auth/register", json=form).status_code == 201
    answer = server.post("/auth/login", json={"login": form["email"], "password": GOOD})
    assert answer.status_code == 200
    tokens: dict[str, str] = answer.json()
    return tokens


def test_opens_in_an_empty_folder_and_says_where(start: Start, tmp_path: Path) -> None:
    server = start().ready()
    said = server.said()
    assert f"http://127.0.0.1:{server.port}" in said
    assert "/docs" in said
    assert server.get("/products", headers=bearer(joined(server))).json()["total"] == 0
    key = tmp_path / "place" / "var" / "secret_key"
    assert (tmp_path / "place" / "var" / "lavka.db").exists()
    assert key.stat().st_mode & 0o077 == 0
    assert "server" not in server.get("/me").headers


def test_opens_with_the_demo_and_does_not_fill_it_twice(start: Start) -> None:
    first = start("--demo").ready()
    password = first.said().partition("buyer@demo.example")[2].split()[0]
    login = {"login": "buyer@demo.example", "password": password}
    tokens = first.post("/auth/login", json=login).json()
    total = first.get("/products", headers=bearer(tokens)).json()["total"]
    assert total >= 200
    first.stop()
    second = start("--demo").ready()
    assert "Something is in already" in second.said()
    assert second.get("/products", headers=bearer(tokens)).json()["total"] == total


def test_after_a_restart_a_token_is_still_good_and_a_logged_out_one_is_not(start: Start) -> None:
    first = start().ready()
    leaving, staying = joined(first), joined(first)
    assert first.post("/auth/logout", headers=bearer(leaving)).status_code == 204
    first.stop()
    second = start().ready()
    assert second.get("/me", headers=bearer(leaving)).status_code == 401
    refresh = {"refresh_token": leaving["refresh_token"]}
    assert second.post("/auth/refresh", json=refresh).status_code == 401
    assert second.get("/me", headers=bearer(staying)).status_code == 200


def test_a_power_cut_loses_nothing_that_was_answered(start: Start) -> None:
    first = start().ready()
    leaving, staying = joined(first), joined(first)
    assert first.post("/auth/logout", headers=bearer(leaving)).status_code == 204
    first.kill()
    second = start().ready()
    assert second.get("/me", headers=bearer(leaving)).status_code == 401
    assert second.get("/me", headers=bearer(staying)).status_code == 200
    assert joined(second)


def test_stops_when_told_and_leaves_no_traceback(start: Start) -> None:
    server = start().ready()
    server.stop()
    assert server.process.returncode in (0, -15)
    assert "Traceback" not in server.said()


def test_every_line_of_its_log_is_json_whoever_wrote_it(start: Start) -> None:
    server = start().ready()
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.sendall(b"NOT HTTP\r\n\r\n")
        stranger.recv(1024)
    server.stop()
    events = [json.loads(line) for line in server.said().splitlines()[1:]]
    assert [(event["level"], event["logger"]) for event in events] == [("warning", "uvicorn.error")]


def test_a_second_server_on_the_same_file_is_refused(start: Start) -> None:
    first = start().ready()
    second = start()
    assert second.ended() == 1
    said = second.said().strip()
    assert said.startswith("Another server has this database open")
    assert len(said.splitlines()) == 1
    assert first.get("/me").status_code == 401


def test_several_workers_on_a_file_are_refused_with_the_reason(start: Start) -> None:
    server = start("--workers", "2")
    assert server.ended() == 2
    said = server.said().strip()
    assert "DB_URL" in said
    assert "PostgreSQL" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("SECRET_KEY", "short"), ("DB_URL", "mysql://x/y"), ("DEVELOPERS", "nonsense")],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(start: Start, name: str, value: str) -> None:
    server = start(**{name: value})
    assert server.ended() == 2
    said = server.said().strip()
    assert name in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1


def test_the_settings_may_stand_in_a_file(start: Start, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / ".env").write_text(
        'SERVER_VERSION=9.9.9\nDEVELOPERS=[{"name":"M","position":"p"}]\n'
    )
    server = start().ready()
    assert server.get(f"http://127.0.0.1:{server.port}/api/appinfo/server/version").json() == {
        "version": "9.9.9"
    }


def test_a_forged_proxy_header_does_not_change_where_a_sign_in_came_from(start: Start) -> None:
    server = start().ready()
    form = a_form()
    server.post("/auth/register", json=form)
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    login = {"login": form["email"], "password": GOOD}
    tokens = server.post("/auth/login", json=login, headers=forged).json()
    items = server.get("/me/sessions", headers=bearer(tokens)).json()["items"]
    assert [each["ip"] for each in items] == ["127.0.0.1"]
    for trusted, noted in (("10.0.0.0/8, 192.168.0.1", "127.0.0.1"), ("127.0.0.1", "6.6.6.6")):
        server.stop()
        server = start(TRUSTED_PROXIES=trusted).ready()
        tokens = server.post("/auth/login", json=login, headers=forged).json()
        items = server.get("/me/sessions", headers=bearer(tokens)).json()["items"]
        assert items[0]["ip"] == noted
