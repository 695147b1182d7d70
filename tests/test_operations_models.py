"""The models of deliveries: absent without an export, and their contents with one."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project import UNWRITTEN, run_dbt
from tests.shop import Shop

pytestmark = pytest.mark.untraced

UNDELIVERED = "valid_orders_are_delivered_in_time"
MODELS = [
    *("stg_connector__runs", "stg_connector__orders"),
    *("northbeam__delivery_lag", "northbeam__reconciliation"),
]


@pytest.fixture
def delivered(project: Path, sandbox) -> Shop:
    """The first days of the built sample, delivered except for one order with a negative total."""
    shop = Shop(project, sandbox)
    shop.sql("delete from main_marts.orders where ordered_at > timestamptz '2010-12-04'")
    for table in ("order_products", "order_refunds", "order_aliases"):
        kept = "select order_id from main_marts.orders"
        shop.sql(f"delete from main_marts.{table} where order_id not in ({kept})")
    shop.sql(
        "update main_marts.orders set total_amount = -5 "
        "where order_id = (select max(order_id) from main_marts.orders where total_amount > 0)"
    )
    shop.configure()
    assert shop.sync()["exit_code"] == 1
    return shop


def build(shop: Shop) -> dict:
    """Export, and build the models for a cadence of no time at all: whatever waits is late."""
    assert shop.run("export", "--to", "warehouse").code == 0
    ((environment,),) = shop.remembered("select any_value(environment) from ledger.runs")
    variables = {
        "connector_export": True,
        "connector_environment": environment,
        "connector_cadence_hours": 0,
    }
    arguments = ["--select", *MODELS, UNDELIVERED, "--vars", json.dumps(variables), UNWRITTEN]
    outcome = run_dbt(shop.directory, ["build", *arguments])
    return {result.node.name: result for result in outcome.result}


def test_without_an_export_nothing_of_it_is_built(built):
    manifest = json.loads((built.parent / "target" / "manifest.json").read_text())
    names = {node["name"] for node in manifest["nodes"].values()}
    assert names & {*MODELS, UNDELIVERED} == set()
    assert "connector" not in {each["source_name"] for each in manifest["sources"].values()}


def reconciled(shop: Shop) -> list[tuple]:
    """Currency, revenue delivered, difference to the view, orders delivered."""
    return shop.sql(
        "select currency, sum(revenue_delivered), sum(revenue_difference), sum(orders_delivered) "
        "from main_operations.northbeam__reconciliation group by currency order by currency"
    )


def invalid_revenue(shop: Shop) -> Decimal:
    delivered = "select order_id from connector.orders where status = 'delivered'"
    sql = "select sum(purchase_total) from northbeam__orders where order_id not in "
    return shop.sql(f"{sql} ({delivered})")[0][0]


def edit_one(shop: Shop) -> str:
    """Change an order that was delivered, and return its id."""
    sql = "select min(order_id) from connector.orders where status = 'delivered'"
    ((order_id,),) = shop.sql(sql)
    shop.sql(
        "update main_marts.orders set total_amount = total_amount + 1, changed_at = now() "
        f"where order_id = '{order_id}'"
    )
    return order_id


def test_the_models_tell_what_was_delivered_what_not_and_since_when(delivered):
    results = build(delivered)
    assert {result.status for result in results.values()} <= {"success", "pass"}
    assert set(results) >= {*MODELS, UNDELIVERED}
    held, rows = delivered.sandbox.counts(), reconciled(delivered)
    assert {row[0]: row[1] for row in rows} == {
        name: Decimal(total) for name, total in held["revenue"].items()
    }
    assert sum(row[3] for row in rows) == held["orders"]
    difference = invalid_revenue(delivered)  # which is not a failed delivery
    assert sum(row[2] for row in rows) == difference

    order_id = edit_one(delivered)
    late = build(delivered)[UNDELIVERED]
    assert (late.status, late.failures) == ("fail", 1)
    sql = "select order_id from main_operations.northbeam__delivery_lag where not is_current "
    assert delivered.sql(sql + "and status <> 'invalid'") == [(order_id,)]
    assert sum(row[2] for row in reconciled(delivered)) == difference + 1
