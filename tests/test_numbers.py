"""For any mix of orders and any limits, the numbers add up and the plan comes true."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector.reporting.monitoring.run_report import OUTCOMES
from tests.shop import Shop, make_shop

pytestmark = pytest.mark.untraced

KINDS = [
    "same",
    "edited",
    "new",
    "invalid",
    "repaired",
    "removed",
    "left refused",
    "refused edited",
    "cancelled",
    "draft",
]
SENT = ["edited", "new", "repaired", "refused edited", "refused now"]
FEW = 4  # five refusals with one message and no delivery are a fault of the whole destination
SOME = ["same", *KINDS, *KINDS, "refused now", "new"]
OPTIONS = [
    [],
    ["--limit", "3"],
    ["--order-id", "order-000002", "--order-id", "order-000000", "--order-id", "order-000011"],
    ["--order-id", "order-000010", "--order-id", "order-000011", "--limit", "1"],
    ["--full", "--limit", "2"],
    ["--full", "--order-id", "order-000000"],
]
RARE = [["--limit", "1"], ["--limit", "1000"], ["--order-id", "order-000001"], ["--full"]]
LATER = """
alter table northbeam__orders add column _lifecycle varchar;
update northbeam__orders set _lifecycle = 'draft' where list_contains($drafts, order_id);
create table later as from northbeam__orders where list_contains($ids, order_id);
create table lines as from northbeam__products where list_contains($ids, order_id);
delete from northbeam__orders where list_contains($ids, order_id);
delete from northbeam__products where list_contains($ids, order_id);
update northbeam__orders set currency = 'XXX' where list_contains($broken, order_id);
"""
NOW = """
update northbeam__orders set _lifecycle = 'cancelled' where list_contains($cancelled, order_id);
insert into northbeam__orders from later;
insert into northbeam__products from lines;
update northbeam__orders set currency = 'GBP' where list_contains($repaired, order_id);
update northbeam__orders set tax = 1 where list_contains($edited, order_id);
update northbeam__orders set shipping_cost = -1 where list_contains($invalid, order_id);
delete from northbeam__orders where list_contains($removed, order_id);
delete from northbeam__products where list_contains($removed, order_id);
"""
MIXED = [
    *("same", "invalid", "edited", "removed", "left refused", "new", "repaired", "same"),
    *("refused edited", "refused now", "edited", "new", "cancelled", "draft", "cancelled"),
]
ONCE = {
    "deadline": None,
    "max_examples": 3,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}


def keys(kinds: list[str], *wanted: str) -> list[str]:
    """Return the ids of the orders of some kinds; an order's kind is that at its number."""
    return [f"order-{number:06}" for number, kind in enumerate(kinds) if kind in wanted]


def poison(shop: Shop, ids: list[str]) -> None:
    shop.sandbox.poison(**({"named": f"^({'|'.join(ids)})$"} if ids else {}))


def prepare(shop: Shop, kinds: list[str]) -> None:
    """Bring every order into the state that its kind names, except those to be refused now."""
    shop.orders(0, len(kinds))
    late = keys(kinds, "new", "refused now")
    shop.sql(LATER, ids=late, broken=keys(kinds, "repaired"), drafts=keys(kinds, "draft"))
    poison(shop, keys(kinds, "left refused", "refused edited"))
    assert shop.sync()["refused"] == len(keys(kinds, "left refused", "refused edited"))
    shop.sql(
        NOW,
        repaired=keys(kinds, "repaired"),
        edited=keys(kinds, "edited", "refused edited"),
        invalid=keys(kinds, "invalid"),
        removed=keys(kinds, "removed"),
        cancelled=keys(kinds, "cancelled"),
    )
    poison(shop, [])


def expected(kinds: list[str], arguments: list[str]) -> dict[str, int]:
    """Return the counts that a run with these arguments must report."""
    pairs = list(zip(arguments[::2], arguments[1::2], strict=False))
    full = "--full" in arguments
    if full:
        pairs = list(zip(arguments[1::2], arguments[2::2], strict=False))
    to_send = keys(kinds, *SENT, "cancelled", *(["same"] if full else []))
    named = [value for option, value in pairs if option == "--order-id"]
    chosen = [key for key in to_send if not named or key in named]
    chosen = chosen[: int(dict(pairs).get("--limit", len(kinds)))]
    refused = [key for key in chosen if key in keys(kinds, "refused now")]
    taken_back = [key for key in chosen if key in keys(kinds, "cancelled")]
    unchanged = [key for key in keys(kinds, "same") if key not in chosen]
    return {
        "orders": len(kinds) - len(keys(kinds, "removed")),
        "unchanged": len(unchanged),
        "invalid": len(keys(kinds, "invalid")),
        "refused_before": len(keys(kinds, "left refused")),
        "removed": len(keys(kinds, "removed")),
        "planned": len(chosen),
        "delivered": len(chosen) - len(refused) - len(taken_back),
        "taken_back": len(taken_back),
        "not_sent": len(keys(kinds, "draft")),
        "refused": len(refused),
        "pending": len([key for key in to_send if key not in chosen + unchanged]),
    }


def of(summary: dict, names: list[str] | dict) -> dict:
    return {name: summary[name] for name in names}


def check(shop: Shop, kinds: list[str], arguments: list[str]) -> None:
    """Plan and sync, and compare both with what is expected and with each other."""
    poison(shop, keys(kinds, "refused now"))
    counts = expected(kinds, arguments)
    plan = shop.plan(*arguments)
    still = [
        "added",
        "changed",
        "in_doubt",
        "batches",
        "planned",
        "invalid",
        "unchanged",
        "removed",
        "not_sent",
        "taken_back",
    ]
    before = shop.sandbox.counts()
    summary = shop.sync(*arguments)
    after = shop.sandbox.counts()
    assert of(summary, counts) == counts
    assert of(plan, still) == of(summary, still)
    assert plan["pending"] == summary["pending"] + summary["delivered"] + summary["refused"]
    wire = {name: after[name] - before[name] for name in ("requests", "bytes")}
    assert wire == of(summary, ["requests", "bytes"])
    if not summary["refused"]:
        assert wire == of(plan, ["requests", "bytes"])
    check_history(shop, summary)


def check_history(shop: Shop, summary: dict) -> None:
    """Compare the reports about the last run, and about all orders, with its summary."""
    names = ["orders", *OUTCOMES]
    (run,) = shop.run("runs", "--limit", "1", "--output", "json").json()
    (status,) = shop.run("status", "--output", "json").json()
    assert of(run, names) == of(summary, names) == of(status["last_run"], names)
    assert of(status, ["not_sent", "pending"]) == of(summary, ["not_sent", "pending"])
    assert status["taken_back"] == summary["taken_back"]  # by the first run that takes back


def few_refused(kinds: list[str]) -> bool:
    counts = Counter(kinds)
    return counts["left refused"] + counts["refused edited"] <= FEW and counts["refused now"] <= FEW


@pytest.fixture(scope="module")
def mixed_before(tmp_path_factory, sandbox_process):
    """The directory of a shop with an order of every kind, to be copied."""
    shop = next(make_shop(tmp_path_factory.mktemp("mixed"), sandbox_process))
    prepare(shop, MIXED)
    return shop.directory


@pytest.mark.parametrize("arguments", OPTIONS, ids=" ".join)
def test_the_numbers_of_a_mixed_shop_add_up(mixed_before, tmp_path, sandbox, arguments):
    shop = Shop(shutil.copytree(mixed_before, tmp_path / "shop"), sandbox)
    check(shop, MIXED, arguments)


@given(
    kinds=st.lists(st.sampled_from(SOME), max_size=14).filter(few_refused),
    options=st.sampled_from([*OPTIONS, *RARE]),
)
@example(kinds=[], options=[])
@settings(**ONCE)
def test_the_numbers_of_any_shop_add_up(sandbox, kinds, options):
    sandbox.reset()
    sandbox.poison()
    if "--order-id" in options:
        options = []
    with tempfile.TemporaryDirectory() as directory:
        shop = next(make_shop(Path(directory), sandbox))
        prepare(shop, ["same", *kinds, "new"])
        check(shop, ["same", *kinds, "new"], options)


def test_large_plans_are_what_happens(shop):
    """Several batches, some of them filled by bytes and not by the number of orders."""
    shop.orders(0, 2300)
    shop.sql(
        "update northbeam__orders set order_tags = list_transform(range(99), "
        "lambda i: repeat('x', 240) || i) where order_id < 'order-000400'"
    )
    plan, summary = shop.plan(), shop.sync()
    names = ["batches", "requests", "bytes", "planned"]
    assert of(plan, names) == of(summary, names)
    assert summary["delivered"] == 2300
    assert shop.sandbox.counts()["bytes"] == summary["bytes"]
    assert plan["requests"] > 3


def test_a_run_that_finds_the_destination_down_adds_up(shop):
    shop.orders(0, 2500)
    shop.configure(attempts=1, concurrency=1)
    shop.sandbox.faults(["503"])
    summary = shop.sync()
    assert (summary["exit_code"], summary["pending"], summary["delivered"]) == (4, 2500, 0)
    shop.sandbox.faults([])
    again = shop.sync()
    assert (again["delivered"], again["exit_code"]) == (2500, 0)


def test_a_destination_that_refuses_everything_adds_up(shop):
    shop.orders(0, 50)
    shop.sandbox.poison(everything="the shop is unknown")
    summary = shop.sync()
    assert (summary["exit_code"], summary["pending"], summary["refused"]) == (2, 50, 0)
    shop.sandbox.poison()
    assert shop.sync()["delivered"] == 50
