"""The linters find what the house rules forbid, and accept what they allow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str, cwd: Path = ROOT, text: str = "") -> str:
    """Run a tool that stands beside this Python; returns all that it prints."""
    tool = Path(sys.executable).with_name(command[0])
    done = subprocess.run(
        [tool, *command[1:]], cwd=cwd, input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def ruff(path: str, source: str) -> set[str]:
    printed = run(
        "ruff", "check", "--output-format=concise", "--stdin-filename", path, "-", text=source
    )
    return {line.split()[1] for line in printed.splitlines() if line.startswith(path)}


FORBIDDEN_PYTHON = {
    "BLE001": "try:\n    f()\nexcept Exception as error:\n    g(error)\n",
    "D101": "class A:\n    x = 1\n",
    "D103": "def f() -> None:\n    g()\n",
    "DTZ001": "from datetime import datetime\n\nthen = datetime(2026, 1, 1)\n",
    "ERA001": "# x = 1\n",
    "S113": "import requests\n\nrequests.get(URL)\n",
    "S608": 'sql = f"select * from runs where id = {x}"\n',
    "T201": "print(1)\n",
}


@pytest.mark.parametrize(("rule", "source"), FORBIDDEN_PYTHON.items(), ids=FORBIDDEN_PYTHON)
def test_ruff_finds(rule, source):
    assert rule in ruff("connector/runs/sync.py", source)


@pytest.mark.parametrize(
    "path", ["connector/cli/commands/sync.py", "demo/steps.py", "sample/make.py"]
)
def test_ruff_lets_the_command_line_print(path):
    assert "T201" not in ruff(path, '"""Module."""\n\nprint(1)\n')


OUR_SHAPE = """with
    orders as (select * from {{ ref("orders") }}),

    totals as (
        select
            orders.order_id,
            cast(sum(orders.total_cents) * 0.01 as decimal(18, 2)) as order_total,
            list(orders.tag order by orders.position) as order_tags,
            list_transform(order_tags, lambda tag:lower(tag)) as lower_tags
        from orders
        group by all
    )

select *
from totals
"""

FORBIDDEN_SQL = {
    "AL01": "select o.id from orders o\n",
    "AM05": "select a.id from a join b on a.id = b.id\n",
    "CV11": "select id::varchar as id from orders\n",
    "RF02": "select id from a inner join b on a.key = b.key\n",
    "ST03": "with unused as (select 1 as one) select id from orders\n",
}


def test_sqlfluff_finds_each_rule_broken_and_lets_our_shape_pass(tmp_path):
    """All in one run: starting costs more than linting."""
    for name, sql in {**FORBIDDEN_SQL, "our_shape": OUR_SHAPE}.items():
        (tmp_path / f"{name}.sql").write_text(sql)
    arguments = ("lint", "--format=json", "--config", str(ROOT / ".sqlfluff"), str(tmp_path))
    found = {
        Path(file["filepath"]).stem: {violation["code"] for violation in file["violations"]}
        for file in json.loads(run("sqlfluff", *arguments))
    }
    assert found.pop("our_shape") == set()
    assert [rule for rule in FORBIDDEN_SQL if rule not in found[rule]] == []


def broken_floors(folder: Path, modules: dict[str, str]) -> list[str]:
    """Create a connector of empty packages and these modules; returns the broken contracts."""
    rooms = [path.parent.name for path in (ROOT / "connector").glob("*/__init__.py")]
    empty = {"__init__": "", "exceptions": "", **{f"{room}/__init__": "" for room in rooms}}
    for name, source in {**empty, **modules}.items():
        path = folder / "connector" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    # It has none of the imports that the command line may have.
    lenient = 'type = "forbidden"\nunmatched_ignore_imports_alerting = "none"'
    config = folder / "pyproject.toml"
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    config.write_text(text.replace('type = "forbidden"', lenient))
    printed = run("lint-imports", "--no-cache", "--no-logo", "--config", str(config), cwd=folder)
    return [
        line.removesuffix(" BROKEN") for line in printed.splitlines() if line.endswith("BROKEN")
    ]


def test_imports_may_go_downward(tmp_path):
    modules = {
        "runs/__init__": "import connector.plan",
        "plan/__init__": "import connector.exceptions",
    }
    assert broken_floors(tmp_path, modules) == []


def test_an_import_upward_is_found(tmp_path):
    modules = {"exceptions": "import connector.plan"}
    assert broken_floors(tmp_path, modules) == ["Imports go downward only"]


def test_a_command_that_does_not_use_the_library_is_found(tmp_path):
    modules = {"cli/sync": "import connector.plan"}
    assert broken_floors(tmp_path, modules) == ["The command line is built on the library"]


def test_a_sandbox_that_uses_our_sql_is_found(tmp_path):
    modules = {"sandbox/__init__": "import connector.compile"}
    assert broken_floors(tmp_path, modules) == ["The sandbox judges without our SQL"]


def test_a_destination_that_uses_another_is_found(tmp_path):
    modules = {"destinations/a": "import connector.destinations.b", "destinations/b": ""}
    assert broken_floors(tmp_path, modules) == ["Destinations know nothing of each other"]
