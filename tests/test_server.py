"""A warehouse in PostgreSQL is found in connector.yml or dbt's profile; no password is shown."""

import builtins

import pytest
import yaml

from connector.config.warehouse import warehouse_of
from connector.exceptions import ConfigError, ProjectError
from connector.source.profile import target_of

SERVER = {
    "type": "postgres",
    "host": "db.example",
    "port": 5433,
    "user": "reader",
    "password": "${SHOP_PASSWORD}",
    "dbname": "shop",
    "schema": "marts",
}


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "planted-password")
    for name in ("DBT_PROFILES_DIR", "DBT_TARGET", "DBT_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def configured(directory, values):
    path = directory / "connector.yml"
    path.write_text(yaml.safe_dump({"warehouse": values}))
    return warehouse_of(path)


def profiled(directory, **output):
    outputs = {"prod": {**SERVER, **output}, "other": {"type": "duckdb", "path": "{{ nonsense"}}
    profiles = {"shop": {"target": "prod", "outputs": outputs}}
    (directory / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return target_of({"profile": "shop"}, directory, directory, None)


def test_the_settings_take_the_keys_of_an_output_of_dbt(tmp_path):
    more = {"sslmode": "require", "connect_timeout": 3, "threads": 4, "search_path": "x"}
    server, schema = configured(tmp_path, SERVER | more)
    assert (str(server), schema) == ("postgres://reader@db.example:5433/shop", "marts")
    assert server.options == {"sslmode": "require", "connect_timeout": "3"}
    assert server.password() == "planted-password"
    assert "planted" not in f"{server!r}{server}"
    aliased = {key: SERVER[key] for key in SERVER if key not in ("dbname", "password", "port")}
    server, _ = configured(tmp_path, aliased | {"database": "a", "pass": "${SHOP_PASSWORD}"})
    assert (server.database, server.port, server.variable) == ("a", 5432, "SHOP_PASSWORD")
    assert configured(tmp_path, {"path": "a.duckdb"}) == (tmp_path / "a.duckdb", "main")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "postgre"}, ("warehouse.type", "did you mean 'postgres'")),
        ({"hosts": "a"}, ("warehouse.hosts", "did you mean 'host'")),
        ({"port": "five"}, ("warehouse.port", "number")),
        ({"host": ""}, ("warehouse.host", "missing")),
        ({"schema": ""}, ("warehouse.schema", "missing")),
        ({"password": "planted-plain"}, ("warehouse.password", "${PGPASSWORD}")),
        ({"host": "${NOT_SET_ANYWHERE}"}, ("warehouse.host", "NOT_SET_ANYWHERE")),
    ],
)
def test_a_key_that_cannot_be_used_is_named_without_its_secret(tmp_path, changes, words):
    with pytest.raises(ConfigError) as told:
        configured(tmp_path, SERVER | changes)
    assert [word for word in words if word not in str(told.value)] == []
    assert "planted" not in str(told.value)


def test_a_password_that_is_not_set_is_asked_for_only_when_it_is_needed(tmp_path, monkeypatch):
    monkeypatch.delenv("SHOP_PASSWORD")
    server, _ = configured(tmp_path, SERVER)
    with pytest.raises(ConfigError, match="SHOP_PASSWORD"):
        server.password()


def test_a_profile_is_filled_in_as_dbt_does_and_no_other_target_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PORT", "6000")
    found = profiled(
        tmp_path,
        port="{{ env_var('SHOP_PORT') | as_number }}",
        host="{{ env_var('SHOP_HOST', 'localhost') | as_text }}",
        password="{{ env_var('SHOP_PASSWORD') | as_native }}",
        keepalives_idle="{{ env_var('SHOP_IDLE', '0') | as_number }}",
        retries="{{ env_var('NOT_SET_ANYWHERE') | as_number }}",
    )
    assert (found.target, found.schema) == ("prod", "marts")
    assert str(found.place) == "postgres://reader@localhost:6000/shop"
    assert found.place.password() == "planted-password"
    assert "planted" not in repr(found)


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("port", "five", "port must be a number"),
        ("host", None, "host is missing"),
        ("schema", None, "schema is missing"),
        ("password", "{{ planted", "the password of the target cannot be rendered"),
        ("password", "{{ env_var('NOT_SET_ANYWHERE') }}", "NOT_SET_ANYWHERE"),
        ("password", ["planted"], "must be a text"),
    ],
)
def test_a_profile_that_cannot_be_used_is_told_without_its_secret(tmp_path, key, value, word):
    with pytest.raises(ProjectError) as told:
        profiled(tmp_path, **{key: value})
    assert word in str(told.value)
    assert "planted" not in str(told.value).replace(str(tmp_path), "")


def test_a_driver_that_is_not_installed_is_named_with_its_extra(monkeypatch, shop):
    imported = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("adbc"):
            raise ImportError(name)
        return imported(name, *rest, **more)

    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings.replace("warehouse: {path: oms.duckdb}", f"warehouse: {SERVER}"))
    monkeypatch.setattr(builtins, "__import__", without)
    shop.run("plan").fails(2, "pip install 'order-connector[postgres]'")
