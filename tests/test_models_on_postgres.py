"""The models, contracts, seeds and tests on PostgreSQL: the same views as on DuckDB, row by row."""

import json
import random

import duckdb
import psycopg
import pytest
from phonenumbers import country_code_for_region
from psycopg.conninfo import conninfo_to_dict

from sample.postgres import load
from tests import stores
from tests.dbt_project import VIEWS, build_warehouse, copy_project
from tests.macros import render
from tests.postgres_warehouse import build, columns, copy
from tests.sample_parts import RETURNED
from tests.shop import CONFIG, Shop
from tests.test_phones import COUNTRIES, PLANS, given, valid_numbers, writings

pytestmark = pytest.mark.usefixtures("warehouses")
UNTESTED = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@pytest.fixture(scope="module")
def postgres():
    if not stores.POSTGRES:
        pytest.skip("PostgreSQL is not installed here")
    with stores.postgres() as url:
        yield url.replace("postgres:", "postgresql:", 1)


@pytest.fixture(scope="module")
def part(request):
    """What leaves a part of the sample; with --long all of it is built."""
    return "" if request.config.option.long else RETURNED


@pytest.fixture(scope="module")
def ours(part, tmp_path_factory):
    """The views on DuckDB, whose tests are those of the usual build of the sample."""
    return build_warehouse(tmp_path_factory.mktemp("duckdb") / "project", part, UNTESTED)


@pytest.fixture(scope="module")
def built_there(postgres, part, tmp_path_factory):
    """The folder of the project with which dbt has built the sample, and the URL of where."""
    load(postgres)
    with psycopg.connect(postgres) as connection:
        connection.execute(part)
    directory = copy_project(tmp_path_factory.mktemp("postgres"))
    build(directory, postgres)
    return directory, postgres


@pytest.fixture(scope="module")
def warehouse(built_there):
    """A connection to the sample."""
    with psycopg.connect(built_there[1]) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.mark.untraced
def test_each_view_has_the_rows_and_types_that_it_has_on_duckdb(
    warehouse, ours, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute("create schema theirs")
        for view in VIEWS:
            described = connection.execute(f"describe ours.{view}").fetchall()
            assert columns(warehouse, view) == [(name, type_) for name, type_, *_ in described]
            copy(warehouse, view, connection)
            for first, second in (("ours", "theirs"), ("theirs", "ours")):
                rows = f"from {first}.{view} except all from {second}.{view}"
                assert connection.execute(f"from ({rows}) limit 3").fetchall() == [], (view, first)
    assert len(VIEWS) > 10


@pytest.mark.untraced
def test_models_of_deliveries_are_built_from_what_was_exported(built_there, sandbox):
    directory, url = built_there
    place = conninfo_to_dict(url)
    keys = {name: place[name] for name in ("host", "port", "user", "dbname")}
    there = json.dumps({"type": "postgres", **keys, "schema": "analytics"})
    text = CONFIG.replace("{{path: oms.duckdb}}", "{there}")
    shop = Shop(directory, sandbox)
    to = f"{sandbox.url}/v2/orders"
    shop.write(text.format(environment="local", url=to, options="", there=there))
    summary = shop.sync()
    assert shop.run("export", "--to", "warehouse").code == 0
    ((environment,),) = shop.remembered("select any_value(environment) from ledger.runs")
    variables = {"connector_export": True, "connector_environment": environment}
    chosen = ["--select", "stg_connector__runs", "stg_connector__orders", "operations"]
    build(directory, url, *chosen, "--vars", json.dumps(variables))
    with psycopg.connect(url) as connection:
        found = "select count(lag_seconds) from analytics_operations.northbeam__delivery_lag"
        assert connection.execute(found).fetchall() == [(summary["delivered"],)]


def test_a_phone_number_is_the_same_on_postgres(postgres):
    chance = random.Random(23)
    phones = [
        (country, phone)
        for country in COUNTRIES
        for number in valid_numbers(country, chance)[:2]
        for phone in writings(country, number)
    ]
    phones += [
        (country, "".join(chance.choices("0123456789+", k=11))) for country in 20 * COUNTRIES
    ]
    expected = given(phones)
    codes = {country: str(country_code_for_region(country)) for country in COUNTRIES}
    with psycopg.connect(postgres) as connection, connection.cursor() as cursor:
        make_plans(cursor)
        cursor.execute(
            "create table contacts (position integer, calling_code text, country text, phone text)"
        )
        with cursor.copy("copy contacts from stdin") as rows:
            for position, (country, phone) in enumerate(phones):
                rows.write_row((position, codes[country], country, phone))
        query = render("with_e164('contacts', 'phone_plans')", "postgres")
        cursor.execute(
            f"select country, phone, phone_e164 from ({query}) as read order by position"
        )
        assert cursor.fetchall() == expected
    assert sum(number is not None for *_, number in expected) > 1_000


def make_plans(cursor):
    """Make the seed of numbering plans a table."""
    header = PLANS.read_text().splitlines()[0].split(",")
    cursor.execute(f"create table phone_plans ({', '.join(f'{name} text' for name in header)})")
    with cursor.copy("copy phone_plans from stdin (format csv, header)") as rows:
        rows.write(PLANS.read_bytes())
