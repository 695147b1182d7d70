"""`connector init` in a dbt project on Spark: the models that it writes build there."""

import pytest

from tests.mapped_project import build_on_server, mapped_and_valid
from tests.shop import Shop
from tests.spark_warehouse import session

pytestmark = pytest.mark.untraced

MODELS = {
    "orders": """
select
    id as Order_Id,
    '6f1ed002-ab5d-4d23-8f3c-1e2f5a3b4c5d' as customer_key,
    timestamp_ntz '2026-07-01 20:00:00' as ordered_at,
    1250 as order_total_cents,
    '$2.00' as tax_paid,
    '["web", "vip"]' as tags,
    'someone@mail.example' as customer_email,
    cast(0.50 as decimal(10, 2)) as shipping_cost
from range(1, 4)
""",
    "order_items": """
select id as order_id, 10 + id as order_item_id, 'tea' as product_id, 'Tea' as product_name,
    cast(1 as double) as quantity, cast(10 as double) as unit_price
from range(1, 4)
""",
}


@pytest.fixture
def own(tmp_path, sandbox, spark_ports):
    """A project that dbt has built in a schema of its own."""
    pytest.importorskip("dbt.adapters.spark", reason="the extra dbt-spark is not installed")
    output = {"type": "spark", "method": "thrift", "host": "127.0.0.1", "schema": "init"}
    output |= {"port": spark_ports.thrift, "connect_port": spark_ports.connect, "threads": 1}
    build_on_server(tmp_path, output, MODELS)
    yield Shop(tmp_path, sandbox)
    with session(spark_ports) as opened:
        opened.sql("drop database init cascade")


def test_what_is_mapped_builds_on_spark_with_its_tests_and_is_valid(own, monkeypatch):
    mapped_and_valid(own, monkeypatch)
