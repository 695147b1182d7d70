"""`connector init` in a dbt project on PostgreSQL: the models that it writes build there."""

import pytest

from tests.mapped_project import build_on_server, mapped_and_valid
from tests.postgres_views import PostgresWarehouse
from tests.shop import Shop

pytestmark = [pytest.mark.untraced, pytest.mark.usefixtures("warehouses")]

MODELS = {
    "orders": """
select
    i::bigint as "Order_Id",
    uuid '6f1ed002-ab5d-4d23-8f3c-1e2f5a3b4c5d' as customer_key,
    timestamp '2026-07-01 20:00:00' as ordered_at,
    1250 as order_total_cents,
    '$2.00' as tax_paid,
    '["web", "vip"]'::jsonb as tags,
    'someone@mail.example' as customer_email,
    '0.50'::numeric as shipping_cost
from generate_series(1, 3) as numbers (i)
""",
    "order_items": """
select i::bigint as order_id, 10 + i as order_item_id, 'tea' as product_id, 'Tea' as product_name,
    1.0::double precision as quantity, 10.00::double precision as unit_price
from generate_series(1, 3) as numbers (i)
""",
}


@pytest.fixture
def own(tmp_path, sandbox, postgres_url):
    """A project that dbt has built in a schema of its own."""
    place = PostgresWarehouse(postgres_url)
    for name in ("orders", "products", "refunds"):
        place.execute(f"drop table northbeam__{name}")
    output = {"type": "postgres", "host": "127.0.0.1", "port": place.server.port, "threads": 1}
    output |= {"user": "tester", "password": "x", "dbname": "postgres", "schema": place.schema}
    build_on_server(tmp_path, output, MODELS)
    yield Shop(tmp_path, sandbox)
    place.close()


def test_what_is_mapped_builds_with_its_tests_and_is_valid(own, monkeypatch):
    mapped_and_valid(own, monkeypatch)
