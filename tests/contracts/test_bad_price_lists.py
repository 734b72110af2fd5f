"""What is no price list, or a bad one, costs nothing and gets a report that a supplier can act on."""

import time
from pathlib import Path

import pytest
from builders import a_listed_good, a_price_list
from price_lists import ONE, Read, faults_of, goods_of, read_here

from lavka.adapters.yaml_feed import reader, source
from lavka.application.ports.prices import MOST_FAULTS, PriceListFormat
from lavka.domain.prices import Fault, ListedCategory

KETTLE = a_listed_good()

BAD_ROWS = {
    "nothing": ("", "goods"),
    "a text": ("Чайник", "goods"),
    "a list": ("[1, 2]", "goods"),
    "a word for a number": (a_listed_good(quantity="сто"), "quantity"),
    "a negative price": (a_listed_good(price="-5"), "price"),
    "an astronomic price": (a_listed_good(price="9" * 5_000), "price"),
    "a list for a text": (a_listed_good(name="[a]"), "name"),
    "an object for a number": (a_listed_good(price="{a: 1}"), "price"),
    "a category that is not declared": (a_listed_good(category="225"), "category"),
    "no dash before the next good": (KETTLE + a_listed_good(id="18"), "id"),
    "a field given twice": (KETTLE + "price: 5\n", "price"),
    "an unknown field given twice": (KETTLE + "x: 5\nx: 6\n", "goods"),
    "parameters given twice": (a_listed_good("parameters: {a: b}\nparameters: {c: d}"), "parameters"),
    "parameters as a text": (a_listed_good("parameters: белый"), "parameters"),
    "a parameter of many values": (a_listed_good("parameters: {Цвет: [белый, синий]}"), "parameters.1"),
    "a parameter given twice": (a_listed_good("parameters: {Цвет: a, Вес: b, Цвет: c}"), "parameters.3"),
    "a parameter without a name": (a_listed_good("parameters: [{value: a}]"), "parameters.1"),
    "parameters as texts": (a_listed_good("parameters: [a, b]"), "parameters.1"),
    "too many parameters": (
        a_listed_good(f"parameters: {{{', '.join(map(str, range(101)))}}}"),
        "parameters",
    ),
    "a control character as an escape": (a_listed_good(name='"a\\0b"'), "name"),
}


@pytest.mark.parametrize(("bad", "field"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_is_reported_and_the_others_are_read(bad: str, field: str) -> None:
    before, after = a_listed_good(id="1"), a_listed_good(id="3")
    found, read_back = read_here(a_price_list(before, bad, after))
    assert faults_of(found)[0] == (2, field)
    assert {row for row, _ in faults_of(found)} == {2}
    assert (found.rows, found.is_readable) == (3, True)
    assert [good.sku for good in read_back] == ["1", "3"]


def test_the_codes_of_bad_rows_are_named_where_they_can_be_read() -> None:
    joined = a_listed_good(id="b") + a_listed_good(id="c")
    found, _ = read_here(
        a_price_list(a_listed_good(id="a  1", price="x"), joined, "", a_listed_good(id="[]"), KETTLE)
    )
    assert found.bad == {"a 1", "b", "c"}


BAD_HEADS = {
    "no shop": ("", "shop"),
    "an empty shop": ("shop: ~\n", "shop"),
    "a shop without a name": ("shop: {site: x}\n", "shop"),
    "several shops": ("shop: [a, b]\n", "shop"),
    "a long name": (f"shop: {'ч' * 256}\n", "shop"),
    "an address that is none": ("shop: Очаг\nurl: javascript:alert(1)\n", "url"),
    "a shop's address that is none": ("shop: {name: Очаг, url: a.example}\n", "shop.url"),
    "a list of addresses": ("shop: Очаг\nurl: [a]\n", "url"),
    "a field given twice": ("shop: Очаг\nshop: Мороз\n", "document"),
    "an unknown field given twice": ("shop: Очаг\nx: 1\nx: 2\n", "document"),
    "a merge key": ("shop: Очаг\n<<: {a: b}\n", "document"),
    "a key that is no text": ("shop: Очаг\n? [a]\n: b\n", "document"),
    "a control character": ('shop: "a\\u202eb"\n', "shop"),
}


@pytest.mark.parametrize(("head", "field"), BAD_HEADS.values(), ids=BAD_HEADS.keys())
def test_a_document_with_a_bad_head_cannot_be_used(head: str, field: str) -> None:
    found, read_back = read_here(a_price_list(KETTLE, head=head))
    assert faults_of(found) == [(None, field)]
    assert (found.is_readable, read_back) == (False, [])


BAD_PARTS = {
    "no categories": (f"goods: {ONE}", ["categories"]),
    "no categories after all": (f"goods: {ONE}\ncategories: ~", ["categories"]),
    "an empty list of categories": (f"categories: []\ngoods: {ONE}", ["categories"]),
    "a category without a name": (
        f"categories: [{{id: 1, name: a}}, {{id: 2}}]\ngoods: {ONE}",
        ["categories.2.name"],
    ),
    "a category that is a text": (f"categories: [{{id: 1, name: a}}, b]\ngoods: {ONE}", ["categories.2"]),
    "a category with two names": (
        f"categories: [{{id: 1, name: a}}, {{id: 2, name: a, name: b}}]\ngoods: {ONE}",
        ["categories.2"],
    ),
    "two categories of one id": (
        f"categories: [{{id: 1, name: a}}, {{id: 1, name: b}}]\ngoods: {ONE}",
        ["categories.2.id"],
    ),
    "no goods": ("categories: [{id: 1, name: a}]", ["goods"]),
    "nothing for goods": ("categories: [{id: 1, name: a}]\ngoods:", ["goods"]),
    "an empty list of goods": ("categories: [{id: 1, name: a}]\ngoods: []", ["goods"]),
    "goods that are an object": ("categories: [{id: 1, name: a}]\ngoods: {id: 17, x: [1]}", ["goods"]),
}


@pytest.mark.parametrize(("parts", "fields"), BAD_PARTS.values(), ids=BAD_PARTS.keys())
def test_a_document_without_its_parts_cannot_be_used(parts: str, fields: list[str]) -> None:
    found, read_back = read_here(f"shop: Очаг\n{parts}\n")
    assert [field for row, field in faults_of(found) if row is None] == fields
    assert (found.is_readable, read_back) == (False, [])


def test_a_category_may_be_declared_twice_in_the_same_words() -> None:
    found, _ = read_here(f"shop: Очаг\ncategories: [{{id: 1, name: a}}, {{id: 1, name: a}}]\ngoods: {ONE}\n")
    assert (list(found.categories), found.faults) == ([ListedCategory("1", "a")], ())


def bomb(rows: int = 10) -> str:
    """Merge keys upon merge keys: `safe_load` takes a minute and a gigabyte and a half for 24 of them."""
    lines = [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, rows)]
    return "\n".join(["a0: &a0 {k: v}", *lines])


def laughs() -> str:
    return "\n".join(["a0: &a0 [lol, lol]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])


HOSTILE: dict[str, str | bytes] = {
    "a merge-key bomb": bomb(),
    "a billion laughs": laughs(),
    "an alias in a row": a_price_list(a_listed_good(name="*a")),
    "an anchor in a row": a_price_list(a_listed_good(name="&a Чайник")),
    "a merge key in a row": a_price_list(a_listed_good("<<: {a: b}")),
    "a Python object": "!!python/object/apply:os.system ['exit 1']",
    "a Python object in a row": a_price_list(a_listed_good(name="!!python/object/apply:os.getcwd []")),
    "a tag": a_price_list(a_listed_good(price="!!float 5")),
    "brackets ten thousand deep": a_price_list("[" * 10_000 + "]" * 10_000),
    "braces ten thousand deep": "{a: " * 10_000,
    "dashes ten thousand deep": "- " * 10_000,
    "dashes deep in a row": a_price_list("- " * 30 + "x"),
    "deep where nobody reads": f"x: {'[' * 30}{']' * 30}\n" + a_price_list(KETTLE),
    "NUL": a_price_list(a_listed_good(name="a\0b")),
    "a control character": a_price_list(a_listed_good(name="a\x1bb")),
    "UTF-16": a_price_list(KETTLE).encode("utf-16"),
    "UTF-16 without a mark": a_price_list(KETTLE).encode("utf-16-le"),
    "Windows-1251": a_price_list(KETTLE).encode("cp1251"),
    "UTF-8 cut short": a_price_list(KETTLE).encode() + "ч".encode()[:1],
    "half a character": a_price_list(a_listed_good(name='"\\ud800"')),
    "tabs": a_price_list("id: 1\n\tname: a"),
    "a line that is too deep": a_price_list("id: 1\n  name: a"),
    "a quotation mark that never closes": a_price_list(a_listed_good(name='"a')),
    "a bracket that never closes": a_price_list(a_listed_good(name="[a")),
    "two documents": a_price_list(KETTLE) + "---\n" + a_price_list(KETTLE),
    "nothing": "",
    "a comment": "# shop: Очаг\n",
    "a text": "Очаг",
    "a list": "- shop: Очаг\n",
    "a page of the web": "<!doctype html>\n<html>\n<title>Not found</title>\n</html>\n",
    "binary": bytes(range(256)) * 40,
    "a line of a megabyte": "shop: " + "a" * 2**20,
    "a line of many short texts": f"x: [{'1, ' * 25_000}]\n" + a_price_list(KETTLE),
    "a text of many lines": "shop: |\n" + "  aaaaaaaa\n" * 20_000,
    "a comment of many lines": "# aaaaaaaa\n" * 20_000 + a_price_list(KETTLE),
    "a text above the limit and below the next": "shop: |\n"
    + "  aaaaaaaa\n" * 8_000
    + a_price_list(KETTLE, head=""),
    "a good of ten thousand fields": a_price_list("".join(f"k{number}: 1\n" for number in range(10_000))),
    "a list of a hundred keys": "".join(f"k{number}: 1\n" for number in range(101)) + a_price_list(KETTLE),
    "much that nobody reads": a_price_list(KETTLE) + "x:\n" + "- 1\n" * 100_001,
    "ten thousand and one categories": "shop: a\ncategories:\n"
    + "".join(f"- {{name: c{n}}}\n" for n in range(10_001)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_is_no_price_list_costs_nothing_and_gets_a_report(text: str | bytes, read: Read) -> None:
    began = time.monotonic()
    found = await read(text)
    assert time.monotonic() - began < 5
    first = found.faults[0]
    assert (first.row, first.field) == (None, "document")
    assert first.message[0].isupper()
    assert first.message.endswith(".")
    assert "could not be read to its end" not in first.message
    assert (found.is_readable, goods_of(found)) == (False, [])


async def test_a_hundred_megabytes_of_one_text_are_refused_at_their_beginning(
    feed: PriceListFormat, tmp_path: Path
) -> None:
    file = tmp_path / "prices.yaml"
    with file.open("wb") as sparse:
        sparse.write(b"shop: " + b"a" * 2**17)
        sparse.truncate(100 * 2**20)
    began = time.monotonic()
    found = await feed.read(file, tmp_path / "spool", lambda _: None)
    assert time.monotonic() - began < 2
    assert faults_of(found) == [(None, "document")]


async def test_two_hundred_thousand_empty_rows_are_counted_and_the_first_faults_are_listed(
    read: Read,
) -> None:
    found = await read("shop: a\ncategories: [{id: 1, name: a}]\ngoods:\n" + "-\n" * 200_000)
    assert (found.rows, len(found.faults), found.is_readable) == (200_000, MOST_FAULTS, True)
    assert found.faults[-1] == Fault(MOST_FAULTS, "goods", found.faults[0].message)


def test_the_documents_faults_come_first_however_many_rows_are_bad() -> None:
    found, _ = read_here(a_price_list(*["x"] * (MOST_FAULTS + 5)) + "url: [a]\n")
    assert (len(found.faults), faults_of(found)[0]) == (MOST_FAULTS, (None, "url"))


@pytest.mark.parametrize(("limit", "text"), [("MOST_GOODS", "-"), ("MOST_BAD", "- id: {}")])
def test_there_is_an_end_to_goods_and_to_bad_ones(
    limit: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, limit, 50)
    head = "shop: a\ncategories: [{id: 1, name: a}]\ngoods:\n"
    rows = [f"{text.format(number)}\n" for number in range(51)]
    assert read_here(head + "".join(rows[:50]))[0].is_readable
    assert faults_of(read_here(head + "".join(rows))[0])[0] == (None, "document")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1251", "koi8-r"])
async def test_a_list_in_another_encoding_is_to_be_saved_anew(encoding: str, read: Read) -> None:
    found = await read(a_price_list(KETTLE).encode(encoding))
    assert "save the list as UTF-8" in found.faults[0].message


async def test_a_text_that_is_cut_within_a_letter_is_not_in_utf8(read: Read) -> None:
    found = await read("# ч".encode()[:-1])
    assert "save the list as UTF-8" in found.faults[0].message


def test_a_file_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_price_list(KETTLE)
    size = len(text.encode())
    monkeypatch.setattr(source, "MOST_BYTES", size)
    assert read_here(text)[0].is_readable
    assert faults_of(read_here(text + "\n")[0]) == [(None, "document")]


def test_a_report_says_where_the_yaml_breaks() -> None:
    found, _ = read_here("shop: a\ngoods:\n- id: 1\n    category: 2\n")
    assert "line 4, column 13" in found.faults[0].message


SECRET = "кирпич"
ECHOES = [
    a_price_list(a_listed_good(**{field: f"[{SECRET}]"})) for field in ("id", "name", "price", "category")
]
ECHOES += [
    a_price_list(a_listed_good(**{field: SECRET})) for field in ("price", "quantity", "category", "price_rrc")
]
ECHOES += [
    a_price_list(a_listed_good(f"parameters: {{{SECRET}: a, {SECRET}: b}}"), SECRET, head=f"url: {SECRET}\n")
]
ECHOES += [
    f"{SECRET}: &{SECRET} a",
    f"a: !{SECRET} b",
    f"a: *{SECRET}",
    f"{SECRET}: a\n  b: {SECRET}",
    f'a: "\\{SECRET}"',
]
ECHOES += [a_price_list(f"{KETTLE}{SECRET}: 1\n{SECRET}: 2"), f"{SECRET}: 1\n{SECRET}: 2", f"a: '{SECRET}"]


@pytest.mark.parametrize("text", ECHOES, ids=range(len(ECHOES)))
def test_no_report_repeats_what_was_sent(text: str) -> None:
    found, _ = read_here(text)
    assert found.faults
    assert not [fault for fault in found.faults if SECRET in fault.message or SECRET in fault.field]
