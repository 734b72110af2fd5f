"""Settings: what is wrong is said in one sentence that names it, and the development secret is kept."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lavka.settings import Environment, Settings, SettingsError, load_settings

ROOT = Path(__file__).resolve().parents[1]
KEY = "k" * 48


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


WRONG = [
    ("DB_URL", ""),
    ("DB_URL", "lavka.db"),
    ("DB_URL", "sqlite://"),
    ("DB_URL", "mysql://user:hidden-word@host/name"),
    ("DB_URL", "postgres://"),
    ("DB_URL", "postgres://user:hidden-word@host"),
    ("DB_URL", "postgres://user:hidden-word@host/"),
    ("DB_URL", "postgres:///name"),
    ("DB_URL", "postgres://user:hidden-word@host:port/name"),
    ("DB_URL", "postgres://user:hidden-word@host:99999/name"),
    ("DB_URL", "postgres://user:hidden-word@[::1/name"),
    ("DB_URL", "postgres://user:hidden-word[@host/name"),
    ("DB_URL", "postgres://user:hidden-word@host/name?host=/var/run/postgresql"),
    ("DB_URL", "postgres://user:hidden-word@host/name?sslmode=perhaps"),
    ("DB_URL", "sqlite:var/lavka.db"),
    ("DB_URL", "sqlite://:memory:"),
    ("DB_URL", "sqlite://var/lavka.db?mode=ro"),
    ("REDIS_URL", "127.0.0.1:6379"),
    ("REDIS_URL", "http://127.0.0.1:6379/0"),
    ("REDIS_URL", "redis://"),
    ("REDIS_URL", "redis:///0"),
    ("REDIS_URL", "redis://:hidden-word@127.0.0.1:port/0"),
    ("REDIS_URL", "redis://:hidden-word@127.0.0.1:99999/0"),
    ("REDIS_URL", "redis://:hidden-word@127.0.0.1:6379/first"),
    ("REDIS_URL", "redis://:hidden#word@127.0.0.1:6379/0"),
    ("HOST", ""),
    ("SERVER_VERSION", ""),
    ("CLIENT_VERSION", " "),
    ("PUBLIC_URL", "shop.example"),
    ("PUBLIC_URL", "javascript:alert(1)"),
    ("PUBLIC_URL", "http://"),
    ("PUBLIC_URL", "http://shop.example:port"),
    ("PUBLIC_URL", "https://shop.example/a b"),
    ("PUBLIC_URL", 'https://shop.example/"><script>'),
    ("PUBLIC_URL", "https://user:hidden-word@shop.example"),
    ("SMTP_URL", "smtp://mail.example:0"),
    ("SMTP_URL", "smtp://mail example"),
    ("SMTP_URL", "mail.example"),
    ("SMTP_URL", "http://mail.example"),
    ("SMTP_URL", "smtp://"),
    ("SMTP_URL", "smtp://mail.example:port"),
    ("SMTP_URL", "smtp://user:hidden-word@mail.example:port"),
    ("SMTP_URL", "smtp://user:hidden-word[@mail.example"),
    ("SMTP_URL", "smtp://mail.example/inbox"),
    ("SMTP_URL", "smtp://mail.example?tls=perhaps"),
    ("SMTP_URL", "smtps://mail.example?tls=none"),
    ("SMTP_URL", "smtp://user@mail.example"),
    ("SMTP_URL", "smtp://:hidden-word@mail.example"),
    ("SMTP_URL", "smtp://user:hidden-word@mail.example?tls=none"),
    ("SMTP_URL", "smtp://user:hidden-word%0d%0a@mail.example"),
    ("MAIL_FROM", ""),
    ("MAIL_FROM", "Lavka"),
    ("MAIL_FROM", "Lavka <shop>"),
    ("MAIL_FROM", "shop@example.com, another@example.com"),
    ("MAIL_FROM", "Лавка <лавка@пример.рф>"),
    ("MAIL_FROM", "=?utf-8?q?a=0D=0ABcc:_b@example.com?= <shop@example.com>"),
    ("LETTERS_PER_HOUR", "0"),
    ("CORS_ORIGINS", "https://*.shop.example"),
    ("CORS_ORIGINS", "shop.example"),
    ("CORS_ORIGINS", "https://shop.example, https://shop.example/shop"),
    ("DB_STATEMENT_SECONDS", "0.0005"),
    ("IMPORT_LEASE_SECONDS", "1"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "eighty"),
    ("PORT", "80.5"),
    ("PORT", ""),
    ("ENVIRONMENT", "staging"),
    ("SECRET_KEY", "hidden-word"),
    ("SECRET_KEY", "k" * 31),
    ("PASSWORD_COST", "3"),
    ("PASSWORD_COST", "17"),
    ("DB_POOL_MIN", "0"),
    ("DB_POOL_MIN", "101"),
    ("DB_POOL_MAX", "0"),
    ("DB_POOL_MAX", "1001"),
    ("DB_POOL_MAX", "many"),
    ("DB_ACQUIRE_SECONDS", "0"),
    ("DB_ACQUIRE_SECONDS", "nan"),
    ("DB_STATEMENT_SECONDS", "inf"),
    ("DB_LOCK_SECONDS", "-1"),
    ("ACCESS_TOKEN_MINUTES", "0"),
    ("ACCESS_TOKEN_MINUTES", "1441"),
    ("REFRESH_TOKEN_DAYS", "0"),
    ("REFRESH_TOKEN_DAYS", "366"),
    ("CATALOG_PUBLIC", "perhaps"),
    ("TRUSTED_PROXIES", "nowhere"),
    ("TRUSTED_PROXIES", "10.0.0.0/99"),
    ("TRUSTED_PROXIES", "10.0.0.1, nowhere"),
    ("DEVELOPERS", "Мария"),
    ("DEVELOPERS", '[{"name": "Мария"}]'),
    ("DEVELOPERS", "{}"),
    ("DEVELOPERS", "[7]"),
    ("DEVELOPERS", '[{"name": "Мария", "position": '),
]


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def is_one_sentence_about(name: str, said: str) -> bool:
    return bool(re.fullmatch(rf"{name}: \S[^\n]*[^.\s]\.", said))


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_said_in_one_sentence_that_names_the_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    said = refusal()
    assert is_one_sentence_about(name, said), said
    assert "hidden-word" not in said


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_in_the_file_is_refused_alike(name: str, value: str) -> None:
    Path(".env").write_text(f"{name}='{value}'\n")
    assert is_one_sentence_about(name, refusal())


def test_production_needs_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert is_one_sentence_about("SECRET_KEY", refusal())
    monkeypatch.setenv("SECRET_KEY", "k" * 31)
    assert is_one_sentence_about("SECRET_KEY", refusal())
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert load_settings().environment is Environment.PRODUCTION


def test_passwords_are_not_cheap_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENVIRONMENT": "production", "SECRET_KEY": KEY, "PASSWORD_COST": "9"}.items():
        monkeypatch.setenv(name, value)
    assert is_one_sentence_about("PASSWORD_COST", refusal())
    monkeypatch.setenv("PASSWORD_COST", "10")
    assert load_settings().password_cost == 10


def test_the_pool_is_not_smaller_than_its_smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_POOL_MIN", "6")
    monkeypatch.setenv("DB_POOL_MAX", "5")
    assert is_one_sentence_about("DB_POOL_MIN", refusal())
    monkeypatch.setenv("DB_POOL_MAX", "6")
    assert load_settings().db_pool_max == 6


def test_a_value_given_by_name_is_checked_too() -> None:
    with pytest.raises(SettingsError, match=r"^PORT: "):
        load_settings(port=0)


def test_without_anything_set_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.is_embedded
    assert settings.origin == "http://127.0.0.1:8000"
    assert not settings.catalog_public
    assert (settings.trusted_proxies, settings.cors_origins, settings.developers) == ((), (), ())


def test_the_environment_is_read_and_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=9001\nCATALOG_PUBLIC=true\nSOMETHING_ELSE=1\n")
    assert load_settings().port == 9001
    monkeypatch.setenv("PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.catalog_public) == (9002, True)


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, ::1,")
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example,https://b.example")
    settings = load_settings()
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_developers_are_written_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVELOPERS", '[{"name": "Мария", "position": "всё"}]')
    (developer,) = load_settings().developers
    assert (developer.name, developer.position) == ("Мария", "всё")


@pytest.mark.parametrize(
    ("url", "is_embedded"),
    [
        ("sqlite://var/lavka.db", True),
        ("sqlite:///absolute/lavka.db", True),
        ("postgres://user:p%40ss@host:5432/name", False),
        ("postgresql://host/name", False),
        ("postgres://user@[::1]:5432/name", False),
    ],
)
def test_both_databases_are_told_apart_by_their_address(
    url: str, is_embedded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", url)
    assert load_settings().is_embedded is is_embedded


def test_people_reach_the_shop_where_public_url_says() -> None:
    for written in ("https://shop.example/", " https://shop.example\n"):
        assert load_settings(public_url=written).origin == "https://shop.example"
    assert load_settings(host="shop.test", port=80).origin == "http://shop.test:80"
    assert load_settings(host="0.0.0.0", port=80).origin == "http://127.0.0.1:80"  # noqa: S104
    assert load_settings(host="::", port=80).origin == "http://[::1]:80"


def test_origins_are_compared_as_browsers_write_them() -> None:
    written = "HTTPS://Shop.Example:443/, http://a:80, http://a:8080, *"
    assert load_settings(cors_origins=written).cors_origins == (
        "https://shop.example",
        "http://a",
        "http://a:8080",
        "*",
    )


def test_a_scheme_is_read_in_any_case() -> None:
    assert load_settings(db_url="SQLite://Shop.db").db_url == "sqlite://Shop.db"
    assert load_settings(db_url="SQLite://Shop.db").is_embedded


def test_a_secret_of_spaces_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENVIRONMENT": "production", "SECRET_KEY": " " * 40}.items():
        monkeypatch.setenv(name, value)
    assert is_one_sentence_about("SECRET_KEY", refusal())


def test_a_file_that_is_not_in_utf_8_is_said_to_be_so() -> None:
    Path(".env").write_bytes("DEVELOPERS=Мария\n".encode("cp1251"))
    assert refusal().startswith(".env: ")


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_kept_secret_that_is_no_secret_is_not_used(kept: str) -> None:
    Path("var").mkdir()
    Path("var/secret_key").write_text(kept)
    with pytest.raises(SettingsError, match=r"SECRET_KEY: .*var/secret_key"):
        load_settings().signing_key()


def test_the_sample_names_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.sample").read_text(), re.MULTILINE)
    first = dict(reversed(lines))  # of two lines for one setting the first shows the default
    assert {name.lower() for name in first} == set(Settings.model_fields)
    unset = load_settings()
    for name, value in first.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == unset


@pytest.mark.parametrize(
    "url",
    [
        "smtp://user:hidden-word@mail.example:587",
        "smtps://user:p%40ss@mail.example",
        "smtp://mail.example",
        "smtp://localhost:25?tls=none",
        "smtp://[::1]:2525?tls=none",
    ],
)
def test_a_mail_server_is_known_in_each_of_its_forms(url: str) -> None:
    settings = load_settings(smtp_url=f" {url} ")
    assert settings.smtp_url.get_secret_value() == url
    assert "hidden-word" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("shop@example.com", "shop@example.com"),
        ("Lavka <shop@localhost>", "Lavka <shop@localhost>"),
        ('"Лавка, ООО" <shop@Пример.рф>', '"Лавка, ООО" <shop@xn--e1afmkfd.xn--p1ai>'),
    ],
)
def test_who_letters_are_from_is_kept_as_it_is_mailed(written: str, kept: str) -> None:
    assert load_settings(mail_from=written).mail_from == kept


def test_settings_never_show_a_secret() -> None:
    settings = load_settings(secret_key="hidden-word-" * 4)
    assert "hidden-word" not in f"{settings!r} {settings}"
    assert settings.signing_key() == "hidden-word-" * 4


def test_a_secret_of_ones_own_is_used_and_none_is_made() -> None:
    assert load_settings(secret_key=KEY).signing_key() == KEY
    assert not Path("var").exists()


def test_the_development_secret_is_made_once_and_kept() -> None:
    first = load_settings().signing_key()
    assert len(first) >= 32
    assert [load_settings().signing_key() for _ in range(3)] == [first] * 3
    (kept,) = Path("var").iterdir()
    assert kept.read_text().strip() == first


def test_the_development_secret_is_for_its_owner_only() -> None:
    before = os.umask(0)
    try:
        load_settings().signing_key()
    finally:
        os.umask(before)
    (kept,) = Path("var").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_shops_have_two_development_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        secrets.add(load_settings().signing_key())
    assert len(secrets) == 2


@pytest.mark.processes
def test_processes_that_start_at_once_keep_one_secret() -> None:
    program = (
        "import sys; from lavka.settings import load_settings; print('ready', flush=True); "
        "sys.stdin.readline(); print(load_settings().signing_key())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    secrets = [process.communicate(timeout=30)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 6
    assert len(set(secrets)) == 1
    assert len(secrets[0]) >= 32
    assert len(list(Path("var").iterdir())) == 1
