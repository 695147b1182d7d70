"""Failures of a warehouse in PostgreSQL are reported as such, and lose nothing."""

import signal
import threading
import time
from decimal import Context, Decimal

import psycopg
import pytest

from connector.engine.engine import engine
from connector.ledger.beside import progress
from connector.plan import tables
from connector.settings.settings import Policy
from connector.source import snapshot
from tests.postgres_shop import postgres_shop
from tests.postgres_views import READER, PostgresWarehouse
from tests.shop import ended

pytestmark = pytest.mark.untraced

POLICY = Policy()
SLOW = """
alter table northbeam__orders rename to quick_orders;
create view northbeam__orders as
select quick_orders.* from quick_orders, (select pg_sleep(60)::text) as slow
"""
QUICK = """
drop view northbeam__orders;
alter table quick_orders rename to northbeam__orders
"""
REPLACED = """
begin;
drop table northbeam__products;
create table northbeam__products (
    order_id text, _position integer, id text, name text, quantity integer, price decimal(18, 2)
);
insert into northbeam__products select order_id, 1, 'x', 'New', 1, 1.00 from northbeam__orders;
commit;
"""


@pytest.fixture
def place(postgres_url):
    found = PostgresWarehouse(postgres_url)
    yield found
    found.close()


@pytest.fixture
def shop(tmp_path, sandbox, place):
    shop = postgres_shop(tmp_path, sandbox, place)
    shop.orders(0, 20)
    return shop


@pytest.fixture
def connection(tmp_path):
    with engine(tmp_path) as connection:
        tables.make(connection)
        for name in ("plan", "staged"):
            connection.execute(f"drop schema if exists {name} cascade; create schema {name}")
        yield connection


def wait_for_query(place, text: str) -> None:
    """Wait until the reader's query sleeps."""
    sql = "select count(*) from pg_stat_activity where usename = %s and query like %s"
    sql += " and wait_event = 'PgSleep'"
    latest = time.monotonic() + 60
    while not place.admin.execute(sql, [READER, f"%{text}%"]).fetchall()[0][0]:
        assert time.monotonic() < latest
        time.sleep(0.02)


def nothing_is_lost(shop, orders: int = 20) -> None:
    """Nothing has been sent by then, and the next run sends everything."""
    assert shop.sandbox.counts()["requests"] == 0
    assert shop.sync()["delivered"] == orders


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_cancels_what_the_server_does(shop, place, number):
    place.execute(SLOW)
    process = shop.start("sync")
    wait_for_query(place, "hash_record_extended")
    began = time.monotonic()
    process.send_signal(number)
    ended(process).fails(128 + number, "interrupted before anything was sent")
    assert time.monotonic() - began < 2
    sql = "select count(*) from pg_stat_activity where usename = %s and state = 'active'"
    assert place.admin.execute(sql, [READER]).fetchall() == [(0,)]
    place.execute(QUICK)
    nothing_is_lost(shop)


def test_a_server_that_goes_away_while_it_is_read_is_told(shop, place):
    place.execute(SLOW)
    process = shop.start("sync")
    wait_for_query(place, "hash_record_extended")
    place.execute(
        f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{READER}'"
    )
    ended(process).fails(2, "went away while it was read", "nothing was sent")
    place.execute(QUICK)
    nothing_is_lost(shop)


def test_a_query_that_an_administrator_cancels_is_told_as_that(shop, place):
    place.execute(SLOW)
    process = shop.start("sync")
    wait_for_query(place, "hash_record_extended")
    place.execute(f"select pg_cancel_backend(pid) from pg_stat_activity where usename = '{READER}'")
    ended(process).fails(2, "an administrator cancelled a query")
    place.execute(QUICK)
    nothing_is_lost(shop)


def test_a_server_without_a_connection_left_is_busy(shop, place):
    place.execute(f"alter role {READER} connection limit 0")
    try:
        shop.run("sync").fails(5, "too many connections", "raise the limit")
    finally:
        place.execute(f"alter role {READER} connection limit -1")
    nothing_is_lost(shop)


def test_while_orders_are_sent_the_server_is_free(shop, place):
    """It may go away then, and views may be replaced."""
    with shop.sandbox.silent():
        process = shop.start("sync")
        latest = time.monotonic() + 60
        while (progress.read(shop.ledger) or {}).get("phase") != "sending":
            assert time.monotonic() < latest
            time.sleep(0.01)
        sql = "select count(*) from pg_stat_activity where usename = %s"
        assert place.admin.execute(sql, [READER]).fetchall() == [(0,)]
        place.execute(REPLACED)
    assert ended(process).code == 0
    assert shop.sandbox.counts()["orders"] == 20


def test_a_server_that_is_not_there_is_named_without_the_password(shop, monkeypatch):
    path = shop.directory / "connector.yml"
    settings = path.read_text()
    monkeypatch.setenv("SHOP_PASSWORD", "planted-password")
    given = shop.place.settings(port=1, password="${SHOP_PASSWORD}")
    shop.write(settings.replace(shop.place.settings(), given))
    shop.run("sync").fails(2, "postgres://reader@127.0.0.1:1/postgres", "cannot be connected to")
    given = shop.place.settings(user="nobody_known")
    shop.write(settings.replace(shop.place.settings(), given))
    shop.run("sync").fails(2, 'role "nobody_known" does not exist')
    shop.write(settings)
    nothing_is_lost(shop)


def test_a_revoked_grant_is_told_with_the_grant_to_give(shop, place):
    place.execute(f"revoke select on northbeam__products from {READER}")
    shop.run("sync").fails(2, "permission denied", "grant select", READER)
    place.execute(f"grant select on northbeam__products to {READER}")
    place.execute(f"revoke usage on schema {place.schema} from {READER}")
    shop.run("sync").fails(2, "permission denied for schema", "usage on its schema")
    place.execute(f"grant usage on schema {place.schema} to {READER}")
    nothing_is_lost(shop)


def test_a_statement_timeout_is_told_as_that(shop, place):
    place.execute(SLOW)
    place.execute(f"alter role {READER} set statement_timeout = '300ms'")
    shop.run("sync").fails(2, "statement_timeout (300ms)", "nothing was sent")
    place.execute(f"alter role {READER} reset statement_timeout")
    place.execute(QUICK)
    nothing_is_lost(shop)


def test_a_lock_that_waits_too_long_ends_the_run_as_busy(shop, place):
    with psycopg.connect(place.url) as other:
        other.execute(f"lock table {place.schema}.northbeam__products in access exclusive mode")
        shop.run("sync").fails(5, "holds a lock on its views", "warehouse_wait")
    nothing_is_lost(shop)


def test_a_view_that_is_replaced_while_it_is_read_waits(connection, place):
    """The snapshot would not see rows of a table that was created later."""
    place.execute("insert into northbeam__orders (order_id) values ('a')")
    place.execute("insert into northbeam__products values ('a', 1, 'x', 'Old', 1, 1.00)")
    other = psycopg.connect(place.url, autocommit=True)
    other.execute(f"set search_path = {place.schema}")
    with place.opened(connection) as source:
        snapshot.take(connection, source, POLICY)
        replacing = threading.Thread(target=lambda: other.execute(REPLACED))
        replacing.start()
        time.sleep(0.5)
        assert replacing.is_alive()
        connection.execute("create table work.ranked as select 1 as rank, 'a' as order_id")
        snapshot.copy(source, POLICY)
    replacing.join(60)
    other.close()
    assert connection.execute("select name from staged.products").fetchall() == [("Old",)]
    assert place.rows("select name from northbeam__products") == [("New",)]


def test_a_view_with_an_error_is_named_and_its_values_are_not(shop, place):
    place.execute(
        "alter table northbeam__products rename to kept; create view northbeam__products as "
        "select order_id, _position, id, name, quantity, (1 / (length(name) - 10))::decimal(18, 2) "
        "as price from kept"
    )
    shop.run("sync").fails(2, "northbeam__products cannot be read (division by zero)")
    place.execute(
        "create or replace view northbeam__products as "
        "select order_id, _position, id, name, quantity, name::decimal(18, 2) as price from kept"
    )
    told = shop.run("sync")
    told.fails(2, "northbeam__products cannot be read")
    assert "Harbor" not in told.out + told.err
    place.execute("drop view northbeam__products; alter table kept rename to northbeam__products")
    nothing_is_lost(shop)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("tax", "'NaN'", ("northbeam__orders.tax of order order-000007 is nan",)),
        ("time_of_purchase", "'infinity'", ("northbeam__orders.time_of_purchase of order",)),
        ("time_of_purchase", "'-infinity'", ("of order order-000007 is infinity",)),
    ],
)
def test_what_is_not_a_finite_number_or_time_is_refused_by_name(shop, place, column, value, words):
    place.execute(f"update northbeam__orders set {column} = {value} where order_id like '%7'")
    place.execute("delete from northbeam__products where order_id like '%17'")
    place.execute("delete from northbeam__orders where order_id like '%17'")
    shop.run("sync").fails(2, *words, "correct the model")
    place.execute("update northbeam__orders set tax = 1, time_of_purchase = '2026-01-01Z'")
    nothing_is_lost(shop, 19)


def test_a_number_without_a_precision_is_sent_exactly_or_refused(shop, place):
    place.execute("alter table northbeam__orders alter column tax type numeric")
    place.execute("update northbeam__orders set tax = 1.250000000000000000")
    place.execute("update northbeam__orders set tax = 1.0 / 3 where order_id = 'order-000003'")
    shop.run("sync").fails(2, "northbeam__orders.tax of order order-000003 is 0.333", "exactly")
    place.execute("update northbeam__orders set tax = 0.123456789012 where tax < 1")
    nothing_is_lost(shop)
    assert '"tax":0.123456789012' in shop.run("show", "order-000003").out.replace(" ", "")


@pytest.mark.parametrize(
    ("digits", "decimals"), [(18, 2), (18, 12), (18, 0), (12, 5), (3, 2), (19, 2), (38, 12)]
)
def test_the_largest_and_the_smallest_numbers_of_a_precision_arrive_exactly(
    connection, place, digits, decimals
):
    """Up to 18 digits a number travels as a whole one, beyond as a text."""
    unit = Decimal(1).scaleb(-decimals)
    largest = Decimal(10**digits - 1).scaleb(-decimals, Context(prec=40))
    values = {"a": largest, "b": largest.copy_negate(), "c": unit, "d": Decimal(0), "e": None}
    place.execute(
        f"alter table northbeam__orders alter column tax type numeric({digits}, {decimals})"
    )
    for key, value in values.items():
        place.execute(
            "insert into northbeam__orders (order_id, tax) values ($key, $value)",
            key=key,
            value=value,
        )
    with place.opened(connection) as source:
        snapshot.take(connection, source, POLICY)
        connection.execute("create table work.ranked as select 1 as rank, order_id from work.seen")
        snapshot.copy(source, POLICY)
    found = connection.execute("select order_id, tax from staged.orders").fetchall()
    assert dict(found) == values


def test_other_types_are_cast_where_nothing_is_lost(shop, place):
    place.execute(
        "create type currencies as enum ('GBP', 'USD'); create domain label as varchar(40); "
        "alter table northbeam__orders alter column currency type currencies "
        "using currency::currencies, alter column customer_id type integer "
        "using right(customer_id, 1)::integer, alter column customer_name type label, "
        "alter column order_tags type integer[] using array[1, 2]"
    )
    assert shop.sync()["delivered"] == 20
    place.execute("alter type currencies rename value 'GBP' to 'EUR'")
    assert shop.plan()["changed"] == 20


def test_values_that_a_collation_holds_equal_are_not(connection, place):
    place.execute(
        "create collation blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
    )
    place.execute(
        "alter table northbeam__orders alter column customer_name type text collate blind"
    )
    place.execute("insert into northbeam__orders (order_id, customer_name) values ('a', 'One')")

    def print_of() -> int:
        connection.execute("drop table if exists work.seen")
        with place.opened(connection) as source:
            source.fingerprints(POLICY, "salt")
        return connection.execute("select row_hash from work.seen").fetchall()[0][0]

    before = print_of()
    place.execute("update northbeam__orders set customer_name = 'ONE'")
    assert print_of() != before


def test_numbers_and_times_far_apart_differ(connection, place):
    """PostgreSQL hashes 64 bits by folding them to 32."""
    place.execute("alter table northbeam__products alter column quantity type bigint")
    place.execute(
        "insert into northbeam__orders (order_id, time_of_purchase) values "
        "('a', to_timestamp(1)), ('b', to_timestamp(1) + interval '4294967296 microseconds')"
    )
    place.execute(
        "insert into northbeam__products (order_id, _position, quantity) values "
        "('a', 1, 1), ('b', 1, 4294967296)"
    )
    sql = place.rows("select hashint8extended(1, 0) = hashint8extended(4294967296, 0)")
    assert sql == [(True,)]
    with place.opened(connection) as source:
        source.fingerprints(POLICY, "salt")
    assert len(set(connection.execute("select row_hash from work.seen").fetchall())) == 2


@pytest.fixture
def writable(shop, place):
    """The same shop, whose user may make a schema and write it."""
    place.execute(
        f"drop schema if exists connector cascade; grant create on database postgres to {READER}"
    )
    yield shop
    place.execute(
        f"drop schema if exists connector cascade; revoke create on database postgres from {READER}"
    )


def test_results_are_exported_into_a_schema_of_the_database(writable, place):
    def exported() -> tuple[int, ...]:
        told = writable.run("export", "--to", "warehouse", "--output", "json")
        assert told.code == 0, told.err
        return tuple(told.json()[name] for name in ("runs", "batches", "orders"))

    writable.sync()
    assert exported() == (1, 1, 20)
    assert exported() == (0, 0, 0)
    place.execute("update northbeam__orders set tax = 3 where order_id < 'order-000002'")
    writable.sync()
    assert exported() == (1, 1, 2)
    rows = place.rows(
        "select status, count(*), sum(delivered_amount) from connector.orders group by 1"
    )
    assert rows == [("delivered", 20, 250)]
    assert place.rows("select count(*) from connector.runs") == [(2,)]
    place.execute(
        f"revoke create on database postgres from {READER}; drop schema connector cascade"
    )
    words = ("may not be written", "permission denied", "grant create on database postgres")
    writable.run("export", "--to", "warehouse").fails(2, *words)
