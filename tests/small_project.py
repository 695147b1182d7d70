"""A dbt project of a few models, which dbt reads and builds in a second."""

from pathlib import Path

from tests.sandbox_process import Sandbox
from tests.shop import CONFIG, Shop

FILES = {
    "dbt_project.yml": """
name: small
version: "1.0.0"
config-version: 2
profile: small
flags: {send_anonymous_usage_stats: false, version_check: false}
""",
    "profiles.yml": """
small:
  target: dev
  outputs:
    dev: {type: duckdb, path: oms.duckdb, schema: main, threads: 1, settings: {TimeZone: UTC}}
""",
    "models/orders.sql": """
select 'order-' || i as order_id, 'customer-' || i as customer_id, 10.50::decimal(18, 2) as total
from range(5) as numbers (i)
""",
    "models/northbeam__orders.sql": """
select
    order_id,
    customer_id,
    timestamptz '2026-01-01 00:00:00+00' as time_of_purchase,
    'GBP' as currency,
    total as purchase_total,
    0.00::decimal(18, 2) as tax,
    0.50::decimal(18, 2) as shipping_cost
from {{ ref("orders") }}
""",
    "models/northbeam__products.sql": """
select
    order_id,
    1 as _position,
    'tea' as id,
    'Tea' as name,
    1 as quantity,
    10.00::decimal(18, 2) as price
from {{ ref("orders") }}
""",
    "models/models.yml": """
models:
  - name: orders
    columns:
      - {name: order_id, data_tests: [unique]}
""",
}


def small_project(directory: Path, sandbox: Sandbox) -> Shop:
    """Write the project, not built yet, with a connector.yml that points to a sandbox."""
    for name, text in FILES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
    path = directory / "profiles.yml"
    path.write_text(path.read_text().replace("oms.duckdb", str(directory / "oms.duckdb")))
    shop = Shop(directory, sandbox)
    config = CONFIG.replace("warehouse: {{path: oms.duckdb}}\n", "")
    url = f"{sandbox.url}/v2/orders"
    shop.write(config.format(environment="local", url=url, options=""))
    return shop
