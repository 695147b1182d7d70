"""The warehouse is found where dbt has it, and the orders of the real project arrive."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from connector.cli import run
from tests.dbt_project import UNWRITTEN, failed_nodes, run_dbt
from tests.shop import Shop

SETTINGS = """
destinations:
  northbeam:
    url: {url}
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""
MODELS = ("northbeam__orders", "northbeam__products", "northbeam__refunds")
TOTALS = """
select currency, sum(purchase_total)::decimal(38, 2)::varchar from northbeam__orders
where not list_contains($invalid, order_id) and _lifecycle <> 'cancelled'
group by currency order by currency
"""


def dev(**changes) -> dict:
    """A profile of dbt with one target."""
    output = {"type": "duckdb", "path": "oms.duckdb", "schema": "main", "threads": 2} | changes
    return {"shop": {"target": "dev", "outputs": {"dev": output}}}


def write_profiles(directory: Path, profiles: object) -> None:
    directory.mkdir(exist_ok=True)
    (directory / "profiles.yml").write_text(yaml.safe_dump(profiles))


def write_manifest(directory: Path, **changes: str) -> None:
    """Write a manifest that knows the models of the shop; `changes` are of each model."""
    place = {"resource_type": "model", "database": "oms", "schema": "main", "alias": None}
    place |= {"config": {"schema": None}} if not changes else {}
    nodes = {f"model.shop.{name}": {**place, "name": name, **changes} for name in MODELS}
    path = directory / "target" / "manifest.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"metadata": {}, "nodes": nodes, "sources": {}}))


@pytest.fixture
def dbt(shop, monkeypatch, tmp_path_factory):
    """A shop whose warehouse and views are known only from a dbt project."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    for name in (
        "DBT_PROFILES_DIR",
        "DBT_TARGET_PATH",
        "DBT_TARGET",
        "DBT_PROFILE",
        "OMS_WAREHOUSE",
    ):
        monkeypatch.delenv(name, raising=False)
    shop.orders(0, 5)
    shop.write(SETTINGS.format(url=f"{shop.sandbox.url}/v2/orders"))
    (shop.directory / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    write_profiles(shop.directory, dev())
    write_manifest(shop.directory)
    return shop


# The real project.


@pytest.fixture
def real(project, sandbox, monkeypatch):
    """The project of this repository, built from the sample, with a sandbox to sync to."""
    monkeypatch.setenv("OMS_WAREHOUSE", str(project / "oms.duckdb"))
    (project / "connector.yml").write_text(SETTINGS.format(url=f"{sandbox.url}/v2/orders"))
    return Shop(project, sandbox)


CHAIN = [f"+{name}" for name in (*MODELS, "northbeam__alternate_order_ids")]
WARNS = "refunded_quantity_is_at_most_bought"
SHUFFLED = ["orders", "order_lines", "refund_lines", "order_discounts", "order_tags"]


def test_the_orders_of_the_project_arrive_once_to_the_cent_and_again_only_when_changed(built, real):
    """Rows in another order are no change; an edit and a late refund change one order each.

    That the refund is of more than was bought only warns.
    """
    first = real.sync()
    assert first["exit_code"] == (1 if first["invalid"] else 0)
    assert first["orders"] > 12_000
    assert first["delivered"] == first["orders"] - first["invalid"] - first["not_sent"]
    invalid = [row["order_id"] for row in real.run("errors", "--output", "json").json()]
    stored = real.sandbox.counts()
    assert (stored["orders"], stored["needless_writes"]) == (first["delivered"], 0)
    assert stored["revenue"] == dict(real.sql(TOTALS, invalid=invalid))
    shuffle = "create or replace table raw.{0} as from raw.{0} order by random();"
    real.sql("".join(shuffle.format(table) for table in SHUFFLED) + EDITED + OUTDATED + LATE_REFUND)
    outcome = run_dbt(real.directory, ["run", "--full-refresh", UNWRITTEN, "--select", *CHAIN])
    assert outcome.success, failed_nodes(outcome)
    assert changed_orders(built, real.warehouse) == EDITED_ORDERS
    outcome = run_dbt(real.directory, ["test", UNWRITTEN, "--select", WARNS])
    failures = {result.node.name: result.failures for result in outcome.result}
    assert (outcome.success, failures[WARNS]) == (True, 91)
    second = real.sync()
    assert (second["delivered"], second["unchanged"]) == (2, first["delivered"] - 2)
    assert {key for key, writes in real.sandbox.writes().items() if writes > 1} == EDITED_ORDERS


EDITED_ORDERS = {"536365", "536367"}
EDITED = """
    insert into raw.orders by name
    select * replace (9 as version, updated_at + interval 1 day as updated_at,
        total_amount + 1 as total_amount)
    from raw.orders where order_id = '536365' and version = 1;
"""
OUTDATED = EDITED.replace("9 as version", "0 as version").replace("536365", "536370")
LATE_REFUND = """
    insert into raw.refunds by name
    select 'R1' as refund_id, '536367' as order_id, timestamp '2011-09-01' as created_at,
        timestamp '2011-09-01' as updated_at;
    insert into raw.refund_lines by name
    select 999999999 as refund_line_id, 'R1' as refund_id, product_id, variant_id, 1000 as quantity,
        unit_price as amount, 0 as tax_amount, 0 as overhead_cost
    from raw.order_lines where order_id = '536367' limit 1;
"""


def changed_orders(before: Path, after: Path) -> set[str]:
    """The orders of which any row of Northbeam's views differs."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before}' as before (read_only)")
        connection.execute(f"attach '{after}' as after (read_only)")
        changed = set()
        for view in (*MODELS, "northbeam__alternate_order_ids"):
            for first, second in (("before", "after"), ("after", "before")):
                rows = f"from {first}.{view} except all from {second}.{view}"
                changed |= {*connection.execute(f"select order_id from ({rows})").fetchall()}
    return {order_id for (order_id,) in changed}


# Where the warehouse is.


def test_the_warehouse_is_that_of_the_profile(dbt):
    assert dbt.sync()["delivered"] == 5


def test_the_profiles_of_the_command_line_come_first(dbt, monkeypatch):
    write_profiles(dbt.directory / "given", dev())
    write_profiles(dbt.directory / "environment", dev(path="nowhere.duckdb"))
    write_profiles(dbt.directory, dev(path="nowhere.duckdb"))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(dbt.directory / "environment"))
    dbt.run("plan").fails(2, "nowhere.duckdb does not exist", "dbt build")
    given = ("--profiles-dir", str(dbt.directory / "given"))
    assert dbt.run(*given, "plan", "--output", "json").summary()["added"] == 5


def test_the_profiles_of_the_environment_come_before_those_of_the_project(dbt, monkeypatch):
    write_profiles(dbt.directory / "environment", dev())
    write_profiles(dbt.directory, dev(path="nowhere.duckdb"))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(dbt.directory / "environment"))
    assert dbt.plan()["added"] == 5


def test_the_profiles_at_home_come_last(dbt):
    shutil.move(dbt.directory / "profiles.yml", Path.home() / "profiles.yml")
    dbt.run("plan").fails(2, "profiles.yml does not exist", "--profiles-dir")
    write_profiles(Path.home() / ".dbt", dev())
    assert dbt.plan()["added"] == 5


def test_variables_are_filled_in_as_dbt_does(dbt, monkeypatch):
    path = "{{ env_var('SHOP_FILES', 'nowhere') }}/{{ env_var('SHOP_NAME') }}.duckdb"
    profiles = dev(path=path, schema="{{ env_var('SHOP_SCHEMA', 'main') }}")
    profiles["shop"]["target"] = "{{ env_var('SHOP_TARGET', 'dev') }}"
    write_profiles(dbt.directory, profiles)
    dbt.run("plan").fails(2, "profiles.yml", "SHOP_NAME", "export")
    monkeypatch.setenv("SHOP_NAME", "oms")
    dbt.run("plan").fails(2, "nowhere/oms.duckdb does not exist")
    monkeypatch.setenv("SHOP_FILES", str(dbt.directory))
    assert dbt.plan()["added"] == 5


def test_settings_that_only_dbt_understands_are_left_to_dbt(dbt):
    write_profiles(
        dbt.directory,
        dev(
            threads="{{ env_var('SHOP_THREADS', '4') | as_number }}",
            password="{{ env_var('DBT_ENV_SECRET_OF_ANOTHER') }}",
            settings={"TimeZone": "UTC"},
        ),
    )
    assert dbt.plan()["added"] == 5


def test_a_text_that_cannot_be_filled_in_is_named(dbt):
    write_profiles(dbt.directory, dev(path="{{ env_var( }}"))
    dbt.run("plan").fails(2, "profiles.yml", "env_var(")


def test_another_target_of_the_profile_is_another_warehouse(dbt):
    profiles = dev()
    profiles["shop"]["outputs"]["prod"] = dev(path="prod.duckdb")["shop"]["outputs"]["dev"]
    write_profiles(dbt.directory, profiles)
    dbt.run("--target", "prod", "plan").fails(2, "prod.duckdb does not exist")
    dbt.run("--target", "prd", "plan").fails(2, "'prd'", "did you mean 'prod'?", "profiles.yml")


def test_a_missing_profile_is_named_with_the_nearest(dbt):
    write_profiles(dbt.directory, {"shops": dev()["shop"]})
    dbt.run("plan").fails(2, "profiles.yml", "'shop'", "did you mean 'shops'?")


@pytest.mark.parametrize("profiles", [{"shop": None}, {"shop": {"outputs": None}}, {"shop": "dev"}])
def test_a_profile_without_targets_is_named(dbt, profiles):
    write_profiles(dbt.directory, profiles)
    dbt.run("plan").fails(2, "profiles.yml", "shop")


def test_a_target_that_is_no_mapping_is_named(dbt):
    write_profiles(dbt.directory, {"shop": {"target": "dev", "outputs": {"dev": None}}})
    dbt.run("plan").fails(2, "profiles.yml", "'dev'")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"type": "snowflake"}, "is snowflake"),
        ({"path": ":memory:"}, "is kept in memory"),
        ({"path": "md:oms"}, "is MotherDuck"),
        ({"path": "ducklake:catalogue.ducklake"}, "is DuckLake"),
    ],
)
def test_a_warehouse_that_is_no_duckdb_file_is_told_as_what_it_is(dbt, changes, what):
    write_profiles(dbt.directory, dev(**changes))
    dbt.run("plan").fails(
        2, "profiles.yml", what, "only a DuckDB file, PostgreSQL and Spark are read"
    )
    if "path" in changes:
        settings = (dbt.directory / "connector.yml").read_text()
        dbt.write(f"warehouse: {{path: '{changes['path']}'}}\n{settings}")
        dbt.run("plan").fails(
            2, "connector.yml", what, "only a DuckDB file, PostgreSQL and Spark are read"
        )


def test_a_profile_without_a_path_is_told(dbt):
    """Without one, dbt works in memory."""
    profiles = dev()
    del profiles["shop"]["outputs"]["dev"]["path"]
    write_profiles(dbt.directory, profiles)
    dbt.run("plan").fails(2, "profiles.yml", "DuckDB")


@pytest.mark.parametrize("name", ["dbt_project.yml", "profiles.yml"])
@pytest.mark.parametrize("text", ["", "- shop", "a: 'b"])
def test_a_file_of_dbt_that_is_none_is_named(dbt, name, text):
    (dbt.directory / name).write_text(text)
    dbt.run("plan").fails(2, str(dbt.directory / name))


def test_no_project_says_where_one_may_be_named(dbt):
    (dbt.directory / "dbt_project.yml").unlink()
    dbt.run("plan").fails(2, "dbt_project.yml does not exist", "--project-dir", "warehouse:")


# What the models are called there.


def test_no_manifest_says_how_to_get_one(dbt):
    (dbt.directory / "target" / "manifest.json").unlink()
    dbt.run("plan").fails(2, "target/manifest.json does not exist", "dbt build")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nodes": []}', '{"nodes": {"a": {}}}', "\0"])
def test_a_manifest_that_is_none_is_named(dbt, text):
    (dbt.directory / "target" / "manifest.json").write_text(text)
    dbt.run("plan").fails(2, "manifest.json is not a dbt manifest", "dbt build")


def test_the_manifest_may_be_elsewhere(dbt, monkeypatch):
    (dbt.directory / "target").rename(dbt.directory / "compiled")
    dbt.run("plan").fails(2, "target/manifest.json does not exist")
    (dbt.directory / "dbt_project.yml").write_text("profile: shop\ntarget-path: compiled\n")
    assert dbt.plan()["added"] == 5
    (dbt.directory / "compiled").rename(dbt.directory / "elsewhere")
    monkeypatch.setenv("DBT_TARGET_PATH", str(dbt.directory / "elsewhere"))
    assert dbt.plan()["added"] == 5


def test_a_model_is_found_by_its_alias_and_schema(dbt):
    dbt.sql("create schema marts")
    for name in MODELS:
        dbt.sql(f"create table marts.as_{name} as from {name}; drop table {name}")
    write_manifest(dbt.directory, schema="marts")
    path = dbt.directory / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    for node in manifest["nodes"].values():
        node["alias"] = f"as_{node['name']}"
    path.write_text(json.dumps(manifest))
    assert dbt.sync()["delivered"] == 5


def test_a_model_that_the_project_does_not_have_is_named_with_the_nearest(dbt):
    text = SETTINGS.format(url=f"{dbt.sandbox.url}/v2/orders")
    dbt.write(text + "    models: {orders: northbeam__order}\n")
    dbt.run("plan").fails(
        2, "no model northbeam__order", "did you mean 'northbeam__orders'?", "models:"
    )


def test_a_model_that_is_not_built_says_how_to_build_it(dbt):
    dbt.sql("drop table northbeam__refunds")
    dbt.run("plan").fails(2, "main.northbeam__refunds", "dbt build --select northbeam__refunds")


def test_a_warehouse_that_was_copied_is_read_all_the_same(dbt):
    """The manifest names the database as it was when dbt ran."""
    dbt.warehouse.rename(dbt.directory / "copy.duckdb")
    write_profiles(dbt.directory, dev(path=str(dbt.directory / "copy.duckdb")))
    assert dbt.sync()["delivered"] == 5


def test_the_settings_of_the_connector_win_over_the_profile(dbt):
    shutil.copy(dbt.warehouse, dbt.directory / "other.duckdb")
    with duckdb.connect(str(dbt.directory / "other.duckdb")) as connection:
        connection.execute("delete from northbeam__orders where order_id > 'order-000002'")
        connection.execute("delete from northbeam__products where order_id > 'order-000002'")
    settings = (dbt.directory / "connector.yml").read_text()
    dbt.write(settings + "warehouse: {path: other.duckdb}\n")
    assert dbt.plan()["added"] == 3


# What dbt's own options set.


def two_targets() -> dict:
    profile = dev()
    outputs = profile["shop"]["outputs"]
    outputs["prod"] = {**outputs["dev"], "path": "prod.duckdb", "schema": "prod"}
    return profile | {"other": {"target": "dev", "outputs": {"dev": outputs["dev"]}}}


def test_the_switches_of_dbt_count_unless_an_option_says_otherwise(dbt, monkeypatch):
    write_profiles(dbt.directory, two_targets())
    monkeypatch.setenv("DBT_TARGET", "prod")
    dbt.run("plan").fails(2, "written by another target than 'prod'", "dbt build --target prod")
    assert dbt.run("--target", "dev", "plan", "--output", "json").summary()["added"] == 5
    monkeypatch.delenv("DBT_TARGET")
    monkeypatch.setenv("DBT_PROFILE", "others")
    dbt.run("plan").fails(2, "there is no profile 'others'", "did you mean 'other'")
    monkeypatch.setenv("DBT_PROFILE", "other")
    assert dbt.plan()["added"] == 5


def test_the_project_is_found_by_its_variable_and_from_a_folder_below(dbt, monkeypatch):
    below = dbt.directory / "models" / "marts"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert run(["plan"]) == 0
    monkeypatch.chdir(dbt.directory.parent)
    assert run(["plan"]) == 2
    monkeypatch.setenv("DBT_PROJECT_DIR", str(dbt.directory))
    assert run(["plan"]) == 0


def test_jinja_in_dbt_project_yml_is_filled_in(dbt, monkeypatch):
    text = "name: shop\nprofile: \"{{ env_var('SHOP_PROFILE') }}\"\n"
    text += "target-path: \"{{ env_var('SHOP_TARGET', 'target') | as_native }}\"\n"
    (dbt.directory / "dbt_project.yml").write_text(text)
    dbt.run("plan").fails(2, "dbt_project.yml", "SHOP_PROFILE is not set")
    monkeypatch.setenv("SHOP_PROFILE", "shop")
    assert dbt.plan()["added"] == 5


def test_a_manifest_of_another_target_is_refused_by_name(dbt):
    """Both targets may share the names of schemas; then the results that lie beside it tell."""
    write_profiles(dbt.directory, two_targets() | dev())
    manifest = dbt.directory / "target" / "manifest.json"
    known = json.loads(manifest.read_text()) | {"metadata": {"invocation_id": "one"}}
    manifest.write_text(json.dumps(known))
    results = {"metadata": {"invocation_id": "one"}, "args": {"target": "prod"}}
    (manifest.parent / "run_results.json").write_text(json.dumps(results))
    told = ("was written by target 'prod'", "dbt build --target dev")
    dbt.run("sync").fails(2, *told)
    dbt.run("doctor").fails(1, *told)
    results["metadata"]["invocation_id"] = "an earlier one"
    (manifest.parent / "run_results.json").write_text(json.dumps(results))
    assert dbt.plan()["added"] == 5


def test_of_a_versioned_model_the_latest_version_is_read(dbt):
    manifest = dbt.directory / "target" / "manifest.json"
    known = json.loads(manifest.read_text())
    place = known["nodes"]["model.shop.northbeam__orders"]
    for version in (1, 2, 3):
        known["nodes"][f"model.shop.northbeam__orders.v{version}"] = place | {
            "alias": f"northbeam__orders_v{version}",
            "version": version,
            "latest_version": 2,
        }
    del known["nodes"]["model.shop.northbeam__orders"]
    manifest.write_text(json.dumps(known))
    dbt.sql("alter table northbeam__orders rename to northbeam__orders_v2")
    assert dbt.plan()["added"] == 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": {"materialized": "ephemeral"}}, ("is ephemeral", "materialized: view")),
        ({"database": "lake"}, ("is in the database 'lake'", "which the dbt profile attaches")),
    ],
)
def test_a_model_that_is_not_in_the_file_is_told_as_what_it_is(dbt, change, words):
    manifest = dbt.directory / "target" / "manifest.json"
    known = json.loads(manifest.read_text())
    known["nodes"]["model.shop.northbeam__products"] |= change
    manifest.write_text(json.dumps(known))
    dbt.run("plan").fails(2, "northbeam__products", *words)


@pytest.mark.parametrize("entity", ["orders", "refunds"])
def test_a_model_whose_name_differs_in_its_case_only_is_told(dbt, entity):
    """A required view and an optional one, whose absence would go unnoticed."""
    name = f"northbeam__{entity}"
    manifest = dbt.directory / "target" / "manifest.json"
    known = json.loads(manifest.read_text())
    node = known["nodes"].pop(f"model.shop.{name}")
    known["nodes"][f"model.shop.{name.title()}"] = node | {"name": name.title()}
    manifest.write_text(json.dumps(known))
    dbt.run("plan").fails(2, name.title(), "in its case only", "models:")


def test_what_is_wrong_with_a_view_is_quoted_but_no_value(dbt):
    dbt.sql("alter table northbeam__products rename to products")
    dbt.sql("create view northbeam__products as select * from products")
    dbt.sql("alter table products rename column price to unit_price")
    dbt.run("plan").fails(2, "northbeam__products cannot be read", '"price" not found')
