"""Imports on two servers at once, and changes by hand beside them."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hearths import Hearth, keeps_its_promises

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

Start = Callable[..., Any]
Query = Callable[[str, str], list[object]]

RUNNING = "SELECT count(*) FROM price_lists WHERE status = 'running' GROUP BY shop_id ORDER BY 1 DESC LIMIT 1"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
TWICE = "SELECT name FROM products GROUP BY name HAVING count(*) > 1"
CATEGORIES = "SELECT count(*) FROM categories WHERE name IN ('Чайники', 'Ёлки')"


def on(server: Any, hearth: Hearth) -> Hearth:
    """The same shop over another server."""
    return Hearth(server, hearth.headers, hearth.path)


@pytest.fixture
def other(start: Start, place: dict[str, str]) -> Any:
    """A second server on the same database."""
    return start(**place).ready()


def test_two_imports_of_one_shop_on_two_servers_run_one_after_the_other(
    place: dict[str, str], hearth: Hearth, other: Any, query: Query
) -> None:
    works = [hearth.send(200), on(other, hearth).send(300)]
    running: Counter[int] = Counter()
    while any(hearth.report(work)["status"] in ("queued", "running") for work in works):
        running.update(int(str(count)) for count in query(place["DB_URL"], RUNNING))
    assert {hearth.report(work)["status"] for work in works} == {"done"}
    assert set(running) == {1}
    assert hearth.prices() == {300}
    assert keeps_its_promises(place)


def test_two_shops_with_the_same_goods_in_opposite_order_wait_for_each_other_and_end(
    place: dict[str, str], hearth: Hearth, other: Any, query: Query
) -> None:
    frost = Hearth.opened(other, "Мороз")
    assert frost.ended(frost.send(150))["status"] == "done"
    before = query(place["DB_URL"], DEADLOCKS)
    works = [(hearth, hearth.send(200)), (frost, frost.send(90, backwards=True))]
    assert {each.ended(work)["status"] for each, work in works} == {"done"}
    assert query(place["DB_URL"], DEADLOCKS) == before
    assert hearth.prices() == {90}
    assert keeps_its_promises(place)


def test_two_shops_that_bring_the_same_new_goods_on_two_servers_make_them_once(
    start: Start, place: dict[str, str], query: Query
) -> None:
    servers = [start(**place) for _ in range(2)]
    shops = [Hearth.opened(server.ready(), name) for server, name in zip(servers, "АБ", strict=True)]
    works = [(each, each.send(100)) for each in shops]
    assert {each.ended(work)["status"] for each, work in works} == {"done"}
    assert query(place["DB_URL"], TWICE) == []
    assert query(place["DB_URL"], CATEGORIES) == [1]  # the other stands in the list, but nothing in it
    assert shops[0].prices() == {100}


def test_changes_by_hand_during_imports_and_rollbacks_leave_every_promise_kept(
    place: dict[str, str], hearth: Hearth, other: Any, query: Query
) -> None:
    offers = [
        str(each) for each in query(place["DB_URL"], "SELECT id FROM offers ORDER BY random() LIMIT 40")
    ]
    stop, both, before = Event(), (hearth.server, other), query(place["DB_URL"], DEADLOCKS)

    def change(chance: random.Random) -> Iterator[int]:
        while not stop.is_set():
            terms = {"price": chance.randint(1, 10**6), "quantity": chance.randint(0, 3)}
            path = f"/offers/{chance.choice(offers)}"
            yield chance.choice(both).client.patch(path, json=terms, headers=hearth.headers).status_code

    def close_and_open(server: Any) -> Iterator[int]:
        while not stop.is_set():
            for is_open in (False, True):
                time.sleep(0.2)
                terms = {"is_open": is_open}
                yield server.client.patch(hearth.path, json=terms, headers=hearth.headers).status_code

    with ThreadPoolExecutor(3) as pool:
        storms = [change(random.Random(1)), change(random.Random(2)), close_and_open(other)]
        telling = [pool.submit(Counter, each) for each in storms]
        try:
            works = [on(both[turn % 2], hearth).send(200 + turn) for turn in range(2)]
            assert {hearth.ended(work)["status"] for work in works} == {"done"}
            undone = hearth.server.post(f"{works[0]}/rollback", headers=hearth.headers).json()["id"]
            assert hearth.ended(f"{hearth.path}/price-lists/{undone}")["status"] == "done"
        finally:
            stop.set()
        told = [each.result() for each in telling]
    assert all(each.keys() <= {200, 503} and each[200] for each in told), told
    assert query(place["DB_URL"], DEADLOCKS) == before
    assert keeps_its_promises(place)
    assert all("Traceback" not in server.said() for server in both)
