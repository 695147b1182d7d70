"""Spark is found in connector.yml or dbt's profile, and asked in SQL that it understands."""

import builtins
from datetime import UTC, datetime

import pytest
import sqlglot
import yaml

from connector.compile import quote
from connector.compile.reading.postgres import Place
from connector.compile.reading.spark import rows, stamps, state
from connector.config.warehouse import warehouse_of
from connector.destinations import contracts
from connector.exceptions import ConfigError, InstallationError, ProjectError
from connector.settings.windows import window
from connector.source.profile import target_of
from connector.source.spark.columns import Column
from connector.source.spark.driver import Driver

CLUSTER = {"type": "spark", "host": "spark.example", "schema": "marts"}
OUTPUT = {"method": "thrift", "port": 10000, "threads": 4, "server_side_parameters": {"a": "b"}}
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
CONTRACT = contracts()["northbeam"]
COLUMNS = {
    "orders": ("order_id", "time_of_purchase", "discount_codes", "customer_name", "_changed_at"),
    "products": ("order_id", "_position", "price"),
}
TYPES = {"discount_codes": "array<string>", "price": "decimal(18,2)", "_position": "int"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("SPARK_TOKEN", "planted-token")
    for name in ("DBT_PROFILES_DIR", "DBT_TARGET", "DBT_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def configured(directory, values):
    path = directory / "connector.yml"
    path.write_text(yaml.safe_dump({"warehouse": values}))
    return warehouse_of(path)


def profiled(directory, **output):
    profiles = {"shop": {"target": "prod", "outputs": {"prod": CLUSTER | OUTPUT | output}}}
    (directory / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return target_of({"profile": "shop"}, directory, directory, None)


def test_the_settings_take_the_keys_of_an_output_of_dbt(tmp_path):
    cluster, schema = configured(tmp_path, CLUSTER)
    assert (str(cluster), schema) == ("sc://spark.example:15002", "marts")
    more = {"port": 443, "token": "${SPARK_TOKEN}", "use_ssl": True, "state_schema": "kept"}
    cluster, _ = configured(tmp_path, CLUSTER | more)
    assert (str(cluster), cluster.is_encrypted) == ("sc://spark.example:443", True)
    assert (cluster.token(), cluster.state_schema) == ("planted-token", "kept")
    assert "planted" not in f"{cluster!r}{cluster}"
    copied, _ = configured(tmp_path, CLUSTER | OUTPUT | {"connect_port": "443"})
    assert copied.port == 443  # dbt's own port speaks another protocol


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "sparks"}, ("warehouse.type", "did you mean 'spark'")),
        ({"port": "five"}, ("warehouse.port", "number such as 15002")),
        ({"host": ""}, ("warehouse.host", "Spark Connect")),
        ({"schema": ""}, ("warehouse.schema", "missing")),
        ({"token": "planted-plain"}, ("warehouse.token", "${SPARK_TOKEN}")),
        ({"dbname": "a"}, ("warehouse.dbname",)),
    ],
)
def test_a_key_that_cannot_be_used_is_named_without_its_secret(tmp_path, changes, words):
    with pytest.raises(ConfigError) as told:
        configured(tmp_path, CLUSTER | changes)
    assert [word for word in words if word not in str(told.value)] == []
    assert "planted" not in str(told.value)


def test_a_profile_of_dbt_says_where_the_cluster_is(tmp_path):
    found = profiled(tmp_path, token="{{ env_var('SPARK_TOKEN') }}")
    assert (str(found.place), found.schema) == ("sc://spark.example:15002", "marts")
    assert found.place.token() == "planted-token"
    assert "planted" not in repr(found)
    assert profiled(tmp_path, connect_port=443, use_ssl=True).place.is_encrypted
    for key, words in (("host", "Spark Connect server"), ("schema", "schema is missing")):
        with pytest.raises(ProjectError, match=words):
            profiled(tmp_path, **{key: None})


def test_a_driver_that_is_not_installed_is_named_with_its_extra(monkeypatch, tmp_path):
    imported = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("pyspark"):
            raise ImportError(name)
        return imported(name, *rest, **more)

    cluster, _ = configured(tmp_path, CLUSTER)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InstallationError, match=r"order-connector\[spark\]"):
        Driver(None, cluster)


def test_types_are_named_as_in_duckdb():
    named = {
        "array<string>": "VARCHAR[]",
        "decimal(10,0)": "DECIMAL(10,0)",
        "varchar(3)": "VARCHAR",
        "string collate utf8_lcase": "VARCHAR",
        "timestamp_ntz": "TIMESTAMP",
        "struct<a:int>": "STRUCT<A:INT>",
    }
    assert {each: Column("a", each).duckdb_type for each in named} == named


def test_its_sql_is_that_of_spark():
    places = {name: place(name, names) for name, names in COLUMNS.items()}
    orders, seen = places["orders"], rows.fingerprints(CONTRACT, places, COLUMNS)
    cut = rows.windowed(CONTRACT, places, window(MOMENT, "day"))
    for sql in (
        seen,
        rows.hashed(CONTRACT, CONTRACT.orders, rows.of_chosen(CONTRACT, orders)),
        rows.fingerprints(CONTRACT, cut, COLUMNS),
        rows.fingerprints(CONTRACT, rows.of_order(CONTRACT, places, "'\\"), COLUMNS),
        state.differing(seen, '"marts"."state"', CONTRACT, COLUMNS),
        state.written(seen, '"marts"."state"'),
        stamps.measured(CONTRACT, stamps.recent(orders, MOMENT), COLUMNS, MOMENT, MOMENT),
        stamps.newest(stamps.older(orders, MOMENT), ["_changed_at"], MOMENT),
        stamps.periods(CONTRACT, orders, "month"),
    ):
        in_its_own_quotes = sql.replace('"', "`")
        assert sqlglot.parse_one(in_its_own_quotes, read="spark")


def place(name, names):
    """Return a view of the columns."""
    known = [Column(each, TYPES.get(each, "string")) for each in names]
    sends = {each.name: quote(each.name) for each in known}
    return Place(f'"marts"."{name}"', sends, {each.name: each.hashes for each in known})
