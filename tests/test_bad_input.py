"""Faults of settings, files, views and hosts are named, and nothing is sent."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.sandbox_process import Sandbox
from tests.sandbox_process import sandbox as run_sandbox
from tests.shop import Shop, make_shop

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""
HOSTILE = 'x"; drop table northbeam__orders; --'


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Let another process write to a DuckDB file; yields its process id."""
    command = [sys.executable, "-c", HOLD, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.stdin.close()


@pytest.fixture(scope="module")
def five_orders(empty_shop: Path, tmp_path_factory, sandbox_process) -> Path:
    """The directory of a shop with five orders, to be copied."""
    directory = tmp_path_factory.mktemp("five") / "shop"
    shop = Shop(shutil.copytree(empty_shop, directory), sandbox_process)
    shop.orders(0, 5)
    return directory


@pytest.fixture
def silent(five_orders: Path, tmp_path: Path, sandbox: Sandbox) -> Iterator[Shop]:
    """A shop with orders; its sandbox must receive no requests."""
    shop = Shop(shutil.copytree(five_orders, tmp_path, dirs_exist_ok=True), sandbox)
    yield shop
    assert shop.sandbox.counts()["requests"] == 0


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# Settings.


def test_no_settings(silent):
    (silent.directory / "connector.yml").unlink()
    silent.run("sync").fails(2, "connector.yml does not exist", "--config")


def test_settings_that_are_a_directory(silent):
    silent.run("--config", ".", "sync").fails(2, str(silent.directory))


@pytest.mark.parametrize("text", ["", "- northbeam", "northbeam"])
def test_settings_that_are_no_mapping(silent, text):
    silent.write(text)
    silent.run("sync").fails(2, "connector.yml", "mapping")


def test_settings_that_are_no_yaml_do_not_show_what_they_hold(silent):
    silent.write("destinations:\n  northbeam:\n    api_key: @planted-key\n")
    silent.run("sync").fails(2, "connector.yml", "not valid YAML", "line 3")


def test_a_secret_that_looks_like_a_yaml_tag_is_not_shown(silent):
    silent.write("destinations:\n  northbeam:\n    api_key: !planted-key\n")
    silent.run("sync").fails(2, "connector.yml", "not valid YAML", "line 3")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ledgr: x", ["ledgr is not known", "did you mean 'ledger'?"]),
        (
            "warehouse: {paht: oms.duckdb}",
            ["warehouse.paht is not known", "did you mean 'path'?"],
        ),
        (
            "destinations: {northbaem: {}}",
            ["destinations.northbaem is not known", "did you mean 'northbeam'?"],
        ),
        (
            "destinations: {northbeam: {enviroment: uat}}",
            ["destinations.northbeam.enviroment is not known", "did you mean 'environment'?"],
        ),
        (
            "destinations: {northbeam: {guards: {changed: 1}}}",
            ["destinations.northbeam.guards.changed is not known", "did you mean 'changed_share'?"],
        ),
        (
            "destinations: {northbeam: {models: {order: x}}}",
            ["destinations.northbeam.models.order is not known", "did you mean 'orders'?"],
        ),
    ],
    ids=["top", "warehouse", "destinations", "destination", "guards", "models"],
)
def test_an_unknown_key_is_named_with_the_nearest(silent, text, words):
    silent.write(text.replace("northbeam: {", "northbeam: {api_key: '${A}', client_id: '${B}', "))
    silent.run("sync").fails(2, "connector.yml", *words)


@pytest.mark.parametrize("name", ["NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_secret_is_named(silent, monkeypatch, name, value):
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    silent.run("sync").fails(2, "connector.yml", name, "export")


@pytest.mark.parametrize("value", ["planted\nkey", "planted-key\n", "planted-kéy-☃"])
def test_a_secret_that_no_header_can_carry_is_named(silent, monkeypatch, value):
    monkeypatch.setenv("NORTHBEAM_API_KEY", value)
    silent.run("sync").fails(2, "NORTHBEAM_API_KEY")
    assert silent.run("status", "--output", "json").json()[0]["in_doubt"] == 0


@pytest.mark.parametrize("value", ["planted-key", "Bearer ${NORTHBEAM_API_KEY}", ""])
def test_a_secret_in_the_settings_is_refused(silent, value):
    settings = {"api_key": value, "client_id": "${NORTHBEAM_CLIENT_ID}"}
    silent.write(json.dumps({"destinations": {"northbeam": settings}}))
    silent.run("sync").fails(2, "destinations.northbeam.api_key", "environment", "${")


def test_a_setting_of_the_contract_is_required(silent):
    silent.write("destinations: {northbeam: {api_key: '${NORTHBEAM_API_KEY}'}}")
    silent.run("sync").fails(2, "destinations.northbeam.client_id is missing")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://orders.example/v2/orders", ["http:// to orders.example", "https://"]),
        ("http://127.0.0.1.example/v2/orders", ["https://"]),
        ("https://someone:planted@orders.example/v2", ["credentials"]),
        ("https://planted@orders.example/v2", ["credentials"]),
        ("orders.example/v2/orders", ["not a full https:// URL"]),
        ("ftp://orders.example", ["not a full https:// URL"]),
        ("http://[::1/v2/orders", ["not a full https:// URL"]),
        ("https://127.0.0.1:99999/v2", ["not a full https:// URL"]),
    ],
)
def test_an_unsafe_or_broken_url_is_refused(silent, url, words):
    silent.configure(url=url)
    silent.run("sync").fails(2, "destinations.northbeam.url", *words)


# The warehouse.


def test_no_warehouse(silent):
    silent.warehouse.unlink()
    silent.run("sync").fails(2, f"{silent.warehouse} does not exist", "dbt build")


@pytest.mark.parametrize(
    "content",
    [b"orders,customers\n" * 999, b"", b"SQLite format 3\0" + b"\0" * 4080],
    ids=["text", "empty", "sqlite"],
)
def test_a_warehouse_that_is_no_duckdb_file(silent, content):
    silent.warehouse.write_bytes(content)
    silent.run("sync").fails(2, str(silent.warehouse), "not a DuckDB file")


def test_a_warehouse_that_another_process_writes_to(silent, monkeypatch):
    monkeypatch.setattr("connector.source.file.attached.WAIT", 0.3)
    with held(silent.warehouse) as process:
        silent.run("sync").fails(5, str(silent.warehouse), "dbt", f"PID {process}", "try again")


def test_a_warehouse_that_is_free_in_time_is_waited_for(shop):
    shop.orders(0, 5)
    with held(shop.warehouse):
        command = [sys.executable, "-m", "connector", "--project-dir", str(shop.directory)]
        command += ["sync", "--output", "json"]
        waiting = subprocess.Popen(command, stdout=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1.5)
    out, _ = waiting.communicate(timeout=180)
    assert json.loads(out)[0]["delivered"] == 5


def name_warehouse(shop, name):
    shop.warehouse.rename(shop.directory / f"{name}.duckdb")
    path = json.dumps({"path": f"{name}.duckdb"})
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings.replace("{path: oms.duckdb}", path))


def test_a_warehouse_may_have_quotes_in_its_name(shop):
    shop.orders(0, 5)
    name_warehouse(shop, "o'm\"s.x")
    assert shop.sync()["delivered"] == 5


@pytest.mark.parametrize("name", ["ledger", "work", "staged", "main", "temp", "memory"])
def test_a_warehouse_may_not_be_named_as_what_the_connector_has_beside_it(silent, name):
    """dbt's views name their own database, so it cannot be attached under another name."""
    name_warehouse(silent, name)
    silent.run("sync").fails(2, f"{name}.duckdb", "rename the file")


def test_a_damaged_warehouse_below_a_directory_called_lock_is_not_taken_for_a_held_one(silent):
    place = silent.directory / "lock"
    place.mkdir()
    (place / "oms.duckdb").write_bytes(b"orders" * 9999)
    settings = (silent.directory / "connector.yml").read_text()
    silent.write(settings.replace("oms.duckdb", "lock/oms.duckdb"))
    silent.run("sync").fails(2, "not a DuckDB file")


# Views.


@pytest.mark.parametrize("model", ["northbeam__orders", "northbeam__products"])
def test_a_model_that_is_not_built(silent, model):
    silent.sql(f"drop table {model}")
    silent.run("sync").fails(2, f"main.{model}", f"dbt build --select {model}")


def test_a_renamed_model_that_is_not_built(silent):
    silent.configure(models={"refunds": "returned"})
    silent.run("sync").fails(2, "main.returned", "dbt build --select returned")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "alter table northbeam__orders rename customer_name to customer_nmae",
            ["northbeam__orders.customer_nmae", "did you mean 'customer_name'?", "begin its name"],
        ),
        (
            "alter table northbeam__products add column colour varchar",
            ["northbeam__products.colour is not known", "begin its name with _"],
        ),
        (
            "alter table northbeam__orders drop column tax",
            ["northbeam__orders.tax is missing", "add the column"],
        ),
        (
            "alter table northbeam__orders drop column order_id",
            ["northbeam__orders.order_id is missing"],
        ),
        (
            "alter table northbeam__products drop column order_id",
            ["northbeam__products.order_id is missing"],
        ),
        (
            "alter table northbeam__products drop column _position",
            ["northbeam__products._position is missing"],
        ),
        (
            "alter table northbeam__refunds drop column refund_cost",
            ["northbeam__refunds.refund_cost is missing"],
        ),
    ],
)
def test_a_column_that_does_not_fit_the_contract(silent, change, words):
    silent.sql(change)
    silent.run("sync").fails(2, *words)
    silent.run("plan").fails(2, *words)
    silent.run("validate").fails(2, *words)


@pytest.mark.parametrize(
    ("column", "expression", "words"),
    [
        ("purchase_total", "12.5::double", ["DOUBLE", "DECIMAL(18, 2)"]),
        ("purchase_total", "'12.50'", ["VARCHAR", "DECIMAL(18, 2)"]),
        ("purchase_total", "[12.50::decimal(18, 2)]", ["DECIMAL(18,2)[]", "DECIMAL(18, 2)"]),
        ("time_of_purchase", "timestamp '2026-01-01 00:00'", ["TIMESTAMP", "TIMESTAMPTZ"]),
        ("time_of_purchase", "date '2026-01-01'", ["DATE", "TIMESTAMPTZ"]),
        ("time_of_purchase", "'2026-01-01T00:00:00Z'", ["VARCHAR", "TIMESTAMPTZ"]),
        ("customer_id", "7.5::double", ["DOUBLE", "VARCHAR"]),
        ("order_id", "hash(order_id)::double", ["DOUBLE", "VARCHAR"]),
        ("order_tags", "'channel:web'", ["VARCHAR", "VARCHAR[]"]),
        ("discount_codes", "[1.5]", ["DECIMAL(2,1)[]", "VARCHAR[]"]),
    ],
)
def test_a_column_of_the_wrong_type(silent, column, expression, words):
    silent.sql(
        "create or replace table northbeam__orders as "
        f"select * replace ({expression} as {column}) from northbeam__orders"
    )
    silent.run("sync").fails(2, f"northbeam__orders.{column} is ", "cast it to", *words)


def test_all_that_does_not_fit_is_one_table_in_each_command(silent):
    silent.sql(
        "alter table northbeam__orders alter purchase_total type double; "
        "alter table northbeam__products alter _position type varchar; "
        "alter table northbeam__refunds rename refund_cost to refund_costs"
    )
    table = (
        "northbeam: 4 things of the views do not fit the contract",
        "cast(purchase_total as decimal(18, 2)) as purchase_total",
        "cast(_position as bigint) as _position",
        "refund_costs as refund_cost",
    )
    for command in ("validate", "plan", "sync"):
        silent.run(command).fails(2, *table)
    (told,) = silent.run("plan", "--output", "json").json()
    assert [each["found"] for each in told["faults"]] == [
        *("DOUBLE", "VARCHAR", "not in the contract", "missing")
    ]


def test_what_is_cast_without_loss_is_announced(silent):
    silent.sql("alter table northbeam__orders add is_recurring_order integer default 1")
    told = "northbeam__orders.is_recurring_order is INTEGER, and cast without loss"
    assert told in silent.run("validate").out
    assert told in silent.run("-v", "plan").err
    silent.sql("update northbeam__orders set is_recurring_order = 3")
    silent.run("plan").fails(2, "neither 0 nor 1 in", "is_recurring_order <> 0")


def test_the_doctor_reads_a_view_of_which_columns_are_cast(five_orders, tmp_path, sandbox):
    shop = Shop(shutil.copytree(five_orders, tmp_path, dirs_exist_ok=True), sandbox)
    shop.sql("alter table northbeam__products alter id type integer using 7")
    assert "columns fit the contract; cast without loss: id (INTEGER)" in shop.run("doctor").out
    assert shop.run("sync", "--output", "json").summary()["delivered"] == 5


def test_a_position_of_the_wrong_type(silent):
    silent.sql("alter table northbeam__products alter _position type varchar")
    silent.run("sync").fails(2, "northbeam__products._position is VARCHAR", "BIGINT")


def test_a_duplicate_order_id(silent):
    silent.sql(
        "insert into northbeam__orders from northbeam__orders where order_id < 'order-000002'"
    )
    words = ["northbeam__orders.order_id is not unique", "order-000000, order-000001", "one row"]
    silent.run("sync").fails(2, *words)
    silent.run("validate").fails(2, *words)


def test_an_order_id_that_is_null(silent):
    silent.sql("update northbeam__orders set order_id = null where order_id = 'order-000003'")
    silent.sql("delete from northbeam__products where order_id = 'order-000003'")
    silent.run("sync").fails(2, "northbeam__orders.order_id is null in 1 row", "id")


@pytest.mark.parametrize("key", ["'gone-1'", "null"])
def test_child_rows_without_their_order(silent, key):
    silent.sql(f"insert into northbeam__products values ({key}, 1, 'tea', 'Tea', 1, 5.00)")
    silent.run("sync").fails(2, "northbeam__products", "northbeam__orders", "join")


def test_child_rows_without_their_order_are_counted_with_examples(silent):
    silent.sql("delete from northbeam__orders where order_id < 'order-000004'")
    ids = "order-000000, order-000001, order-000002"
    silent.run("sync").fails(2, "northbeam__products", "4 orders", ids)


def test_all_faults_of_all_rows_are_told_at_once(silent):
    """Duplicate and null ids, orphans of two views, and positions of two lists, in one table."""
    silent.sql(
        "insert into northbeam__orders from northbeam__orders where order_id < 'order-000002';"
        "update northbeam__orders set order_id = null where order_id = 'order-000003';"
        "insert into northbeam__products from northbeam__products where order_id = 'order-000004';"
        "insert into northbeam__refunds values "
        "('gone-1', 1, 'tea', 1, 5, 0, '2026-01-02'), ('order-000002', null, 'tea', 1, 1, 0, null)"
    )
    faults = {
        ("northbeam__orders", "order_id"): ("null in 1 row", "order-000000, order-000001"),
        ("northbeam__products", "order_id"): ("1 order, such as order-000003",),
        ("northbeam__products", "_position"): ("repeated or null, as in order-000004",),
        ("northbeam__refunds", "order_id"): ("1 order, such as gone-1",),
        ("northbeam__refunds", "_position"): ("repeated or null, as in order-000002",),
    }
    result = silent.run("sync")
    result.fails(2, "6 things of the views", *(word for each in faults.values() for word in each))
    table = [line.split() for line in result.err.splitlines() if line.startswith("northbeam__")]
    assert {tuple(words[:2]) for words in table} == set(faults)
    assert len(table) == 6
    silent.sql("delete from northbeam__refunds where order_id = 'gone-1'")
    silent.sql("delete from northbeam__products where order_id = 'order-000003'")
    silent.sql("delete from northbeam__orders where order_id is null or order_id < 'order-000002'")
    silent.sql("delete from northbeam__products where order_id < 'order-000002'")
    silent.run("validate").fails(2, "2 things", "order-000004", "order-000002")


@pytest.mark.parametrize("arguments", [["sync"], ["plan"], ["validate"], ["show", "order-000001"]])
def test_a_view_that_no_longer_works_is_told(silent, arguments):
    """The table behind it is missing, as after a source was renamed."""
    silent.sql("alter table northbeam__refunds rename to refunds")
    silent.sql("create view northbeam__refunds as from refunds; drop table refunds")
    silent.run(*arguments).fails(2, "northbeam__refunds cannot be read", "dbt build")


def test_a_view_that_cannot_be_computed_is_told_without_its_data(silent):
    silent.sql("alter table northbeam__orders rename to raw")
    silent.sql("update raw set customer_name = 'planted' where order_id = 'order-000003'")
    silent.sql(
        "create view northbeam__orders as "
        "select * replace (customer_name::date::varchar as customer_name) from raw"
    )
    silent.run("sync").fails(2, "northbeam__orders cannot be read", "dbt build")


@pytest.mark.parametrize("arguments", [["sync"], ["sync", "--full"]])
def test_an_empty_view_never_passes_in_silence(shop, arguments):
    shop.run(*arguments).fails(6, "the view has no orders", "--yes")
    shop.orders(0, 5)
    shop.sync()
    shop.sql("delete from northbeam__orders; delete from northbeam__products")
    requests = shop.sandbox.counts()["requests"]
    shop.run(*arguments).fails(6, "the view has no orders", "5 were delivered", "--yes")
    assert shop.sandbox.counts()["requests"] == requests


def test_an_empty_view_passes_when_that_is_right(shop):
    shop.orders(0, 5)
    shop.sync()
    shop.sql("delete from northbeam__orders; delete from northbeam__products")
    summary = shop.sync("--yes")
    assert (summary["exit_code"], summary["removed"], summary["orders"]) == (0, 5, 0)


# Names that are statements.


def test_a_hostile_view_name_is_only_a_name(shop):
    shop.orders(0, 5)
    shop.sql(f"alter table northbeam__orders rename to {quoted(HOSTILE)}")
    shop.configure(models={"orders": HOSTILE})
    assert shop.sync()["delivered"] == 5
    shop.configure(models={"orders": HOSTILE + "!"})
    shop.run("sync").fails(2, HOSTILE + "!")


def test_a_hostile_schema_name_is_only_a_name(shop):
    shop.orders(0, 5)
    shop.sql(f"create schema {quoted(HOSTILE)}")
    for name in ("orders", "products", "refunds"):
        shop.sql(f"create table {quoted(HOSTILE)}.northbeam__{name} as from northbeam__{name}")
        shop.sql(f"drop table northbeam__{name}")
    settings = (shop.directory / "connector.yml").read_text()
    place = json.dumps({"path": "oms.duckdb", "schema": HOSTILE})
    shop.write(settings.replace("{path: oms.duckdb}", place))
    assert shop.sync()["delivered"] == 5


def test_a_hostile_column_name_is_only_a_name(shop):
    shop.orders(0, 5)
    shop.sql(f"alter table northbeam__orders add column {quoted('_' + HOSTILE)} varchar")
    assert shop.sync()["delivered"] == 5
    shop.sql(f"alter table northbeam__orders add column {quoted(HOSTILE)} varchar")
    shop.run("sync").fails(2, f"northbeam__orders.{HOSTILE} is not known")


def test_a_hostile_order_id_is_only_an_id(shop):
    shop.orders(0, 2)
    hostile = "o'1\"; drop table ledger.deliveries; --"
    for table in ("northbeam__orders", "northbeam__products"):
        shop.sql(f"update {table} set order_id = $key where order_id = 'order-000001'", key=hostile)
    shop.sandbox.poison(named="drop table")
    summary = shop.sync("--order-id", hostile)
    assert (summary["planned"], summary["refused"], summary["pending"]) == (1, 1, 1)
    shop.sandbox.poison()
    assert shop.run("show", hostile, "--output", "json").json()[0]["payload"]["order_id"] == hostile
    again = shop.run("retry", "northbeam", "--order-id", hostile, "--output", "json").summary()
    assert again["delivered"] == 1


# The ledger.


def test_a_ledger_of_a_newer_version(shop):
    shop.orders(0, 5)
    shop.sync()
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute("update meta set version = 9")
    words = [str(shop.ledger), "version 9", "install the newer connector"]
    for command in ("sync", "plan", "status", "errors"):
        shop.run(command).fails(2, *words)
    assert shop.sandbox.counts()["requests"] == 1


def test_a_ledger_that_is_another_database(silent):
    silent.ledger.parent.mkdir()
    with duckdb.connect(str(silent.ledger)) as connection:
        connection.execute("create table sales (amount integer)")
    silent.run("sync").fails(2, str(silent.ledger), "correct `ledger:` in connector.yml")


def test_a_ledger_that_is_the_warehouse(silent):
    settings = (silent.directory / "connector.yml").read_text()
    silent.write(settings.replace(".connector/ledger.duckdb", "oms.duckdb"))
    silent.run("sync").fails(2, str(silent.warehouse))


def test_a_damaged_ledger(silent):
    silent.ledger.parent.mkdir()
    silent.ledger.write_bytes(b"damaged " * 9999)
    words = [str(silent.ledger), "damaged", "docs/operations.md"]
    for command in ("sync", "plan", "status", "errors"):
        silent.run(command).fails(2, *words)


def test_a_damaged_ledger_below_a_directory_called_lock_is_not_taken_for_a_held_one(silent):
    silent.write((silent.directory / "connector.yml").read_text().replace(".connector/", "lock/"))
    (silent.directory / "lock").mkdir()
    (silent.directory / "lock" / "ledger.duckdb").write_bytes(b"damaged " * 9999)
    silent.run("sync").fails(2, "damaged")


def test_a_ledger_that_is_damaged_behind_its_header(shop):
    shop.orders(0, 50)
    shop.sync()
    requests = shop.sandbox.counts()["requests"]
    content = shop.ledger.read_bytes()
    shop.ledger.write_bytes(content[:12_288] + b"\xff" * (len(content) - 12_288))
    shop.run("sync").fails(2, str(shop.ledger), "damaged")
    assert shop.sandbox.counts()["requests"] == requests


def test_a_ledger_whose_directory_is_a_file(silent):
    settings = (silent.directory / "connector.yml").read_text()
    silent.write(settings.replace(".connector/", "oms.duckdb/"))
    silent.run("sync").fails(2, "directory", "oms.duckdb", "`ledger:`")


def test_a_ledger_that_was_made_but_never_written_is_a_new_one(shop):
    shop.orders(0, 5)
    shop.ledger.parent.mkdir()
    duckdb.connect(str(shop.ledger)).close()
    assert shop.plan()["added"] == 5
    assert shop.sync()["delivered"] == 5


def test_a_ledger_that_another_process_holds(silent, monkeypatch):
    monkeypatch.setattr("connector.ledger.file.WAIT", 0.2)  # seconds, instead of ten
    silent.ledger.parent.mkdir()
    duckdb.connect(str(silent.ledger)).close()
    with held(silent.ledger) as process:
        for command in (["sync"], ["plan"], ["errors"], ["retry", "northbeam", "--all"]):
            silent.run(*command).fails(5, str(silent.ledger), str(process), "connector status")


# The destination.


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_an_unreachable_url_leaves_everything_pending(silent):
    silent.configure(url=f"http://127.0.0.1:{unused_port()}/v2/orders", attempts=1)
    result = silent.run("sync", "--output", "json")
    summary = result.summary()
    result.fails(4, "no connection to 127.0.0.1", "connector sandbox")
    assert (summary["pending"], summary["delivered"], summary["refused"]) == (5, 0, 0)
    status = silent.run("status", "--output", "json").json()[0]
    assert (status["in_doubt"], status["delivered"], status["refused"]) == (0, 0, 0)


def test_an_unreachable_url_is_told_on_stderr(silent):
    silent.configure(url=f"http://127.0.0.1:{unused_port()}/v2/orders", attempts=1)
    result = silent.run("sync")
    assert (result.code, "Error: " in result.err) == (4, True)
    assert "5   go with the next run" in result.out


def test_a_wrong_path_of_the_url_stops_the_run(shop):
    shop.orders(0, 2500)
    shop.configure(url=f"{shop.sandbox.url}/v2/nothing", concurrency=1)
    result = shop.run("sync", "--output", "json")
    result.fails(4, "HTTP 404", "url")
    assert result.summary()["pending"] == 2500
    assert result.summary()["requests"] <= 2


def test_refused_credentials_mark_nothing(tmp_path):
    with run_sandbox("--api-key", "another-key") as running:
        shop = next(make_shop(tmp_path, running))
        shop.orders(0, 2500)
        result = shop.run("sync", "--output", "json")
        result.fails(3, "HTTP 401", "credentials", "api_key", "connector.yml")
        summary = result.summary()
        assert (summary["pending"], summary["refused"], summary["retries"]) == (2500, 0, 0)
        assert running.counts()["orders"] == 0
        status = shop.run("status", "--output", "json").json()[0]
        assert (status["in_doubt"], status["delivered"], status["refused"]) == (0, 0, 0)
        assert shop.run("errors", "--output", "json").json() == []
