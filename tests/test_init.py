"""`connector init` prepares a dbt project, and overwrites nothing."""

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from connector.cli import connector
from connector.compile.reading.stage import kinds
from connector.config.config import load
from connector.destinations import contracts
from connector.scaffold import likely
from tests.dbt_project import run_dbt
from tests.mapped_project import mapped_and_valid
from tests.sandbox_process import Sandbox
from tests.shop import Result, Shop
from tests.small_project import FILES
from tests.test_lint import run as run_tool

KNOWN = contracts()
NORTHBEAM = KNOWN["northbeam"]
FOLDER = "models/destinations/northbeam"


@pytest.fixture
def fresh(tmp_path: Path, sandbox_process: Sandbox) -> Shop:
    """A dbt project that has orders and no connector yet."""
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
    paths = (path for path in paths if path.suffix != ".duckdb")
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
    outcome = run_dbt(fresh.directory, ["build"])
    assert outcome.success, outcome.exception
    rows = fresh.run("doctor", "--output", "json").json()
    views = [row for row in rows if row["check"] == "views"]
    assert len(views) == sum(len(contract.entities()) for contract in KNOWN.values())
    assert {row["status"] for row in views} == {"ok"}, views
    for name in KNOWN:
        assert fresh.run("plan", name, "--output", "json").summary()["orders"] == 0


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
    orders = (fresh.directory / FOLDER / "northbeam__orders.sql").read_text()
    assert 'select * from {{ ref("orders") }} where false' in orders
    assert "-- TODO required" in orders
    assert "-- ISO 4217 code of the currency of every amount of the order." in orders


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


def test_a_second_time_changes_nothing_and_says_what_connector_yml_lacks(fresh):
    init(fresh)
    before = files(fresh)
    result = init(fresh)
    assert files(fresh) == before
    assert "written" not in result.out
    assert "connector.yml was there" not in result.out
    told = fresh.run("init", "--destination", "yespo", "--yes").out
    assert "connector.yml was there" in told
    assert "    api_key: ${YESPO_API_KEY}" in told
    assert "NORTHBEAM" not in told.partition("Next:")[0]


def test_it_asks_for_what_is_not_given(fresh):
    result = asked(fresh, "nothbeam", "northbeam", "uat", "order", "orders", "", "", "y")
    assert result.code == 0, result.err
    assert "did you mean 'northbeam'?" in result.err
    assert "did you mean 'orders'?" in result.err
    assert "No column was mapped" in result.err
    assert "environment: uat" in files(fresh)["connector.yml"]
    assert "written  connector.yml" in result.out
    assert "export NORTHBEAM_API_KEY=…" in result.out


def test_a_no_leaves_everything_as_it_was(fresh):
    before = files(fresh)
    assert asked(fresh, "northbeam", "", "", "", "", "n").code == 1
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
        (["--destination", "northbeam", "--map", "currncy=1"], ["mean 'currency'?"]),
        (["--destination", "northbeam", "--map", "currency"], ["as column=SQL"]),
        (["--destination", "northbeam", "--time-zone", "Europe/Kiew"], ["mean 'Europe/Kiev'?"]),
    ],
)
def test_what_is_not_known_is_told_with_the_nearest(fresh, arguments, words):
    fresh.run("init", "--yes", *arguments).fails(2, *words)


ORDERS = """
select
    i as "Order_Id",
    uuid '6f1ed002-ab5d-4d23-8f3c-1e2f5a3b4c5d' as customer_key,
    timestamp '2026-07-01 20:00:00' as ordered_at,
    1250 as order_total_cents,
    '$2.00' as tax_paid,
    'web, vip' as tags,
    'someone@mail.example' as customer_email,
    {'city': 'Austin', 'zip': '78701'} as shipping_address
from range(1, 4) as numbers (i)
"""
ITEMS = """
select i as order_id, 10 + i as order_item_id, 'tea' as product_id, 'Tea' as product_name,
    1.0::double as quantity, 10.00::double as unit_price
from range(1, 4) as numbers (i)
"""
GIVEN = ("--map", "currency='USD'", "--map", "shipping_cost=0.50")


@pytest.fixture
def own(fresh: Shop) -> Shop:
    """A built project of odd columns; its models are plain SQL, so the test may run them."""
    nodes = {}
    for name, sql in {"orders": ORDERS, "order_items": ITEMS}.items():
        (fresh.directory / "models" / f"{name}.sql").write_text(sql)
        fresh.sql(f"create view {name} as {sql}")
        node = {"resource_type": "model", "name": name, "database": "oms", "schema": "main"}
        nodes[f"model.small.{name}"] = node | {"alias": name, "config": {"schema": None}}
    manifest = fresh.directory / "target/manifest.json"
    manifest.parent.mkdir()
    manifest.write_text(json.dumps({"nodes": nodes, "metadata": {}}))
    return fresh


def test_what_is_mapped_builds_with_its_tests_and_is_valid(own, monkeypatch):
    told = init(own, "--time-zone", "America/New_York").out
    assert "orders.shipping_cost" in told.partition("--map")[2]
    mapped_and_valid(own, monkeypatch, GIVEN)


def test_answers_can_be_corrected_without_starting_again(own):
    init(own, "--map", "currency='USD'")
    init(own, "--map", "northbeam__orders.tax=1", "--time-zone", "Europe/Kyiv")
    sql = files(own)[f"{FOLDER}/northbeam__orders.sql"]
    assert "'USD' as currency" in sql
    assert "1 as tax" in sql
    assert "ordered_at at time zone 'Europe/Kyiv' as time_of_purchase" in sql
    products = own.directory / FOLDER / "northbeam__products.sql"
    products.write_text(products.read_text().replace("unit_price", "list_price"))
    told = init(own, "--map", "products.quantity=2", "--map", "currency='EUR'", "--output", "json")
    changes = {row["path"]: row["status"] for row in told.json()}
    assert changes[f"{FOLDER}/northbeam__products.sql"] == "kept"
    assert changes[f"{FOLDER}/northbeam__orders.sql"] == "renewed"
    assert "list_price" in products.read_text()


def test_the_warehouse_of_connector_yml_is_read_where_dbt_has_no_profile(own):
    (own.directory / "profiles.yml").unlink()
    (own.directory / "target/manifest.json").unlink()
    assert "profiles.yml" in init(own).out
    config = own.directory / "connector.yml"
    config.write_text(f"warehouse: {{path: oms.duckdb}}\n{config.read_text()}")
    init(own, *GIVEN)
    sql = files(own)[f"{FOLDER}/northbeam__orders.sql"]
    assert "'USD' as currency" in sql
    assert "as time_of_purchase" in sql


def test_corrections_are_asked_for_until_all_is_right(own):
    corrections = ("currency 'USD'", "currncy='USD'", "currency='USD'", "", "y")
    result = asked(own, "northbeam", "", "", "", "", "America/New_York", *corrections)
    assert result.code == 0, result.err
    assert "as column=SQL" in result.err
    assert "did you mean 'currency'?" in result.err
    assert "'USD' as currency" in files(own)[f"{FOLDER}/northbeam__orders.sql"]


def test_the_likely_models_are_those_that_are_named_so():
    models = ("customers", "stg_orders", "fct_orders", "order_items", "stg_order_items", "returns")
    assert likely("orders", models) == ["fct_orders", "stg_orders"]
    assert likely("lines", models) == ["order_items", "stg_order_items"]
    assert likely("refunds", models) == ["returns"]


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
