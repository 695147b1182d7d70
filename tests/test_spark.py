"""A warehouse in Spark: what arrives of it, what it keeps there, and what is told when it fails."""

import signal

import pytest

from connector.source import snapshot
from tests.relay import relay
from tests.shop import ORDERS, ended
from tests.spark_shop import spark_shop
from tests.spark_views import SparkWarehouse
from tests.test_conformance_source import POLICY, choose, connection

pytestmark = pytest.mark.untraced
__all__ = ["connection"]

SLOW = """
create or replace view {schema}.northbeam__products as
select * from {schema}.kept_products
where coalesce(java_method('java.lang.Thread', 'sleep', 1000L), '') <> 'never'
"""
DISCOUNT = "update northbeam__orders set purchase_total = 10.00 where order_id < $key"


@pytest.fixture
def place(spark_port, tmp_path):
    found = SparkWarehouse(spark_port, tmp_path)
    yield found
    found.close()


@pytest.fixture
def shop(tmp_path, sandbox, place):
    shop = spark_shop(tmp_path, sandbox, place)
    shop.orders(0, 40)
    return shop


def sent(shop) -> list[str]:
    shop.sandbox.reset()
    summary = shop.sync("--yes")
    assert summary["exit_code"] == 0, summary
    return sorted(shop.sandbox.writes())


def test_only_what_differs_arrives_once_the_state_is_there(shop, place, tell):
    shop.orders(40, 12_000)
    with relay(place.cluster.port) as between:
        given = place.settings(port=between.port)
        path = shop.directory / "connector.yml"
        path.write_text(path.read_text().replace(place.settings(), given))
        arrived = []
        for key in ("", "", "order-000005", "order-001005", "order-001005"):
            shop.sql(DISCOUNT, key=key)
            before = between.answered
            arrived.append((shop.plan()["changed"], between.answered - before))
            sent(shop)
    (_, _), (_, everything), (five, few), (thousand, more), (none, nothing) = arrived
    assert (five, thousand, none) == (5, 1_000, 0)
    tell(f"{few:,}, {more:,} and {nothing:,} bytes of answers: 5, 1,000 and 0 orders changed")
    assert few < 100_000
    assert nothing - few < 100_000  # 1,000 orders that differ from the state; no rows are needed
    assert nothing < everything / 4


def test_a_state_that_is_lost_is_made_anew(shop, place):
    assert len(sent(shop)) == 40
    assert sent(shop) == []
    (table,) = place.tables()
    place.admin.sql(f"drop table {place.schema}.{table}")
    assert sent(shop) == []
    assert place.tables() == [table]


def test_a_state_that_is_wrong_hides_no_change(shop, place):
    sent(shop)
    sent(shop)
    (table,) = place.tables()
    shop.sql(DISCOUNT, key="order-000003")
    place.publish()
    folder = shop.directory / "other"
    folder.mkdir()
    other = spark_shop(folder, shop.sandbox, place)
    sent(other)
    sent(other)
    (wrong,) = set(place.tables()) - {table}
    place.admin.sql(f"drop table {place.schema}.{table}")
    place.admin.sql(
        f"create table {place.schema}.{table} using parquet as select * from {place.schema}.{wrong}"
    )
    changed = [f"order-{number:06}" for number in range(3)]
    assert sent(shop) == changed
    place.admin.sql(f"drop table {place.schema}.{table}")
    place.admin.sql(f"create table {place.schema}.{table} (order_id string, fingerprint string)")
    assert sent(shop) == []


def test_a_schema_that_cannot_be_written_costs_only_the_state(shop, place):
    path = shop.directory / "connector.yml"
    given = place.settings(state_schema="nobody_has_made_it")
    path.write_text(path.read_text().replace(place.settings(), given))
    assert len(sent(shop)) == 40
    shop.sql(DISCOUNT, key="order-000002")
    assert sent(shop) == ["order-000000", "order-000001"]
    assert sent(shop) == []
    assert place.tables() == []


def test_an_order_that_changes_while_it_is_read_waits(connection, place):
    place.execute(ORDERS, first=0, last=40)
    with place.opened(connection) as source:
        salt = snapshot.take(connection, source, POLICY)
        choose(connection, "order_id < 'order-000004'")
        place.execute("update northbeam__products set price = 6 where order_id = 'order-000001'")
        place.execute("delete from northbeam__orders where order_id = 'order-000003'")
        place.publish()
        snapshot.copy(source, POLICY)
        source.leave_out_changed(POLICY, salt)
    waiting = connection.execute("from work.changed_while_read order by all").fetchall()
    assert waiting == [("order-000001",), ("order-000003",)]
    staged = connection.execute("select order_id from staged.products order by all").fetchall()
    assert staged == [("order-000000",), ("order-000002",)]


def test_a_cluster_that_is_not_there_is_named_without_the_token(shop, place, monkeypatch):
    monkeypatch.setenv("SPARK_TOKEN", "planted-token")
    path = shop.directory / "connector.yml"
    text = path.read_text()
    given = place.settings(port=1, token="${SPARK_TOKEN}", use_ssl=True)
    path.write_text(text.replace(place.settings(), given))
    shop.run("sync").fails(2, "sc://127.0.0.1:1", "cannot be connected to")
    path.write_text(text)
    assert len(sent(shop)) == 40


def test_a_cluster_that_goes_away_while_it_is_read_is_told(shop, place):
    slow(place)
    path = shop.directory / "connector.yml"
    text = path.read_text()
    with relay(place.cluster.port) as between:
        between.awaited = b"xxhash64"
        path.write_text(text.replace(place.settings(), place.settings(port=between.port)))
        process = shop.start("sync")
        between.wait_for("xxhash64")
        between.cut()
        told = ended(process)
    told.fails(2, "went away while it was read")
    path.write_text(text)
    nothing_is_lost(shop, place)


def test_a_signal_cancels_what_the_cluster_does(shop, place):
    slow(place)
    path = shop.directory / "connector.yml"
    text = path.read_text()
    with relay(place.cluster.port) as between:
        between.awaited = b"xxhash64"
        path.write_text(text.replace(place.settings(), place.settings(port=between.port)))
        process = shop.start("sync")
        between.wait_for("xxhash64")
        process.send_signal(signal.SIGTERM)
        told = ended(process, 60)
    told.fails(128 + signal.SIGTERM, "interrupted before anything was sent")
    path.write_text(text)
    nothing_is_lost(shop, place)


def test_a_view_with_an_error_is_named_and_its_values_are_not(shop, place):
    place.execute(
        "alter table northbeam__products rename to kept; create view northbeam__products as "
        "select order_id, _position, id, name, quantity, name::decimal(18, 2) as price from kept"
    )
    told = shop.run("sync")
    told.fails(2, "northbeam__products cannot be read (CAST_INVALID_INPUT)")
    assert "Harbor" not in told.out + told.err
    assert shop.sandbox.counts()["requests"] == 0


def test_commands_that_only_look_at_the_views_know_it(shop, place):
    sent(shop)
    told = shop.run("doctor").out
    assert f"sc://127.0.0.1:{place.cluster.port}, Spark 4." in told
    assert "northbeam__orders: 11 columns fit the contract" in told
    assert "the newest row of the views is of 2026-01-01T00:39:00Z" in told
    assert shop.run("verify").code == 0
    assert "Some One" in shop.run("show", "order-000003", "--output", "json").out
    shop.run("export", "--to", "warehouse").fails(2, "is Spark", "give a folder")


def slow(place) -> None:
    """Let a view take a second for each of its 40 rows."""
    place.execute("alter table northbeam__products rename to kept_products")
    place.publish()
    place.admin.sql(SLOW.format(schema=place.schema))


def nothing_is_lost(shop, place) -> None:
    """Nothing has been sent by then, and the next run sends everything."""
    assert shop.sandbox.counts()["requests"] == 0
    place.execute("alter table kept_products rename to northbeam__products")
    assert shop.sync()["delivered"] == 40
