"""`connector export`: runs, batches and orders as Parquet files and as tables of the warehouse."""

import duckdb
import pytest

from tests.shop import Shop

ORDERS = "select order_id, status from {} order by order_id"


@pytest.fixture
def delivered(shop):
    """Five orders: three delivered, one invalid, one refused."""
    shop.orders(0, 5)
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000001'")
    shop.sandbox.poison(named="order-000002")
    assert shop.sync()["delivered"] == 3
    shop.sandbox.poison()
    return shop


def export(shop: Shop, to: str = "warehouse") -> dict:
    result = shop.run("export", "--to", to, "--output", "json")
    assert result.code == 0, result.err
    return result.json()


def counts(exported: dict) -> tuple[int, int, int]:
    return exported["runs"], exported["batches"], exported["orders"]


def read(sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


STATUSES = [
    ("order-000000", "delivered"),
    ("order-000001", "invalid"),
    ("order-000002", "refused"),
    ("order-000003", "delivered"),
    ("order-000004", "delivered"),
]


def test_the_warehouse_gets_tables_to_which_later_exports_add(delivered):
    assert counts(export(delivered)) == (1, 1, 5)
    assert delivered.sql(ORDERS.format("connector.orders")) == STATUSES
    assert counts(export(delivered)) == (0, 0, 0)
    delivered.sql("alter table northbeam__orders add column _lifecycle varchar")
    delivered.sql(
        "update northbeam__orders set currency = 'GBP' where order_id = 'order-000001'; "
        "update northbeam__orders set _lifecycle = 'cancelled' where order_id = 'order-000000'; "
        "alter table connector.runs drop column taken_back"  # as an earlier version had it
    )
    delivered.sync()
    assert counts(export(delivered)) == (1, 1, 2)
    sql = "select delivered, taken_back, not_sent from connector.runs order by run_id"
    assert delivered.sql(sql) == [(3, None, 0), (1, 1, 0)]
    assert delivered.sql("select run_id, is_success from connector.runs order by run_id") == [
        (1, True),
        (2, True),
    ]
    assert ("order-000001", "delivered") in delivered.sql(ORDERS.format("connector.orders"))
    assert delivered.sql("select count(*) from connector.orders") == [(5,)]


def test_a_directory_gets_parquet_files_for_their_owner_alone(delivered, tmp_path):
    directory = tmp_path / "exports"
    assert counts(export(delivered, str(directory))) == (1, 1, 5)
    assert counts(export(delivered, str(directory))) == (0, 0, 0)
    (file,) = directory.glob("runs/*.parquet")
    read(f"copy (select * exclude (taken_back) from '{file}') to '{file}'")  # of an earlier version
    file.chmod(0o600)
    delivered.sync("--full")
    assert counts(export(delivered, str(directory))) == (1, 1, 4)  # the invalid one was judged anew
    runs = read(f"select run_id from '{directory}/runs/*.parquet' order by run_id")
    assert runs == [(1,), (2,)]
    assert read(f"select run_id, delivered from '{directory}/batches/*.parquet' order by 1") == [
        (1, 3),
        (2, 3),
    ]
    assert read(ORDERS.format(f"'{directory}/orders.parquet'")) == STATUSES
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert len(files) == 6
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert directory.stat().st_mode & 0o777 == 0o700


def test_an_order_without_trace_in_the_ledger_leaves_the_export(delivered):
    export(delivered)
    delivered.sql("delete from northbeam__orders where order_id = 'order-000001'")
    delivered.sql("delete from northbeam__products where order_id = 'order-000001'")
    delivered.sync()
    export(delivered)
    orders = delivered.sql(ORDERS.format("connector.orders"))
    assert orders == [each for each in STATUSES if each[1] != "invalid"]


def test_an_order_gone_from_the_view_stays_as_it_was_delivered(delivered):
    for table in ("orders", "products"):
        delivered.sql(f"delete from northbeam__{table} where order_id = 'order-000003'")
    delivered.sync()
    export(delivered)
    sql = "select order_id, status from connector.orders where is_gone_from_view"
    assert delivered.sql(sql) == [("order-000003", "delivered")]


def test_an_order_that_was_taken_back_is_told_so(delivered):
    delivered.configure(on_removed="cancel")
    delivered.sync("--full")  # so that it is known what was sent of each order
    for table in ("orders", "products"):
        delivered.sql(f"delete from northbeam__{table} where order_id = 'order-000003'")
    delivered.sync()
    export(delivered)
    sql = "select order_id, delivered_at from connector.orders where status = 'taken_back'"
    assert delivered.sql(sql) == [("order-000003", None)]
    status = delivered.run("status", "--output", "json").json()[0]
    assert (status["delivered"], status["taken_back"]) == (2, 1)


def test_what_cannot_be_written_is_named(delivered, tmp_path):
    (tmp_path / "file").write_text("")
    delivered.run("export", "--to", str(tmp_path / "file")).fails(2, "file cannot be written")
    delivered.run("export").fails(2, "--to")


def test_before_the_first_run_there_is_nothing_to_export(shop):
    assert counts(export(shop)) == (0, 0, 0)
    assert shop.sql("select count(*) from connector.orders") == [(0,)]
