"""A large first load from Spark goes window by window, each read in a moment of its own."""

import pytest

from connector.source.source import Division
from connector.source.spark import reads
from connector.source.spark.views import SparkViews
from tests.relay import relay
from tests.spark_shop import spark_shop
from tests.test_spark import place
from tests.test_windows import (
    LARGE,
    ORDERS,
    RENAMED,
    SIZE,
    meanwhile,
    test_a_fault_anywhere_in_the_lists_stops_a_load_before_anything_is_sent,
    test_what_is_sent_and_remembered_is_the_same_as_at_once,
)

pytestmark = pytest.mark.untraced
__all__ = [
    "place",
    "test_a_fault_anywhere_in_the_lists_stops_a_load_before_anything_is_sent",
    "test_what_is_sent_and_remembered_is_the_same_as_at_once",
]


@pytest.fixture
def shop(tmp_path, sandbox, place):
    return spark_shop(tmp_path, sandbox, place)


@pytest.fixture
def small(monkeypatch) -> None:
    """Two thousand orders are a large load, and several tasks return the rows of a window."""
    monkeypatch.setattr(SparkViews, "division", Division(LARGE, SIZE))
    monkeypatch.setattr(reads, "PART", SIZE // 3)


@pytest.mark.usefixtures("small")
def test_what_changes_before_its_window_is_read_waits_for_the_next_run(shop, place, monkeypatch):
    """The first order had its window already; the last one differs from its fingerprint."""

    def change() -> None:
        shop.sql(RENAMED)
        shop.orders(ORDERS, ORDERS + 1)
        place.publish()

    shop.orders(0, ORDERS)
    meanwhile(monkeypatch, 3, change)
    summary = shop.run("sync", "--output", "json").summary()
    counts = ("orders", "delivered", "changed_while_read", "pending", "exit_code")
    assert [summary[name] for name in counts] == [ORDERS, ORDERS - 1, 1, 1, 1]
    assert summary["examples"]["changed_while_read"] == ["order-005000"]
    summary = shop.sync("--yes")
    assert [summary[name] for name in ("added", "changed", "delivered")] == [2, 1, 3]
    renamed = [each for each in shop.sandbox.orders() if "Two" in each["customer_name"]]
    assert len(renamed) == 2


@pytest.mark.usefixtures("small")
def test_a_cluster_that_goes_away_ends_a_load_after_what_was_sent(shop, place, monkeypatch):
    shop.orders(0, ORDERS)
    path = shop.directory / "connector.yml"
    text = path.read_text()
    with relay(place.cluster.port) as between:
        path.write_text(text.replace(place.settings(), place.settings(port=between.port)))
        meanwhile(monkeypatch, 2, between.cut)
        summary = shop.run("sync", "--output", "json").summary()
    assert [summary[name] for name in ("delivered", "pending")] == [SIZE, ORDERS - SIZE]
    assert (summary["exit_code"], len(shop.sandbox.orders())) == (2, SIZE)
    assert "went away while it was read" in summary["error"]
    path.write_text(text)
    assert shop.sync()["delivered"] == ORDERS - SIZE
