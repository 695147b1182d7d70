"""What connector.yml decides: where orders are sent, and what counts as delivered there."""

import json

import pytest

PRODUCTION = "https://orders.example/v2/orders"


def refused(shop, **options) -> tuple[int, str]:
    shop.configure(**options)
    result = shop.run("sync")
    assert "unexpected" not in result.err, result.err
    assert shop.sandbox.counts()["requests"] == 0
    return result.code, result.err


# Deliveries elsewhere do not count here.


def test_what_was_sent_elsewhere_counts_for_nothing_here(shop):
    """A delivery counts for one host, path and environment; a gateway may serve several."""
    shop.orders(0, 5)
    shop.sync()
    shop.configure(url=PRODUCTION)
    plan = shop.plan()
    assert (plan["added"], plan["unchanged"]) == (5, 0)
    assert plan["environment"].startswith("uat@orders.example")
    shop.configure(url=f"{shop.sandbox.url}/production/v2/orders")
    assert shop.plan()["added"] == 5
    shop.configure(environment="uat")
    assert shop.plan()["added"] == 5
    shop.configure()
    assert shop.plan()["unchanged"] == 5


def test_the_environment_of_the_command_line_keeps_its_own_url_only(shop):
    shop.orders(0, 5)
    shop.sync()
    plan = shop.plan("--environment", "production")
    assert (plan["environment"], plan["added"]) == ("production", 5)
    assert shop.plan("--environment", "local")["unchanged"] == 5


def test_reports_are_of_one_environment(shop):
    shop.orders(0, 5)
    shop.sandbox.poison(named="order-000002")
    shop.sync()
    assert len(shop.run("errors", "--output", "json").json()) == 1
    for name in ("uat", "production"):
        arguments = ("--environment", name, "--output", "json")
        assert shop.run("errors", *arguments).json() == []
        assert shop.run("status", *arguments).json()[0]["delivered"] == 0
        assert shop.run("show", "order-000001", *arguments).json()[0]["history"] == []


@pytest.mark.parametrize("arguments", [["sync"], ["plan"], ["errors"], ["status"], ["show", "x"]])
def test_an_unknown_environment_is_named_with_the_nearest(shop, arguments):
    shop.run(*arguments, "--environment", "prodction").fails(
        2, "'prodction'", "did you mean 'production'?", "local, uat, production"
    )


def test_an_unknown_environment_in_the_settings_is_named(shop):
    code, err = refused(shop, environment="staging")
    assert code == 2
    assert "destinations.northbeam.environment is 'staging'" in err
    assert "local, uat, production" in err


# Names.


def test_a_model_may_have_another_name(shop):
    shop.orders(0, 5)
    shop.sql("alter table northbeam__orders rename to sales")
    shop.configure(models={"orders": "sales"})
    assert shop.sync()["delivered"] == 5


def test_the_warehouse_may_have_another_schema(shop):
    shop.orders(0, 5)
    shop.sql("create schema marts")
    for name in ("orders", "products", "refunds"):
        shop.sql(f"create table marts.northbeam__{name} as from northbeam__{name}")
        shop.sql(f"drop table northbeam__{name}")
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings.replace("{path: oms.duckdb}", "{path: oms.duckdb, schema: marts}"))
    assert shop.sync()["delivered"] == 5


def test_paths_are_relative_to_the_settings(shop, monkeypatch, tmp_path_factory):
    shop.orders(0, 5)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert shop.sync()["delivered"] == 5
    assert shop.ledger.exists()


def test_the_settings_may_have_another_name(shop):
    shop.orders(0, 5)
    (shop.directory / "connector.yml").rename(shop.directory / "uat.yml")
    assert shop.run("--config", "uat.yml", "sync").code == 0
    assert shop.run("--config", str(shop.directory / "uat.yml"), "plan").code == 0


def test_the_ledger_is_for_its_owner_alone(shop):
    shop.orders(0, 5)
    shop.sync()
    assert shop.ledger.parent.stat().st_mode & 0o777 == 0o700


def test_a_destination_that_is_not_configured_is_named_with_the_nearest(shop):
    for arguments in (["sync", "nothbeam"], ["plan", "nothbeam"], ["retry", "nothbeam", "--all"]):
        shop.run(*arguments).fails(2, "'nothbeam'", "did you mean 'northbeam'?")


def test_settings_without_a_destination_say_so(shop):
    shop.write("warehouse: {path: oms.duckdb}")
    shop.run("sync").fails(2, "destinations", "northbeam")


# Values.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concurrency", 0),
        ("concurrency", 2.5),
        ("concurrency", "4"),
        ("concurrency", True),
        ("attempts", -1),
        ("attempts", None),
        ("read_timeout", 0),
        ("read_timeout", "60s"),
        ("read_timeout", float("inf")),
        ("read_timeout", float("nan")),
        ("connect_timeout", [1]),
        ("deadline", -5),
        ("grace", {}),
    ],
)
def test_a_number_of_the_delivery_that_makes_no_sense_is_named(shop, name, value):
    options = json.dumps({name: value}).replace("NaN", ".nan").replace("Infinity", ".inf")
    shop.configure()
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings + f"    {options.strip('{}')}\n".replace('"', "", 2))
    shop.run("sync").fails(2, f"destinations.northbeam.{name} must be a")


@pytest.mark.parametrize(
    ("name", "value"),
    [("changed_share", 0), ("changed_share", 30), ("removed_share", "5 %"), ("floor", 0.5)],
)
def test_a_number_of_the_guards_that_makes_no_sense_is_named(shop, name, value):
    code, err = refused(shop, guards={name: value})
    assert code == 2
    assert f"destinations.northbeam.guards.{name} must be" in err


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("ledger: 5", "ledger"),
        ("warehouse: oms.duckdb", "warehouse"),
        ("warehouse: {path: 5}", "warehouse.path"),
        ("warehouse: {schema: main}", "warehouse.path"),
        ("warehouse: {path: oms.duckdb, schema: 5}", "warehouse.schema"),
        ("destinations: northbeam", "destinations"),
        ("destinations: {northbeam: uat}", "destinations.northbeam"),
        ("destinations: {northbeam: {url: 5}}", "destinations.northbeam.url"),
        ("destinations: {northbeam: {environment: 5}}", "destinations.northbeam.environment"),
        ("destinations: {northbeam: {guards: 5}}", "destinations.northbeam.guards"),
        ("destinations: {northbeam: {models: x}}", "destinations.northbeam.models"),
        (
            "destinations: {northbeam: {models: {orders: 5}}}",
            "destinations.northbeam.models.orders",
        ),
        ("destinations: {northbeam: {api_key: 5}}", "destinations.northbeam.api_key"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(shop, text, where):
    if "api_key" not in text:
        text = text.replace("northbeam: {", "northbeam: {api_key: '${A}', client_id: '${B}', ")
    if "warehouse" not in text:
        text += "\nwarehouse: {path: oms.duckdb}"
    if "destinations" not in text:
        text += "\ndestinations: {northbeam: {api_key: '${A}', client_id: '${B}'}}"
    shop.write(text)
    shop.run("plan").fails(2, "connector.yml", where)


def test_a_destination_without_keys_lists_what_it_needs(shop):
    shop.write("destinations: {northbeam: }")
    shop.run("plan").fails(2, "destinations.northbeam.api_key is missing")


# Secrets.


def test_a_secret_is_taken_from_the_variable_that_is_named(shop, monkeypatch):
    monkeypatch.setenv("KEY_OF_THE_SHOP", "planted-other")
    shop.orders(0, 5)
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings.replace("NORTHBEAM_API_KEY", "KEY_OF_THE_SHOP"))
    assert shop.sync()["delivered"] == 5
    monkeypatch.delenv("KEY_OF_THE_SHOP")
    shop.run("sync").fails(2, "KEY_OF_THE_SHOP", "destinations.northbeam.api_key")


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["validate"], ["errors"], ["status"], ["show", "order-000001"]],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_send_nothing_need_no_secret(shop, monkeypatch, arguments):
    shop.orders(0, 5)
    monkeypatch.delenv("NORTHBEAM_API_KEY")
    result = shop.run(*arguments)
    assert result.code == 0, result.err


@pytest.mark.parametrize("limit", ["much", "0MB", "450 MB", "-1GB", "12"])
def test_a_limit_of_memory_says_its_unit(shop, limit):
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(f"memory_limit: {limit!r}\n{settings}")
    shop.run("plan").fails(2, "memory_limit", "450MB")


# --environment.

TWO = """
warehouse: {path: oms.duckdb}
destinations:
  northbeam:
    api_key: ${NORTHBEAM_API_KEY}
    client_id: ${NORTHBEAM_CLIENT_ID}
  triple_whale: {shop: gifts.example, api_key: "${TRIPLE_WHALE_API_KEY}"}
"""


def test_an_environment_is_asked_only_of_the_named_destinations(shop):
    shop.orders(0, 5)
    shop.write(TWO)
    plan = shop.run("plan", "northbeam", "--environment", "uat", "--output", "json").summary()
    assert (plan["environment"], plan["added"]) == ("uat", 5)


def test_who_has_no_such_environment_is_named_before_anything_is_sent(shop):
    shop.write(TWO)
    words = ("triple_whale has no environment 'uat'", "local, production", "leave --environment")
    shop.run("sync", "--environment", "uat").fails(2, *words)
