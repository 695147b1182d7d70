"""The wheel, installed alone and outside of the repository; `make test-wheel` builds it."""

import json
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.database import database
from tests.shop import ORDERS, SCHEMA

CONFIG = """
ledger: {ledger}
warehouse: {{path: oms.duckdb}}
destinations:
  northbeam:
    environment: local
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""
METADATA = """
import json, sys
from importlib.metadata import metadata
found = metadata("order-connector")
names = ("License-Expression", "Classifier", "Project-URL", "Provides-Extra", "Requires-Python")
print(json.dumps({name: found.get_all(name) for name in names} | {"path": sys.path}))
"""
LARGEST = 110  # MB of everything that `pip install order-connector` brings


@pytest.fixture(scope="module")
def python(request):
    found = request.config.getoption("--wheel")
    if not found:
        pytest.skip("needs --wheel PYTHON, see `make test-wheel`")
    return Path(found).absolute()


@pytest.fixture
def run(python, tmp_path):
    """Run the installed command in a folder with a small shop and nothing else of ours."""
    with database(tmp_path / "oms.duckdb") as connection:
        connection.execute(SCHEMA)
        for statement in duckdb.extract_statements(ORDERS):
            connection.execute(statement, {"first": 0, "last": 5})
    (tmp_path / "connector.yml").write_text(CONFIG.format(ledger="ledger.duckdb"))
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n")

    def command(*arguments, code=0):
        program = python.with_name("connector")
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        return " ".join((done.stdout + done.stderr).split())

    return command


def test_it_works_where_there_is_no_repository(run, tmp_path):
    assert "no dbt" in run("--version")
    assert json.loads(run("schema"))["title"]
    assert "5 orders, 0 invalid" in run("validate")
    assert "northbeam" in run("plan")
    run("report", "--output", "report.html")
    assert (tmp_path / "report.html").stat().st_size > 1_000
    assert "models/destinations/yespo" in run("init", "--destination", "yespo", "--yes")


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["sandbox", "--port", "0"], "sandbox"),
        (["dashboard", "--port", "0"], "page"),
        (["sync", "--build"], "dbt"),
    ],
)
def test_each_missing_extra_is_named_with_its_command(run, arguments, extra):
    assert f"pip install 'order-connector[{extra}]'" in run(*arguments, code=2)


@pytest.mark.parametrize(
    ("address", "extra"),
    [
        ("s3://bucket/ledger", "bucket"),
        ("gs://bucket/ledger", "bucket"),
        ("az://bucket/ledger", "bucket"),
        ("postgres://someone@127.0.0.1/ledger", "postgres"),
    ],
)
def test_a_ledger_that_needs_an_extra_names_it(run, tmp_path, address, extra):
    (tmp_path / "connector.yml").write_text(CONFIG.format(ledger=address))
    assert f"pip install 'order-connector[{extra}]'" in run("plan", code=2)


def test_it_says_what_it_is_and_takes_little_room(python, tmp_path):
    told = subprocess.run([python, "-c", METADATA], cwd=tmp_path, capture_output=True, check=True)
    found = json.loads(told.stdout)
    assert found["License-Expression"] == ["Apache-2.0"]
    assert found["Requires-Python"] == [">=3.11"]
    assert {"sandbox", "page", "dbt", "bucket", "postgres"} <= set(found["Provides-Extra"])
    urls = {each.partition(",")[0] for each in found["Project-URL"]}
    assert {"Homepage", "Documentation", "Changelog", "Issues", "Source"} <= urls
    assert any("Python :: 3.13" in each for each in found["Classifier"])
    (place,) = python.parents[1].glob("lib/python*/site-packages")
    parts = [each for each in place.iterdir() if not each.name.startswith(("pip", "setuptools"))]
    assert sum(size(each) for each in parts) < LARGEST * 1_000_000


def size(path):
    inside = path.rglob("*") if path.is_dir() else (path,)
    return sum(each.stat().st_size for each in inside if each.is_file())
