"""The command line: `lavka --help` and every command below it."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from builders import GOOD, NOBODY, a_listed_good, a_price_list, a_shop
from click.testing import Result
from typer.testing import CliRunner

from lavka.adapters.tortoise.database import execute, fetch
from lavka.application.ports.catalog import ProductFilter
from lavka.application.shop import Shop
from lavka.bootstrap import open_shop
from lavka.cli import app
from lavka.domain.errors import InvalidCredentials
from lavka.domain.passwords import broken_rules
from lavka.domain.sessions import Device
from lavka.settings import load_settings

T = TypeVar("T")

COMMANDS = [
    "serve",
    "migrate",
    "demo",
    "create-admin",
    "import-prices",
    "check",
    "reconcile",
    "worker",
    "beat",
    "flower",
    "benchmark-data",
]
ADMIN = ["--full-name", "Анна Админ", "--email", "anna@example.com", "--phone", "+79130000000"]

WRONG_SETTINGS = {
    "PORT": ("eighty", "70000", "-1"),
    "DB_URL": ("mysql://localhost/shop", "shop.db", "postgres://", "sqlite://", ""),
    "SECRET_KEY": ("short",),
    "ENVIRONMENT": ("staging",),
    "CATALOG_PUBLIC": ("perhaps",),
    "ACCESS_TOKEN_MINUTES": ("0", "1.5", "many"),
    "REFRESH_TOKEN_DAYS": ("-1",),
    "TRUSTED_PROXIES": ("nonsense", "10.0.0.0/99"),
    "DEVELOPERS": ("nonsense", "[1]", '[{"name": "Мария"}]', "{}"),
}


@pytest.fixture(autouse=True)
def _own_place(bare_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, a database without tables, cheap passwords."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_URL", bare_url)
    monkeypatch.setenv("PASSWORD_COST", "4")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("SECRET_KEY", "ENVIRONMENT", "ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def lavka(*words: str, **environment: str | None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(words), env=environment)


def done(*words: str, **environment: str) -> str:
    """Run a command, claim that it worked, and give what it printed."""
    result = lavka(*words, **environment)
    assert result.exit_code == 0, result.output
    return result.output


def explained(result: Result, code: int) -> str:
    """Claim that a command refused with this code and words for a person, and give them."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr.strip()


def in_the_shop(work: Callable[[Shop], Awaitable[T]]) -> T:
    """Open the same shop and do something in it."""

    async def run() -> T:
        async with open_shop(load_settings()) as shop:
            return await work(shop)

    return asyncio.run(run())


def by_sql(*statements: str) -> None:
    """Change the database behind the shop's back."""

    async def work(_: Shop) -> None:
        for statement in statements:
            await execute(statement)

    in_the_shop(work)


def the_number(sql: str) -> int:
    """One number of the database."""

    async def work(_: Shop) -> int:
        return int(next(iter((await fetch(sql))[0].values())))

    return in_the_shop(work)


def is_let_in(login: str, password: str) -> dict[str, Any]:
    """Sign in and tell who that is."""

    async def work(shop: Shop) -> dict[str, Any]:
        tokens = await shop.signing_in.log_in(login, password, Device())
        user = await shop.membership.me(await shop.sessions.recognise(tokens.access_token))
        return {"is_admin": user.is_admin, "account_type": user.account_type.value}

    return in_the_shop(work)


def test_help_names_every_command() -> None:
    said = done("--help")
    assert all(command in said for command in COMMANDS)
    assert set(COMMANDS) == {
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
        if command.callback
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    said = done(command, "--help")
    assert f"lavka {command}" in said or f"{command} [OPTIONS]" in said
    summary = [line for line in said.splitlines() if line.strip() and "Usage" not in line]
    assert len(summary[0].split()) > 3


def test_alone_it_shows_the_help() -> None:
    assert "serve" in lavka().output


class TestMigrate:
    """`lavka migrate`"""

    def test_brings_an_empty_database_up_to_date_and_says_so(self) -> None:
        assert re.search(r"Applied 0_\d+_init", done("migrate"))
        assert the_number("SELECT count(*) FROM users") == 0

    def test_has_nothing_to_do_the_second_time(self) -> None:
        done("migrate")
        assert done("migrate").strip() == "The database is up to date."

    def test_keeps_what_is_there(self) -> None:
        done("create-admin", *ADMIN, "--password", GOOD)
        done("migrate")
        assert the_number("SELECT count(*) FROM users") == 1


class TestDemo:
    """`lavka demo`"""

    def test_fills_an_empty_shop_and_prints_whom_to_sign_in_as(self) -> None:
        said = done("demo")
        assert the_number("SELECT count(*) FROM categories") >= 12
        assert the_number("SELECT count(*) FROM shops") >= 5
        assert the_number("SELECT count(*) FROM products WHERE is_active") >= 200
        assert the_number("SELECT count(*) FROM offers") >= 300
        assert the_number("SELECT count(*) FROM products WHERE description = ''") == 0
        deep = """SELECT count(*) FROM categories c JOIN categories p ON p.id = c.parent_id
            JOIN categories g ON g.id = p.parent_id"""
        assert the_number(deep) > 0
        printed = dict(re.findall(r"(\S+@demo\.example)\s+(\S+)", said))
        assert {login: is_let_in(login, password) for login, password in printed.items()} == {
            "admin@demo.example": {"is_admin": True, "account_type": "buyer"},
            "seller@demo.example": {"is_admin": False, "account_type": "shop"},
            "buyer@demo.example": {"is_admin": False, "account_type": "buyer"},
        }
        counts = re.search(r"(\d+) categories, (\d+) shops, (\d+) products and (\d+) offers are in", said)
        assert counts
        tables = ("categories", "shops", "products", "offers")
        assert [int(count) for count in counts.groups()] == [
            the_number(f"SELECT count(*) FROM {table}") for table in tables
        ]

    def test_makes_other_passwords_each_time(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        first = done("demo")
        monkeypatch.setenv("DB_URL", f"sqlite://{tmp_path}/other.db")
        second = done("demo")
        passwords = [set(re.findall(r"@demo\.example\s+(\S+)", said)) for said in (first, second)]
        assert len(passwords[0]) == 3
        assert not passwords[0] & passwords[1]

    def test_a_shop_with_something_in_it_is_left_as_it_is(self) -> None:
        done("create-admin", *ADMIN, "--password", GOOD)
        said = explained(lavka("demo"), 1)
        assert "only an empty one can be filled" in said.splitlines()[-1]
        assert the_number("SELECT count(*) FROM products") == 0

    def test_the_second_time_is_refused(self) -> None:
        done("demo")
        products = the_number("SELECT count(*) FROM products")
        assert "empty" in explained(lavka("demo"), 1)
        assert the_number("SELECT count(*) FROM products") == products


class TestCreateAdmin:
    """`lavka create-admin`"""

    def test_the_administrator_can_sign_in(self) -> None:
        said = done("create-admin", *ADMIN, "--password", GOOD, "--username", "anna")
        assert GOOD not in said
        for login in ("anna@example.com", "+79130000000", "anna"):
            assert is_let_in(login, GOOD) == {"is_admin": True, "account_type": "buyer"}

    def test_the_password_may_come_from_the_environment(self) -> None:
        done("create-admin", *ADMIN, ADMIN_PASSWORD=GOOD)
        assert is_let_in("anna@example.com", GOOD)["is_admin"]

    def test_what_is_not_given_is_asked_for_and_the_password_not_shown(self) -> None:
        answers = f"Анна Админ\nanna@example.com\n+79130000000\n{GOOD}\n{GOOD}\n"
        result = CliRunner().invoke(app, ["create-admin"], input=answers)
        assert result.exit_code == 0, result.output
        assert GOOD not in result.output
        assert is_let_in("anna@example.com", GOOD)["is_admin"]

    def test_a_weak_password_is_explained_rule_by_rule_and_nothing_stored(self) -> None:
        said = explained(lavka("create-admin", *ADMIN, "--password", "weak"), 2)
        assert "--password" in said
        assert all(rule in " ".join(said.split()) for rule in broken_rules("weak"))
        assert the_number("SELECT count(*) FROM users") == 0
        with pytest.raises(InvalidCredentials):
            is_let_in("anna@example.com", "weak")

    @pytest.mark.parametrize(
        ("option", "value"),
        [("--email", "nobody"), ("--phone", "112"), ("--username", "1st"), ("--full-name", " ")],
    )
    def test_a_wrong_field_is_named_and_nothing_stored(self, option: str, value: str) -> None:
        said = explained(lavka("create-admin", *ADMIN, "--password", GOOD, option, value), 2)
        assert option in said
        assert the_number("SELECT count(*) FROM users") == 0

    def test_an_administrator_of_another_alphabet_signs_in_by_either_form(self) -> None:
        done("create-admin", *ADMIN, "--email", "root@xn--e1afmkfd.xn--p1ai", "--password", GOOD)
        for login in ("root@xn--e1afmkfd.xn--p1ai", "root@пример.рф"):
            assert is_let_in(login, GOOD)["is_admin"]

    def test_what_is_wrong_is_asked_for_again(self) -> None:
        answers = f"Анна Админ\nnobody\nanna@example.com\n112\n+79130000000\nweak\nweak\n{GOOD}\n{GOOD}\n"
        result = CliRunner().invoke(app, ["create-admin"], input=answers)
        assert result.exit_code == 0, result.output
        assert is_let_in("anna@example.com", GOOD)["is_admin"]

    def test_the_same_twice_is_refused(self) -> None:
        done("create-admin", *ADMIN, "--password", GOOD)
        said = explained(lavka("create-admin", *ADMIN, "--password", GOOD), 1)
        assert "exists already" in said
        assert the_number("SELECT count(*) FROM users") == 1


BREAKING = {
    "no stock is negative": (
        "UPDATE stock SET quantity = -5 WHERE offer_id = (SELECT min(CAST(offer_id AS TEXT)) FROM stock)",
    ),
    "every offer has a stock row": ("DELETE FROM stock WHERE quantity > 0",),
    "a product's price is its cheapest offer's that can be bought": (
        "UPDATE products SET price = price + 1 WHERE price IS NOT NULL",
    ),
    "a product is in stock when one of its offers is": ("UPDATE products SET in_stock = NOT in_stock",),
    "the categories are a tree": (
        "UPDATE categories SET parent_id = (SELECT id FROM categories WHERE slug = 'chayniki') "
        "WHERE slug = 'dom'",
    ),
    "the catalogue has one version": ("DELETE FROM catalog_version",),
}


class TestCheck:
    """`lavka check`"""

    def test_the_demo_keeps_every_promise(self) -> None:
        done("demo")
        said = done("check")
        assert said.count("holds") == len(said.splitlines()) >= len(BREAKING)
        assert all(name in said for name in BREAKING)

    @pytest.mark.parametrize("name", [name for name in BREAKING if name != "no stock is negative"])
    def test_a_broken_promise_is_named_with_its_rows(self, name: str) -> None:
        done("demo")
        by_sql(*BREAKING[name])
        result = lavka("check")
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        place = lines.index(f"broken  {name}")
        assert lines[place + 1].strip().startswith("{")

    def test_negative_stock_is_found_even_past_the_database_s_own_guard(self, bare_url: str) -> None:
        done("demo")
        if bare_url.startswith("sqlite"):
            by_sql("PRAGMA ignore_check_constraints = ON", *BREAKING["no stock is negative"])
        else:
            guard = "ALTER TABLE stock DROP CONSTRAINT stock_not_negative"
            by_sql(guard, "UPDATE stock SET quantity = -5 WHERE quantity > 0")
        result = lavka("check")
        assert result.exit_code == 1
        assert "broken  no stock is negative" in result.stdout
        assert "-5" in result.stdout

    def test_two_refresh_tokens_of_one_session_are_found(self) -> None:
        done("demo")

        async def sign_in(shop: Shop) -> None:
            user = await shop.signing_in.users.find("buyer@demo.example")
            assert user
            await shop.signing_in.issuing.open(user.id, Device(), shop.signing_in.clock())

        in_the_shop(sign_in)
        by_sql(
            "INSERT INTO refresh_tokens (digest, session_id, expires_at) "
            f"SELECT '{'0' * 64}', session_id, expires_at FROM refresh_tokens"
        )
        result = lavka("check")
        assert result.exit_code == 1
        assert "broken  a live session has at most one refresh token left" in result.stdout


class TestBenchmarkData:
    """`lavka benchmark-data`"""

    def test_adds_products_that_are_listed_and_keep_every_promise(self) -> None:
        done("benchmark-data", "300")

        async def work(shop: Shop) -> tuple[int, list[Any]]:
            page = await shop.browsing.products()
            return page.total, page.items.values

        total, items = in_the_shop(work)
        assert total == 300
        assert len(items) == 20
        assert all(item["price"] and item["category"] for item in items)
        searched = in_the_shop(lambda shop: shop.browsing.products(ProductFilter(search="белые чайники")))
        assert all("Чайник белый" in item["name"] for item in searched.items.values)
        assert searched.total
        facets = in_the_shop(lambda shop: shop.browsing.facets()).values
        assert {each["name"]: len(each["values"]) for each in facets["attributes"]} == {
            "Номер": 50,
            "Цвет": 7,
        }
        assert "broken" not in done("check")

    def test_can_be_added_to_a_shop_that_is_open_already(self) -> None:
        done("demo")
        before = the_number("SELECT count(*) FROM products")
        done("benchmark-data", "10")
        done("benchmark-data", "10")
        assert the_number("SELECT count(*) FROM products") == before + 20
        assert "broken" not in done("check")

    @pytest.mark.parametrize("count", ["0", "-1", "many", "10000001"])
    def test_a_count_that_makes_no_sense_is_refused(self, count: str) -> None:
        assert lavka("benchmark-data", "--", count).exit_code == 2


class TestSettings:
    """A wrong setting stops every command with one sentence that names it."""

    @pytest.mark.parametrize("name", WRONG_SETTINGS)
    def test_is_named(self, name: str) -> None:
        for value in WRONG_SETTINGS[name]:
            for command in (["serve"], ["migrate"]):
                said = explained(lavka(*command, **{name: value}), 2)
                assert name in said, (value, said)
                assert len(said.splitlines()) == 1, (value, said)
                assert "pydantic" not in said

    def test_a_secret_value_is_not_shown(self) -> None:
        assert "sEcReT-value" not in explained(lavka("serve", SECRET_KEY="sEcReT-value"), 2)
        url = "mysql://user:sEcReT-value@localhost/x"
        assert "sEcReT-value" not in explained(lavka("serve", DB_URL=url), 2)

    def test_production_needs_a_secret(self) -> None:
        said = explained(lavka("serve", ENVIRONMENT="production", PASSWORD_COST="12"), 2)
        assert "SECRET_KEY" in said

    def test_an_embedded_database_serves_one_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DB_URL", "sqlite://shop.db")
        said = explained(lavka("serve", "--workers", "2"), 2)
        assert "DB_URL" in said
        assert "PostgreSQL" in said

    @pytest.mark.parametrize("command", [["serve"], ["migrate"], ["check"], ["demo"]])
    def test_a_database_that_is_not_there_is_said_so(self, command: list[str]) -> None:
        said = explained(lavka(*command, DB_URL="postgres://nobody@127.0.0.1:1/nothing"), os.EX_UNAVAILABLE)
        assert "database" in said
        assert len(said.splitlines()) == 1

    @pytest.mark.postgres
    def test_what_the_database_server_refuses_is_said_so(self) -> None:
        server = os.environ["LAVKA_TEST_DB_URL"]
        nowhere = server.rpartition("/")[0] + "/lavka_that_is_not_there"
        nobody = "postgres://lavka_nobody@" + server.partition("@")[2]
        secure = f"{server}?sslmode=verify-full"  # no test server has a certificate that anybody vouches for
        for url, reason in {nowhere: "does not exist", nobody: "lavka_nobody", secure: "("}.items():
            said = explained(lavka("migrate", DB_URL=url), os.EX_UNAVAILABLE)
            assert reason in said
            assert len(said.splitlines()) == 1


class TestEmbeddedFile:
    """A file that cannot be a database is refused in one sentence, at once."""

    @pytest.mark.parametrize("command", [["serve"], ["migrate"], ["check"]])
    @pytest.mark.parametrize("path", ["a-folder", "no-database", "no-database/shop.db"])
    def test_cannot_be_opened(self, command: list[str], path: str, tmp_path: Path) -> None:
        (tmp_path / "a-folder").mkdir()
        (tmp_path / "no-database").write_text("This is a letter, and no database. " * 100)
        said = explained(lavka(*command, DB_URL=f"sqlite://{tmp_path / path}"), os.EX_UNAVAILABLE)
        assert path.partition("/")[0] in said
        assert len(said.splitlines()) == 1

    def test_is_its_owners_alone(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            done("migrate", DB_URL=f"sqlite://{tmp_path / 'shop.db'}")
        finally:
            os.umask(before)
        assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("shop.db*")} == {0}


class TestImportPrices:
    """`lavka import-prices`, as a shop's owner uses it."""

    @pytest.fixture
    def prices(self, tmp_path: Path) -> Path:
        """A list of two goods, and a shop it is for."""

        async def work(shop: Shop) -> None:
            await shop.stocking.stockroom.bring(shops=[a_shop("Очаг")])

        in_the_shop(work)
        file = tmp_path / "prices.yaml"
        file.write_text(a_price_list(a_listed_good(id="1"), a_listed_good(id="2", name="Ёлка", price="500")))
        return file

    def test_brings_a_list_in_once(self, prices: Path) -> None:
        first = done("import-prices", "Очаг", str(prices))
        assert "Done: 2 created, 0 changed, 0 deactivated, of 2 rows." in first
        assert "Nothing to change" in done("import-prices", "Очаг", str(prices))
        assert in_the_shop(lambda shop: shop.browsing.products()).total == 2

    def test_prints_what_would_change_and_changes_nothing(self, prices: Path) -> None:
        done("import-prices", "Очаг", str(prices))
        dearer, new = a_listed_good(id="1", price="2000"), a_listed_good(id="3", name="Шар")
        prices.write_text(a_price_list(dearer, new))
        said = done("import-prices", "Очаг", str(prices), "--dry-run")
        for line in ("1 updated 1990.00 2000.00", "3 created 1990.00", "2 deactivated 500.00"):
            assert any(all(word in row for word in line.split()) for row in said.splitlines()), (line, said)
        assert "Would be: 1 created, 1 changed, 1 deactivated, of 2 rows." in said
        assert in_the_shop(lambda shop: shop.browsing.products()).total == 2

    def test_names_the_row_and_field_of_each_error_and_applies_nothing(self, prices: Path) -> None:
        prices.write_text(a_price_list(a_listed_good(id="1"), a_listed_good(id="2", quantity="сто")))
        said = explained(lavka("import-prices", "Очаг", str(prices)), 1)
        assert "row 2, quantity: Write a whole number" in said
        assert "Nothing was applied" in said
        assert in_the_shop(lambda shop: shop.browsing.products()).total == 0
        assert "Done: 1 created" in done("import-prices", "Очаг", str(prices), "--partial")

    def test_takes_a_shop_by_its_id_and_knows_no_other(self, prices: Path) -> None:
        shops = in_the_shop(lambda shop: shop.browsing.shops()).items.values
        assert "Done: 2 created" in done("import-prices", shops[0]["id"], str(prices))
        for name in ("Мороз", NOBODY):
            assert "No shop has this name or id" in explained(lavka("import-prices", name, str(prices)), 1)
