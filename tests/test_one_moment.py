"""Views replaced while they are read: what is sent is what was fingerprinted (P17)."""

import json
import shutil

import pytest

from connector.plan.extract import Extract
from connector.source import snapshot
from tests.shop import Shop, make_shop

ENTITIES = ("orders", "products", "refunds")
FIRST = "where order_id = 'order-000000'"
LINES = "update northbeam__products set name = $text || order_id "
RENAME = "update northbeam__orders set customer_name = $text "
STAMPS = """
alter table northbeam__orders add column _changed_at timestamptz default '2026-03-01 00:00:00Z'
"""
STAMP = "update northbeam__orders set _changed_at = _changed_at + interval 1 day "


class ParquetShop(Shop):
    """Its views read Parquet files, of which another version can be swapped in at any time."""

    def save(self, version: str) -> None:
        """Save the current tables under a name."""
        folder = self.directory / version
        folder.mkdir()
        for name in ENTITIES:
            self.sql(f"copy northbeam__{name} to '{folder}/{name}.parquet'")

    def place(self, version: str) -> None:
        """Replace the files behind the views, as a build elsewhere does."""
        link = self.directory / "next"
        link.symlink_to(self.directory / version)
        link.rename(self.directory / "now")

    def view(self) -> None:
        """Put views in front of the files, in place of the tables."""
        for name in ENTITIES:
            self.sql(
                f"drop table northbeam__{name}; create view northbeam__{name} as "
                f"from read_parquet('{self.directory}/now/{name}.parquet')"
            )

    def meanwhile(self, monkeypatch, version: str, module=snapshot, name: str = "copy") -> None:
        """Replace the files once, just before a run does the named thing."""
        then, places = getattr(module, name), [version]

        def replaced(*given):
            if places:
                self.place(places.pop())
            return then(*given)

        monkeypatch.setattr(module, name, replaced)

    def names(self) -> dict[str, str]:
        """What the destination has: the names of customer and product by order."""
        return {
            each["order_id"]: f"{each['customer_name']}, {each['products'][0]['name']}"
            for each in self.sandbox.orders()
        }


@pytest.fixture(scope="module")
def made(tmp_path_factory, sandbox_process) -> ParquetShop:
    """Six orders in four versions."""
    shop = next(make_shop(tmp_path_factory.mktemp("shop"), sandbox_process, ParquetShop))
    shop.orders(0, 6)
    shop.sql(STAMPS)
    shop.save("one")
    shop.sql(f"{RENAME} {FIRST}; {STAMP} {FIRST}", text="Two")
    shop.save("two")
    shop.sql(f"{LINES} {FIRST}; {STAMP} {FIRST}", text="Three ")
    shop.save("three")
    shop.sql("delete from northbeam__products; delete from northbeam__orders")
    shop.save("none")
    shop.place("one")
    shop.view()
    return shop


@pytest.fixture
def shop(made, sandbox) -> ParquetShop:
    """That shop without a ledger; the first version is in place."""
    shutil.rmtree(made.directory / ".connector", ignore_errors=True)
    made.configure(url=f"{sandbox.url}/v2/orders", attempts=3)
    made.place("one")
    return made


def test_what_changed_while_it_was_read_waits_for_the_next_run(shop, monkeypatch):
    """The third version must not count as the second, to which the view may return."""
    shop.sync()
    shop.place("two")
    shop.meanwhile(monkeypatch, "three")
    result = shop.run("sync", "--output", "json")
    summary = result.summary()
    counts = ("delivered", "changed_while_read", "changed", "pending", "exit_code")
    assert [summary[name] for name in counts] == [0, 1, 1, 1, 1]
    assert summary["examples"]["changed_while_read"] == ["order-000000"]
    assert "1 order changed while the views were read" in json.dumps(summary["alerts"])
    assert shop.names()["order-000000"] == "Some One, Harbor Tea"
    shop.place("two")
    assert shop.sync()["delivered"] == 1
    assert shop.names()["order-000000"] == "Two, Harbor Tea"
    assert shop.sync()["requests"] == 0


def test_a_version_that_is_gone_again_is_not_remembered_as_delivered(shop, monkeypatch):
    """The copied rows are as delivered, the fingerprinted ones are not."""
    shop.sync()
    shop.place("two")
    shop.meanwhile(monkeypatch, "one")
    assert shop.sync()["changed_while_read"] == 1
    shop.place("two")
    assert shop.sync()["delivered"] == 1
    assert shop.names()["order-000000"] == "Two, Harbor Tea"


def test_every_command_that_sends_leaves_it_behind_and_says_so(shop, monkeypatch):
    one = ("--order-id", "order-000000")
    shop.sandbox.poison(named="order-000000")
    assert shop.sync()["refused"] == 1
    shop.sandbox.poison()
    for command in (
        ("sync",),
        ("sync", *one),
        ("sync", "--limit", "1"),
        ("sync", "--full"),
        ("retry", "northbeam", "--all"),
        ("retry", "northbeam", *one),
        ("plan",),
        ("backfill", "northbeam"),
    ):
        shop.place("two")
        shop.meanwhile(monkeypatch, "three")
        result = shop.run(*command)
        assert result.code == 1, (command, result)
        told = result.out + result.err
        assert "changed while read" in told or "changed_while_read" in told, (command, result)
        assert "order-000000" not in shop.names(), command
    assert shop.run("retry", "northbeam", "--all").code == 0
    assert shop.names()["order-000000"] == "Two, Three order-000000"


def test_orders_that_are_gone_before_they_were_copied_wait_too(shop, monkeypatch):
    shop.meanwhile(monkeypatch, "none")
    summary = shop.sync()
    assert (summary["changed_while_read"], summary["delivered"]) == (6, 0)


def test_a_watermark_notices_that_the_views_were_replaced_between_two_of_them(shop, monkeypatch):
    """Its rows of orders and of products must be of the same moment."""

    shop.configure(watermark=True)
    assert shop.sync()["scan"] == "full"
    shop.place("two")
    shop.meanwhile(monkeypatch, "three", Extract, "children")
    summary = shop.sync()
    assert (summary["scan"], summary["changed_while_read"]) == ("watermark", 1)
    shop.place("two")
    assert shop.sync()["delivered"] == 1
    assert shop.names()["order-000000"] == "Two, Harbor Tea"
    assert shop.sync()["requests"] == 0
