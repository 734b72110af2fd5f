"""What every form of price lists must do: read back what it writes, and report on all else."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from builders import a_good, a_listed_good, a_price_list
from hypothesis import given
from hypothesis import strategies as st
from price_lists import HEAD, ONE, Read, faults_of, goods_of, read_here, written

from lavka.adapters.yaml_feed import events
from lavka.adapters.yaml_feed.writer import quoted
from lavka.domain.catalog import DEAREST, MOST_STOCK
from lavka.domain.money import Money
from lavka.domain.prices import Good, ListedCategory, tidy

KETTLE = a_listed_good()
REAL = os.environ.get("LAVKA_PRICE_LISTS", "")
"""A folder of suppliers' lists, sorted into `valid`, `variants` and `broken`."""


async def test_a_list_is_read_with_every_field(read: Read) -> None:
    parameters = "parameters:\n  Цвет: белый\n  Объём: 1,7 л\n"
    full = a_listed_good(parameters, id="CH-17", price="1990.50", price_rrc="2290", model="Заря")
    found = await read(a_price_list(full, KETTLE, head="shop: Очаг\nurl: https://hearth.example\n"))
    assert (found.shop, found.url, found.rows, found.faults) == ("Очаг", "https://hearth.example", 2, ())
    assert list(found.categories) == [ListedCategory("1", "Чайники"), ListedCategory("2", "Ёлки")]
    assert goods_of(found) == [
        a_good(
            sku="CH-17",
            price=199_050,
            model="Заря",
            recommended_price=229_000,
            attributes={"Цвет": "белый", "Объём": "1,7 л"},
        ),
        a_good(2, sku="17"),
    ]
    assert found.is_readable
    assert found.bad == frozenset()


@pytest.mark.parametrize(
    "text", ["NO", "12:30", "0123", "1e3", "0x1F", "1_000", "2026-11-24", ".inf", "=", "TRUE"]
)
def test_a_text_stays_what_was_written(text: str) -> None:
    good = a_listed_good(f"model: {text}\nparameters: {{{text}: {text}}}\n", id=text, name=text)
    _, [found] = read_here(a_price_list(good))
    assert (found.sku, found.name, found.model, found.attributes) == (text, text, text, {text: text})


TRICKY = [
    "NO",
    "0123",
    "12:30",
    "~",
    "null",
    "<<",
    "a: b",
    "# c",
    "- x",
    '"q"',
    "it's",
    "\\n",
    "🙂",
    "{a}",
    "!!x",
]
TRICKY += ["&a", "*a", "%d", "@", "`", "|", ">", "?", "1e3", "a #b", "---", "...", "[", "Ёлка «Мороз»"]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts as the shop keeps them."""
    any_text = st.text(st.characters(codec="utf-8"), max_size=20).map(_kept).filter(bool)
    return (st.sampled_from(TRICKY) | any_text).map(lambda text: text[:longest].strip())


def _kept(text: str) -> str:
    with suppress(ValueError):
        return tidy(text, 100)
    return ""


prices = st.integers(1, DEAREST.minor).map(Money)
SHELF = [ListedCategory("224", "Чайники"), ListedCategory("~", "Чайники"), ListedCategory("NO", "0123")]
goods = st.builds(
    Good,
    row=st.just(1),
    sku=texts(100),
    name=texts(255),
    category=st.sampled_from([each.name for each in SHELF]),
    price=prices,
    quantity=st.integers(0, MOST_STOCK),
    model=st.none() | texts(255),
    recommended_price=st.none() | prices,
    attributes=st.dictionaries(texts(100), texts(500) | st.just(""), max_size=4),
)


@given(
    texts(255),
    st.none() | st.just("https://a.example/?b#c"),
    st.lists(goods, min_size=1, max_size=4, unique_by=lambda good: good.sku),
)
async def test_what_is_written_is_read_back_unchanged(
    shop: str, url: str | None, listed: Sequence[Good]
) -> None:
    found, read_back = read_here(await written(shop, url, SHELF, listed[:1], listed[1:]))
    assert found.faults == ()
    assert (found.shop, found.url, list(found.categories)) == (shop, url, SHELF)
    assert [[getattr(good, name) for name in Good.__slots__[1:]] for good in read_back] == [
        [getattr(good, name) for name in Good.__slots__[1:]] for good in listed
    ]
    assert [good.row for good in read_back] == list(range(1, len(listed) + 1))


@given(
    st.text(st.characters(codec="utf-8"))
    | st.sampled_from([" a", "a ", "\u2028", "a \u2028 b", "a \x85b", "\x85", "\ufeffa", "a\r\n\tb", "\x00"])
)
def test_a_quoted_text_is_read_back_letter_by_letter(text: str) -> None:
    events = yaml.parse(f"- {quoted(text)}\n".encode(), Loader=yaml.CSafeLoader)
    assert [event.value for event in events if isinstance(event, yaml.ScalarEvent)] == [text]


async def test_a_long_list_is_written_in_pieces_and_read_in_batches(read: Read) -> None:
    listed = [a_good(number, sku=str(number)) for number in range(1, 2_502)]
    batches = [listed[start : start + 500] for start in range(0, len(listed), 500)]
    found = await read(await written("Очаг", None, [ListedCategory("1", "Чайники")], *batches))
    assert [len(batch) for batch in found.goods()] == [1_000, 1_000, 501]
    assert goods_of(found) == goods_of(found) == listed


async def test_an_empty_shop_is_written_as_a_list_of_no_goods() -> None:
    found, _ = read_here(await written("Очаг", None, []))
    assert faults_of(found) == [(None, "categories"), (None, "goods")]


async def test_codes_of_goods_that_share_an_id_survive_writing_and_reading() -> None:
    twins = [a_listed_good(id="46785", name=name) for name in ("Suzuki", "Ducati", "Yamaha")]
    found, first = read_here(a_price_list(*twins))
    _, second = read_here(await written(found.shop, found.url, found.categories, first))
    assert [good.sku for good in first] == ["46785", "46785 (2)", "46785 (3)"]
    assert second == first


SHELVES = '[{"id": 1, "name": "Чайники"}]'
GOODS = '[{"id": 17, "category": 1, "name": "Чайник", "price": 1990, "quantity": "14"}]'
DIALECTS = {
    "a shop with a name and an address": a_price_list(
        KETTLE, head="shop: {name: Очаг, url: https://a.example, x: 1}\n"
    ),
    "an address beside the shop": a_price_list(KETTLE, head="url: https://a.example\nshop: Очаг\n"),
    "two addresses": a_price_list(
        KETTLE, head="shop: {name: Очаг, url: https://b.example}\nurl: https://a.example\n"
    ),
    "two addresses, the shop's own last": a_price_list(
        KETTLE, head="url: https://a.example\nshop: {name: Очаг, url: https://b.example}\n"
    ),
    "an empty address beside the shop's own": a_price_list(
        KETTLE, head="shop: {name: Очаг, url: https://a.example}\nurl:\n"
    ),
    "fields that nobody knows": a_price_list(
        a_listed_good("sizes: [1, {a: [2]}]\nseo: {a: b}\n"), head=HEAD + "v: 1\nx: [{}]\n"
    ),
    "goods before categories": f"{HEAD}goods: {ONE}\ncategories: [{{id: 1, name: Чайники}}]\n",
    "categories without ids": f"{HEAD}categories: [{{name: Чайники}}]\ngoods: {ONE}\n".replace(
        "category: 1", "category: Чайники"
    ),
    "a category by its name": a_price_list(a_listed_good(category="чайники"), head=HEAD),
    "JSON": f'{{"shop": "Очаг", "url": "https://a.example", "categories": {SHELVES}, "goods": {GOODS}}}',
    "a version and an end": f"%YAML 1.1\n---\n{a_price_list(KETTLE, head=HEAD)}...\n",
    "absent in four ways": a_price_list(
        a_listed_good("model: ~\nprice_rrc: null\nparameters:\n"), head=HEAD + "v: ''\n"
    ),
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS.keys())
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_dialects_of_suppliers_say_the_same(text: str, ends: str) -> None:
    found, read_back = read_here(text.replace("\n", ends))
    assert found.faults == ()
    assert (found.shop, found.url) == ("Очаг", "https://a.example")
    assert read_back == [a_good(sku="17")]


@pytest.mark.parametrize(
    "parameters",
    [
        "parameters: {Цвет: белый, Запах: '', Вес: ~}",
        "parameters:\n- name: Цвет\n  value: белый\n- {name: Запах, value: '', unit: нет}\n- {name: Вес}",
    ],
    ids=["an object", "a list"],
)
def test_parameters_come_in_two_forms(parameters: str) -> None:
    _, [good] = read_here(a_price_list(a_listed_good(parameters)))
    assert good.attributes == {"Цвет": "белый", "Запах": ""}


def test_goods_before_categories_are_not_taken_for_what_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_IGNORED", 10)
    early = f"{HEAD}goods: {ONE}\ncategories: [{{id: 1, name: Чайники}}]\n"
    assert read_here(early)[1] == [a_good(sku="17")]
    assert faults_of(read_here(f"x: {ONE}\n" + early)[0]) == [(None, "document")]


def test_the_example_of_the_documentation_is_a_price_list() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "price-lists.md").read_text("utf-8")
    found, read_back = read_here(text.split("```yaml\n")[1].split("```")[0])
    assert found.faults == ()
    assert [(good.sku, good.price.minor, good.quantity) for good in read_back] == [
        ("CH-17-W", 199_050, 14),
        ("0123", 35_000, 0),
    ]


def test_a_byte_order_mark_is_no_part_of_the_list() -> None:
    assert read_here("\ufeff" + a_price_list(KETTLE))[0].faults == ()


def real(kind: str) -> list[Path]:
    return sorted(Path(REAL, kind).glob("*.yaml")) if REAL else []


needs_real = pytest.mark.skipif(not REAL, reason="needs LAVKA_PRICE_LISTS, a folder of suppliers' lists")


@needs_real
@pytest.mark.parametrize("file", real("valid"), ids=lambda file: file.stem)
async def test_good_lists_of_suppliers_are_read_whole(file: Path, read: Read) -> None:
    found = await read(file)
    assert found.faults == ()
    assert len(goods_of(found)) == found.rows > 0
    text = await written(found.shop, found.url, found.categories, goods_of(found))
    assert read_here(text)[1] == goods_of(found)


@needs_real
@pytest.mark.parametrize("file", real("variants"), ids=lambda file: file.stem)
async def test_other_lists_of_suppliers_are_read_or_reported_on_by_row(file: Path, read: Read) -> None:
    found = await read(file)
    assert found.is_readable
    assert len(goods_of(found)) == found.rows - len({fault.row for fault in found.faults}) > 0


@needs_real
@pytest.mark.parametrize("file", real("broken"), ids=lambda file: file.stem)
async def test_broken_lists_of_suppliers_are_reported_on(file: Path, read: Read) -> None:
    assert (await read(file)).faults
