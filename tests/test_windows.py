"""A large first load goes window by window: with the same result, whatever happens in between."""

import time

import pytest

from connector.plan import windows
from connector.source.file.duckdb_file import DuckDBFile
from connector.source.source import Division
from tests.sandbox_process import sandbox as running_sandbox
from tests.shop import Shop, ended, make_shop
from tests.test_one_moment import ParquetShop

ORDERS = 5_500
LARGE, SIZE = 2_000, 1_500
BEFORE = f"""
from connector.source.file.duckdb_file import DuckDBFile
from connector.source.source import Division
DuckDBFile.division = Division({LARGE}, {SIZE})
"""
HELD = """
select order_id, row_hash, payload_md5, amount, outcome from ledger.current order by order_id
"""
REMEMBERED = (
    HELD,
    "select entity, column_name, orders from ledger.completeness order by all",
    "select order_id, column_name, print from ledger.samples order by all",
    "select order_id, rule from ledger.violations order by all",
)
SPOILED = """
update northbeam__orders set currency = null where order_id in ('order-000011', 'order-005011');
update northbeam__orders set customer_email = 'none' where order_id = 'order-003011';
"""
RENAMED = """
update northbeam__orders set customer_name = 'Two'
where order_id in ('order-000000', 'order-005000')
"""
REPEATED = """
insert into northbeam__products from northbeam__products where order_id = 'order-005499'
"""
MADE_OF_PARTS = {"batches", "requests", "bytes", "seconds"}  # of a window, at its end


@pytest.fixture
def small(monkeypatch) -> None:
    """Two thousand orders are a large load."""
    monkeypatch.setattr(DuckDBFile, "division", Division(LARGE, SIZE))


def meanwhile(monkeypatch, number: int, do) -> None:
    """Do something just before a window is read."""
    then, read = windows.Windows.next, []

    def watched(self):
        read.append(1)
        if len(read) == number:
            do()
        return then(self)

    monkeypatch.setattr(windows.Windows, "next", watched)


def anew(shop: Shop) -> None:
    """Let the destination and the ledger forget everything."""
    shop.sandbox.reset()
    for path in shop.ledger.parent.iterdir():
        path.unlink()


def remembered(shop: Shop) -> list:
    """What the ledger holds, whatever the numbers of its answers are."""
    return [shop.remembered(sql) for sql in REMEMBERED]


def test_what_is_sent_and_remembered_is_the_same_as_at_once(shop, request):
    shop.orders(0, ORDERS)
    shop.sql(SPOILED)
    whole = shop.run("sync", "--output", "json").summary()
    texts, held = sorted(shop.sandbox.texts()), remembered(shop)
    anew(shop)
    request.getfixturevalue("small")
    summary = shop.run("sync", "--output", "json").summary()
    assert (sorted(shop.sandbox.texts()), remembered(shop)) == (texts, held)
    assert {name for name in whole if whole[name] != summary[name]} <= MADE_OF_PARTS
    assert (summary["batches"], summary["invalid"], summary["exit_code"]) == (7, 2, 1)
    assert [each["orders"] for each in summary["left_behind"]] == [2]
    assert shop.sync()["requests"] == 0
    assert not list(shop.ledger.parent.glob("spill-*"))


def test_a_load_that_is_killed_between_its_windows_goes_on(tmp_path):
    with running_sandbox("--latency", "150ms") as slow:
        (shop,) = make_shop(tmp_path, slow)
        shop.orders(0, ORDERS)
        shop.configure(read_timeout=1, concurrency=1)
        process = shop.start("-q", "sync", before=BEFORE)
        while len(slow.orders()) < SIZE + 1_000:  # the second window is under way
            time.sleep(0.02)
        process.kill()
        process.communicate()
        held = len(slow.orders())
        summary = ended(shop.start("sync", "--output", "json", before=BEFORE)).summary()
        assert summary["delivered"] == summary["planned"] >= ORDERS - held
        assert SIZE <= summary["unchanged"] <= held
        assert len(slow.orders()) == ORDERS
        assert shop.sync()["requests"] == 0


@pytest.mark.usefixtures("small")
def test_what_changes_before_its_window_is_read_waits_for_the_next_run(
    tmp_path, sandbox, monkeypatch
):
    """The first order had its window already; the last one differs from its fingerprint."""
    (shop,) = make_shop(tmp_path, sandbox, ParquetShop)
    shop.orders(0, ORDERS)
    shop.save("one")
    shop.sql(RENAMED)
    shop.orders(ORDERS, ORDERS + 1)
    shop.save("two")
    shop.place("one")
    shop.view()
    meanwhile(monkeypatch, 3, lambda: shop.place("two"))
    summary = shop.run("sync", "--output", "json").summary()
    counts = ("orders", "delivered", "changed_while_read", "pending", "exit_code")
    assert [summary[name] for name in counts] == [ORDERS, ORDERS - 1, 1, 1, 1]
    assert summary["examples"]["changed_while_read"] == ["order-005000"]
    assert len(shop.sandbox.orders()) == ORDERS - 1
    summary = shop.sync("--yes")
    assert [summary[name] for name in ("added", "changed", "delivered")] == [2, 1, 3]
    assert {
        each["order_id"] for each in shop.sandbox.orders() if "Two" in each["customer_name"]
    } == {
        "order-000000",
        "order-005000",
    }


@pytest.mark.usefixtures("small")
def test_a_fault_anywhere_in_the_lists_stops_a_load_before_anything_is_sent(shop):
    shop.orders(0, ORDERS)
    shop.sql(REPEATED)
    shop.run("sync").fails(2, "northbeam__products._position is repeated", "order-005499")
    assert shop.sandbox.orders() == []


@pytest.mark.usefixtures("small")
def test_guards_judge_all_that_is_known_before_the_first_window(shop):
    shop.orders(0, 200)
    assert shop.sync()["delivered"] == 200
    shop.orders(200, ORDERS)
    shop.sql("update northbeam__orders set tax = tax + 1 where order_id < 'order-000150'")
    shop.sandbox.reset()
    shop.run("sync").fails(6, "150 of 200 delivered orders")
    assert shop.sandbox.orders() == []
    summary = shop.sync("--yes")
    assert [summary[name] for name in ("added", "changed")] == [ORDERS - 200, 150]
    assert summary["delivered"] == len(shop.sandbox.orders()) == ORDERS - 50


@pytest.mark.usefixtures("small")
def test_views_that_cannot_be_read_any_more_end_a_load_after_what_was_sent(shop, monkeypatch):
    shop.orders(0, ORDERS)
    lost = shop.warehouse.with_suffix(".lost")
    meanwhile(monkeypatch, 2, lambda: shop.warehouse.rename(lost))
    summary = shop.run("sync", "--output", "json").summary()
    assert [summary[name] for name in ("delivered", "pending")] == [2 * SIZE, ORDERS - 2 * SIZE]
    assert (summary["exit_code"], len(shop.sandbox.orders())) == (2, 2 * SIZE)
    assert "does not exist" in summary["error"]
    lost.rename(shop.warehouse)
    assert shop.sync()["delivered"] == ORDERS - 2 * SIZE
