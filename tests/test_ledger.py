"""What the ledger keeps, and what it lets go of."""

import duckdb

from connector.choice import Choice
from connector.plan import Planner
from connector.workspace import Options, opened
from tests.shop import Shop

ORDERS = 20
CHANGED = 5
KEPT = """
select
    (select count(*) from ledger.deliveries),
    (select count(*) from ledger.superseded),
    (select count(*) from ledger.amounts),
    (select count(*) from ledger.planned)
"""
CHANGE = "update northbeam__orders set tax = tax + 1 where order_id < 'order-000005'"


def age(shop: Shop, days: int) -> None:
    """Let all runs so far have been so many days earlier."""
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(f"update runs set recorded_at = recorded_at - to_days({days})")


def rendered(shop: Shop) -> int:
    """How many orders a plan renders."""
    with opened(Options(project_dir=shop.directory), [], read_only=True) as workspace:
        (job,) = workspace.jobs
        Planner(job.connection, job.contract, job.destination).plan(job.warehouse, Choice())
        return int(job.connection.execute("select count(*) from work.rendered").fetchone()[0])


def test_what_was_superseded_is_kept_for_ninety_days_and_its_amounts_with_it(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    age(shop, 88)
    shop.sql(CHANGE)
    shop.sync()
    both = ORDERS + CHANGED
    assert shop.remembered(KEPT) == [(both, CHANGED, both, 0)]
    age(shop, 3)
    assert shop.sync()["unchanged"] == ORDERS
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]
    assert shop.sync()["unchanged"] == ORDERS


def test_row_hashes_are_renewed_in_slices(shop, monkeypatch):
    """A new version of DuckDB renews all of them, which does not fit into memory at once."""
    shop.orders(0, ORDERS)
    shop.sync()
    monkeypatch.setattr("connector.ledger.REFRESHED", 7)
    monkeypatch.setattr("connector.snapshot.duckdb.__version__", "9.9.9")
    assert rendered(shop) == ORDERS
    assert shop.sync()["unchanged"] == ORDERS
    assert rendered(shop) == 0


def test_what_was_surely_not_sent_leaves_nothing(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    shop.sql(CHANGE)
    shop.sandbox.faults(["401"])
    assert shop.sync()["exit_code"] == 3
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]


def test_an_intent_that_a_later_run_settles_is_dropped(shop):
    shop.orders(0, ORDERS)
    shop.sandbox.faults(["reset-after"])
    shop.configure(attempts=1)
    assert shop.sync()["exit_code"] == 4
    assert shop.remembered(KEPT) == [(0, 0, ORDERS, ORDERS)]
    shop.sandbox.faults([])
    assert shop.sync()["in_doubt"] == ORDERS
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]


# The connector of version 1 wrote the scope beside every intent and amount.
AS_VERSION_1 = """
create temp table scopes as select distinct run_id, destination, environment from runs;
create temp table intents as from planned;
create temp table sums as from amounts;
drop view in_doubt;
drop table planned;
drop table amounts;
drop table watermarks;
create table planned as
select destination, environment, order_id, run_id, 0::uhugeint as payload_md5
from intents inner join scopes using (run_id);
create table amounts as
select destination, environment, order_id, run_id, amount
from sums inner join scopes using (run_id);
create view in_doubt as
from planned
where not exists (
    from deliveries
    where deliveries.destination = planned.destination
        and deliveries.environment = planned.environment
        and deliveries.order_id = planned.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= planned.run_id
);
update meta set version = 1;
"""


def test_a_ledger_of_version_1_keeps_its_doubts_and_its_amounts(shop):
    shop.orders(0, CHANGED)
    shop.sync()
    shop.orders(CHANGED, ORDERS)
    shop.configure(attempts=1)
    shop.sandbox.faults(["reset-after"])
    assert shop.sync()["exit_code"] == 4
    shop.sandbox.faults([])
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(AS_VERSION_1)
    doubts = ORDERS - CHANGED
    assert shop.run("status", "--output", "json").json()[0]["in_doubt"] == doubts
    assert shop.plan()["in_doubt"] == doubts
    summary = shop.sync()
    assert (summary["in_doubt"], summary["delivered"], summary["unchanged"]) == (doubts,) * 2 + (5,)
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]
    assert shop.sync()["requests"] == 0
