"""The house rules hold in every file, and each rule finds what it forbids."""

import statistics
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import yaml

from tests.house_rules import (
    LONGEST_FILE,
    LONGEST_FUNCTION,
    Offences,
    built_statements,
    endings,
    engine_only,
    field_names,
    functions,
    length,
    long_functions,
    machine_traces,
    named_fields,
    swallowed_errors,
    too_long,
    unordered_lists,
)

ROOT = Path(__file__).parents[1]
COMMAND_LINE = ROOT / "connector/cli"
DESTINATIONS = ROOT / "connector/destinations"
LONGEST_MEDIAN = 10
LARGEST_ROOM = 15
FIELDS = set().union(
    *(
        field_names(yaml.load(path.read_text(), yaml.CSafeLoader))
        for path in DESTINATIONS.glob("*/contract.yml")
    )
)


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def told(path: Path, offences: Offences) -> str:
    return "".join(f"\n{path.relative_to(ROOT)}:{line}: {what}" for line, what in offences)


def assert_none(offences: Callable[[str], Offences], paths: Iterable[Path]) -> None:
    """Check every file and report all offences."""
    paths = list(paths)
    found = "".join(told(path, offences(path.read_text())) for path in paths)
    assert paths
    assert not found, found


PYTHON = ("bench/**/*.py", "connector/**/*.py", "demo/**/*.py", "sample/**/*.py")
FOLDERS = ("bench", "connector", "dbt_package", "macros", "models", "sample")
SQL = tuple(f"{folder}/**/*.sql" for folder in FOLDERS)


def test_functions_are_short():
    assert_none(long_functions, files(*PYTHON, "tests/**/*.py"))


def test_the_usual_function_is_very_short():
    sources = [path.read_text() for path in files("connector/**/*.py")]
    lengths = [length(function) for source in sources for function in functions(source)]
    assert statistics.median(lengths) <= LONGEST_MEDIAN


def test_files_are_short():
    """Except for the list of temporary tables, which nobody reads from top to bottom."""
    paths = files("bench/**/*.py", "connector/**/*.py", "connector/**/*.sql")
    assert_none(too_long, [path for path in paths if path != ROOT / "connector/plan/tables.sql"])


def test_rooms_are_small():
    """Except for the commands, which have one module each."""
    rooms = {path.parent for path in files("connector/**/*.py")} - {COMMAND_LINE / "commands"}
    modules = {room: len([*room.glob("*.py")]) - 1 for room in rooms}
    assert {room: count for room, count in modules.items() if count > LARGEST_ROOM} == {}


def test_values_are_bound_not_formatted():
    assert_none(built_statements, files("connector/**/*.py"))


def test_lists_are_ordered():
    assert_none(unordered_lists, files(*SQL))


def test_models_and_macros_are_for_any_engine():
    """Except for those over the connector's exports, and a test of the sample's raw tables."""
    folders = ("macros", "dbt_package", "models", "tests/dbt")
    paths = files(*(f"{folder}/**/*.sql" for folder in folders))
    others = {ROOT / "models/operations", ROOT / "tests/dbt/oms"}
    assert_none(engine_only, [path for path in paths if not others & set(path.parents)])


def is_about_one_destination(path: Path) -> bool:
    """The sandbox has its own knowledge of an API, so that it can judge the contract."""
    return DESTINATIONS in path.parents or (DESTINATIONS / path.stem).is_dir()


def test_only_destinations_name_payload_fields():
    paths = files("connector/**/*.py", "connector/**/*.sql")
    elsewhere = [path for path in paths if not is_about_one_destination(path)]
    assert_none(lambda source: named_fields(source, FIELDS), elsewhere)


def test_errors_are_not_swallowed():
    assert_none(swallowed_errors, files(*PYTHON))


def test_only_the_command_line_prints_and_exits():
    """Except for a process that the library starts, which ends itself."""
    ours = {ROOT / "connector/api/child.py"}
    paths = [path for path in files("connector/**/*.py") if COMMAND_LINE not in path.parents]
    paths = [path for path in paths if path not in ours]
    assert_none(endings, paths)


def test_no_file_names_a_machine_or_a_registry():
    """Looks at every file that is in the repository, or would be after `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [path for name in listed.split("\0") if (path := ROOT / name).is_file()]
    assert paths
    traces = "".join(told(path, machine_traces(path.read_bytes())) for path in paths)
    assert not traces, traces


def test_a_long_file_is_found():
    assert not too_long("x\n" * LONGEST_FILE)
    assert too_long("x\n" * (LONGEST_FILE + 1))


def test_offences_are_told_by_file_and_line():
    paths = [ROOT / "sample/warehouse.py", ROOT / "demo/__main__.py"]
    with pytest.raises(AssertionError, match=r"sample/warehouse.py:3: x\s+demo/__main__.py:3: x"):
        assert_none(lambda _: [(3, "x")], paths)


def test_a_long_function_is_found_and_its_docstring_costs_nothing():
    body = "    x = 1\n" * (LONGEST_FUNCTION - 1)
    assert not long_functions(f'def f():\n    """One.\n\n    Two.\n    """\n{body}')
    assert long_functions(f"def f():\n{body}    return x")


@pytest.mark.parametrize(
    ("statement", "offends"),
    [
        ('con.execute(f"select * from runs where id = {run_id}")', True),
        ('con.execute("select * from runs where id = %s" % run_id)', True),
        ('con.execute("select * from " + view)', True),
        ('con.execute("select * from {}".format(view))', True),
        ('con.execute(f"create temp view {quote(view)} as from x")', False),
        ('con.execute(f"attach {literal(path)}" + (" (read_only)" if shared else ""))', False),
        ('con.execute("select * from runs where id = $run_id", {"run_id": run_id})', False),
        ("con.execute(statements[name])", False),
    ],
)
def test_formatted_sql_is_found(statement, offends):
    assert bool(built_statements(statement)) == offends


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("select\n  list(distinct lower(x))", [2]),
        ("select string_agg(x, ',') over (order by y)", [1]),
        ("/* a */ {# two\nlines #}\nselect array_agg(x)", [3]),
        ("select list({'a': f(x)} order by y, z) -- not list(x)", []),
        ("select list_transform(x, lambda y: y), is_list(x)", []),
    ],
)
def test_an_unordered_list_is_found(sql, lines):
    assert [line for line, _ in unordered_lists(sql)] == lines


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("select\n  list_sort(x), y::varchar", [2, 2]),
        ("{% macro duckdb__f(x) %} list_sort({{ x }})\n{% endmacro %}\nselect x[1]", [3]),
        ("select '::', {{ f(['a']) }} -- unnest(x)", []),
        ("{% set x = 'hugeint' %}", [1]),
        ("select {{ list_of(['a']) }}, replace(x, '[', '')", []),
    ],
)
def test_what_one_engine_alone_understands_is_found(sql, lines):
    assert [line for line, _ in engine_only(sql)] == lines


def test_a_named_field_is_found_at_every_depth_of_the_contract():
    item = {"type": "object", "properties": {"refund_amount": {}, "order_id": {}, "price": {}}}
    fields = field_names({"properties": {"refunds": {"type": "array", "items": item}}})
    assert fields == {"refund_amount"}
    assert named_fields("x = 1\ny = row['refund_amount']", fields)[0][0] == 2
    assert not named_fields("refund_amounts = price", fields)
    assert "purchase_total" in FIELDS


@pytest.mark.parametrize(
    ("handler", "offends"),
    [
        ("except Exception as error:\n    log(error)", True),
        ("except:\n    pass", True),
        ("except Exception:\n    close()\n    raise", False),
        ("except OSError:\n    pass", False),
    ],
)
def test_a_swallowed_error_is_found(handler, offends):
    assert bool(swallowed_errors(f"try:\n    f()\n{handler}")) == offends


def test_printing_and_exiting_are_found():
    source = "print(1)\nsys.exit(2)\nclick.echo(3)\nloop.exit()"
    assert [line for line, _ in endings(source)] == [1, 2, 3]


@pytest.mark.parametrize("trace", ["/" + "root/.x", "see ../" + "shared/a", "at pypi." + "org"])
def test_a_trace_of_a_machine_is_found(trace):
    assert machine_traces(f"first\n{trace}".encode())[0][0] == 2


def test_what_only_looks_like_a_trace_is_left_alone():
    assert not machine_traces(b"order/root.py, network/work.py, $ROOT/home, ${x}/work/")
