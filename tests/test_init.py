"""`connector init` prepares a dbt project, and overwrites nothing."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from connector.cli import connector
from connector.compile.stage import kinds
from connector.config.config import load
from connector.destinations import contracts
from tests.dbt_project import run_dbt
from tests.sandbox_process import Sandbox
from tests.shop import Result, Shop
from tests.small_project import FILES
from tests.test_lint import run as run_tool

KNOWN = contracts()
NORTHBEAM = KNOWN["northbeam"]
FOLDER = "models/destinations/northbeam"


@pytest.fixture
def fresh(tmp_path: Path, sandbox_process: Sandbox) -> Shop:
    """A dbt project that has orders and knows nothing of the connector."""
    for name in ("dbt_project.yml", "profiles.yml", "models/orders.sql"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(FILES[name].lstrip().replace("oms.duckdb", str(tmp_path / "oms.duckdb")))
    return Shop(tmp_path, sandbox_process)


def init(shop: Shop, *arguments: str) -> Result:
    return shop.run("init", "--destination", "northbeam", "--yes", *arguments)


def asked(shop: Shop, *answers: str) -> Result:
    """Run `init` and answer its questions."""
    arguments = ["--project-dir", str(shop.directory), "init"]
    result = CliRunner().invoke(connector, arguments, input="".join(f"{a}\n" for a in answers))
    return Result(result.exit_code, result.stdout, result.stderr)


def files(shop: Shop) -> dict[str, str]:
    paths = (path for path in shop.directory.rglob("*") if path.is_file())
    return {str(path.relative_to(shop.directory)): path.read_text() for path in paths}


def test_skeletons_of_every_destination_build_and_fit_and_send_nothing(fresh, monkeypatch):
    for contract in KNOWN.values():
        assert fresh.run("init", "--yes", "--destination", contract.destination).code == 0
    settings = {name: {"environment": "local"} for name in KNOWN}
    for name, contract in KNOWN.items():
        for setting in contract.settings:
            monkeypatch.setenv(f"{name}_{setting}".upper(), "planted")
            settings[name][setting] = f"${{{name}_{setting}}}".upper()
    fresh.write(yaml.safe_dump({"destinations": settings}))
    outcome = run_dbt(fresh.directory, ["build", "--exclude-resource-type", "test"])
    assert outcome.success, outcome.exception
    rows = fresh.run("doctor", "--output", "json").json()
    views = [row for row in rows if row["check"] == "views"]
    assert len(views) == sum(len(contract.entities()) for contract in KNOWN.values())
    assert {row["status"] for row in views} == {"ok"}, views
    for name in KNOWN:
        fresh.run("plan", name).fails(2, "is null in 5 rows; give every order its id")


def test_skeletons_are_laid_out_as_the_models_of_this_repository(fresh):
    for name in KNOWN:
        fresh.run("init", "--yes", "--destination", name)
    told = run_tool("sqlfmt", "--check", str(fresh.directory / "models/destinations"))
    assert "failed" not in told, told


def test_a_skeleton_has_every_column_of_the_contract_with_its_type(fresh):
    init(fresh)
    for entity in NORTHBEAM.entities():
        sql = (fresh.directory / FOLDER / f"northbeam__{entity.name}.sql").read_text()
        assert set(re.findall(r"cast\(null as [^\n]+\) as (\w+)", sql)) == set(kinds(entity))
    assert 'select * from {{ ref("orders") }}' in sql
    assert "-- TODO required" in sql


def test_models_are_described_in_the_words_of_the_contract(fresh):
    init(fresh)
    models = {}
    for entity in NORTHBEAM.entities():
        name = f"northbeam__{entity.name}"
        path = fresh.directory / FOLDER / f"{name}.yml"
        (models[name],) = yaml.safe_load(path.read_text())["models"]
        assert models[name]["name"] == name
        columns = models[name]["columns"]
        assert [column["name"] for column in columns] == list(kinds(entity))
        assert all(column["description"] for column in columns), columns
    key = models["northbeam__orders"]["columns"][0]
    assert (key["name"], key["data_tests"]) == ("order_id", ["unique", "not_null"])


def test_the_settings_are_valid_and_keep_secrets_in_the_environment(fresh):
    assert init(fresh, "--environment", "uat").code == 0
    config = load(fresh.directory / "connector.yml", KNOWN)
    destination = config.destinations["northbeam"]
    assert destination.environment == "uat"
    assert destination.values["api_key"] == "${NORTHBEAM_API_KEY}"


def test_nothing_that_is_there_is_overwritten(fresh):
    (fresh.directory / ".gitignore").write_text("target/\n/.connector/")
    model = fresh.directory / "models/own/northbeam__refunds.sql"
    model.parent.mkdir()
    model.write_text("select 1 as one")
    fresh.write("destinations: {northbeam: {api_key: '${K}', client_id: '${C}'}}")
    before = files(fresh)
    result = init(fresh, "--output", "json")
    changes = {row["path"]: row["status"] for row in result.json()}
    assert changes["connector.yml"] == changes["models/own/northbeam__refunds.sql"] == "kept"
    assert changes[".gitignore"] == "added to"
    after = files(fresh)
    assert {name: after[name] for name in before if name != ".gitignore"} == {
        name: text for name, text in before.items() if name != ".gitignore"
    }
    assert after[".gitignore"] == "target/\n/.connector/\n# keys\n.env\n"
    assert f"{FOLDER}/northbeam__products.yml" in after
    assert f"{FOLDER}/northbeam__refunds.yml" not in after


def test_a_second_time_changes_nothing_and_says_what_belongs_into_connector_yml(fresh):
    init(fresh)
    before = files(fresh)
    result = init(fresh)
    assert files(fresh) == before
    assert "written" not in result.out
    assert "connector.yml was there" in result.out
    assert "    api_key: ${NORTHBEAM_API_KEY}" in result.out


def test_it_asks_for_what_is_not_given(fresh):
    result = asked(fresh, "nothbeam", "northbeam", "uat", "orders", "y")
    assert result.code == 0, result.err
    assert "did you mean 'northbeam'?" in result.err
    assert "environment: uat" in files(fresh)["connector.yml"]
    assert "written  connector.yml" in result.out
    assert "export NORTHBEAM_API_KEY=…" in result.out


def test_a_no_leaves_everything_as_it_was(fresh):
    before = files(fresh)
    assert asked(fresh, "northbeam", "", "", "n").code == 1
    assert files(fresh) == before


def test_a_project_without_a_model_of_orders_gets_skeletons_without_rows(fresh):
    (fresh.directory / "models/orders.sql").unlink()
    assert init(fresh).code == 0
    skeleton = files(fresh)[f"{FOLDER}/northbeam__orders.sql"]
    assert "{{" not in skeleton
    assert fresh.sql(skeleton) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--destination", "nothbeam"], ["'nothbeam'", "did you mean 'northbeam'?"]),
        ([], ["name a --destination: northbeam"]),
        (["--destination", "northbeam", "--environment", "prodction"], ["mean 'production'?"]),
        (["--destination", "northbeam", "--orders-model", "order"], ["mean 'orders'?"]),
    ],
)
def test_what_is_not_known_is_told_with_the_nearest(fresh, arguments, words):
    fresh.run("init", "--yes", *arguments).fails(2, *words)


def test_a_folder_that_is_no_dbt_project_is_told(shop):
    shop.run("init", "--yes", "--destination", "northbeam").fails(2, "dbt_project.yml", "dbt init")


def test_a_folder_that_cannot_be_written_is_told(fresh):
    (fresh.directory / "models/destinations").write_text("in the way")
    init(fresh).fails(2, "cannot be written", "try again")


def test_a_destination_of_the_project_itself_can_be_chosen(fresh):
    own = fresh.directory / "destinations/own/contract.yml"
    own.parent.mkdir(parents=True)
    text = NORTHBEAM.path.read_text().replace("x-destination: northbeam", "x-destination: own")
    own.write_text(text)
    assert fresh.run("init", "--yes", "--destination", "own").code == 0
    assert "models/destinations/own/own__orders.sql" in files(fresh)
