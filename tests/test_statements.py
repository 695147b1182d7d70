"""SQL is in a file beside the Python that runs it, and each statement is used by its name."""

import ast
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from connector.sql import Statements

ROOT = Path(__file__).parents[1]
FILES = [
    path
    for path in sorted(ROOT.glob("connector/**/*.sql"))
    if path.parent not in set(ROOT.glob("connector/scaffold/**"))
]
LISTED = {"declared"}  # tables that statements make whole: a list that is never run


def names(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [line.removeprefix("-- name: ") for line in lines if line.startswith("-- name: ")]


def texts(module: Path) -> set[str]:
    """Every text literal of a module."""
    nodes = ast.walk(ast.parse(module.read_text()))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_statement_is_asked_for_by_the_module_beside_it(path):
    module = path.with_suffix(".py")
    assert "Statements(__file__)" in module.read_text()
    assert [name for name, times in Counter(names(path)).items() if times > 1] == []
    told = texts(module)
    assert [name for name in names(path) if name not in told | LISTED] == []


def asked(module: Path) -> set[str]:
    """The statements that a module asks for by name."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] == "statement":
            given = node.args if isinstance(node.func, ast.Name) else node.args[1:2]
            found |= {each.value for each in given if isinstance(each, ast.Constant)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_statement_that_is_asked_for_stands_beside_the_module(path):
    found = asked(path.with_suffix(".py"))
    assert found
    assert found - set(names(path)) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_statement_is_sql(path):
    statements = Statements(str(path.with_suffix(".py")))
    for name in names(path):
        assert duckdb.extract_statements(statements(name))


def test_a_statement_ends_where_the_next_begins_and_keeps_its_comments(tmp_path):
    (tmp_path / "some.sql").write_text(
        "-- name: one\n-- Two rows.\nselect unnest([1, $two]);\n\n-- name: both\n"
        "create table t (x integer);\ninsert into t values ($x)\n;\nselect x from t\n;\n"
    )
    statements = Statements(str(tmp_path / "some.py"))
    assert statements("one") == "-- Two rows.\nselect unnest([1, $two])"
    with duckdb.connect() as connection:
        assert statements.rows(connection, "one", two=2) == [(1,), (2,)]
        assert statements.rows(connection, "both", x=7, unused=0) == [(7,)]
    with pytest.raises(KeyError, match="none"):
        statements("none")
