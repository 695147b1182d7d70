"""A small shop for the month: raw orders, a dbt project over them, and two destinations."""

from pathlib import Path

import duckdb

SIZE = 300  # orders
RAW = """
create schema raw;
create table raw.orders (
    number integer, customer varchar, placed_at timestamptz,
    total decimal(18, 2), changed_at timestamptz
);
"""
FILES = {
    "dbt_project.yml": """
name: month
version: "1.0.0"
config-version: 2
profile: month
flags: {send_anonymous_usage_stats: false, version_check: false}
""",
    "profiles.yml": """
month:
  target: dev
  outputs:
    dev: {type: duckdb, path: PLACE/oms.duckdb, schema: main, threads: 1, settings: {TimeZone: UTC}}
""",
    "models/northbeam__orders.sql": """
select
    'order-' || number as order_id,
    customer as customer_id,
    placed_at as time_of_purchase,
    'EUR' as currency,
    total as purchase_total,
    0.00::decimal(18, 2) as tax,
    0.00::decimal(18, 2) as shipping_cost,
    changed_at as _changed_at
from raw.orders
""",
    "models/northbeam__products.sql": """
select
    'order-' || number as order_id,
    1 as _position,
    'tea' as id,
    'Harbor Tea' as name,
    1 as quantity,
    total as price
from raw.orders
""",
    "models/triple_whale__orders.sql": """
select
    'order-' || number as order_id,
    'custom' as platform,
    'main' as platform_account_id,
    placed_at as created_at,
    'EUR' as currency,
    total as order_revenue,
    customer as customer__id,
    customer || '@mail.example' as customer__email,
    changed_at as _changed_at
from raw.orders
""",
    # Only the dbt run that takes so long builds it: it ends when its file is gone.
    "models/slow.py": """
import pathlib
import time


def model(dbt, session):
    flag = pathlib.Path("PLACE/slow.started")
    flag.touch()
    while flag.exists():
        time.sleep(0.05)
    return session.sql("select 1 as one")
""",
    "connector.yml": """
warehouse_wait: 1s
destinations:
  northbeam:
    environment: local
    url: http://127.0.0.1:PORT/v2/orders
    api_key: ${NORTHBEAM_API_KEY}
    client_id: ${NORTHBEAM_CLIENT_ID}
    attempts: 1
    read_timeout: 5
    stale_after: 2d
  triple_whale:
    environment: local
    url: http://127.0.0.1:PORT/api/v2/data-in/bulk-orders
    shop: teas.example
    api_key: ${TRIPLE_WHALE_API_KEY}
    attempts: 1
    read_timeout: 5
    stale_after: 2d
""",
}


def orders(first: str, rows: int) -> str:
    """Return a select of orders as raw.orders has them, the last one the newest."""
    return (
        f"select {first} + i, 'customer-' || i % 40, "  # noqa: S608 - nothing comes from elsewhere
        f"now() - to_hours(({rows} - i)::integer), 20.00, now() from range({rows}) as numbers (i)"
    )


def write_project(home: Path, port: int) -> None:
    """Write the dbt project, connector.yml and the raw tables."""
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip().replace("PLACE", str(home)).replace("PORT", str(port)))
    with duckdb.connect(str(home / "oms.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(RAW)
        connection.execute(f"insert into raw.orders {orders('0', SIZE)}")
