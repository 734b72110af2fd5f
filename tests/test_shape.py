"""The house stays small: files, functions, folders and names, measured."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "lavka"
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text()) for file in MODULES}

LINES_IN_A_FILE = 250
LINES_IN_A_FUNCTION = 40
LINES_IN_THE_MEDIAN_FUNCTION = 10
FOLDERS_UNDER_THE_PACKAGE = 3
NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "misc",
    "manager",
    "managers",
}
REGISTRIES = [
    ".".join(name)
    for name in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("crates", "io"),
        ("docker", "io"),
        ("proxy", "golang", "org"),
    ]
]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def imports_inside(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def is_public(name: str) -> bool:
    return not name.startswith("_")


def undocumented(tree: ast.Module) -> list[str]:
    """Public classes, their public methods, and public functions without a docstring."""
    missing = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else []
        for each in (node, *members):
            if not isinstance(each, Function | ast.ClassDef) or not is_public(node.name):  # type: ignore[attr-defined]
                continue
            is_overload = isinstance(each, Function) and any(
                isinstance(one, ast.Name) and one.id == "overload" for one in each.decorator_list
            )
            is_tortoises = isinstance(each, ast.ClassDef) and each is not node and each.name == "Meta"
            if is_public(each.name) and not is_overload and not is_tortoises and not ast.get_docstring(each):
                missing.append(each.name)
    return missing


def test_there_is_a_house_to_measure() -> None:
    assert len(MODULES) > 30
    assert "domain/money.py" in TREES


def test_the_measures_see_what_they_measure() -> None:
    bad = ast.parse(
        "def f():\n    def g():\n        import os\n\n    return g\n\nclass C:\n    def m(self): ...\n"
    )
    assert imports_inside(bad)
    assert {each.name: length(each) for each in functions(bad)} == {"f": 5, "m": 1, "g": 2}
    assert undocumented(bad) == ["the module", "f", "C", "m"]
    good = ast.parse('"""A."""\nimport os\n\ndef f():\n    """B."""\n\ndef _g(): ...\n')
    assert (imports_inside(good), undocumented(good)) == ([], [])


@pytest.mark.parametrize("module", TREES)
def test_a_file_fits_into_the_reader(module: str) -> None:
    assert len((PACKAGE / module).read_text().splitlines()) <= LINES_IN_A_FILE


@pytest.mark.parametrize("module", TREES)
def test_a_function_fits_on_a_screen(module: str) -> None:
    long = [
        (each.name, length(each)) for each in functions(TREES[module]) if length(each) > LINES_IN_A_FUNCTION
    ]
    assert long == []


def test_the_median_function_is_short() -> None:
    lengths = [length(each) for tree in TREES.values() for each in functions(tree)]
    assert median(lengths) <= LINES_IN_THE_MEDIAN_FUNCTION


def test_folders_are_not_deep() -> None:
    deep = [module for module in TREES if len(Path(module).parent.parts) > FOLDERS_UNDER_THE_PACKAGE]
    assert deep == []


@pytest.mark.parametrize("module", TREES)
def test_imports_stand_at_the_top(module: str) -> None:
    assert imports_inside(TREES[module]) == []


@pytest.mark.parametrize("module", TREES)
def test_whatever_is_public_says_what_it_is_for(module: str) -> None:
    assert undocumented(TREES[module]) == []


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    parts = {part for module in TREES for part in Path(module).with_suffix("").parts}
    assert parts & NAMES_THAT_SAY_NOTHING == set()


def test_no_class_is_named_after_a_pattern() -> None:
    classes = [
        node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    vague = [
        name for name in classes if re.search(r"(Manager|Handler|Interactor|Impl|Base|Helper|Utils)$", name)
    ]
    assert vague == []


def project_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: git knows which files are the project's")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return [file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file()]


def test_no_project_file_names_a_registry() -> None:
    naming = [
        file.relative_to(ROOT).as_posix()
        for file in project_files()
        if any(host in file.read_text("utf-8", "replace") for host in REGISTRIES)
    ]
    assert naming == []


def test_constraints_are_versions_and_no_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert len(lines) > 20
